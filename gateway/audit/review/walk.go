package review

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// walk goes through one epoch of a log, line by line, growing its tree.
//
// Two trees are kept while they differ: one of the lines as they are, one of the hashes as they were stored. A signed
// root that agrees with the second but not the first proves which lines were altered.
type walk struct {
	r       *Result
	folder  ledger.Folder
	origin  string
	keys    ledger.Keyring
	fresh   time.Duration
	last    bool // no later epoch exists
	given   string
	tree    ledger.Frontier
	stored  *ledger.Frontier // nil while it equals tree
	altered []string         // where they began to differ, not yet proven
	lost    bool             // a root did not agree: later ones cannot

	signs int // place in keys of the key that signs, as the last log.opened says
	heard int // place of the newest key that the log names

	leaves   leaves
	hashes   ledger.File
	vouchers []*vouchers // the log's own first

	first, latest string // times of the first and last record read
	pruned        int64  // the log says that it removed the records before this one
	begin         int64  // the first record that is there
	exported      bool   // the records before begin are not meant to be there
	name          string // of the segment being read, and the number of the line in it
	number        int
	anchored      string // time of the last record under the newest anchor
}

func newWalk(r *Result, folder ledger.Folder, origin string, keys []string, terms Terms) (*walk, error) {
	w := &walk{r: r, folder: folder, origin: origin, fresh: terms.Fresh}
	if w.fresh == 0 {
		w.fresh = 24 * time.Hour
	}
	var err error
	if w.keys, err = ledger.NewKeyring(keys, origin); err != nil {
		return nil, err
	}
	if w.hashes, err = folder.Open(ledger.HashesName, os.O_RDONLY, 0); err == nil {
		w.leaves.r = w.hashes
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("opening hashes: %w", err)
	}
	if err := w.openEdge(terms.Export); err != nil {
		return nil, err
	}
	return w, w.openVouchers(terms.Anchors)
}

// openEdge begins an export where its first record is. The edge needs no trust: a false one leads to no signed root.
func (w *walk) openEdge(export bool) error {
	if !export {
		return nil
	}
	text, err := ledger.ReadFile(w.folder, ledger.EdgeName)
	if err != nil {
		return fmt.Errorf("opening export: %w", err)
	}
	edge, err := ledger.ParseEdge(text)
	if err != nil {
		return err
	}
	w.tree, w.exported = *edge, true
	if edge.Size() > 0 {
		w.r.note("this is an export: the %d records before it are not in it", edge.Size())
	}
	return nil
}

func (w *walk) openVouchers(anchors []Anchor) error {
	own, err := w.folder.Open(ledger.CheckpointsName, os.O_RDONLY, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist): // judged at the end
	case err != nil:
		return fmt.Errorf("opening checkpoints: %w", err)
	default:
		v := newVouchers("the file "+ledger.CheckpointsName, w.origin, own)
		v.own = true
		w.vouchers = append(w.vouchers, v)
	}
	for _, a := range anchors {
		file, err := a.Open()
		if err != nil {
			return fmt.Errorf("opening anchor: %w", err)
		}
		w.vouchers = append(w.vouchers, newVouchers("anchor "+a.Name, w.origin, file))
	}
	for _, v := range w.vouchers {
		v.advance(w.r, w.keys)
	}
	return nil
}

func (w *walk) close() {
	if w.hashes != nil {
		_ = w.hashes.Close()
	}
	for _, v := range w.vouchers {
		_ = v.file.Close()
	}
}

// run reads every segment, and those that the gateway begins meanwhile.
func (w *walk) run() error {
	for read := 0; ; {
		segments, err := ledger.Segments(w.folder)
		if err != nil {
			return err
		}
		fresh := slices.DeleteFunc(segments, func(s ledger.Segment) bool { return s.Number <= read })
		if len(fresh) == 0 {
			w.end()
			return nil
		}
		for i, s := range fresh {
			if err := w.segment(s, i == len(fresh)-1); err != nil {
				return err
			}
			read = s.Number
		}
	}
}

// segment reads one segment; last says that none follows.
func (w *walk) segment(s ledger.Segment, last bool) error {
	line := 0
	err := ledger.Lines(w.folder, s, func(text []byte, _ int64) error {
		line++
		w.name, w.number = s.Name, line
		w.line(text, line == 1)
		return nil
	})
	switch {
	case err == nil:
	case errors.Is(err, ledger.ErrTorn) && last && w.last:
		w.r.gap("the last line of %s is unfinished: the log is being written, or its writer was stopped", s.Name)
	case errors.Is(err, ledger.ErrTorn), errors.Is(err, bufio.ErrBufferFull), errors.Is(err, io.ErrUnexpectedEOF), badGzip(err):
		w.r.fault("%s breaks off or cannot be read after line %d", s.Name, line)
	default:
		return err
	}
	return nil
}

// line takes one line of a segment. First says that it is the segment's first.
func (w *walk) line(text []byte, first bool) {
	h, err := record.ParseHead(text)
	if err != nil {
		w.r.fault("%s is no record", w.at())
		return
	}
	due := w.tree.Size()
	switch {
	case h.Seq < due:
		w.r.fault("%s is record %d, where record %d should be: it was moved here or put in", w.at(), h.Seq, due)
		return
	case h.Seq > due:
		w.missing(due, h.Seq, first)
	}
	if w.first == "" {
		w.first, w.begin = string(h.Time), h.Seq
	}
	w.latest = string(h.Time)
	if telling[h.Type] {
		w.listen(text)
	}
	w.grow(tlog.RecordHash(text), h.Seq)
}

// at is where the line being read is, for sentences.
func (w *walk) at() string { return fmt.Sprintf("%s line %d", w.name, w.number) }

// missing deals with records that are not there, from due up to next.
func (w *walk) missing(due, next int64, first bool) {
	switch {
	case due == 0 && first: // pruned, as log.pruned must confirm
	case first:
		w.r.gap("records %d to %d are missing: a whole segment before %s", due, next-1, w.at())
	default:
		w.r.fault("records %d to %d are missing before %s", due, next-1, w.at())
	}
	for n := due; n < next; n++ {
		leaf, ok := w.leaves.at(n)
		if !ok {
			w.r.gap("the hash of record %d is not stored: what follows cannot be held against the checkpoints", n)
			w.lost = true
		}
		w.grow(leaf, n)
		if w.lost {
			w.skip(next)
			return
		}
	}
}

// skip goes on at record next without a tree.
func (w *walk) skip(next int64) {
	for w.tree.Size() < next {
		_, _ = w.tree.Add(tlog.Hash{}) // lost: its root is not looked at any more
	}
}

// grow adds a leaf and meets the checkpoints over exactly so many records.
func (w *walk) grow(leaf tlog.Hash, n int64) {
	stored, ok := w.leaves.at(n)
	if w.stored == nil && ok && stored != leaf && !w.lost {
		fork := w.tree
		w.stored = &fork
	}
	if ok && stored != leaf && len(w.altered) < maxFaults {
		w.altered = append(w.altered, fmt.Sprintf("record %d (%s)", n, w.at()))
	}
	_, _ = w.tree.Add(leaf) // cannot fail: a Frontier knows what it asks itself for
	if w.stored != nil {
		if !ok {
			stored = leaf
		}
		_, _ = w.stored.Add(stored)
	}
	for _, v := range w.vouchers {
		for v.more && v.next.Size <= w.tree.Size() {
			w.meet(v)
			v.advance(w.r, w.keys)
		}
	}
}

// meet holds the tree against a checkpoint.
func (w *walk) meet(v *vouchers) {
	if w.lost || v.next.Size < w.tree.Size() { // over no records at all, or read too late
		return
	}
	root := w.tree.Root()
	switch {
	case v.next.Root == root:
	case w.stored != nil && v.next.Root == w.stored.Root():
		for _, where := range w.altered {
			w.r.fault("%s is not what was logged", where)
		}
		w.tree, w.stored, w.altered = *w.stored, nil, nil
	default:
		w.r.fault("records %d to %d are not those that %s vouches for", v.size, v.next.Size-1, v.name)
		w.lost = true
		return
	}
	if v.signer < w.signs {
		w.r.fault("%s: the checkpoint over %d records is signed by a key that had been replaced before", v.name, v.next.Size)
	}
	v.met++
	v.size = v.next.Size
	if !v.own {
		w.anchored = w.latest
	}
}

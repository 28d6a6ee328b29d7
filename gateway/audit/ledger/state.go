package ledger

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// State is where a log ended, found out at opening.
type State struct {
	Tree        *Frontier
	Segment     int         // number of the last segment, zero when there is none
	Offset      int64       // its length up to the last whole record
	Cut         int64       // bytes after it: lines that were never acknowledged
	Checkpoints int64       // length of the checkpoints file up to its last whole note
	Last        Checkpoint  // the last checkpoint; Size zero when there is none
	Head        record.Head // of the last record, if Tree has one
	Time        string      // of the last record, as record.TimeLayout
	Broken      *Break      // why the log cannot go on; nil when it can

	reached int64 // records whose lines are there
}

// Break is a disagreement between a log and its own past.
type Break struct {
	Cause string // truncated | altered | hashes-lost | checkpoints-lost | rollback | anchor
	Want  Checkpoint
	Have  Checkpoint
}

// Clean reports whether the log was closed in good order.
func (s *State) Clean() bool {
	return s.Tree.Size() == 0 || s.Head.Type == record.LogClosed && s.Cut == 0
}

// Recover finds out where the log in folder ended: it starts from the last checkpoint that one of the log's keys signed, reads the
// lines after it, stores their hashes, and says how many bytes of unfinished lines follow. Only lines that were never
// acknowledged can be among those: what is acknowledged was synced, and so was everything before it.
func Recover(folder Folder, verifiers note.Verifiers) (*State, error) {
	s := &State{Tree: &Frontier{}}
	if err := s.readCheckpoint(folder, verifiers); err != nil {
		return nil, err
	}
	segments, err := Segments(folder)
	if err != nil {
		return nil, err
	}
	if err := s.replay(folder, segments); err != nil {
		return nil, err
	}
	s.judge()
	return s, nil
}

// tail is how much of a checkpoints file is read: many notes.
const tail = 64 << 10

func (s *State) readCheckpoint(folder Folder, verifiers note.Verifiers) error {
	f, err := folder.Open(CheckpointsName, os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("opening checkpoints: %w", err)
	}
	defer func() { _ = f.Close() }()
	size, err := f.Size()
	if err != nil {
		return fmt.Errorf("reading checkpoints: %w", err)
	}
	content, err := io.ReadAll(io.NewSectionReader(f, max(0, size-tail), tail))
	if err != nil {
		return fmt.Errorf("reading checkpoints: %w", err)
	}
	signed, after := LastNote(content)
	s.Checkpoints = size - int64(after)
	if signed == nil {
		return nil
	}
	if s.Last, err = OpenCheckpoint(signed, verifiers); err != nil {
		s.Broken = &Break{Cause: "altered"}
		s.Last = Checkpoint{}
	}
	return nil
}

// replay grows the tree from the last checkpoint, or from nothing if its hashes are not there, to the last line.
func (s *State) replay(folder Folder, segments []Segment) error {
	hashes, err := folder.Open(HashesName, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o640)
	if err != nil {
		return fmt.Errorf("opening hashes: %w", err)
	}
	defer func() { _ = hashes.Close() }()
	tree, err := LoadFrontier(s.Last.Size, HashFile{hashes})
	if err != nil || tree.Root() != s.Last.Root && s.Last.Size > 0 {
		tree = &Frontier{} // the hashes can be made again from the lines
	}
	first, err := firstSeqs(folder, segments)
	if err != nil {
		return err
	}
	if len(first) > 0 && first[0] > tree.Size() {
		s.Broken = &Break{Cause: "hashes-lost"} // the lines before the first segment are pruned
		return nil
	}
	return s.rebuild(folder, segments, first, tree, hashes)
}

func (s *State) rebuild(folder Folder, segments []Segment, first []int64, tree *Frontier, hashes File) error {
	if err := hashes.Truncate(HashesSize(tree.Size())); err != nil {
		return fmt.Errorf("cutting hashes: %w", err)
	}
	out := bufio.NewWriterSize(hashes, 1<<16) // opened for appending
	s.Tree = tree
	for i, seg := range segments {
		s.Segment = seg.Number
		if i+1 < len(segments) && first[i+1] <= tree.Size() {
			continue // whole segment below the checkpoint
		}
		whole, err := s.readSegment(folder, seg, out)
		if err != nil {
			return err
		}
		if !whole && i+1 < len(segments) {
			s.Broken = &Break{Cause: "altered"}
			break
		}
	}
	if err := errors.Join(out.Flush(), hashes.Sync()); err != nil {
		return fmt.Errorf("writing hashes: %w", err)
	}
	if s.reached < s.Tree.Size() { // the hashes remember records whose lines are gone
		short, err := LoadFrontier(s.reached, HashFile{hashes})
		if err != nil {
			return err
		}
		s.Tree = short
	}
	return nil
}

// errBad ends reading at a line that is not the next record.
var errBad = errors.New("not the next record")

// readSegment adds the lines of a segment that the tree does not have yet. It reports whether the segment is whole:
// from the first line that is not the next record, everything is cut.
func (s *State) readSegment(folder Folder, seg Segment, hashes io.Writer) (whole bool, err error) {
	s.Offset = 0
	next := int64(-1)
	err = Lines(folder, seg, func(text []byte, offset int64) error {
		h, err := record.ParseHead(text)
		if err != nil || h.Seq > s.Tree.Size() || next >= 0 && h.Seq != next {
			return errBad
		}
		next, s.reached = h.Seq+1, h.Seq+1
		s.Offset = offset + int64(len(text)) + 1
		s.Head, s.Time = record.Head{Seq: h.Seq, Type: h.Type}, string(h.Time)
		if h.Seq < s.Tree.Size() {
			return nil
		}
		return s.add(tlog.RecordHash(text), hashes)
	})
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, errBad), errors.Is(err, ErrTorn), errors.Is(err, bufio.ErrBufferFull):
		return false, s.measureCut(folder, seg)
	}
	return false, err
}

// add grows the tree by a leaf, stores its hashes and holds the tree against the last checkpoint on the way.
func (s *State) add(leaf tlog.Hash, hashes io.Writer) error {
	stored, err := s.Tree.Add(leaf)
	if err != nil {
		return err
	}
	for _, h := range stored {
		if _, err := hashes.Write(h[:]); err != nil {
			return fmt.Errorf("writing hashes: %w", err)
		}
	}
	if s.Tree.Size() == s.Last.Size && s.Tree.Root() != s.Last.Root {
		s.Broken = &Break{Cause: "altered"}
	}
	return nil
}

func (s *State) measureCut(folder Folder, seg Segment) error {
	f, err := folder.Open(seg.Name, os.O_RDONLY, 0)
	if err != nil {
		return fmt.Errorf("opening segment: %w", err)
	}
	size, err := f.Size()
	s.Cut = size - s.Offset
	return errors.Join(err, f.Close())
}

// judge compares what was found with the last checkpoint.
func (s *State) judge() {
	have := Checkpoint{Origin: s.Last.Origin, Size: s.Tree.Size(), Root: s.Tree.Root()}
	switch {
	case s.Broken != nil:
	case s.Tree.Size() < s.Last.Size:
		s.Broken = &Break{Cause: "truncated"}
	case s.Last.Size == 0 && s.Tree.Size() > 1:
		s.Broken = &Break{Cause: "checkpoints-lost"} // the first is made before the second record
	}
	if s.Broken != nil {
		s.Broken.Want, s.Broken.Have = s.Last, have
	}
}

// firstSeqs are the numbers of the first records of segments; one without a line has that of the next.
func firstSeqs(folder Folder, segments []Segment) ([]int64, error) {
	first := make([]int64, len(segments))
	next := int64(1<<63 - 1)
	for i := len(segments) - 1; i >= 0; i-- {
		seq, ok, err := FirstSeq(folder, segments[i])
		if err != nil && !errors.Is(err, record.ErrShape) && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if ok {
			next = seq
		}
		first[i] = next
	}
	if len(first) > 0 && first[0] == 1<<63-1 {
		first[0] = 0 // nothing was ever written
	}
	return first, nil
}

package review

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// Sample is a reproducible choice of records. Nobody can have known it in advance: its seed is the auditor's own nonce
// and the root that closed the period.
type Sample struct {
	Origin     string   `json:"origin"`
	Nonce      string   `json:"nonce"`
	Root       string   `json:"root"`       // of the closing checkpoint, base64
	Size       int64    `json:"size"`       // records under it
	Population int64    `json:"population"` // records that the filter takes
	Strata     []Strata `json:"strata"`
	Chosen     []Chosen `json:"chosen"`
}

// Strata is how many records of a type there are and how many were chosen.
type Strata struct {
	Type   record.Type `json:"type"`
	Count  int64       `json:"count"`
	Chosen int         `json:"chosen"`
	Full   bool        `json:"full"` // a rare type: every record
}

// Chosen is one record of a sample.
type Chosen struct {
	Seq  int64       `json:"seq"`
	ID   string      `json:"id"`
	Type record.Type `json:"type"`
	line []byte
	rank [sha256.Size]byte
}

// Take chooses, of the records of an epoch that filter takes, n of each type, and all of rare types. Who repeats it with
// the same nonce on the same log gets the same records.
func Take(root ledger.Folder, epoch int, filter *Filter, nonce string, n int) (*Sample, error) {
	folder, err := enter(root, epoch)
	if err != nil {
		return nil, err
	}
	last, err := lastTaken(folder, epoch, filter)
	if err != nil {
		return nil, err
	}
	origin, verifiers, err := ledger.Verifiers(root, epoch)
	if err != nil {
		return nil, err
	}
	cp, _, err := ledger.Covering(folder, last+1, verifiers)
	if err != nil {
		return nil, err
	}
	s := &Sample{Origin: origin, Nonce: nonce, Root: base64.StdEncoding.EncodeToString(cp.Root[:]), Size: cp.Size}
	d := draw{seed: seed(nonce, cp.Root), n: n, strata: map[record.Type]*stratum{}}
	if err := readEpoch(folder, epoch, filter, d.take); err != nil {
		return nil, err
	}
	d.fill(s)
	return s, nil
}

// seed cannot be steered: the root is fixed before the auditor chooses the nonce, or the nonce before the root.
func seed(nonce string, root tlog.Hash) [sha256.Size]byte {
	return sha256.Sum256(append([]byte("panwall sample\n"+nonce+"\n"), root[:]...))
}

// lastTaken is the number of the last record that filter takes.
func lastTaken(folder ledger.Folder, epoch int, filter *Filter) (int64, error) {
	last := int64(-1)
	err := readEpoch(folder, epoch, filter, func(l Line) error {
		last = l.Record.Seq
		return nil
	})
	if err == nil && last < 0 {
		err = ErrNoRecord
	}
	return last, err
}

// draw ranks records by a hash of seed and leaf and keeps the n lowest of each type.
type draw struct {
	seed   [sha256.Size]byte
	n      int
	strata map[record.Type]*stratum
}

type stratum struct {
	count  int64
	full   bool
	chosen []Chosen
}

func (d *draw) take(l Line) error {
	typ := l.Record.Type
	s := d.strata[typ]
	if s == nil {
		m, _ := record.Lookup(typ)
		s = &stratum{full: m.Rare}
		d.strata[typ] = s
	}
	s.count++
	leaf := tlog.RecordHash(l.Text)
	c := Chosen{Seq: l.Record.Seq, ID: l.Record.ID, Type: typ, rank: sha256.Sum256(append(d.seed[:], leaf[:]...))}
	at, _ := slices.BinarySearchFunc(s.chosen, c, func(a, b Chosen) int { return bytes.Compare(a.rank[:], b.rank[:]) })
	if !s.full && at >= d.n {
		return nil
	}
	c.line = bytes.Clone(l.Text)
	s.chosen = slices.Insert(s.chosen, at, c)
	if !s.full && len(s.chosen) > d.n {
		s.chosen = s.chosen[:d.n]
	}
	return nil
}

func (d *draw) fill(s *Sample) {
	for typ, st := range d.strata {
		s.Population += st.count
		s.Strata = append(s.Strata, Strata{Type: typ, Count: st.count, Chosen: len(st.chosen), Full: st.full})
		s.Chosen = append(s.Chosen, st.chosen...)
	}
	slices.SortFunc(s.Strata, func(a, b Strata) int { return cmp.Compare(a.Type, b.Type) })
	slices.SortFunc(s.Chosen, func(a, b Chosen) int { return cmp.Compare(a.Seq, b.Seq) })
}

// Prove makes the proof of a chosen record.
func (s *Sample) Prove(root ledger.Folder, epoch int, c Chosen) (*ledger.Proof, error) {
	folder, err := enter(root, epoch)
	if err != nil {
		return nil, err
	}
	return proveLine(root, folder, epoch, c.Seq, c.line)
}

// ProofName is the file name of the proof of record seq.
func ProofName(seq int64) string { return fmt.Sprintf("record-%d.tlog-proof", seq) }

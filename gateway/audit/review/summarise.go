package review

import (
	"errors"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// Source is one log of a report.
type Source struct {
	Name   string
	Folder ledger.Folder
	Terms  Terms
}

// Summarise reads the period of every source once to count and once to verify, both at the same time.
func Summarise(sources []Source, period Choice, now time.Time) (*Summary, error) {
	filter, err := NewFilter(Choice{From: period.From, To: period.To})
	if err != nil {
		return nil, err
	}
	s := &Summary{
		From: filter.from, To: filter.to, Made: now.UTC().Truncate(time.Second), Types: Tallies{}, Routes: Tallies{}, Brands: Tallies{},
		Kinds: Tallies{}, Places: Tallies{}, Confident: Tallies{}, Rules: Tallies{},
	}
	results, errs := make([]*Result, len(sources)), make([]error, len(sources))
	var verified sync.WaitGroup
	for i, source := range sources {
		verified.Go(func() { results[i], errs[i] = Verify(source.Folder, source.Terms) })
	}
	var failed error
	for _, source := range sources {
		failed = errors.Join(failed, s.read(source, filter))
	}
	verified.Wait()
	for i := range s.Logs {
		s.Logs[i].Result = results[i]
	}
	return s, errors.Join(failed, errors.Join(errs...))
}

// read counts one log. Of several epochs the last is named; all are counted.
func (s *Summary) read(source Source, filter *Filter) error {
	part := LogPart{Name: source.Name, First: -1}
	defer func() { s.Logs = append(s.Logs, part) }()
	return eachEpoch(source.Folder, func(epoch int, folder ledger.Folder) error {
		part.First, part.Last, part.Oldest = -1, 0, ""
		err := eachHead(folder, func(h record.Head, text []byte) error {
			if part.Oldest == "" {
				part.Oldest = string(h.Time)
			}
			if !filter.takesHead(h) {
				return nil
			}
			if part.First < 0 {
				part.First = h.Seq
			}
			part.Last = h.Seq
			part.Records++
			g, err := record.NewGlance(text)
			if err != nil {
				return err
			}
			return s.add(g, text)
		})
		if err != nil {
			return err
		}
		return part.close(source.Folder, folder, epoch)
	})
}

// close finds the checkpoints that open and close the period.
func (p *LogPart) close(root, folder ledger.Folder, epoch int) error {
	origin, verifiers, err := ledger.Verifiers(root, epoch)
	if err != nil {
		return err
	}
	p.Origin = origin
	if p.First < 0 {
		return nil
	}
	var opening []byte
	err = ledger.Notes(folder, func(signed []byte) error {
		cp, err := ledger.ParseCheckpoint(string(signed))
		if err != nil {
			return err
		}
		if cp.Size > p.First {
			return ledger.ErrStop
		}
		opening = append(opening[:0], signed...)
		return nil
	})
	if err != nil {
		return err
	}
	if opening != nil {
		if p.Opening, err = ledger.OpenCheckpoint(opening, verifiers); err != nil {
			return err
		}
	}
	p.Closing, err = closing(folder, p.Last+1, verifiers)
	return err
}

// closing is the first checkpoint over the whole period; the zero Checkpoint if there is none yet.
func closing(folder ledger.Folder, size int64, verifiers note.Verifiers) (ledger.Checkpoint, error) {
	cp, _, err := ledger.Covering(folder, size, verifiers)
	if errors.Is(err, ledger.ErrCheckpoint) {
		return ledger.Checkpoint{}, nil
	}
	return cp, err
}

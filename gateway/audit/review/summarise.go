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

// read counts one log, epoch after epoch.
func (s *Summary) read(source Source, filter *Filter) error {
	part := LogPart{Name: source.Name}
	defer func() { s.Logs = append(s.Logs, part) }()
	return eachEpoch(source.Folder, func(epoch int, folder ledger.Folder) error {
		origin, verifiers, err := ledger.Verifiers(source.Folder, epoch)
		if err != nil {
			return err
		}
		if epoch == 1 {
			part.Origin = origin
		}
		span := Span{Origin: origin, First: -1}
		err = eachHead(folder, func(h record.Head, text []byte) error {
			if part.Oldest == "" {
				part.Oldest = string(h.Time)
			}
			if !filter.takesHead(h) {
				return nil
			}
			if span.First < 0 {
				span.First = h.Seq
			}
			span.Last = h.Seq
			span.Records++
			return s.add(record.GlanceAt(h, text), text)
		})
		if err != nil || span.First < 0 {
			return err
		}
		err = span.enclose(folder, verifiers)
		part.Spans = append(part.Spans, span)
		return err
	})
}

// enclose finds the checkpoints that open and close the span.
func (p *Span) enclose(folder ledger.Folder, verifiers note.Verifiers) error {
	var opening []byte
	err := ledger.Notes(folder, func(signed []byte) error {
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
	if errors.Is(err, ledger.ErrUncovered) {
		return ledger.Checkpoint{}, nil
	}
	return cp, err
}

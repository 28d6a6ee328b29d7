// Package review is what an auditor does with a redaction log, offline, with nothing but its files: read it, verify
// it, take samples and proofs from it, report on it.
package review

import (
	"errors"
	"fmt"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// Line is one record of a log and where it was read.
type Line struct {
	Record *record.Record
	Text   []byte // the exact bytes of the record's leaf; valid until the reader's function returns
	Epoch  int    // from 1
}

// Read calls each with every record that filter takes, oldest first, epoch after epoch. Segments that were pruned are
// passed over. The error wraps ledger.ErrTorn, after all records, when the last line is unfinished, as in a log that
// is being written.
func Read(root ledger.Folder, filter *Filter, each func(Line) error) error {
	return ReadFrom(root, Place{}, filter, each)
}

// Place is where a reading goes on: at record Next of an epoch. The zero Place is the beginning.
type Place struct {
	Epoch int   `json:"epoch"`
	Next  int64 `json:"next"`
}

// ReadFrom is Read from a place on. Segments that lie before it are not opened.
func ReadFrom(root ledger.Folder, from Place, filter *Filter, each func(Line) error) error {
	return eachEpoch(root, func(epoch int, folder ledger.Folder) error {
		switch {
		case epoch < from.Epoch:
			return nil
		case epoch > from.Epoch:
			return readEpoch(folder, epoch, filter, each)
		}
		segments, err := ledger.Segments(folder)
		if err != nil {
			return err
		}
		for len(segments) > 1 {
			if next, ok, err := ledger.FirstSeq(folder, segments[1]); err != nil || !ok || next > from.Next {
				break
			}
			segments = segments[1:]
		}
		return readSegments(folder, segments, epoch, filter, func(l Line) error {
			if l.Record.Seq < from.Next {
				return nil
			}
			return each(l)
		})
	})
}

func readEpoch(folder ledger.Folder, epoch int, filter *Filter, each func(Line) error) error {
	segments, err := ledger.Segments(folder)
	if err != nil {
		return err
	}
	return readSegments(folder, segments, epoch, filter, each)
}

func readSegments(folder ledger.Folder, segments []ledger.Segment, epoch int, filter *Filter, each func(Line) error) error {
	for i, s := range segments {
		err := ledger.Lines(folder, s, func(text []byte, _ int64) error {
			return readLine(text, epoch, filter, each)
		})
		if errors.Is(err, ledger.ErrTorn) && i == len(segments)-1 {
			return fmt.Errorf("reading the log: %w", err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func readLine(text []byte, epoch int, filter *Filter, each func(Line) error) error {
	head, err := record.ParseHead(text)
	if err != nil {
		return err
	}
	if !filter.takesHead(head) {
		return nil
	}
	r, err := record.Parse(text)
	if err != nil {
		return err
	}
	if !filter.takes(&r) {
		return nil
	}
	return each(Line{&r, text, epoch})
}

// eachEpoch calls each with the folder of every epoch. A torn last line of one does not hide the next.
func eachEpoch(root ledger.Folder, each func(int, ledger.Folder) error) error {
	epochs, err := ledger.Epochs(root)
	if err != nil {
		return err
	}
	var torn error
	for _, n := range epochs {
		folder := root
		if n > 1 {
			if folder, err = root.Sub(ledger.EpochName(n), false); err != nil {
				return fmt.Errorf("opening epoch %d: %w", n, err)
			}
		}
		err := each(n, folder)
		if errors.Is(err, ledger.ErrTorn) {
			torn = err
			continue
		}
		if err != nil {
			return err
		}
	}
	return torn
}

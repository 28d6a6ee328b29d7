package review

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/note"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
)

// vouchers reads a file of checkpoints one after another: the log's own, or an anchor's.
type vouchers struct {
	name   string
	own    bool // the log's own file, whose every note must be good; an anchor may hold other logs' too
	origin string
	file   io.Closer
	notes  *bufio.Scanner

	signer int               // place of the newest key under next
	next   ledger.Checkpoint // the one that vouches for most among those read, still to be met
	more   bool              // next is one
	before int64             // size of the one before
	met    int               // how many agreed
	size   int64             // size of the largest that agreed
	rest   bool              // the note at hand is what follows the last whole one
	torn   bool              // the file ends within a note
}

func newVouchers(name, origin string, file io.ReadCloser) *vouchers {
	notes := bufio.NewScanner(file)
	notes.Buffer(make([]byte, 0, 4<<10), 64<<10)
	v := &vouchers{name: name, origin: origin, file: file, notes: notes}
	notes.Split(func(content []byte, atEOF bool) (int, []byte, error) {
		advance, token, err := ledger.SplitNotes(content, atEOF)
		v.rest = advance == len(token) // a whole note is followed by an empty line
		return advance, token, err
	})
	return v
}

// advance reads the next checkpoint of this log. Faults of the file are told to r.
func (v *vouchers) advance(r *Result, keys ledger.Keyring) {
	v.more = false
	for v.notes.Scan() {
		if v.own && v.rest {
			v.torn = true
			return
		}
		cp, err := ledger.OpenCheckpoint(v.notes.Bytes(), keys)
		if err != nil {
			v.bad(r, err)
			continue
		}
		if cp.Origin != v.origin {
			if v.own {
				r.fault("%s holds a checkpoint of another log, %s", v.name, cp.Origin)
			}
			continue
		}
		if cp.Size < v.before {
			r.fault("%s is out of order: a checkpoint over %d records follows one over %d", v.name, cp.Size, v.before)
			continue
		}
		v.next, v.more, v.before = cp, true, cp.Size
		v.signer = keys.Newest(v.notes.Bytes())
		return
	}
	if err := v.notes.Err(); err != nil {
		r.fault("%s cannot be read after the checkpoint over %d records: %v", v.name, v.before, err)
	}
}

// bad judges a note that does not open.
func (v *vouchers) bad(r *Result, err error) {
	var unknown *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	where := fmt.Sprintf("%s, after the checkpoint over %d records", v.name, v.before)
	switch {
	case errors.As(err, &unknown):
		cp, perr := ledger.ParseCheckpoint(unknown.Note.Text)
		switch {
		case perr != nil:
			r.fault("%s: a note that is no checkpoint", where)
		case !v.own && cp.Origin != v.origin:
			// an anchor may serve several logs
		case len(unknown.Note.UnverifiedSigs) > 0:
			r.fault("%s: the checkpoint of %s over %d records is signed by another key, %08x", where, cp.Origin, cp.Size, unknown.Note.UnverifiedSigs[0].Hash)
		}
	case errors.As(err, &invalid):
		r.fault("%s: a checkpoint whose signature is false", where)
	default:
		r.fault("%s: something that is no checkpoint", where)
	}
}

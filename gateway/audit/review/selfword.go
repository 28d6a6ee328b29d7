package review

import (
	"encoding/base64"

	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// telling are the types in which a log speaks of itself.
var telling = map[record.Type]bool{
	record.LogOpened: true, record.LogRotated: true, record.LogPruned: true, record.LogBroken: true,
	record.KeyRotated: true,
	record.ClockMoved: true, record.ControlFailed: true,
}

// listen takes in what the log says of itself.
func (w *walk) listen(text []byte) {
	r, err := record.Parse(text)
	switch {
	case err != nil || r.Log == nil && r.Control == nil:
		w.r.fault("%s is no record", w.at())
	case r.Log != nil:
		w.listenLog(&r)
	case r.Type == record.ClockMoved:
		w.r.note("record %d: the clock went back by %d ms", r.Seq, r.Control.Millis)
	default:
		w.r.note("record %d: the control %s failed: %s", r.Seq, r.Control.Name, r.Control.Cause)
	}
}

func (w *walk) listenLog(r *record.Record) {
	l := r.Log
	switch r.Type {
	case record.LogOpened, record.LogRotated:
		w.listenRoot(r)
		w.listenKey(r)
		if r.Type == record.LogOpened && !l.Clean && r.Seq > 0 {
			w.r.note("record %d: the gateway had not closed the log before; %d bytes of unacknowledged lines were cut", r.Seq, l.Cut)
		}
	case record.LogBroken:
		w.r.note("record %d: the log itself says that %s was broken (%s): it had %d records and should have had %d", r.Seq, l.Origin, l.Cause, l.Size, l.OtherSize)
	case record.KeyRotated:
		w.heard = max(w.heard, w.keys.Place(l.Key))
		w.r.note("record %d: the signing key was replaced; the old key and the new one vouch for each other", r.Seq)
	case record.LogPruned:
		w.pruned = max(w.pruned, l.Before)
	}
}

// listenRoot holds what a record says of the records before it against them.
func (w *walk) listenRoot(r *record.Record) {
	root := w.tree.Root()
	switch {
	case r.Log.Origin != w.origin:
		w.r.fault("%s is of another log, %s", w.at(), r.Log.Origin)
	case r.Log.Size != r.Seq, !w.lost && w.stored == nil && r.Log.Root != base64.StdEncoding.EncodeToString(root[:]):
		w.r.fault("%s names another past than the records before it", w.at())
	}
}

// listenKey notes which key signs from here on. A key that was replaced vouches for what it signed before, no more:
// whoever finds an old key must not be able to go on with it.
func (w *walk) listenKey(r *record.Record) {
	if r.Type != record.LogOpened {
		return
	}
	place := w.keys.Place(r.Log.Key)
	if place < w.signs {
		w.r.fault("%s names a key that is unknown or had been replaced before", w.at())
		return
	}
	w.signs, w.heard = place, max(w.heard, place)
}

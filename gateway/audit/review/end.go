package review

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// badGzip reports whether a compressed segment was damaged.
func badGzip(err error) bool {
	return errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || strings.Contains(err.Error(), "flate: corrupt input")
}

// end judges what is left when every line was read.
func (w *walk) end() {
	size := w.tree.Size()
	if w.begin > w.pruned && !w.exported {
		w.r.fault("records 0 to %d are missing, and the log does not say that it removed them", w.begin-1)
	} else if w.pruned > 0 {
		w.r.note("%s: the records before %d were removed past their retention; their hashes were checked", w.origin, w.pruned)
	}
	if (len(w.vouchers) == 0 || !w.vouchers[0].own) && size > 1 {
		w.r.fault("%s: the file %s is missing, and the first record of a log is followed by a checkpoint", w.origin, ledger.CheckpointsName)
	}
	for _, v := range w.vouchers {
		if v.more && v.next.Size > size {
			w.r.fault("%s has %d records, but %s vouches for %d: the log was cut or rolled back", w.origin, size, v.name, w.largest(v))
		}
		if v.torn && !w.last {
			w.r.fault("%s ends within a checkpoint", v.name)
		} else if v.torn {
			w.r.gap("%s ends within a checkpoint: the log is being written, or its writer was stopped", v.name)
		}
	}
	if w.stored != nil {
		w.differing()
	}
	if w.last && !w.exported && w.heard < w.keys.Place(w.given) {
		w.r.gap("%s: no record names the key that was given: it came into use later, or what it signed was rolled back", w.origin)
	}
	w.cover(size)
	w.tell(size)
	w.r.Records += size - w.begin
}

// largest reads on to the checkpoint that vouches for most.
func (w *walk) largest(v *vouchers) int64 {
	largest := v.next.Size
	for v.more {
		largest = v.next.Size
		v.advance(w.r, w.keys)
	}
	return largest
}

// differing judges lines and stored hashes that differ where no checkpoint decides between them.
func (w *walk) differing() {
	if w.lost {
		for _, where := range w.altered {
			w.r.fault("%s and its stored hash differ", where)
		}
		return
	}
	if signed := w.vouchers; len(signed) > 0 && signed[0].size == w.tree.Size() {
		w.r.gap("the file hashes is damaged from %s on; the lines agree with the checkpoints, and the next start makes the hashes anew", w.altered[0])
		return
	}
	for _, where := range w.altered {
		w.r.fault("%s is not what was logged", where)
	}
}

// cover says which records no checkpoint, or no anchor fresh enough, vouches for.
func (w *walk) cover(size int64) {
	if w.lost || size == 0 {
		return
	}
	for i, v := range w.vouchers {
		switch {
		case i == 0 && v.own && v.size < size:
			w.r.gap("records %d to %d are not covered by a checkpoint yet", v.size, size-1)
		case !v.own && v.met == 0:
			w.r.gap("%s has no checkpoint of %s", v.name, w.origin)
		case !v.own && v.size < size && w.stale():
			w.r.gap("records %d to %d are newer than %s by more than %s", v.size, size-1, v.name, w.fresh)
		}
	}
}

// stale reports whether the last record is newer than the newest anchor by more than is allowed.
func (w *walk) stale() bool {
	last, err1 := time.Parse(record.TimeLayout, w.latest)
	anchored, err2 := time.Parse(record.TimeLayout, w.anchored)
	return err1 != nil || err2 != nil || last.Sub(anchored) > w.fresh
}

// tell says what was checked.
func (w *walk) tell(size int64) {
	if size == 0 {
		w.r.gap("%s has no record", w.origin)
		return
	}
	s := fmt.Sprintf("%s: records %d to %d, %s to %s", w.origin, w.begin, size-1, day(w.first), day(w.latest))
	anchored := false
	for _, v := range w.vouchers {
		if v.met > 0 {
			s += fmt.Sprintf("; checkpoints in %s: %d, the last over %d records", v.name, v.met, v.size)
			anchored = anchored || !v.own
			if !v.own {
				w.r.Anchors = append(w.r.Anchors, strings.TrimPrefix(v.name, "anchor "))
			}
		}
	}
	if !anchored {
		s += "; no anchor: this holds against everybody but whoever has the signing key"
	}
	w.r.Checked = append(w.r.Checked, s)
}

// day is a time of a record to read.
func day(t string) string {
	if len(t) < 19 {
		return "?"
	}
	return t[:10] + " " + t[11:19]
}

package audit

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// errStalled is the cause of an outage in which a sync takes too long.
var errStalled = errors.New("a sync takes too long")

// fail begins an outage. Those who wait are refused; records of refusals go back into the queue, since what they tell
// of has happened.
func (l *Log) fail(cause error, batch []*entry) {
	now := l.o.Now()
	o := &outage{cause: cause, since: now}
	if before := l.outage.Load(); before != nil {
		o.since, o.recorded = before.since, before.recorded
	}
	l.outage.Store(o)
	l.refuse(batch, cause)
	l.requeue(batch)
	if full(cause) {
		if err := ledger.ReleaseReserve(l.folder); err != nil {
			l.o.Log.Error().Err(err).Msg("the disk is full, and its reserve is not there")
		}
	}
	l.record(o, now)
	l.o.Log.Error().Err(cause).Msg("redaction log is down: requests with findings are refused")
	l.o.OnFailure(cause)
}

// full reports whether an error says that the disk is full.
func full(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

// requeue puts the entries that nobody waits for back to the front of the queue, and refuses all others in it.
func (l *Log) requeue(batch []*entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var posted []*entry
	for _, e := range append(batch[:len(batch):len(batch)], l.queue...) {
		if e.done == nil {
			posted = append(posted, e)
		} else {
			e.finish(fmt.Errorf("%w: %w", ErrDown, l.outage.Load().cause))
		}
	}
	l.queue = posted
}

// record writes control.failed, if that can be done at all, and remembers that it did.
func (l *Log) record(o *outage, now time.Time) {
	if o.recorded {
		return
	}
	failed := own(record.ControlFailed)
	failed.Outcome = record.Failure
	failed.Control = &record.Control{Name: "audit", Cause: o.cause.Error(), Since: record.At(o.since)}
	if err := l.say(now, failed); err != nil {
		return // tried again at the next tick
	}
	recorded := *o
	recorded.recorded = true
	l.outage.CompareAndSwap(o, &recorded)
}

// restore tries to end an outage and reports whether it has ended: both its beginning and its end must be in the log,
// and the reserve on the disk.
func (l *Log) restore(o *outage, now time.Time) bool {
	l.record(o, now)
	if o = l.outage.Load(); !o.recorded {
		return false
	}
	if full(o.cause) && ledger.RegainReserve(l.folder) != nil {
		return false
	}
	restored := own(record.ControlRestored)
	restored.Control = &record.Control{
		Name: "audit", Cause: o.cause.Error(), Since: record.At(o.since), Millis: now.Sub(o.since).Milliseconds(),
	}
	if err := l.say(now, restored); err != nil {
		return false
	}
	l.w.signSoon = true
	l.outage.Store(nil)
	away := now.Sub(o.since)
	l.o.Log.Warn().Dur("away", away).Msg("redaction log is written again")
	l.o.OnRestored(away)
	return true
}

// stall begins an outage while a sync hangs: whoever waits is refused now rather than when the disk comes back. It
// runs beside the log's goroutine, which ends the outage when the sync returns.
func (l *Log) stall(batch []*entry) {
	o := &outage{cause: errStalled, since: l.o.Now().Add(-l.o.Stall), stalled: true}
	if !l.outage.CompareAndSwap(nil, o) {
		return
	}
	l.refuse(batch, errStalled)
	l.requeue(nil)
	l.o.Log.Error().Err(errStalled).Msg("redaction log is down: requests with findings are refused")
	l.o.OnFailure(errStalled)
}

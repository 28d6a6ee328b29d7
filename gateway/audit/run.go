package audit

import (
	"errors"
	"fmt"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// writing is what the log's goroutine knows.
type writing struct {
	ledger   *ledger.Writer
	day      string    // of the segment being written, UTC
	last     time.Time // of the last record
	signed   int64     // records under the last checkpoint
	signedAt time.Time
	signSoon bool  // a checkpoint is due whatever the time
	err      error // of the last write before closing
}

// run writes until the log is closed.
func (l *Log) run() {
	defer close(l.done)
	defer l.recovered()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-l.wake:
			l.flush()
		case <-tick.C:
			l.tick()
		case <-l.quit:
			l.finish()
			return
		}
	}
}

// recovered keeps a fault of ours from ending the process: the log is down from then on, and everybody waiting is told.
func (l *Log) recovered() {
	fault := recover()
	if fault == nil {
		return
	}
	// The value may quote what it choked on: only its type is told.
	err := fmt.Errorf("the log's goroutine ended: panic of type %T", fault)
	l.outage.Store(&outage{cause: err, since: l.o.Now()})
	l.o.Log.Error().Err(err).Msg("redaction log is down")
	l.refuse(l.take(maxQueue), err)
	l.o.OnFailure(err)
}

// take removes at most n entries from the queue.
func (l *Log) take(n int) []*entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	n = min(n, len(l.queue))
	batch := l.queue[:n:n]
	if l.queue = l.queue[n:]; len(l.queue) == 0 {
		l.queue = nil // let go of the array
	}
	return batch
}

// flush writes everything in the queue, one sync for each batch.
func (l *Log) flush() {
	for l.outage.Load() == nil {
		batch := l.take(maxBatch)
		if len(batch) == 0 {
			return
		}
		l.write(batch)
	}
}

// tick does what time asks for.
func (l *Log) tick() {
	now := l.o.Now()
	if o := l.outage.Load(); o != nil && !l.restore(o, now) {
		return
	}
	l.queueDue(now, false)
	l.flush()
	if l.w.ledger.Size() > l.w.signed && now.Sub(l.w.signedAt) >= checkpointEvery {
		l.checkpoint(now)
	}
}

// queueDue queues the counts and folded records of minutes that are over.
func (l *Log) queueDue(now time.Time, all bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.tally.due(now, all); r != nil {
		l.queue = append(l.queue, &entry{rec: r})
	}
	for _, r := range l.folds.due(now, all) {
		l.queue = append(l.queue, &entry{rec: r})
	}
}

// finish writes what is left, log.closed and the last checkpoint.
func (l *Log) finish() {
	now := l.o.Now()
	if o := l.outage.Load(); o != nil {
		l.restore(o, now)
	}
	l.queueDue(now, true)
	l.flush()
	if o := l.outage.Load(); o != nil {
		l.refuse(l.take(maxQueue), o.cause)
		l.w.err = errors.Join(fmt.Errorf("closing the redaction log: %w", o.cause), l.w.ledger.Close())
		return
	}
	closed := own(record.LogClosed)
	closed.Log = l.state()
	l.write([]*entry{{rec: closed}})
	l.checkpoint(now)
	if o := l.outage.Load(); o != nil {
		l.w.err = fmt.Errorf("closing the redaction log: %w", o.cause)
	}
	l.w.err = errors.Join(l.w.err, l.w.ledger.Close())
}

// refuse tells whoever waits for entries that they will not be written.
func (l *Log) refuse(entries []*entry, cause error) {
	for _, e := range entries {
		e.finish(fmt.Errorf("%w: %w", ErrDown, cause))
	}
}

// Package audit is the clerk: it writes down every request in which a card number was found, in a log that can be
// verified offline years later by somebody who trusts neither this machine nor us.
//
// What is forwarded with a finding waits for its record to be on the disk (Commit). A refusal does not wait (Post).
// While the log cannot be written (Down), requests with any finding are refused.
package audit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// ErrDown means that the log cannot be written.
var ErrDown = errors.New("the redaction log cannot be written")

// ErrClosed means that the log was closed.
var ErrClosed = errors.New("the redaction log is closed")

// Log is the redaction log of one gateway. It is safe for concurrent use. The zero Log is down.
type Log struct {
	o      Options
	dir    *ledger.Dir
	root   ledger.Folder // the files of the first epoch
	folder ledger.Folder // root, or a later epoch within it
	base   string        // the name of the first epoch
	lock   *ledger.Lock
	key    *ledger.Key
	keys   []string // verifier keys of all its past
	tags   tagger

	mu     sync.Mutex // guards what follows
	queue  []*entry
	folds  folds
	tally  tally
	closed bool

	rules  atomic.Pointer[string]
	outage atomic.Pointer[outage]

	wake chan struct{}
	quit chan struct{}
	done chan struct{}

	rotated  chan struct{}
	tidying  sync.Mutex
	careless context.CancelFunc // ends the care
	cared    chan struct{}

	off offhost
	w   writing // belongs to the log's goroutine
}

// entry is a record on its way to the disk.
type entry struct {
	rec  *record.Record
	done chan error // nil for a record that nobody waits for; holds one answer, the first
}

func newEntry(r *record.Record) *entry { return &entry{rec: r, done: make(chan error, 1)} }

// finish answers whoever waits for the entry. Only the first answer counts.
func (e *entry) finish(err error) {
	if e.done == nil {
		return
	}
	select {
	case e.done <- err:
	default:
	}
}

// Commit writes the record of an event and returns once it is on the disk: only then may what it tells of be
// forwarded. Whoever arrives during a sync shares the next one. An error means that the event must be refused;
// its record may be in the log all the same, and then it says more than happened, never less.
func (l *Log) Commit(ctx context.Context, e *Event) error {
	if e.empty() {
		return l.Down()
	}
	return l.commit(ctx, newRecord(e, l.tag(e.Visit)))
}

func (l *Log) commit(ctx context.Context, r *record.Record) error {
	if err := l.Down(); err != nil {
		return err
	}
	e := newEntry(r)
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return ErrClosed
	}
	l.queue = append(l.queue, e)
	l.mu.Unlock()
	l.rouse()
	select {
	case err := <-e.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("waiting for the redaction log: %w", context.Cause(ctx))
	}
}

// Post hands over the record of a refused request and returns at once. A flood of like requests is folded into one
// record a minute with exact counts. What was forwarded must not be posted: whatever was decided about its findings,
// the record says that the request was blocked.
func (l *Log) Post(e *Event) {
	if e.empty() {
		return
	}
	r := newRecord(e, l.tag(e.Visit))
	if e.Type == "" && r.Found != nil {
		r.Type, r.Action = record.PANBlocked, actionName(ruleset.Block)
	}
	l.mu.Lock()
	if l.closed || !l.folds.take(r, l.o.Now(), len(l.queue) >= maxQueue) {
		l.mu.Unlock()
		return
	}
	l.queue = append(l.queue, &entry{rec: r})
	l.mu.Unlock()
	l.rouse()
}

// Count counts a finding that is too weak to act on; counts are written once a minute.
func (l *Log) Count(kind finding.Kind, rule, route string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tally.count(record.Count{What: kind.String(), Rule: rule, Route: route}, l.o.Now())
}

// Down is why the log cannot be written, or nil. It wraps ErrDown.
func (l *Log) Down() error {
	if l.wake == nil {
		return ErrDown // never opened
	}
	if o := l.outage.Load(); o != nil {
		return fmt.Errorf("%w: %w", ErrDown, o.cause)
	}
	return nil
}

// Close writes what is waiting, says that the log was closed and signs a last checkpoint.
func (l *Log) Close() error { return l.closeWith(func() error { return nil }) }

// closeWith closes the log and does last before the lock is let go.
func (l *Log) closeWith(last func() error) error {
	l.careless()
	<-l.cared
	l.mu.Lock()
	closed := l.closed
	l.closed = true
	l.mu.Unlock()
	if closed {
		return ErrClosed
	}
	close(l.quit)
	<-l.done
	l.tags.forget()
	err := l.w.err
	if err == nil {
		err = last()
	}
	return errors.Join(err, l.release())
}

func (l *Log) tag(v *visit.Visit) string { return l.tags.tag(v.Client, l.o.Now()) }

// rouse wakes the log's goroutine. One wake is enough for everything in the queue.
func (l *Log) rouse() { signal(l.wake) }

// signal fills a channel of one place unless it is full: one signal is enough.
func signal(to chan struct{}) {
	select {
	case to <- struct{}{}:
	default:
	}
}

// own is a record of the log itself or of the gateway.
func own(typ record.Type) *record.Record {
	return &record.Record{
		ID: visit.NewID(), Type: typ, Outcome: record.Success, Actor: record.Actor{Kind: record.Gateway},
	}
}

// outage is a time in which the log cannot be written.
type outage struct {
	cause    error
	since    time.Time
	recorded bool // control.failed is in the log
	stalled  bool // nothing failed yet, it only takes too long
}

// Package courier takes what makes a log trustworthy off its host: checkpoints to anchors, segments to copies. Whoever
// owns the host owns the signing key; only what lies elsewhere shows that history was not written anew.
package courier

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Bounds of delivery.
const (
	firstRetry  = time.Second
	lastRetry   = 5 * time.Minute
	patience    = 5 * time.Minute  // of failing before it is a failed control
	sendTimeout = 30 * time.Second // of one attempt
)

// Courier carries to one destination, in a goroutine of its own, and tries again until it is through. What is newer
// overtakes what waits.
type Courier struct {
	name, region string
	work         func(context.Context) error
	tell         func(name string, failed error, away time.Duration)

	wake   chan struct{}
	cancel context.CancelFunc
	done   chan struct{}

	mu      sync.Mutex
	backlog int
	last    time.Time // of the last delivery
	failing time.Time // since when; zero while all is well
	cause   error
	told    bool
}

// Status is how a destination fares.
type Status struct {
	Name    string
	Region  string    // where copies are kept; empty for anchors
	Backlog int       // deliveries asked for since the last that succeeded
	Last    time.Time // of the last that succeeded; zero if none has
	Err     string    // why the last attempt failed; empty if it did not
}

// New starts a courier that does work when woken. Tell is called when it has failed for longer than five minutes, and
// once more, with a nil error, when it is through again.
func New(name, region string, work func(context.Context) error, tell func(string, error, time.Duration)) *Courier {
	ctx, cancel := context.WithCancel(context.Background())
	c := &Courier{
		name: name, region: region, work: work, tell: tell,
		wake: make(chan struct{}, 1), cancel: cancel, done: make(chan struct{}),
	}
	go c.run(ctx)
	return c
}

// Wake says that there is something to deliver. It never waits.
func (c *Courier) Wake() {
	c.mu.Lock()
	c.backlog++
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Status is how the destination fares.
func (c *Courier) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := Status{Name: c.name, Region: c.region, Backlog: c.backlog, Last: c.last}
	if c.cause != nil {
		s.Err = c.cause.Error()
	}
	return s
}

// Close makes a last attempt at what waits, for as long as ctx lets it, and ends the courier.
func (c *Courier) Close(ctx context.Context) error {
	c.cancel()
	<-c.done
	if c.Status().Backlog == 0 {
		return nil
	}
	return c.attempt(ctx)
}

func (c *Courier) run(ctx context.Context) {
	defer close(c.done)
	retry := time.NewTimer(0)
	retry.Stop()
	wait := firstRetry
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		case <-retry.C:
		}
		if err := c.attempt(ctx); err != nil {
			retry.Reset(wait)
			wait = min(2*wait, lastRetry)
			continue
		}
		wait = firstRetry
	}
}

// attempt delivers once and keeps the books.
func (c *Courier) attempt(ctx context.Context) (err error) {
	c.mu.Lock()
	asked := c.backlog
	c.mu.Unlock()
	defer func() {
		if recover() != nil {
			err = errors.New("a fault of our own") // its value may quote what it choked on
		}
		c.settle(asked, err)
	}()
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return c.work(ctx)
}

func (c *Courier) settle(asked int, err error) {
	c.mu.Lock()
	now, away := time.Now(), time.Duration(0)
	if !c.failing.IsZero() {
		away = now.Sub(c.failing)
	}
	c.cause = err
	tell := false
	if err == nil {
		c.backlog -= asked
		tell, c.told = c.told, false
		c.last, c.failing = now, time.Time{}
	} else {
		if c.failing.IsZero() {
			c.failing = now
		}
		if tell = !c.told && away >= patience; tell {
			c.told = true
		}
	}
	c.mu.Unlock()
	if tell {
		c.tell(c.name, err, away)
	}
}

// Package alert tells people: by mail, by a webhook, by a program of their own. What it tells is words of ours about a
// control or a count; nothing that a visitor sent is ever in it.
package alert

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
)

// Message is one thing that somebody should know.
type Message struct {
	Event   string    `json:"event"` // control.failed | control.restored | cards | refused-edit | review
	Gateway string    `json:"gateway"`
	At      time.Time `json:"at"`
	Control string    `json:"control,omitempty"`
	Detail  string    `json:"detail"`
	Since   time.Time `json:"since,omitzero"`           // of the failure
	Seconds int64     `json:"away_seconds,omitempty"`   // how long a restored control was away
	Count   int       `json:"cards_per_hour,omitempty"` // cards: requests of this hour in which one was found
	Missed  int       `json:"missed_before,omitempty"`  // messages that this destination could not be told
}

// Events are what can be told, in the words of config.Alert.Events.
const (
	Failed   = "control.failed"
	Restored = "control.restored"
	Cards    = "cards"
	Edit     = "refused-edit"
	Review   = "review"
)

// usual is what a destination is told that does not say what it wants.
var usual = []string{Failed, Restored, Cards, Edit}

// usualCards is how many requests of an hour may hold a card before somebody is told, unless a destination names
// another number.
const usualCards = 100

// Bounds of telling.
const (
	waiting = 64               // messages of one destination; beyond them the oldest is given up and counted
	tries   = 4                // of one message
	pause   = 2 * time.Second  // before the second try; each later pause is five times as long
	timeout = 20 * time.Second // of one try
)

// Bell tells every destination of a configuration. Its zero value tells nobody.
type Bell struct {
	ropes []*rope
}

// Told is called with the outcome of each message: the type of the destination, and why it could not be told.
type Told func(kind string, err error)

// New is a bell for destinations. Close it, or its goroutines stay.
func New(destinations []config.Alert, told Told) (*Bell, error) {
	b := &Bell{}
	for _, d := range destinations {
		send, err := sender(d)
		if err != nil {
			return nil, fmt.Errorf("reading alerts: %w", err)
		}
		b.ropes = append(b.ropes, newRope(d, send, told))
	}
	return b, nil
}

// Ring tells everybody who wants to know. It never waits.
func (b *Bell) Ring(m Message) {
	for _, r := range b.ropes {
		if r.wants(m) {
			r.put(m)
		}
	}
}

// Close gives what waits one last try, for as long as ctx lets it.
func (b *Bell) Close(ctx context.Context) {
	var ends sync.WaitGroup
	for _, r := range b.ropes {
		ends.Go(func() { r.close(ctx) })
	}
	ends.Wait()
}

// rope leads to one destination.
type rope struct {
	kind  string
	on    []string
	cards int
	send  func(context.Context, Message) error
	told  Told

	mu     sync.Mutex
	queue  []Message
	missed int

	wake   chan struct{}
	cancel context.CancelFunc
	done   chan struct{}
}

func newRope(d config.Alert, send func(context.Context, Message) error, told Told) *rope {
	ctx, cancel := context.WithCancel(context.Background())
	r := &rope{
		kind: d.Type, on: d.Events, cards: d.CardsPerHour, send: send, told: told,
		wake: make(chan struct{}, 1), cancel: cancel, done: make(chan struct{}),
	}
	if len(r.on) == 0 {
		r.on = usual
	}
	if r.cards == 0 {
		r.cards = usualCards
	}
	go r.run(ctx)
	return r
}

// wants reports whether the destination asked for m. An hour's cards are told once, when they reach its number.
func (r *rope) wants(m Message) bool {
	return slices.Contains(r.on, m.Event) && (m.Event != Cards || m.Count == r.cards)
}

func (r *rope) put(m Message) {
	r.mu.Lock()
	if len(r.queue) == waiting {
		r.queue = r.queue[1:]
		r.missed++
	}
	r.queue = append(r.queue, m)
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *rope) next() (Message, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.queue) == 0 {
		return Message{}, false
	}
	m := r.queue[0]
	r.queue, m.Missed, r.missed = r.queue[1:], r.missed, 0
	return m, true
}

func (r *rope) run(ctx context.Context) {
	defer close(r.done)
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		}
		for ctx.Err() == nil {
			m, ok := r.next()
			if !ok {
				break
			}
			r.tell(ctx, m)
		}
	}
}

// tell tries until the message is through or was tried often enough. One that ctx ended goes back for the last try.
func (r *rope) tell(ctx context.Context, m Message) {
	var err error
	for wait, n := pause, 1; ; wait, n = 5*wait, n+1 {
		if err = r.try(ctx, m); err == nil || n == tries {
			break
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
			continue
		case <-ctx.Done():
			timer.Stop()
			r.put(m)
			return
		}
	}
	if err != nil {
		r.mu.Lock()
		r.missed += 1 + m.Missed
		r.mu.Unlock()
	}
	r.told(r.kind, err)
}

func (r *rope) try(ctx context.Context, m Message) (err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("telling by %s: a fault of our own", r.kind) // its value may quote what it choked on
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return r.send(ctx, m)
}

func (r *rope) close(ctx context.Context) {
	r.cancel()
	<-r.done
	for m, ok := r.next(); ok && ctx.Err() == nil; m, ok = r.next() {
		r.told(r.kind, r.try(ctx, m))
	}
}

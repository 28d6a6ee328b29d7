package alert

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
)

// told collects what a destination was sent and how that ended.
type told struct {
	mu       sync.Mutex
	messages []Message
	ends     []error
	fails    int // of the first tries
}

func (s *told) send(_ context.Context, m Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails > 0 {
		s.fails--
		return errors.New("nobody there")
	}
	s.messages = append(s.messages, m)
	return nil
}

func (s *told) end(_ string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ends = append(s.ends, err)
}

func (s *told) details() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var details []string
	for _, m := range s.messages {
		details = append(details, m.Detail)
	}
	return details
}

func bell(d config.Alert, s *told) *Bell { return &Bell{[]*rope{newRope(d, s.send, s.end)}} }

func TestADestinationIsToldWhatItAskedFor(t *testing.T) {
	for claim, tc := range map[string]struct {
		d    config.Alert
		want []string
	}{
		"by default everything but reviews": {config.Alert{}, []string{"failed", "restored", "100 cards", "edit"}},
		"what it names":                     {config.Alert{Events: []string{Review}}, []string{"review"}},
		"cards at a number of its own":      {config.Alert{Events: []string{Cards}, CardsPerHour: 7}, []string{"7 cards"}},
	} {
		t.Run(claim, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &told{}
				b := bell(tc.d, s)
				for _, m := range []Message{
					{Event: Failed, Detail: "failed"}, {Event: Restored, Detail: "restored"}, {Event: Cards, Count: 7, Detail: "7 cards"},
					{Event: Cards, Count: 100, Detail: "100 cards"}, {Event: Edit, Detail: "edit"}, {Event: Review, Detail: "review"},
				} {
					b.Ring(m)
				}
				synctest.Wait()
				if got := s.details(); !slices.Equal(got, tc.want) {
					t.Errorf("told %q, want %q", got, tc.want)
				}
				b.Close(t.Context())
			})
		})
	}
}

func TestWhatFailsIsTriedAgainAndThenCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &told{fails: tries - 1}
		b := bell(config.Alert{}, s)
		b.Ring(Message{Event: Failed, Detail: "late"})
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := s.details(); !slices.Equal(got, []string{"late"}) {
			t.Fatalf("told %q", got)
		}
		s.fails = tries
		b.Ring(Message{Event: Failed, Detail: "never"})
		time.Sleep(time.Hour)
		synctest.Wait()
		b.Ring(Message{Event: Failed, Detail: "next"})
		synctest.Wait()
		last := s.messages[len(s.messages)-1]
		if last.Detail != "next" || last.Missed != 1 {
			t.Errorf("%+v: the destination does not learn that one was missed", last)
		}
		if len(s.ends) != 3 || s.ends[1] == nil {
			t.Errorf("outcomes %v", s.ends)
		}
		b.Close(t.Context())
	})
}

func TestARopeHoldsNoMoreThanItsQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &told{fails: 1}
		b := bell(config.Alert{}, s)
		b.Ring(Message{Event: Failed, Detail: "the first, which waits for its second try"})
		synctest.Wait()
		for range waiting + 5 {
			b.Ring(Message{Event: Failed, Detail: "more"})
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := len(s.messages); n != 1+waiting || s.messages[1].Missed != 5 {
			t.Errorf("%d messages, %d missed", n, s.messages[1].Missed)
		}
		b.Close(t.Context())
	})
}

func TestWhatWaitsAtTheEndGetsALastTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &told{fails: 1}
		b := bell(config.Alert{}, s)
		b.Ring(Message{Event: Failed, Detail: "the last"})
		synctest.Wait()
		b.Close(t.Context())
		if got := s.details(); !slices.Equal(got, []string{"the last"}) {
			t.Errorf("told %q", got)
		}
	})
}

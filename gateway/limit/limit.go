// Package limit is how often: token buckets, quotas, bans and concurrency of one client, all in bounded tables.
// An allowance lifts limits, never the inspection.
package limit

import (
	"fmt"
	"net/http"
	"time"

	"github.com/cappertrophy/panwall/gateway/clientip"
	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// Options say how much is remembered and where quotas are counted.
type Options struct {
	// Entries bounds each table; zero means 65536.
	Entries int
	// Redis is where quotas are counted for all replicas; the zero value counts in this process.
	Redis config.Redis
	// Now is the clock; nil means time.Now.
	Now func() time.Time

	// Evicted, if not nil, is told when a table had to forget a client that still counted: a flood of addresses. It must
	// return at once and must not call the station.
	Evicted func(table string)
	// StoreFailed, if not nil, is told when the shared store could not be asked.
	StoreFailed func(err error)
	// StoreRestored, if not nil, is told when it can be asked again.
	StoreRestored func()
	// Limited, if not nil, is told which row refused a request: its id, or "ban", "concurrency".
	Limited func(row string)
}

// Station counts requests. It is safe for concurrent use.
type Station struct {
	options Options
	now     func() time.Time
	buckets *buckets
	quotas  *quotas
	underWay
}

// New makes the station. It never waits for Redis: a store that is away is the rows' store_away.
func New(o Options) (*Station, error) {
	if o.Entries <= 0 {
		o.Entries = 1 << 16
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Station{options: o, now: o.Now, underWay: underWay{}}
	shared, err := newShared(o)
	if err != nil {
		return nil, fmt.Errorf("reading redis: %w", err)
	}
	if s.buckets, err = newBuckets(o); err != nil {
		return nil, fmt.Errorf("making the table of buckets: %w", err)
	}
	if s.quotas, err = newQuotas(o, shared); err != nil {
		return nil, fmt.Errorf("making the table of quotas: %w", err)
	}
	return s, nil
}

// Close ends the connections to the shared store.
func (s *Station) Close() error { return s.quotas.shared.close() }

// Handler lets through to next what keeps within the limits of its visit's rules.
func (s *Station) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visit.From(r.Context())
		if v == nil || v.Rules == nil { // nobody said who this is: no limit could hold
			refusal.Write(w, r, v, &refusal.Refusal{Code: refusal.Internal})
			return
		}
		if v.Verified || v.Test {
			next.ServeHTTP(w, r)
			return
		}
		now := s.now()
		if _, banned := v.Rules.Banned(v.Request, now); banned {
			s.refuse(w, r, v, "ban", &refusal.Refusal{Code: refusal.Banned})
			return
		}
		if _, allowed := v.Rules.Allowed(v.Request, now); allowed {
			next.ServeHTTP(w, r)
			return
		}
		if row, wait, over := s.over(r, v, now); over {
			s.refuse(w, r, v, row, &refusal.Refusal{Code: refusal.TooMany, RetryAfter: max(wait, time.Second)})
			return
		}
		s.serveCounted(w, r, v, next)
	})
}

// serveCounted keeps to the bound of what one client may have under way at once.
func (s *Station) serveCounted(w http.ResponseWriter, r *http.Request, v *visit.Visit, next http.Handler) {
	if bound := v.Rules.Concurrency(v.Request); bound > 0 {
		client := clientip.Bucket(v.Client)
		if !s.enter(client, bound) {
			s.refuse(w, r, v, "concurrency", &refusal.Refusal{Code: refusal.TooMany, RetryAfter: time.Second})
			return
		}
		defer s.leave(client)
	}
	next.ServeHTTP(w, r)
}

// over counts the request in every row that selects it and says which one is exhausted, and for how long.
func (s *Station) over(r *http.Request, v *visit.Visit, now time.Time) (row string, wait time.Duration, over bool) {
	var few [8]*ruleset.Limit
	for _, l := range v.Rules.Limits(few[:0], v.Request) {
		var subjects [2]subject
		for _, sub := range subjectsOf(subjects[:0], l, v) {
			if l.Rate > 0 {
				wait, over = s.buckets.take(l, sub, now)
			} else {
				wait, over = s.quotas.take(r.Context(), l, sub, now)
			}
			if over {
				return l.ID, wait, true
			}
		}
	}
	return "", 0, false
}

func (s *Station) refuse(w http.ResponseWriter, r *http.Request, v *visit.Visit, row string, ref *refusal.Refusal) {
	if s.options.Limited != nil {
		s.options.Limited(row)
	}
	refusal.Write(w, r, v, ref)
}

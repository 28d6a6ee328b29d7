// Package notify knows a payment provider's notifications by the signature over their untouched bytes, so that only a
// real one leaves client limits and none is taken twice.
package notify

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// Options say what a notification may be.
type Options struct {
	// Body is the largest notification, in bytes; zero means 64 KiB.
	Body int64
	// Entries bounds how many notifications are remembered; zero means 16384.
	Entries int
	// Secret fetches what a reference of notifications.yaml names; nil means config.ParseSecret and Secret.Read.
	Secret func(ref string) ([]byte, error)
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Noted, if not nil, is told what became of each notification: the id of its row and "verified", "bad-signature",
	// "replayed", "secret-unreadable".
	Noted func(row, outcome string)
}

// Station verifies notifications. It is safe for concurrent use.
type Station struct {
	options Options
	secrets sync.Map // reference → *secret
	seen    *otter.Cache[digest, *taken]
}

// New makes the station.
func New(o Options) *Station {
	if o.Body <= 0 {
		o.Body = 64 << 10
	}
	if o.Entries <= 0 {
		o.Entries = 1 << 14
	}
	if o.Secret == nil {
		o.Secret = readSecret
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Station{options: o, seen: otter.Must(&otter.Options[digest, *taken]{
		MaximumSize: o.Entries,
		Executor:    func(task func()) { task() }, // upkeep where it falls due: no goroutine is left to anybody
	})}
}

func readSecret(ref string) ([]byte, error) {
	s, err := config.ParseSecret(ref)
	if err != nil {
		return nil, err
	}
	return s.Read()
}

// Handler marks verified notifications for next and refuses or passes on the others as their row says.
func (s *Station) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visit.From(r.Context())
		if v == nil || v.Rules == nil {
			refusal.Write(w, r, v, &refusal.Refusal{Code: refusal.Internal})
			return
		}
		row, is := v.Rules.Notification(v.Request)
		if !is {
			next.ServeHTTP(w, r)
			return
		}
		s.serve(w, r, v, row, next)
	})
}

func (s *Station) serve(w http.ResponseWriter, r *http.Request, v *visit.Visit, row *ruleset.Notification, next http.Handler) {
	message, whole := s.message(r)
	if !whole || !s.signed(r, row, message) {
		s.note(row, "bad-signature")
		if row.OnBadSignature == "limit" {
			next.ServeHTTP(w, r)
			return
		}
		refusal.Write(w, r, v, &refusal.Refusal{Code: refusal.BadSignature})
		return
	}
	v.Verified = true
	if row.Replay <= 0 {
		s.note(row, "verified")
		next.ServeHTTP(w, r)
		return
	}
	s.once(w, r, v, row, digestOf(message), next)
}

func (s *Station) note(row *ruleset.Notification, outcome string) {
	if s.options.Noted != nil {
		s.options.Noted(row.ID, outcome)
	}
}

// secret is one API secret as it was read last.
type secret struct {
	value []byte
	until time.Time
}

// secretAge is how long a secret is used before its file is read again: a change needs no restart.
const secretAge = time.Minute

// secretOf fetches a secret. One that cannot be read verifies nothing.
func (s *Station) secretOf(ref string) ([]byte, error) {
	now := s.options.Now()
	if kept, ok := s.secrets.Load(ref); ok && now.Before(kept.(*secret).until) {
		return kept.(*secret).value, nil
	}
	value, err := s.options.Secret(ref)
	if err != nil {
		return nil, fmt.Errorf("reading a notification secret: %w", err)
	}
	s.secrets.Store(ref, &secret{value, now.Add(secretAge)})
	return value, nil
}

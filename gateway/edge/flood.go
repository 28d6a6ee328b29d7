package edge

import (
	"errors"
	"net/http"
	"sync/atomic"
)

var errFlood = errors.New("connection cut: far more arrives than requests and their bodies explain")

// account holds a connection's bytes against what its requests explain. HTTP/2 lets a client send frames that carry no
// request, and some cost us far more than the client: resets, settings, pings, empty frames (CVE-2023-44487,
// CVE-2019-9515 and their kin). We cannot see frames below TLS, but what is left unexplained bounds them all.
type account struct {
	arrived   atomic.Int64 // bytes below TLS
	explained atomic.Int64
	requests  atomic.Int64
	taken     atomic.Int64 // requests that the client took back before they were answered
}

const (
	// allowance is what may be unexplained: a receive window of body that no handler has read yet, and a handshake.
	allowance = windowPerConnection + 256<<10
	// perRequest is what a request explains: its header at its largest, and frames around it.
	perRequest = maxHeaderBytes + 4<<10
	// maxTaken is how many requests a client may take back on one connection before their share counts.
	maxTaken = 100
)

// arrive counts bytes from the client and says whether it is still explained.
func (a *account) arrive(n int) bool {
	return a.arrived.Add(int64(n))-a.explained.Load() < allowance
}

// body explains n bytes of a body; small frames and records come with as much again and more around them.
func (a *account) body(n int) { a.explained.Add(2*int64(n) + 256) }

// answered explains what a client sends while it takes n bytes: window updates, acknowledgements.
func (a *account) answered(n int) { a.explained.Add(int64(n) / 8) }

// begin opens a request.
func (a *account) begin() {
	a.requests.Add(1)
	a.explained.Add(perRequest)
}

// end closes a request and says whether the client may go on: not when it takes back most of its requests. A body that
// no handler read to its end has filled its window.
func (a *account) end(r *http.Request, read bool) bool {
	if !read {
		a.explained.Add(windowPerStream)
	}
	if r.Context().Err() == nil {
		return true
	}
	taken := a.taken.Add(1)
	return taken <= maxTaken || 2*taken <= a.requests.Load()
}

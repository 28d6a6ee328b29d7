// Package headers stamps every answer, refusals among them, with what pages.yaml says of its page: HSTS, the content
// security policy, cookie attributes; the shop's own copies are gone.
package headers

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// Station stamps the answers of the station behind it. It is safe for concurrent use.
type Station struct {
	next   http.Handler
	pageOf func(*http.Request) *ruleset.Page

	// Panicked, if not nil, is told of a panic behind this station: the type of what was thrown, never the value, which
	// may hold what a visitor sent, and the stack.
	Panicked func(r *http.Request, kind string, stack []byte)
}

// Handler stamps what next answers with the page that pageOf gives for the request. It is asked once an answer, when
// its header is final; nil stamps nothing.
func Handler(next http.Handler, pageOf func(*http.Request) *ruleset.Page) *Station {
	return &Station{next: next, pageOf: pageOf}
}

// ServeHTTP answers one request. A panic and an answer that was never begun become a 500 with a page: an implicit 200
// would say that the request arrived.
func (s *Station) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sw := &writer{ResponseWriter: w, station: s, request: r}
	defer func() {
		if thrown := recover(); thrown != nil {
			s.recovered(sw, thrown)
		}
	}()
	s.next.ServeHTTP(sw, r)
	if !sw.decided {
		refusal.Write(sw, r, visit.From(r.Context()), &refusal.Refusal{Code: refusal.Internal})
	}
}

// recovered answers 500 where nothing was answered yet; else the client must see that the answer broke off.
func (s *Station) recovered(sw *writer, thrown any) {
	deliberate := false
	if err, ok := thrown.(error); ok {
		deliberate = errors.Is(err, http.ErrAbortHandler)
	}
	if !deliberate && s.Panicked != nil {
		s.Panicked(sw.request, fmt.Sprintf("%T", thrown), debug.Stack())
	}
	if deliberate || sw.decided {
		panic(http.ErrAbortHandler)
	}
	refusal.Write(sw, sw.request, visit.From(sw.request.Context()), &refusal.Refusal{Code: refusal.Internal})
}

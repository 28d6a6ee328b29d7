// Package pages is HTML on its way out: nonces for the scripts that the inventory knows, and a note of every script
// that was seen. Off by default, and then free.
package pages

import (
	"crypto/rand"
	"encoding/base64"
	"maps"
	"net/http"

	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// Script is one script element of a page.
type Script struct {
	Src    string // as written in the page; empty for an inline script
	SHA256 string // of an inline script's text: "sha256-" and base64, as in a policy; empty for one with a src
	Text   string // of an inline script; what a shop writes into it may be about a visitor, so it is for comparing alone
}

// Options say what is known of a page's scripts.
type Options struct {
	// PageOf is the page of a request; nil answers leave HTML alone.
	PageOf func(*http.Request) *ruleset.Page
	// Seen, if not nil, is told of every script of a page and whether scripts.yaml lists it. Only a listed one gets the
	// nonce: a nonce for whatever stands in the page would be one for an injected script too.
	Seen func(r *http.Request, s Script, listed bool)
}

// Handler reads the HTML that next answers where its page asks for nonces, and notes the nonce in the visit: who stamps
// the policy must name the same.
func Handler(next http.Handler, o Options) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visit.From(r.Context())
		if v == nil || o.PageOf == nil {
			next.ServeHTTP(w, r)
			return
		}
		page := o.PageOf(r)
		if page == nil || !page.Nonces || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		known := func(s Script) bool {
			is := listed(r, v, page, s)
			if o.Seen != nil {
				o.Seen(r, s, is)
			}
			return is
		}
		pw := &writer{ResponseWriter: w, visit: v, known: known}
		defer pw.abandon()
		next.ServeHTTP(pw, readable(r))
		pw.finish()
	})
}

// readable asks the shop for whole, fresh, plain HTML: a coded page cannot be read here, a part of one neither, and a
// 304 would join a new nonce in the policy to the old one in the browser's copy.
func readable(r *http.Request) *http.Request {
	out := *r
	out.Header = maps.Clone(r.Header)
	for _, name := range []string{"Range", "If-Range", "If-None-Match", "If-Modified-Since"} {
		delete(out.Header, name)
	}
	out.Header["Accept-Encoding"] = []string{"identity"}
	return &out
}

// newNonce is 128 random bits, as CSP3 section 8.1 asks.
func newNonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24: crypto/rand ends the process instead
	return base64.RawStdEncoding.EncodeToString(b[:])
}

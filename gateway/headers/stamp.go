package headers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

const (
	hsts       = "Strict-Transport-Security"
	enforced   = "Content-Security-Policy"
	reportOnly = "Content-Security-Policy-Report-Only"
)

// stamp makes h what the page of r says.
func (s *Station) stamp(h http.Header, r *http.Request) {
	// RFC 9112 section 9.3: with HTTP/1.0 what follows on the connection could be the rest of a body that we framed
	// differently, so it is one request, one connection.
	if r.ProtoMajor == 1 && r.ProtoMinor == 0 {
		h["Connection"] = []string{"close"}
	}
	page := s.page(r)
	if page == nil {
		return
	}
	for _, name := range page.Remove {
		delete(h, name)
	}
	for name, values := range page.Header {
		h[name] = slices.Clip(values) // clipped: the rules' own slice must not grow under somebody's append
	}
	for name, values := range page.Append {
		h[name] = append(slices.Clip(h[name]), values...)
	}
	if r.TLS == nil {
		delete(h, hsts) // RFC 6797 section 7.2: never over a connection that is not secure
	}
	cookies(h, page.Cookies, r.TLS != nil)
	v := visit.From(r.Context())
	if v != nil && v.Code != "" && strings.HasPrefix(h.Get("Content-Type"), "text/html") {
		change(h, enforced, refusal.AllowStyle)
	}
	if page.Nonces {
		nonce := nonceOf(v)
		fill := func(policy string) string { return strings.ReplaceAll(policy, ruleset.NonceMark, nonce) }
		change(h, enforced, fill)
		change(h, reportOnly, fill)
	}
}

// nonceOf is the nonce that was written into the page. An answer without one still needs one that nobody can guess:
// the mark itself, sent as it stands in the rules, would allow every script that knows it.
func nonceOf(v *visit.Visit) string {
	if v != nil && v.Nonce != "" {
		return v.Nonce
	}
	return visit.NewID()
}

// page is what pageOf says, nil when there is nobody to ask.
func (s *Station) page(r *http.Request) *ruleset.Page {
	if s.pageOf == nil {
		return nil
	}
	return s.pageOf(r)
}

// change rewrites every policy of one header into a fresh slice, since the old one belongs to the rules.
func change(h http.Header, name string, rewrite func(string) string) {
	old := h[name]
	if len(old) == 0 {
		return
	}
	h[name] = make([]string, len(old))
	for i, policy := range old {
		h[name][i] = rewrite(policy)
	}
}

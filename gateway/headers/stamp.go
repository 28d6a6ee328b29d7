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
	if v != nil && page.Nonces && v.Nonce != "" {
		add := func(policy string) string { return withNonce(policy, v.Nonce) }
		change(h, enforced, add)
		change(h, reportOnly, add)
	}
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

// withNonce adds a nonce to the sources of scripts; a policy that names none leaves scripts to the default, and that is
// not widened here.
func withNonce(policy, nonce string) string {
	directives := strings.Split(policy, ";")
	for i, d := range directives {
		fields := strings.Fields(d)
		if len(fields) == 0 || !strings.EqualFold(fields[0], "script-src") && !strings.EqualFold(fields[0], "script-src-elem") {
			continue
		}
		sources := slices.DeleteFunc(fields, func(s string) bool { return strings.EqualFold(s, "'none'") })
		directives[i] = " " + strings.Join(sources, " ") + " 'nonce-" + nonce + "'"
	}
	return strings.TrimSpace(strings.Join(directives, ";"))
}

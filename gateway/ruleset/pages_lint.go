package ruleset

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
)

// ownHeaders have their own keys, or are not a rule's to set.
var ownHeaders = map[string]string{
	"Strict-Transport-Security": "write hsts: {max_age: 365d}", "Content-Security-Policy": "write csp: {enforce: …}",
	"Content-Security-Policy-Report-Only": "write csp: {trial: …}", "Permissions-Policy": "write permissions: {…}",
	"Cache-Control": "write cache: no-store", "Set-Cookie": "write cookies: {…}", "Content-Type": "", "Content-Length": "", "Content-Encoding": "",
	"Transfer-Encoding": "", "Connection": "", "Upgrade": "", "Trailer": "", "Location": "", "Date": "", "Retry-After": "",
}

// lint notes what would not do what its writer means.
func (r *pageRow) lint(p place) {
	lintPolicy(p.Key("csp").Key("enforce"), r.CSP.Enforce, r.Nonces, r.CSP.Enforce != nil)
	lintPolicy(p.Key("csp").Key("trial"), r.CSP.Trial, r.Nonces, false)
	if r.HSTS.Preload && (!r.HSTS.Subdomains || r.HSTS.MaxAge != nil && *r.HSTS.MaxAge < 365*24*time.Hour) {
		p.Key("hsts").Fault("see hstspreload.org; it is slow to undo", "preload needs include_subdomains and a year")
	}
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		at, canon := p.Key("headers").Name(name), http.CanonicalHeaderKey(name)
		hint, own := ownHeaders[canon]
		switch value := r.Headers[name]; {
		case !validName(name):
			at.Fault("letters, digits and dashes", "%s is no header name", strictyaml.Quote(name))
		case own:
			at.Fault(hint, "%s is not set here", canon)
		case canon == "Cross-Origin-Embedder-Policy" && len(r.Widgets) > 0 && value != "unsafe-none":
			at.Fault("remove it", "would keep the widget's frame out of the page")
		case strings.ContainsFunc(value, func(c rune) bool { return c < ' ' || c >= 0x7f }):
			at.Fault("", "a header's value is one line of ASCII")
		}
	}
	if strings.ContainsFunc(r.Cache, func(c rune) bool { return c < ' ' || c >= 0x7f }) {
		p.Key("cache").Fault("write cache: no-store", "a header's value is one line of ASCII")
	}
	for _, feature := range slices.Sorted(maps.Keys(r.Permissions)) {
		for i, s := range r.Permissions[feature] {
			if s != "self" {
				lintOrigin(p.Key("permissions").Key(feature).Item(i), s)
			}
		}
	}
	if r.Cookies.SameSite == "None" && !r.Cookies.Secure {
		p.Key("cookies").Fault("write secure: true", "browsers drop a cookie with SameSite=None that is not Secure")
	}
}

package ruleset

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// defaultHeaders are sent unless a row gives another value. Cross-Origin-Embedder-Policy is not among them: it would
// keep out payment frames that do not opt in.
var defaultHeaders = map[string]string{
	"X-Content-Type-Options":     "nosniff",
	"Referrer-Policy":            "strict-origin-when-cross-origin",
	"Cross-Origin-Opener-Policy": "same-origin-allow-popups", // same-origin would cut a wallet's pop-up off from its opener
}

// setPolicies puts the two policies where they go: in place of the shop's, or beside it.
func (p *page) setPolicies(enforce, trial policy, beside bool) {
	to := p.Header
	if beside {
		p.Append = make(http.Header)
		to = p.Append
	}
	if enforce != nil {
		to.Set("Content-Security-Policy", enforce.String())
	}
	if trial != nil {
		to.Set("Content-Security-Policy-Report-Only", trial.String())
	}
	if enforce != nil && !beside && trial == nil {
		p.Remove = append(p.Remove, "Content-Security-Policy-Report-Only")
	}
}

// header is everything but the policies and the shop's own headers.
func (r *pageRow) header(ws []*widget, enforce policy) http.Header {
	h := make(http.Header)
	for name, value := range defaultHeaders {
		h.Set(name, value)
	}
	if ancestors, ok := frameOptions[strings.Join(enforce["frame-ancestors"], " ")]; ok {
		h.Set("X-Frame-Options", ancestors)
	}
	h.Set("Strict-Transport-Security", r.HSTS.String())
	h.Set("Permissions-Policy", permissions(r.Permissions, ws))
	if r.Cache != "" {
		h.Set("Cache-Control", r.Cache)
	}
	for name, value := range r.Headers {
		if h.Set(name, value); value == "" { // a row may leave a default out
			h.Del(name)
		}
	}
	return h
}

// frameOptions say the same as frame-ancestors to browsers that know only the older header.
var frameOptions = map[string]string{"'none'": "DENY", "'self'": "SAMEORIGIN"}

// String is the header's value.
func (h hsts) String() string {
	age := 365 * 24 * time.Hour
	if h.MaxAge != nil {
		age = *h.MaxAge
	}
	value := "max-age=" + strconv.Itoa(int(age.Seconds()))
	if h.Subdomains {
		value += "; includeSubDomains"
	}
	if h.Preload {
		value += "; preload"
	}
	return value
}

// closed are the features a shop's pages do without unless a row says otherwise.
var closed = []string{"accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone", "midi", "serial", "usb"}

// permissions is the value of Permissions-Policy. The page has to hold what it hands to a widget's frame, so a feature
// that a widget needs is always the page's own too.
func permissions(row map[string][]string, ws []*widget) string {
	features := map[string][]string{"payment": {"self"}}
	for _, f := range closed {
		features[f] = nil
	}
	maps.Copy(features, row)
	for _, w := range ws {
		for f, origins := range w.Permissions {
			features[f] = append(slices.Clone(features[f]), append([]string{"self"}, origins...)...)
		}
	}
	var parts []string
	for _, f := range slices.Sorted(maps.Keys(features)) {
		parts = append(parts, f+"=("+strings.Join(allowList(features[f]), " ")+")")
	}
	return strings.Join(parts, ", ")
}

// allowList quotes origins and keeps each once, self first.
func allowList(sources []string) (list []string) {
	for _, s := range sources {
		if s != "self" {
			s = `"` + s + `"`
		}
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b string) int { return b2i(b == "self") - b2i(a == "self") })
	return list
}

func canonical(names []string) (out []string) {
	for _, n := range names {
		out = append(out, http.CanonicalHeaderKey(n))
	}
	return out
}

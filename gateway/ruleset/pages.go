package ruleset

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
)

// pagesFile is pages.yaml.
type pagesFile struct {
	header `yaml:",inline"`
	Pages  []pageRow `yaml:"pages"`
}

// pageRow says what is stamped on the answers to some requests; the first that matches does.
type pageRow struct {
	ID             string              `yaml:"id"`
	About          string              `yaml:"about"`
	Where          Where               `yaml:"where"`
	Like           string              `yaml:"like"` // id of the page that says what this row leaves out
	HSTS           hsts                `yaml:"hsts"`
	CSP            csp                 `yaml:"csp"`
	Widgets        []string            `yaml:"widgets"`
	Permissions    map[string][]string `yaml:"permissions"` // feature: self and origins; [] closes it
	Headers        map[string]string   `yaml:"headers"`
	Remove         []string            `yaml:"remove"`
	Cookies        cookies             `yaml:"cookies"`
	Cache          string              `yaml:"cache"` // Cache-Control, in place of the shop's
	Nonces         bool                `yaml:"nonces"`
	UpstreamPolicy upstreamPolicy      `yaml:"upstream_policy"`
}

// hsts is Strict-Transport-Security (RFC 6797). Without max_age the header says a year; hsts: {max_age: 0s} takes it back.
type hsts struct {
	MaxAge     *time.Duration `yaml:"max_age"`
	Subdomains bool           `yaml:"include_subdomains"`
	Preload    bool           `yaml:"preload"`
}

// csp is what a page may load: what is enforced, and what is tried with reports alone.
type csp struct {
	Enforce policy `yaml:"enforce"`
	Trial   policy `yaml:"trial"`
}

// cookies is what every Set-Cookie of the shop is given.
type cookies struct {
	Secure   bool     `yaml:"secure"`
	HTTPOnly []string `yaml:"http_only"` // names that scripts may not read; * stands for any run
	SameSite sameSite `yaml:"same_site"`
}

// page is a pageRow, compiled.
type page struct {
	Page
	loose int // how much it allows: sources of its policy, then whether it may be cached
}

// defaultHeaders are sent unless a row gives another value. Cross-Origin-Embedder-Policy is not among them: it would
// keep out payment frames that do not opt in.
var defaultHeaders = map[string]string{
	"X-Content-Type-Options":     "nosniff",
	"Referrer-Policy":            "strict-origin-when-cross-origin",
	"Cross-Origin-Opener-Policy": "same-origin-allow-popups", // same-origin would cut a wallet's pop-up off from its opener
}

// ownHeaders have their own keys, or are not a rule's to set.
var ownHeaders = map[string]string{
	"Strict-Transport-Security": "write hsts: {max_age: 365d}", "Content-Security-Policy": "write csp: {enforce: …}",
	"Content-Security-Policy-Report-Only": "write csp: {trial: …}", "Permissions-Policy": "write permissions: {…}",
	"Cache-Control": "write cache: no-store", "Set-Cookie": "write cookies: {…}", "Content-Type": "", "Content-Length": "", "Content-Encoding": "",
	"Transfer-Encoding": "", "Connection": "", "Upgrade": "", "Trailer": "", "Location": "", "Date": "", "Retry-After": "",
}

func (c *compiler) pages(f *pagesFile, p place) {
	rows := p.Key("pages")
	for i := range f.Pages {
		f.Pages[i].lint(rows.Item(i))
	}
	own := slices.Clone(f.Pages)
	for i := range f.Pages {
		f.Pages[i].inherit(rows, i, own)
	}
	wheres := make([]*where, len(f.Pages))
	for i := range f.Pages {
		at := rows.Item(i)
		w := f.Pages[i].Where.compile(at.Key("where"))
		wheres[i] = &w
		c.set.pages = append(c.set.pages, c.page(&f.Pages[i], at))
		for j := range i {
			if wheres[j].covers(&w) {
				at.Fault("move it above, or remove one of the two", "never used: page %s on line %d always wins", f.Pages[j].ID, rows.Item(j).Line())
				break
			}
		}
	}
	if !slices.ContainsFunc(wheres, (*where).everything) {
		rows.Fault("end the list with a page without where", "no page matches every request")
	}
	c.uniqueIDs(rows, len(f.Pages))
	c.set.pageIndex = newIndex(wheres)
}

// inherit takes what a row leaves out from the page it is like, which may itself be like another, each once.
func (r *pageRow) inherit(rows place, i int, own []pageRow) {
	seen := map[string]bool{r.ID: true}
	for row, at := *r, rows.Item(i); row.Like != ""; {
		j := slices.IndexFunc(own, func(o pageRow) bool { return o.ID == row.Like })
		if j < 0 || seen[row.Like] {
			at.Key("like").Fault("write the id of another page of this file", "no page to be like %s", strictyaml.Quote(row.Like))
			return
		}
		seen[row.Like] = true
		row, at = own[j], rows.Item(j)
		r.fill(rows.Item(i), &row)
	}
}

// fill sets the keys that are not in the row at p and were not filled before.
func (r *pageRow) fill(p place, from *pageRow) {
	absent := func(key string) bool { return !p.Has(key) }
	if absent("hsts") && r.HSTS == (hsts{}) {
		r.HSTS = from.HSTS
	}
	if absent("csp") && r.CSP.Enforce == nil && r.CSP.Trial == nil {
		r.CSP = from.CSP
	}
	if absent("cookies") && r.Cookies.empty() {
		r.Cookies = from.Cookies
	}
	if absent("nonces") {
		r.Nonces = r.Nonces || from.Nonces
	}
	r.Widgets = orElse(r.Widgets, from.Widgets, absent("widgets"))
	r.Remove = orElse(r.Remove, from.Remove, absent("remove"))
	r.Permissions = under(r.Permissions, from.Permissions)
	r.Headers = under(r.Headers, from.Headers)
	if absent("cache") {
		r.Cache = cmp.Or(r.Cache, from.Cache)
	}
	if absent("upstream_policy") {
		r.UpstreamPolicy = cmp.Or(r.UpstreamPolicy, from.UpstreamPolicy)
	}
}

func (c *cookies) empty() bool { return !c.Secure && len(c.HTTPOnly) == 0 && c.SameSite == "" }

func orElse(own, other []string, absent bool) []string {
	if absent && own == nil {
		return other
	}
	return own
}

// under puts the entries of base under those of top.
func under[V any](top, base map[string]V) map[string]V {
	merged := maps.Clone(base)
	if merged == nil {
		merged = make(map[string]V)
	}
	maps.Copy(merged, top)
	return merged
}

func (c *compiler) page(row *pageRow, p place) *page {
	ws := c.pick(p.Key("widgets"), row.Widgets)
	enforce, trial := row.CSP.Enforce.merge(ws), row.CSP.Trial.merge(ws)
	if row.Nonces {
		enforce, trial = enforce.withNonce(), trial.withNonce()
	}
	out := &page{loose: 2*enforce.looseness() + b2i(row.Cache == "")}
	out.Page = Page{
		ID: row.ID, Header: row.header(ws, enforce), Remove: canonical(row.Remove), Nonces: row.Nonces,
		Cookies: CookiePolicy{Secure: row.Cookies.Secure, HTTPOnly: row.Cookies.HTTPOnly, SameSite: string(row.Cookies.SameSite)},
	}
	out.setPolicies(enforce, trial, row.UpstreamPolicy == "append")
	c.scriptOrigins(row.ID, enforce)
	return out
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

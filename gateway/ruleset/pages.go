package ruleset

import (
	"cmp"
	"maps"
	"slices"
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

func (c *compiler) pages(f *pagesFile, p place) {
	rows := p.Key("pages")
	for i := range f.Pages {
		f.Pages[i].lint(rows.Item(i))
		c.lintWidgets(rows.Item(i).Key("widgets"), f.Pages[i].Widgets)
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
		c.set.pages = append(c.set.pages, c.page(&f.Pages[i]))
	}
	c.firstWins(rows, "page", wheres, nil)
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

func (c *compiler) page(row *pageRow) *page {
	ws := c.pick(row.Widgets)
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

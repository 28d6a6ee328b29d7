package ruleset

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// index makes ready what is asked across files: the rules that bite and those that do not, and the names of routes.
func (c *compiler) index() {
	s := c.set
	var enforced, shadows []*where
	var enforcedAt, shadowsAt [][]finding.Location
	for i := range s.rules {
		r := &s.rules[i]
		if r.shadow {
			s.shadowRules, shadows, shadowsAt = append(s.shadowRules, i), append(shadows, &r.where), append(shadowsAt, r.places())
		} else {
			s.enforcedRules, enforced, enforcedAt = append(s.enforcedRules, i), append(enforced, &r.where), append(enforcedAt, r.places())
		}
	}
	s.enforced, s.shadows = newPlacedIndex(enforced, enforcedAt), newPlacedIndex(shadows, shadowsAt)
	c.routes(slices.Concat(enforced, shadows, s.exemptionIndex.rows, s.bodyIndex.rows, s.pageIndex.rows, s.limitIndex.rows,
		s.notificationIndex.rows, s.socketIndex.rows))
}

// routes names every path pattern of the rules, the most particular first: the one with the most letters spelt out.
func (c *compiler) routes(rows []*where) {
	type route struct {
		name    string
		where   *where
		letters int
	}
	var named []route
	for _, w := range rows {
		paths := w.paths
		if len(paths) == 0 {
			paths = []glob{newGlob("/**", '/')}
		}
		for _, g := range paths {
			if g.all() && len(w.query) == 0 {
				continue
			}
			r := route{name: g.text, where: &where{paths: []glob{g}, query: w.query}}
			for i, q := range w.query {
				r.name += map[bool]string{true: "?", false: "&"}[i == 0] + q.name + "=" + q.value.text
			}
			r.letters = len(r.name) - 2*strings.Count(r.name, "*")
			if !slices.ContainsFunc(named, func(o route) bool { return o.name == r.name }) {
				named = append(named, r)
			}
		}
	}
	slices.SortStableFunc(named, func(a, b route) int { return cmp.Compare(b.letters, a.letters) })
	wheres := make([]*where, len(named))
	for i, r := range named {
		wheres[i] = r.where
		c.set.routes = append(c.set.routes, r.name)
	}
	c.set.routeIndex = newIndex(wheres)
}

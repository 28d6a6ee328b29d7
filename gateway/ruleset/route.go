package ruleset

import (
	"cmp"
	"slices"
	"strings"
)

// index makes ready what is asked across files: the rules that bite and those that do not, and the names of routes.
func (c *compiler) index() {
	s := c.set
	var enforced, shadows []*where
	for i := range s.rules {
		if s.rules[i].shadow {
			s.shadowRules, shadows = append(s.shadowRules, i), append(shadows, &s.rules[i].where)
		} else {
			s.enforcedRules, enforced = append(s.enforcedRules, i), append(enforced, &s.rules[i].where)
		}
	}
	s.enforced, s.shadows = newIndex(enforced), newIndex(shadows)
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
		for _, g := range w.paths {
			if g.all() {
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

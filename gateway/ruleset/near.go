package ruleset

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// Near is a rule or an exemption that did not decide a finding, though all it asks held but one thing.
type Near struct {
	ID        string
	Exemption bool
	Action    Action    // what it would have done; Report for an exemption
	Why       string    // the one thing, in words of the rules and never of the client
	Expires   time.Time // when it ends or ended; zero: never
}

// Near are the rules and exemptions that nearly decided a finding, in the order of their files, in the reading of the
// request that gave the decision. It is for people who ask why, and slow beside Decide.
func (s *Set) Near(r *Request, f *finding.Finding, now time.Time) (near []Near) {
	if !f.Confidence.Acts() {
		return nil
	}
	d, rd := s.strictest(r, f, now)
	decider := slices.IndexFunc(s.rules, func(rule rule) bool { return rule.id == d.Rule && !rule.shadow })
	for i := range s.rules {
		rule, row := &s.rules[i], &s.source.cards.Rules[i]
		var g gap
		rule.where.gap(&g, &row.Where, r, rd)
		rule.gap(&g, row.At, f)
		g.unless(!rule.shadow, 1, "enforce: false, it runs in shadow")
		g.ended(rule.end, row.Expires, now)
		g.unless(decider < 0 || i <= decider, 1, "stands below %s", d.Rule)
		if g.weight == 1 {
			near = append(near, Near{ID: rule.id, Action: rule.action, Why: g.why, Expires: rule.end})
		}
	}
	return append(near, s.nearExemptions(r, rd, f, now)...)
}

func (s *Set) nearExemptions(r *Request, rd reading, f *finding.Finding, now time.Time) (near []Near) {
	for i := range s.exemptions {
		e, row := &s.exemptions[i], &s.source.exemptions.Exemptions[i]
		var g gap
		s.exemptionIndex.rows[i].gap(&g, &row.Where, r, rd)
		e.gap(&g, row.At, f)
		g.ended(e.end, row.Expires, now)
		if g.weight == 1 {
			near = append(near, Near{ID: e.id, Exemption: true, Action: Report, Why: g.why, Expires: e.end})
		}
	}
	return near
}

// gap is how far a row is from deciding: what it asks for and does not get, and the words for the first of that. What
// is far off weighs two, so that a row for another part of the shop is never near.
type gap struct {
	weight int
	why    string
}

func (g *gap) unless(held bool, weight int, format string, args ...any) {
	if held {
		return
	}
	if g.why == "" {
		g.why = fmt.Sprintf(format, args...)
	}
	g.weight += weight
}

func (g *gap) ended(end time.Time, day Date, now time.Time) {
	g.unless(inForce(end, now), 1, "ended on %s", day)
}

// gap weighs what a where asks for.
func (w *where) gap(g *gap, written *Where, r *Request, rd reading) {
	path := r.path(rd)
	g.unless(anyGlob(w.paths, path), far(!slices.ContainsFunc(w.paths, func(p glob) bool { return alike(p.prefix(), path) })),
		"asks for the path %s", strings.Join(written.Paths, ", "))
	for _, q := range w.query {
		value, given := r.parameter(rd, q.name)
		g.unless(given && q.value.match(value), far(!given), "asks for the parameter %s=%s", q.name, q.value.text)
	}
	g.unless(anyGlob(w.hosts, r.Host), 1, "asks for the host %s", strings.Join(written.Hosts, ", "))
	g.unless(len(w.methods) == 0 || slices.Contains(w.methods, r.Method), 1, "asks for the method %s", strings.Join(written.Methods, ", "))
	g.unless(anyGlob(w.types, r.Type), 1, "asks for the type %s", strings.Join(written.Types, ", "))
	g.unless(w.matchClient(r.Client), 1, "asks for another client")
}

// gap weighs what a selector asks of a finding.
func (s *selector) gap(g *gap, at []string, f *finding.Finding) {
	g.unless(s.kinds&(1<<f.Kind) != 0, 2, "looks for no %s", f.Kind)
	samePart := slices.ContainsFunc(s.at, func(p finding.Pattern) bool { return p.Part() == f.At.Part() })
	g.unless(s.matchPlace(f.At), far(!samePart), "looks at %s", strings.Join(at, ", "))
	g.unless(len(s.brands) == 0 || slices.Contains(s.brands, f.Brand), 1, "asks for the brand %s", strings.Join(s.brands, ", "))
	g.unless(f.Confidence >= s.least, 1, "asks for the confidence %s", s.least)
}

func far(is bool) int { return 1 + b2i(is) }

// alike reports whether a path could have been meant by a pattern that begins so: half of it at least is the same.
func alike(prefix, path string) bool {
	same := 0
	for same < min(len(prefix), len(path)) && prefix[same] == path[same] {
		same++
	}
	return same > 1 && 2*same >= len(prefix)
}

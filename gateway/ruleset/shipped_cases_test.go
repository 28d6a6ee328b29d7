package ruleset

import (
	"slices"
	"testing"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/ruleset/cases"
)

// TestEveryShippedRuleCatchesAndLeaves: for each rule one case that it decides, and one clean request where it looks.
func TestEveryShippedRuleCatchesAndLeaves(t *testing.T) {
	t.Parallel()
	s := shipped(t)
	for i := range s.rules {
		rule := &s.rules[i]
		if !slices.ContainsFunc(s.Cases(), func(c cases.Case) bool { return c.Expect.Rule == rule.id }) {
			t.Errorf("no case is decided by %s", rule.id)
		}
		if !slices.ContainsFunc(s.Cases(), func(c cases.Case) bool { return c.Expect.Action == "pass" && rule.looksAt(t, &c) }) {
			t.Errorf("no clean request is left alone where %s looks", rule.id)
		}
	}
}

// looksAt reports whether a case's request is one the rule selects, with something in a place it names.
func (r *rule) looksAt(t *testing.T, c *cases.Case) bool {
	t.Helper()
	read, err := c.Read()
	if err != nil {
		t.Fatal(err)
	}
	q := NewRequest(read, c.Client())
	if !r.where.match(q, 0) {
		return false
	}
	for name := range read.Header {
		if r.matchPlace(finding.At(finding.Header, name, 1)) {
			return true
		}
	}
	return len(r.at) == 0 || read.Header.Get("Cookie") != "" && r.matchPlace(finding.At(finding.Cookie, "any", 1))
}

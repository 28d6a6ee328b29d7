package ruleset

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cappertrophy/panwall/gateway/pan"
	"github.com/cappertrophy/panwall/gateway/ruleset/cases"
)

// Set is one whole rules folder, read, validated and compiled. It is immutable and safe for concurrent use.
// The zero Set blocks every finding, stamps no header and allows no upgrade.
type Set struct {
	hash   string
	files  map[string][]byte
	source source
	table  *pan.Table

	rules         []rule
	enforced      index // of rules, those that bite
	shadows       index // of rules, those with enforce: false
	enforcedRules []int
	shadowRules   []int

	exemptions       []exemption
	exemptionIndex   index
	bodies           []bodyPolicy
	bodyIndex        index
	targets          [][]oddTarget
	targetIndex      index
	trailers         [][]string
	trailerIndex     index
	sockets          []WebSocket
	socketIndex      index
	pages            []*page
	pageIndex        index
	limits           []*Limit
	limitIndex       index
	allowances       []dated
	allowanceIndex   index
	bans             []dated
	banIndex         index
	concurrency      []int
	concurrencyIndex index
	notifications    []*Notification

	notificationIndex index
	routes            []string
	routeIndex        index
	scripts           []Script
	ends              []ending
	cases             []cases.Case
	remarks           []string // warnings that do not change with time
}

// Hash is "sha256:" and the hash of the effective rules: the files sorted by path, each as path NUL length NUL bytes.
// It is empty for the zero Set.
func (s *Set) Hash() string { return s.hash }

// Files are the effective rules by path, those adopted from the binary written out. The contents must not be changed.
func (s *Set) Files() map[string][]byte { return maps.Clone(s.files) }

// Cases are the cases of the folder, in the order of files and lines. They must not be changed.
func (s *Set) Cases() []cases.Case { return s.cases }

// Brands is the card table, the shipped rows and those of brands.yaml.
func (s *Set) Brands() *pan.Table { return s.table }

// Forwarding counts the rules in force that let an acting finding, or bytes nobody read, through: zero means the mode
// is "enforcing".
func (s *Set) Forwarding(now time.Time) int {
	n := 0
	for i := range s.rules {
		n += b2i(s.rules[i].lets && inForce(s.rules[i].end, now))
	}
	for i := range s.exemptions {
		n += b2i(inForce(s.exemptions[i].end, now))
	}
	for i := range s.bodies {
		n += b2i(s.bodies[i].RecordUninspected && inForce(s.bodies[i].end, now))
	}
	return n
}

// Mode is the word for the ready line and /status: "enforcing", or "enforcing, N forwarding rules".
func (s *Set) Mode(now time.Time) string {
	switch n := s.Forwarding(now); n {
	case 0:
		return "enforcing"
	case 1:
		return "enforcing, 1 forwarding rule"
	default:
		return fmt.Sprintf("enforcing, %d forwarding rules", n)
	}
}

// Ends reports whether some row ends, so that it matters in which time zone days end.
func (s *Set) Ends() bool { return len(s.ends) > 0 }

// BeforeEndings is the last moment at which every row that has ended by now still had effect; now if none has.
func (s *Set) BeforeEndings(now time.Time) time.Time {
	moment := now
	for _, e := range s.ends {
		if !e.end.After(moment) {
			moment = e.end.Add(-1)
		}
	}
	return moment
}

// Warnings are what an operator should know though the set is valid: rows that end in 14, 3 or 1 days or have ended,
// and what the files leave doubtful. The sentence of a row changes when it passes one of these days.
func (s *Set) Warnings(now time.Time) []string {
	warnings := slices.Clone(s.remarks)
	for _, e := range s.ends {
		left := e.end.Sub(now)
		switch day := 24 * time.Hour; {
		case left <= 0:
			warnings = append(warnings, fmt.Sprintf("%s ended on %s and has no effect", e.id, e.day))
		case left <= day:
			warnings = append(warnings, fmt.Sprintf("%s ends today or tomorrow, on %s", e.id, e.day))
		case left <= 3*day:
			warnings = append(warnings, fmt.Sprintf("%s ends within 3 days, on %s", e.id, e.day))
		case left <= 14*day:
			warnings = append(warnings, fmt.Sprintf("%s ends within 14 days, on %s", e.id, e.day))
		}
	}
	return warnings
}

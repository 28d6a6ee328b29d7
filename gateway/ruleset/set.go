package ruleset

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/pan"
)

// Set is one whole rules folder, read, validated and compiled. It is immutable and safe for concurrent use.
// The zero Set blocks every finding, stamps no header and allows no upgrade.
type Set struct {
	hash  string
	table *pan.Table
}

// Hash is "sha256:" and the hash of the effective rules: the files sorted by path, each as path NUL length NUL bytes.
func (s *Set) Hash() string { return s.hash }

// Brands is the card table, the shipped rows and those of brands.yaml.
func (s *Set) Brands() *pan.Table { return s.table }

// NewRequest is what rules see of r: site decides the host's name, client the address rules may select on.
func NewRequest(r *http.Request, client netip.Addr) *Request {
	path := r.URL.EscapedPath()
	return &Request{Host: strings.ToLower(r.Host), Method: r.Method, Path: path, Normalised: path, Query: url.Values{}, Client: client}
}

// Decide gives a finding the first enforced rule that matches it, or the default of its place. An expired exemption
// has no effect. It may be asked for findings that do not act (possible): the answer then is Report.
func (s *Set) Decide(r *Request, f *finding.Finding, now time.Time) Decision {
	return Decision{Action: Block, Rule: "default", Reason: "no rule"}
}

// Body is the policy for a body on this route.
func (s *Set) Body(r *Request, now time.Time) BodyPolicy { return BodyPolicy{} }

// PathAllowed reports whether a rule lists this route for a target with dot segments, %00, %5C or %2F.
func (s *Set) PathAllowed(r *Request) bool { return false }

// Trailers are the names of request trailers a rule lets through on this route, in canonical form.
func (s *Set) Trailers(r *Request) []string { return nil }

// WebSocket is what `websockets:` allows on this route.
func (s *Set) WebSocket(r *Request) (WebSocket, bool) { return WebSocket{}, false }

// Page is what is stamped on answers for this request; never nil.
func (s *Set) Page(r *Request) *Page { return &Page{} }

// Limits are the rows that count this request, in the order of the file. It appends to dst.
func (s *Set) Limits(dst []*Limit, r *Request) []*Limit { return dst }

// Allowed reports whether an allowance (an ASV scan, for example) lifts limits for this request; never the inspection.
func (s *Set) Allowed(r *Request, now time.Time) (id string, ok bool) { return "", false }

// Banned reports whether a ban refuses this client.
func (s *Set) Banned(r *Request, now time.Time) (id string, ok bool) { return "", false }

// Concurrency is how many requests of one client may be under way here at once; zero: no bound.
func (s *Set) Concurrency(r *Request) int { return 0 }

// Notification is the row that makes this request a provider's notification.
func (s *Set) Notification(r *Request) (*Notification, bool) { return nil, false }

// Route is the name of the route in logs and records: the glob that matched with its selecting query pairs,
// else /first-segment/*, free of anything a client could have put there.
func (s *Set) Route(r *Request) string { return "/*" }

// Forwarding counts the rules in force that let an acting finding through: zero means the mode is "enforcing".
func (s *Set) Forwarding(now time.Time) int { return 0 }

// Mode is the word for the ready line and /status: "enforcing", or "enforcing, N forwarding rules".
func (s *Set) Mode(now time.Time) string { return "enforcing" }

// Warnings are what an operator should know though the set is valid: exemptions that expire in 14, 3 or 1 days or have expired.
func (s *Set) Warnings(now time.Time) []string { return nil }

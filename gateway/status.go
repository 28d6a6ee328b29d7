package gateway

import (
	"net/http"
	"net/netip"
	"time"

	"github.com/cappertrophy/panwall/gateway/admin"
	"github.com/cappertrophy/panwall/gateway/audit/courier"
	"github.com/cappertrophy/panwall/gateway/edge"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// Status is what /status shows.
type Status struct {
	Version      string                 `json:"version"`
	Mode         string                 `json:"mode"`
	Forwarding   int                    `json:"forwarding_rules"`
	Rules        RulesStatus            `json:"rules"`
	Problems     []admin.Problem        `json:"problems"`
	Certificates []edge.CertificateInfo `json:"certificates"`
	Offhost      []courier.Status       `json:"audit_offhost,omitempty"` // anchors and copies: backlog and age
	MemoryUsed   int64                  `json:"inspect_memory_used"`
	MaskedLines  int                    `json:"log_lines_masked"`
}

// RulesStatus is which rules run, since when, and how the last attempt to change them ended.
type RulesStatus struct {
	Hash     string         `json:"hash"`
	Since    time.Time      `json:"since"`
	Age      string         `json:"age"`
	Degraded bool           `json:"degraded"` // a kept set runs because the folder is faulty
	Failed   *reloadFailure `json:"last_failed_reload,omitempty"`
	Warnings []string       `json:"warnings,omitempty"`
}

// reloadFailure is why edited rules are not in force.
type reloadFailure struct {
	At    time.Time `json:"at"`
	Error string    `json:"error"`
}

func (g *Gateway) status() any {
	now, rules := g.now(), g.rules.Load()
	since := time.Unix(0, g.since.Load()).UTC()
	return Status{
		Version:    g.options.Version,
		Mode:       rules.Mode(now),
		Forwarding: rules.Forwarding(now),
		Rules: RulesStatus{
			Hash: rules.Hash(), Since: since, Age: now.Sub(since).Round(time.Second).String(),
			Degraded: g.problems.has(problemRules), Failed: g.failed.Load(), Warnings: rules.Warnings(now),
		},
		Problems:     g.allProblems(),
		Certificates: g.edge.Certificates(),
		Offhost:      g.audit.Offhost(),
		MemoryUsed:   g.inspector.MemoryUsed(),
		MaskedLines:  g.masked(),
	}
}

// allProblems are the open problems and what the door can tell at the moment: a host without a valid certificate is
// one that no visitor can reach.
func (g *Gateway) allProblems() []admin.Problem {
	all := g.problems.list()
	missing := g.edge.Missing()
	for _, host := range missing {
		all = append(all, admin.Problem{
			Name: problemCert + " " + host, Detail: "no valid certificate yet", Fatal: len(missing) == len(g.house.Load().hosts),
		})
	}
	return all
}

func (g *Gateway) connections() float64 { return float64(g.edge.Crowd().Open) }

func (g *Gateway) connectionsRefused() float64 { return float64(g.edge.Crowd().Refused) }

func (g *Gateway) auditDown() float64 { return boolean(g.audit.Down() != nil) }

func (g *Gateway) forwardingRules() float64 { return float64(g.rules.Load().Forwarding(g.now())) }

func (g *Gateway) rulesAge() float64 { return g.now().Sub(time.Unix(0, g.since.Load())).Seconds() }

func (g *Gateway) degraded() float64 { return boolean(len(g.allProblems()) > 0) }

func (g *Gateway) linesMasked() float64 { return float64(g.masked()) }

// masked is how many lines the last scan had to change.
func (g *Gateway) masked() int {
	n := g.lines.Masked()
	if g.accessLines != nil {
		n += g.accessLines.Masked()
	}
	return n
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// isNotification reports whether a request in clear is meant for a payment provider's notification.
func (g *Gateway) isNotification(r *http.Request) bool {
	_, ok := g.rules.Load().Notification(ruleset.NewRequest(r, netip.Addr{}))
	return ok
}

package gateway

import (
	"cmp"
	"errors"
	"fmt"
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
		MaskedLines:  g.lines.Masked(),
	}
}

// Names of problems, as /readyz shows them.
const (
	problemRules = "rules"        // a kept set runs because the folder is faulty
	problemAudit = "audit"        // the redaction log cannot be written
	problemCert  = "certificates" // one is failing, aging or expired
)

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

func (g *Gateway) linesMasked() float64 { return float64(g.lines.Masked()) }

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

// fail raises a problem, logs it, and records the control's failure.
func (g *Gateway) fail(name string, err error) {
	if g.problems.raise(admin.Problem{Name: name, Detail: err.Error()}) {
		g.log.Error().Str("control", name).Err(err).Msg("control failed")
	}
}

// restore settles a problem.
func (g *Gateway) restore(name string) {
	if g.problems.settle(name) {
		g.log.Info().Str("control", name).Msg("control restored")
	}
}

// doorEvent is told what happens at the door. A failing certificate stays a problem until one is obtained; trouble
// with single connections passes and is only logged.
func (g *Gateway) doorEvent(e edge.Event) {
	name := problemCert + " " + e.Host
	switch e.Kind {
	case edge.CertificateObtained, edge.CertificateLoaded:
		g.restore(name)
	case edge.CertificateFailed, edge.CertificateAging, edge.CertificateExpired:
		g.fail(name, fmt.Errorf("%s: %w", e.Kind, cmp.Or(e.Err, errNoDetail)))
	default:
		g.log.Warn().Str("event", string(e.Kind)).Err(e.Err).Msg("the door")
	}
}

var errNoDetail = errors.New("no further detail")

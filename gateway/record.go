package gateway

import (
	"cmp"
	"context"
	"fmt"

	"github.com/cappertrophy/panwall/gateway/audit"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/inspect"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// record keeps a verdict in the redaction log. What will be forwarded waits until its record is on disk; a refusal
// answers at once and its record is queued.
func (g *Gateway) record(ctx context.Context, v *visit.Visit, d *inspect.Verdict) error {
	e := g.event(v, d)
	for _, j := range d.Findings {
		g.metrics.found(&j.Finding, j.Decision)
	}
	if d.Acting && !v.Test {
		g.cardFound()
	}
	if !d.Passes() {
		g.audit.Post(e)
		return nil
	}
	return g.audit.Commit(ctx, e)
}

// event is a verdict in the words of the log.
func (g *Gateway) event(v *visit.Visit, d *inspect.Verdict) *audit.Event {
	e := &audit.Event{Visit: v, Inspected: d.Inspected, Uninspected: d.UninspectedBytes(), ForwardedBytes: d.Forwarded, Notes: d.Notes, Test: v.Test}
	if d.Refused != nil {
		e.Status = d.Refused.Code.Status()
		if !d.Acting {
			e.Type = record.Refused
			e.Notes = append(e.Notes, "refused: "+string(d.Refused.Code))
		}
	}
	for _, j := range d.Findings {
		e.Findings = append(e.Findings, audit.Judged{Finding: j.Finding, Decision: j.Decision})
	}
	for _, u := range d.Uninspected {
		e.Notes = append(e.Notes, fmt.Sprintf("%s: %d bytes not read: %s, rule %s", u.At, u.Bytes, u.Reason, cmp.Or(u.Rule, "none")))
	}
	return e
}

// countPossible counts a finding that does not act.
func (g *Gateway) countPossible(f *finding.Finding, d ruleset.Decision, route string) {
	g.metrics.found(f, d)
	g.audit.Count(f.Kind, d.Rule, route)
}

// looked counts what an inspection could not read.
func (g *Gateway) looked(_ int64, unread []inspect.Uninspected) {
	for _, u := range unread {
		g.metrics.uninspected.WithLabelValues(u.Reason).Add(float64(u.Bytes))
	}
}

// messages inspects the messages of one WebSocket under the rules of the moment.
func (g *Gateway) messages(v *visit.Visit) func(payload []byte, text bool) bool {
	window := &inspect.Window{}
	return func(payload []byte, text bool) bool {
		now := *v // the visit's papers with today's rules: an edit must reach connections that stay open for days
		now.Rules = g.rules.Load()
		return g.inspector.Message(&now, window, payload, text).Passes()
	}
}

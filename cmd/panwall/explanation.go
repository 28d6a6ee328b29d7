package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/inspect"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/trial"
)

// explanation is what came of a request, without a digit of any number in it.
type explanation struct {
	Action       string             `json:"action"`
	Code         string             `json:"code,omitempty"`
	Route        string             `json:"route"`
	Readings     int                `json:"readings"` // ways to understand its target; the strictest answer counts
	Findings     []explainedFinding `json:"findings"`
	Uninspected  []string           `json:"uninspected,omitempty"`
	Notes        []string           `json:"notes,omitempty"`
	Views        []string           `json:"views,omitempty"`
	Inspected    int64              `json:"inspected_bytes"`
	Decoded      int64              `json:"decoded_bytes"`
	Texts        int                `json:"texts"`
	Page         string             `json:"page"`
	Headers      map[string]string  `json:"headers"`
	Beside       map[string]string  `json:"headers_beside,omitempty"` // set beside the shop's own, not in their place
	Removed      []string           `json:"headers_removed,omitempty"`
	Limits       []explainedLimit   `json:"limits,omitempty"`
	Concurrency  int                `json:"concurrency,omitempty"`
	Body         string             `json:"body,omitempty"` // the row of bodies: that selects the request
	Allowance    string             `json:"allowance,omitempty"`
	Ban          string             `json:"ban,omitempty"`
	Notification string             `json:"notification,omitempty"`
	WebSocket    string             `json:"websocket,omitempty"`
	Rules        string             `json:"rules"`
}

type explainedFinding struct {
	At         string          `json:"at"`
	Kind       string          `json:"kind"`
	Brand      string          `json:"brand,omitempty"`
	Confidence string          `json:"confidence"`
	Why        []string        `json:"why"`
	Views      []string        `json:"views,omitempty"`
	Action     string          `json:"action"`
	Rule       string          `json:"rule"`
	Reason     string          `json:"reason"`
	Answer     string          `json:"answer,omitempty"`
	Exemption  string          `json:"exemption,omitempty"`
	Until      string          `json:"until,omitempty"`
	Shadow     []string        `json:"shadow,omitempty"`
	Near       []explainedNear `json:"near,omitempty"` // what one thing kept from deciding
	NearMore   int             `json:"near_more,omitempty"`
}

type explainedNear struct {
	Rule      string `json:"rule,omitempty"`
	Exemption string `json:"exemption,omitempty"`
	Would     string `json:"would"`
	Why       string `json:"why"`
	Until     string `json:"until,omitempty"`
}

type explainedLimit struct {
	ID    string `json:"id"`
	Bound string `json:"bound"`
	By    string `json:"by"`
}

// mostNear is how many rows that nearly decided are shown for a finding.
const mostNear = 12

func explain(t *trial.Trial, h *trial.Hearing, now time.Time) explanation {
	o, rules, r := t.Outcome(h), h.Visit.Rules, h.Visit.Request
	e := explanation{
		Action: o.Action, Code: o.Code, Route: h.Visit.Route, Readings: r.Readings(), Allowance: o.Allowance, Ban: o.Ban,
		Notification: o.Notification, WebSocket: o.WebSocket, Rules: rules.Hash(), Findings: []explainedFinding{},
		Concurrency: rules.Concurrency(r), Body: explainBody(rules.Body(r, now)),
	}
	page := rules.Page(r)
	e.Page, e.Headers, e.Beside, e.Removed = page.ID, joined(page.Header), joined(page.Append), page.Remove
	for _, l := range rules.Limits(nil, r) {
		e.Limits = append(e.Limits, explainLimit(l))
	}
	if h.Verdict == nil {
		return e
	}
	v := h.Verdict
	e.Notes, e.Views, e.Inspected, e.Decoded, e.Texts = v.Notes, v.Views, v.Inspected, v.Spent.Decoded, v.Spent.Texts
	for _, u := range v.Uninspected {
		e.Uninspected = append(e.Uninspected, fmt.Sprintf("%d bytes of %s: %s, %s", u.Bytes, u.At, u.Reason, or(u.Rule, "no rule lets them pass")))
	}
	for i := range v.Findings {
		f := explainFinding(&v.Findings[i], o.Findings[i].Action)
		f.near(rules.Near(r, &v.Findings[i].Finding, now), v.Findings[i].Decision.Shadow)
		e.Findings = append(e.Findings, f)
	}
	return e
}

func joined(header map[string][]string) map[string]string {
	out := make(map[string]string, len(header))
	for name, values := range header {
		out[name] = strings.Join(values, ", ")
	}
	return out
}

func explainFinding(j *inspect.Judged, action string) explainedFinding {
	f, d := &j.Finding, &j.Decision
	e := explainedFinding{
		At: f.At.String(), Kind: f.Kind.String(), Brand: f.Brand, Confidence: f.Confidence.String(), Why: f.Reasons, Views: f.Views,
		Action: action, Rule: d.Rule, Reason: d.Reason, Answer: d.Answer, Exemption: d.Exemption, Until: moment(d.Expires),
	}
	for _, s := range d.Shadow {
		e.Shadow = append(e.Shadow, s.Rule+" would have decided "+s.Action.String())
	}
	return e
}

// near adds what nearly decided; a rule that is told as a shadow is not told again.
func (e *explainedFinding) near(all []ruleset.Near, told []ruleset.Shadow) {
	for _, n := range all {
		if !n.Exemption && slices.ContainsFunc(told, func(s ruleset.Shadow) bool { return s.Rule == n.ID }) {
			continue
		}
		row := explainedNear{Rule: n.ID, Would: n.Action.String(), Why: n.Why, Until: moment(n.Expires)}
		if n.Exemption {
			row.Rule, row.Exemption = "", n.ID
		}
		if len(e.Near) == mostNear {
			e.NearMore++
			continue
		}
		e.Near = append(e.Near, row)
	}
}

// moment is when something ends, in its own time zone; empty if it never does.
func moment(end time.Time) string {
	if end.IsZero() {
		return ""
	}
	return end.Format("2006-01-02 15:04 MST")
}

func explainBody(b ruleset.BodyPolicy) string {
	if b.Rule == "" {
		return ""
	}
	var says []string
	if b.RecordUninspected {
		says = append(says, "what nobody can look into passes and is recorded")
	}
	if b.Stream {
		says = append(says, "large file parts stream")
	}
	if b.Max > 0 {
		says = append(says, fmt.Sprintf("up to %d bytes", b.Max))
	}
	if !b.Expires.IsZero() {
		says = append(says, "until "+moment(b.Expires))
	}
	return b.Rule + ": " + orNothing(strings.Join(says, ", "))
}

func explainLimit(l *ruleset.Limit) explainedLimit {
	e := explainedLimit{ID: l.ID, By: map[ruleset.Key]string{ruleset.ByClient: "client", ruleset.BySite: "site", ruleset.ByRoute: "route"}[l.By]}
	if l.Rate > 0 {
		e.Bound = fmt.Sprintf("%g/s, burst %d", l.Rate, l.Burst)
	} else {
		e.Bound = fmt.Sprintf("%d in %s", l.Quota, span(l.Window))
	}
	return e
}

// span is a duration without its noughts: 1h, 15m, 90s.
func span(d time.Duration) string {
	return strings.NewReplacer("h0m0s", "h", "m0s", "m").Replace(d.String())
}

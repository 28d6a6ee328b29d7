package trial

import (
	"github.com/cappertrophy/panwall/gateway/inspect"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/ruleset/cases"
)

// Outcome is a hearing in the words of cases.
func (t *Trial) Outcome(h *Hearing) *cases.Outcome {
	r := h.Visit.Request
	page := t.rules.Page(r)
	o := &cases.Outcome{Action: "refuse", Code: h.Code, Page: page.ID, Stamped: page.Header}
	for _, l := range t.rules.Limits(nil, r) {
		o.Limits = append(o.Limits, l.ID)
	}
	o.Allowance, _ = t.rules.Allowed(r, t.now)
	o.Ban, _ = t.rules.Banned(r, t.now)
	if n, ok := t.rules.Notification(r); ok {
		o.Notification = n.ID
	}
	if ws, ok := t.rules.WebSocket(r); ok {
		o.WebSocket = ws.Rule
	}
	if h.Verdict == nil {
		return o
	}
	o.Action = h.Verdict.Word()
	for i := range h.Verdict.Findings {
		o.Findings = append(o.Findings, found(&h.Verdict.Findings[i]))
	}
	if d := h.Verdict.Deciding(); d != nil {
		o.Deciding = found(d)
		for _, s := range d.Decision.Shadow {
			o.Shadow = append(o.Shadow, s.Rule)
		}
	}
	if h.Verdict.Passes() {
		o.Target, o.Header, o.Body = h.Request.RequestURI, h.Request.Header, string(h.Body)
	}
	return o
}

func found(j *inspect.Judged) cases.Found {
	f, d := &j.Finding, &j.Decision
	return cases.Found{
		At: f.At.String(), Kind: f.Kind.String(), Brand: f.Brand, Confidence: f.Confidence.String(),
		Action: actionWord(f.Confidence.Acts(), d.Action), Rule: d.Rule, Exemption: d.Exemption, Reason: d.Reason,
	}
}

// actionWord is what a finding does: nothing is done about one that does not act.
func actionWord(acts bool, a ruleset.Action) string {
	if !acts {
		return "count"
	}
	return a.String()
}

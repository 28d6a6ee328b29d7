package ruleset

import (
	"math/bits"
	"slices"
	"time"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// refusedHeaders are the headers in which a card is refused without a rule: unlike in a cookie, nothing that a visitor
// cannot help keeps it there.
var refusedHeaders = [...]finding.Location{finding.At(finding.Header, "authorization", 0), finding.At(finding.Header, "proxy-authorization", 0)}

// Decide gives a finding the first enforced rule that matches it, or the default of its place. An expired exemption
// has no effect. It may be asked for findings that do not act (possible): the answer then is Report.
// Where the request can be read in several ways, the strictest decision is given.
func (s *Set) Decide(r *Request, f *finding.Finding, now time.Time) Decision {
	if !f.Confidence.Acts() {
		return Decision{Action: Report, Rule: "default", Reason: "possible: counted, not acted on"}
	}
	d, _ := s.strictest(r, f, now)
	return d
}

// strictest is the decision in the reading of the request that allows least, and that reading.
func (s *Set) strictest(r *Request, f *finding.Finding, now time.Time) (strictest Decision, by reading) {
	spread := r.readings()
	strictest = s.decide(r, 0, f, now)
	for rd := reading(1); rd < readKnown && spread != 0; rd++ {
		if rd&^spread != 0 {
			continue
		}
		if d := s.decide(r, rd, f, now); d.Action < strictest.Action {
			strictest, by = d, rd
		}
	}
	return strictest, by
}

func (s *Set) decide(r *Request, rd reading, f *finding.Finding, now time.Time) Decision {
	d := byDefault(f)
	decider := s.enforced.ask(&probe{r, rd, f.At.Key(), func(row int) bool {
		rule := &s.rules[s.enforcedRules[row]]
		return rule.match(f) && inForce(rule.end, now)
	}})
	at := nothing
	if decider != nothing {
		at = s.enforcedRules[decider]
		rule := &s.rules[at]
		d = Decision{Action: rule.action, Rule: rule.id, Reason: rule.reason, Answer: rule.answer, Expires: rule.end}
	}
	if len(s.shadowRules) > 0 {
		d.Shadow = s.shadowed(r, rd, f, at, d.Action)
	}
	if d.Action == Report || len(s.exemptions) == 0 {
		return d
	}
	if i := s.exemptionIndex.ask(&probe{r, rd, f.At.Key(), func(row int) bool {
		e := &s.exemptions[row]
		return e.match(f) && inForce(e.end, now)
	}}); i != nothing {
		e := &s.exemptions[i]
		d.Action, d.Exemption, d.Reason, d.Answer, d.Expires = Report, e.id, e.reason, "", e.end
	}
	return d
}

// shadowed are the rules before the deciding one that are not enforced and would have decided otherwise.
func (s *Set) shadowed(r *Request, rd reading, f *finding.Finding, decider int, action Action) (shadows []Shadow) {
	rows := s.shadows.every(nil, probe{r, rd, f.At.Key(), func(row int) bool {
		rule := &s.rules[s.shadowRules[row]]
		return s.shadowRules[row] < decider && rule.action != action && rule.match(f)
	}})
	for _, row := range rows {
		rule := &s.rules[s.shadowRules[row]]
		shadows = append(shadows, Shadow{Rule: rule.id, Action: rule.action})
	}
	return shadows
}

// byDefault is the decision of no rule. A number in a cookie or an ordinary header is masked, because one that a
// browser keeps sending must not lock a visitor out for good; everywhere else it is refused.
func byDefault(f *finding.Finding) Decision {
	d := Decision{Action: Block, Rule: "default", Reason: "no rule: card numbers are refused here"}
	switch {
	case f.Kind != finding.PAN && f.Kind != finding.Track:
		return Decision{Action: Report, Rule: "default", Reason: "no rule: recorded, not acted on alone"}
	case f.At.Part() == finding.Cookie:
	case f.At.Part() != finding.Header, sameHeader(f.At):
		return d
	}
	return Decision{Action: Redact, Rule: "default", Reason: "no rule: card numbers are masked in headers and cookies"}
}

func sameHeader(l finding.Location) bool {
	return slices.ContainsFunc(refusedHeaders[:], l.Same)
}

// each calls f for each way in which the request can be read.
func (r *Request) each(f func(rd reading)) {
	spread := r.readings()
	if bits.OnesCount8(uint8(spread)) == 0 {
		f(0)
		return
	}
	for rd := range readKnown {
		if rd&^spread == 0 {
			f(rd)
		}
	}
}

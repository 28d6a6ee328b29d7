package audit

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// Event is what the log needs to know of one request, or one WebSocket message, in which something was found.
type Event struct {
	Visit    *visit.Visit
	Type     record.Type // empty: derived from the strictest decision
	Findings []Judged
	Status   int // of our answer; zero when the shop's is still to come

	// Bytes of the body: read by the inspection, let through unread under a rule, and sent on before the verdict
	// (only a streamed body has any).
	Inspected, Uninspected, ForwardedBytes int64

	Notes []string // why bytes went uninspected, which rule says so; in words of ours
	Test  bool     // our own self-test
}

// empty reports whether there is nothing to record: no finding, and no unread bytes that went through.
func (e *Event) empty() bool {
	return e.Type == "" && len(e.Findings) == 0 && (e.Uninspected == 0 || e.Status >= 400)
}

// Judged is a finding and what was decided about it.
type Judged struct {
	Finding  finding.Finding
	Decision ruleset.Decision
}

// newRecord turns an event into the record of it. Time, sequence number and hash come later.
func newRecord(e *Event, tag string) *record.Record {
	r := &record.Record{
		ID: e.Visit.ID, Outcome: record.Success, Status: e.Status, Notes: slices.Clone(e.Notes), Test: e.Test, Rules: "none",
		Actor:  record.Actor{Kind: record.Visitor, Tag: tag},
		Origin: &record.Origin{Net: network(e.Visit.Client)},
		Target: &record.Target{Route: e.Visit.Route},
		Bytes:  &record.Bytes{Inspected: e.Inspected, Uninspected: e.Uninspected, Forwarded: e.ForwardedBytes},
	}
	if q := e.Visit.Request; q != nil {
		r.Target.Host, r.Target.Method, r.Target.Type = q.Host, q.Method, q.Type
	}
	if e.Visit.Rules != nil {
		r.Rules = e.Visit.Rules.Hash()
	}
	if len(e.Findings) > 0 {
		r.Found = found(e.Findings)
	}
	r.Type, r.Action = strictest(e)
	return r
}

// strictest derives the type of an event from the decisions about what acts.
func strictest(e *Event) (record.Type, string) {
	typ, action := record.PANReported, ruleset.Report
	if len(e.Findings) == 0 {
		typ = record.Uninspected
	}
	for _, j := range e.Findings {
		if !acts(j) {
			continue
		}
		if j.Decision.Exemption != "" && typ == record.PANReported {
			typ = record.PANExempted
		}
		action = min(action, j.Decision.Action) // smaller is stricter
	}
	switch action {
	case ruleset.Block:
		typ = record.PANBlocked
	case ruleset.Redact:
		typ = record.PANRedacted
	}
	if e.Type == record.Refused {
		action = ruleset.Block
	}
	return cmp.Or(e.Type, typ), actionName(action)
}

func acts(j Judged) bool { return j.Finding.Confidence.Acts() }

func actionName(a ruleset.Action) string {
	switch a {
	case ruleset.Redact:
		return "redact"
	case ruleset.Report:
		return "report"
	default:
		return "block"
	}
}

func found(findings []Judged) *record.Found {
	f := &record.Found{Total: int64(len(findings)), Kinds: map[string]int64{}}
	for i, j := range findings {
		f.Kinds[j.Finding.Kind.String()]++
		if b := j.Finding.Brand; b != "" {
			if f.Brands == nil {
				f.Brands = map[string]int64{}
			}
			f.Brands[b]++
		}
		if i < record.MaxItems {
			f.Items = append(f.Items, item(j))
		}
	}
	return f
}

func item(j Judged) record.Item {
	d := j.Decision
	it := record.Item{
		At: j.Finding.At.String(), Kind: j.Finding.Kind.String(), Brand: j.Finding.Brand, Length: j.Finding.Length,
		Confidence: j.Finding.Confidence.String(), Why: slices.Clone(j.Finding.Reasons), Views: slices.Clone(j.Finding.Views),
		Action: actionName(d.Action), Rule: d.Rule, Exemption: d.Exemption,
	}
	if !d.Expires.IsZero() {
		it.Expires = d.Expires.Format(time.DateOnly)
	}
	for _, s := range d.Shadow {
		it.Shadow = append(it.Shadow, s.Rule+"="+actionName(s.Action))
	}
	return it
}

// network is the /24 or /48 a client is in: as much of an address as a record may hold.
func network(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	bits := 48
	if a.Is4() {
		bits = 24
	}
	p, err := a.Prefix(bits)
	if err != nil || !a.IsValid() {
		return "unknown"
	}
	return p.String()
}

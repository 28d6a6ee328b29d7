package cases

import (
	"fmt"
	"slices"
	"strings"
)

// Outcome is what the rules made of a request.
type Outcome struct {
	Action       string // pass, block, redact, report, refuse
	Code         string // of a refusal
	Deciding     Found  // zero when no finding acts
	Findings     []Found
	Shadow       []string
	Target       string // what arrives; meaningless for what does not pass
	Header       map[string][]string
	Body         string
	Page         string
	Stamped      map[string][]string
	Limits       []string
	Allowance    string
	Ban          string
	Notification string
	WebSocket    string
}

// Found is a finding and what was decided about it, without a digit of it.
type Found struct {
	At, Kind, Brand, Confidence, Action, Rule, Exemption, Reason string
}

// Difference is one thing that came out otherwise than expected.
type Difference struct {
	Key  string `json:"key"`
	Want string `json:"want"`
	Got  string `json:"got"`
}

// Compare lists what came out otherwise than expected; nothing when the case holds.
func (e *Expect) Compare(o *Outcome) (ds []Difference) {
	compare := func(key, want, got string) {
		if want, err := expand(want); err != nil || want != got {
			ds = append(ds, Difference{key, want, got})
		}
	}
	for _, c := range []struct{ key, want, got string }{
		{"action", string(e.Action), o.Action}, {"code", e.Code, o.Code}, {"rule", e.Rule, o.Deciding.Rule},
		{"exemption", e.Exemption, o.Deciding.Exemption}, {"at", e.At, o.Deciding.At}, {"find", e.Find, o.Deciding.Kind},
		{"brand", e.Brand, o.Deciding.Brand}, {"confidence", e.Confidence, o.Deciding.Confidence}, {"page", e.Page, o.Page},
		{"allowance", e.Allowance, o.Allowance}, {"ban", e.Ban, o.Ban}, {"notification", e.Notification, o.Notification},
		{"websocket", e.WebSocket, o.WebSocket},
	} {
		if c.want != "" {
			compare(c.key, c.want, c.got)
		}
	}
	if e.Shadow != nil {
		compare("shadow", strings.Join(e.Shadow, ", "), strings.Join(o.Shadow, ", "))
	}
	if e.Limits != nil {
		compare("limits", strings.Join(e.Limits, ", "), strings.Join(o.Limits, ", "))
	}
	compareHeaders(compare, "headers", e.Headers, o.Stamped)
	if e.Arrives != nil {
		e.Arrives.compare(compare, o)
	}
	return ds
}

func (a *Arrives) compare(compare func(key, want, got string), o *Outcome) {
	if o.Action == "block" || o.Action == "refuse" {
		compare("arrives", "the request", "nothing: "+o.Action)
		return
	}
	if a.Target != "" {
		compare("arrives.target", a.Target, o.Target)
	}
	if a.Body != nil {
		compare("arrives.body", *a.Body, o.Body)
	}
	compareHeaders(compare, "arrives.headers", a.Headers, o.Header)
}

func compareHeaders(compare func(key, want, got string), key string, want map[string]string, got map[string][]string) {
	names := make([]string, 0, len(want))
	for name := range want {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		values := ""
		for n, vs := range got {
			if strings.EqualFold(n, name) {
				values = strings.Join(vs, ", ")
			}
		}
		compare(key+"."+name, want[name], values)
	}
}

// Result is one case, run.
type Result struct {
	Case        *Case
	Differences []Difference // none: the case holds
	Outcome     *Outcome
}

// Failed reports whether the case did not hold.
func (r *Result) Failed() bool { return len(r.Differences) > 0 }

// Run asks judge about each case in turn.
func Run(cases []Case, judge func(*Case) (*Outcome, error)) []Result {
	results := make([]Result, len(cases))
	for i := range cases {
		c := &cases[i]
		o, err := judge(c)
		if err != nil {
			results[i] = Result{Case: c, Differences: []Difference{{Key: "request", Want: "a request that can be judged", Got: err.Error()}}, Outcome: &Outcome{}}
			continue
		}
		results[i] = Result{Case: c, Differences: c.Expect.Compare(o), Outcome: o}
	}
	return results
}

// Failures is the error that says which cases did not hold, nil if all did.
func Failures(results []Result) error {
	var failed []string
	for _, r := range results {
		if r.Failed() {
			d := r.Differences[0]
			failed = append(failed, fmt.Sprintf("%s:%d: %s: %s is %q, want %q", r.Case.File, r.Case.Line, r.Case.ID, d.Key, d.Got, d.Want))
		}
	}
	if failed == nil {
		return nil
	}
	return fmt.Errorf("%d of %d cases do not hold:\n%s", len(failed), len(results), strings.Join(failed, "\n"))
}

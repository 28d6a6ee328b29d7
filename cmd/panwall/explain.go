package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"strings"

	"github.com/cappertrophy/panwall/gateway/inspect"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/trial"
)

type explainCmd struct {
	Rules  string `type:"path" placeholder:"DIR" help:"Rules folder; without one the rules inside the binary."`
	Client string `default:"203.0.113.7" placeholder:"ADDR" help:"Address the request comes from."`
	JSON   bool   `help:"Print as JSON."`
	File   string `arg:"" optional:"" type:"path" help:"One raw HTTP request; without one it is read from standard input."`
}

// maxRequest bounds a request read from a file, in bytes.
const maxRequest = 64 << 20

// Run shows what the rules make of one request, and why.
func (c *explainCmd) Run(a *app) error {
	client, err := netip.ParseAddr(c.Client)
	if err != nil {
		return a.usageError("--client: write an address such as 203.0.113.7")
	}
	set, err := loadRules(c.Rules, ruleset.Options{Now: a.Now()})
	if err != nil {
		return a.faults(err)
	}
	r, err := c.request(a)
	if err != nil {
		return err
	}
	t := trial.New(set, a.Now())
	h, err := t.Hear(r, client)
	if err != nil {
		return err
	}
	e := explain(t, h)
	if c.JSON {
		encoder := json.NewEncoder(a.Stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(e)
	}
	e.print(a.Stdout)
	return nil
}

func (c *explainCmd) request(a *app) (*http.Request, error) {
	from := a.Stdin
	if c.File != "" && c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return nil, fmt.Errorf("reading the request: %w", err)
		}
		defer f.Close()
		raw, err := io.ReadAll(io.LimitReader(f, maxRequest))
		if err != nil {
			return nil, fmt.Errorf("reading the request: %w", err)
		}
		from = strings.NewReader(string(raw))
	}
	r, err := http.ReadRequest(bufio.NewReader(from))
	if err != nil {
		return nil, fmt.Errorf("not an HTTP request: it begins with a line such as POST /contact HTTP/1.1")
	}
	return r, nil
}

// explanation is what came of a request, without a digit of any number in it.
type explanation struct {
	Action       string             `json:"action"`
	Code         string             `json:"code,omitempty"`
	Route        string             `json:"route"`
	Findings     []explainedFinding `json:"findings"`
	Uninspected  []string           `json:"uninspected,omitempty"`
	Notes        []string           `json:"notes,omitempty"`
	Views        []string           `json:"views,omitempty"`
	Inspected    int64              `json:"inspected_bytes"`
	Decoded      int64              `json:"decoded_bytes"`
	Texts        int                `json:"texts"`
	Page         string             `json:"page"`
	Headers      map[string]string  `json:"headers"`
	Limits       []string           `json:"limits,omitempty"`
	Allowance    string             `json:"allowance,omitempty"`
	Ban          string             `json:"ban,omitempty"`
	Notification string             `json:"notification,omitempty"`
	WebSocket    string             `json:"websocket,omitempty"`
	Rules        string             `json:"rules"`
}

type explainedFinding struct {
	At         string   `json:"at"`
	Kind       string   `json:"kind"`
	Brand      string   `json:"brand,omitempty"`
	Confidence string   `json:"confidence"`
	Why        []string `json:"why"`
	Views      []string `json:"views,omitempty"`
	Action     string   `json:"action"`
	Rule       string   `json:"rule"`
	Reason     string   `json:"reason"`
	Exemption  string   `json:"exemption,omitempty"`
	Until      string   `json:"until,omitempty"`
	Shadow     []string `json:"shadow,omitempty"`
}

func explain(t *trial.Trial, h *trial.Hearing) explanation {
	o := t.Outcome(h)
	e := explanation{
		Action: o.Action, Code: o.Code, Route: h.Visit.Route, Page: o.Page, Headers: make(map[string]string), Limits: o.Limits, Allowance: o.Allowance,
		Ban: o.Ban, Notification: o.Notification, WebSocket: o.WebSocket, Rules: h.Visit.Rules.Hash(), Findings: []explainedFinding{},
	}
	for name, values := range o.Stamped {
		e.Headers[name] = strings.Join(values, ", ")
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
		e.Findings = append(e.Findings, explainFinding(&v.Findings[i], o.Findings[i].Action))
	}
	return e
}

func explainFinding(j *inspect.Judged, action string) explainedFinding {
	f, d := &j.Finding, &j.Decision
	e := explainedFinding{
		At: f.At.String(), Kind: f.Kind.String(), Brand: f.Brand, Confidence: f.Confidence.String(), Why: f.Reasons, Views: f.Views,
		Action: action, Rule: d.Rule, Reason: d.Reason, Exemption: d.Exemption,
	}
	if !d.Expires.IsZero() {
		e.Until = d.Expires.Format("2006-01-02 15:04 MST")
	}
	for _, s := range d.Shadow {
		e.Shadow = append(e.Shadow, s.Rule+" would have decided "+s.Action.String())
	}
	return e
}

// print is the explanation for people.
func (e *explanation) print(w io.Writer) {
	fmt.Fprintf(w, "%s", e.Action)
	if e.Code != "" {
		fmt.Fprintf(w, " (%s)", e.Code)
	}
	fmt.Fprintf(w, "  route %s\n", e.Route)
	for _, f := range e.Findings {
		fmt.Fprintf(w, "\n%s %s in %s, %s\n", f.Brand, f.Kind, f.At, f.Confidence)
		fmt.Fprintf(w, "  because   %s\n", orNothing(strings.Join(f.Why, ", ")))
		printIf(w, "read as", strings.Join(f.Views, " in "))
		fmt.Fprintf(w, "  decided   %s by rule %s: %s\n", f.Action, f.Rule, f.Reason)
		printIf(w, "exempted", f.Exemption)
		printIf(w, "until", f.Until)
		printIf(w, "shadow", strings.Join(f.Shadow, ", "))
	}
	if len(e.Findings) == 0 {
		fmt.Fprintln(w, "\nnothing found")
	}
	fmt.Fprintf(w, "\nlooked at   %d bytes in %d texts, %d bytes decoded\n", e.Inspected, e.Texts, e.Decoded)
	fmt.Fprintf(w, "views       %s\n", orNothing(strings.Join(e.Views, ", ")))
	for _, u := range e.Uninspected {
		fmt.Fprintf(w, "unread      %s\n", u)
	}
	for _, n := range e.Notes {
		fmt.Fprintf(w, "note        %s\n", n)
	}
	fmt.Fprintf(w, "page        %s\nlimits      %s\n", orNothing(e.Page), orNothing(strings.Join(e.Limits, ", ")))
	for _, row := range [][2]string{{"allowance", e.Allowance}, {"ban", e.Ban}, {"notification", e.Notification}, {"websocket", e.WebSocket}} {
		if row[1] != "" {
			fmt.Fprintf(w, "%-11s %s\n", row[0], row[1])
		}
	}
	fmt.Fprintf(w, "rules       %s\n", e.Rules)
}

func printIf(w io.Writer, key, text string) {
	if text != "" {
		fmt.Fprintf(w, "  %-9s %s\n", key, text)
	}
}

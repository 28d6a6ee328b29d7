package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// print is the explanation for people: what came of the request, each finding and who decided it, then what else of
// the rules concerns the request.
func (e *explanation) print(w io.Writer) {
	fmt.Fprint(w, e.Action)
	if e.Code != "" {
		fmt.Fprintf(w, " (%s)", e.Code)
	}
	fmt.Fprintf(w, "  route %s\n", e.Route)
	if e.Readings > 1 {
		fmt.Fprintf(w, "its target can be read in %d ways; the strictest answer counts\n", e.Readings)
	}
	for i := range e.Findings {
		e.Findings[i].print(w)
	}
	if len(e.Findings) == 0 {
		fmt.Fprintln(w, "\nnothing found")
	}
	fmt.Fprintln(w)
	line(w, "looked at", fmt.Sprintf("%d bytes in %d texts, %d bytes decoded", e.Inspected, e.Texts, e.Decoded))
	line(w, "views", orNothing(strings.Join(e.Views, ", ")))
	for _, u := range e.Uninspected {
		line(w, "unread", u)
	}
	for _, n := range e.Notes {
		line(w, "note", n)
	}
	e.printPage(w)
	e.printCounted(w)
	line(w, "rules", e.Rules)
}

func (f *explainedFinding) print(w io.Writer) {
	fmt.Fprintf(w, "\n%s in %s, %s\n", strings.TrimSpace(f.Brand+" "+f.Kind), f.At, f.Confidence)
	detail(w, "because", orNothing(strings.Join(f.Why, ", ")))
	detail(w, "read as", strings.Join(f.Views, " in "))
	detail(w, "decided", f.decided())
	detail(w, "until", f.Until)
	detail(w, "answer", f.Answer)
	for _, s := range f.Shadow {
		detail(w, "shadow", s)
	}
	for _, n := range f.Near {
		detail(w, "nearly", n.String())
	}
	if f.NearMore > 0 {
		detail(w, "nearly", fmt.Sprintf("and %d more", f.NearMore))
	}
}

func (f *explainedFinding) decided() string {
	if f.Exemption != "" {
		return fmt.Sprintf("%s by %s, instead of rule %s", f.Action, f.Reason, f.Rule)
	}
	return f.Action + " by " + f.Reason
}

// String is the row in one line.
func (n explainedNear) String() string {
	who := "rule " + n.Rule
	if n.Exemption != "" {
		who = "exemption " + n.Exemption
	}
	return fmt.Sprintf("%s (%s): %s", who, n.Would, n.Why)
}

func (e *explanation) printPage(w io.Writer) {
	line(w, "page", orNothing(e.Page))
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
		fmt.Fprintf(w, "  %s: %s\n", name, e.Headers[name])
	}
	for _, name := range slices.Sorted(maps.Keys(e.Beside)) {
		fmt.Fprintf(w, "  beside the shop's own %s: %s\n", name, e.Beside[name])
	}
	if len(e.Removed) > 0 {
		fmt.Fprintf(w, "  taken away from the shop's answer: %s\n", strings.Join(e.Removed, ", "))
	}
}

func (e *explanation) printCounted(w io.Writer) {
	for _, l := range e.Limits {
		line(w, "limit", fmt.Sprintf("%s: %s, by %s", l.ID, l.Bound, l.By))
	}
	if len(e.Limits) == 0 {
		line(w, "limit", "(nothing)")
	}
	if e.Concurrency > 0 {
		line(w, "at once", fmt.Sprintf("%d requests of one client", e.Concurrency))
	}
	for _, row := range [][2]string{
		{"body", e.Body}, {"allowance", e.Allowance}, {"ban", e.Ban}, {"notification", e.Notification}, {"websocket", e.WebSocket},
	} {
		if row[1] != "" {
			line(w, row[0], row[1])
		}
	}
}

// line is one thing about the request, detail one about a finding; a detail that says nothing is left out.
func line(w io.Writer, key, text string) { fmt.Fprintf(w, "%-12s %s\n", key, text) }

func detail(w io.Writer, key, text string) {
	if text != "" {
		fmt.Fprintf(w, "  %-9s %s\n", key, text)
	}
}

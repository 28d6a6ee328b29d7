package review

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// Show writes the records that filter takes: as the log has them, one JSON object a line, or as a table to read.
func Show(out io.Writer, root ledger.Folder, filter *Filter, asJSON bool) error {
	w := bufio.NewWriter(out)
	err := Read(root, filter, func(l Line) error { return ShowLine(w, l, asJSON) })
	if flushed := w.Flush(); err == nil {
		err = flushed
	}
	return err
}

// ShowLine writes one record.
func ShowLine(out io.Writer, l Line, asJSON bool) error {
	if asJSON {
		_, err := fmt.Fprintf(out, "%s\n", l.Text)
		return err
	}
	_, err := fmt.Fprintf(out, "%6d  %s  %-16s %s\n", l.Record.Seq, l.Record.Time.Format("2006-01-02 15:04:05"), l.Record.Type, Sentence(l.Record))
	return err
}

// Sentence says what a record tells, on one line.
func Sentence(r *record.Record) string {
	var s []string
	add := func(format string, args ...any) { s = append(s, fmt.Sprintf(format, args...)) }
	if r.Repeat > 0 {
		add("%d requests", r.Repeat)
	}
	if r.Found != nil {
		add("%s at %s", kinds(r.Found), places(r.Found))
		add("rule %s", rules(r.Found))
	}
	for _, c := range r.Counts {
		add("%d %s %s %s", c.N, c.What, c.Route, c.Rule)
	}
	if t := r.Target; t != nil {
		add("%s %s %s from %s", t.Method, t.Host, t.Route, r.Origin.Net)
		if r.Status > 0 {
			add("status %d", r.Status)
		}
		add("incident %s", r.ID)
	}
	s = append(s, sections(r)...)
	s = append(s, r.Notes...)
	if r.Outcome == record.Failure {
		add("failed")
	}
	if r.Test {
		add("self-test")
	}
	return strings.Join(s, ", ")
}

// sections says what the log, the gateway and its staff tell of themselves.
func sections(r *record.Record) (s []string) {
	add := func(format string, args ...any) { s = append(s, fmt.Sprintf(format, args...)) }
	if l := r.Log; l != nil {
		add("%s after %d records", l.Origin, l.Size)
		if l.Cause != "" {
			add("cause %s, it should have %d", l.Cause, l.OtherSize)
		}
		if l.Cut > 0 {
			add("%d bytes of unfinished lines cut", l.Cut)
		}
		if r.Type == record.LogOpened && !l.Clean {
			add("not closed in good order before")
		}
	}
	if c := r.Control; c != nil {
		add("%s", strings.TrimSpace(c.Name+" "+c.Cause))
		if c.Millis > 0 {
			add("%d ms", c.Millis)
		}
	}
	if c := r.Change; c != nil {
		add("%s by %s", c.What, strings.TrimSpace(r.Actor.Kind+" "+r.Actor.Tag))
		for _, part := range []string{c.Reason, c.Ticket} {
			if part != "" {
				add("%s", part)
			}
		}
	}
	if c := r.Case; c != nil {
		add("%s", strings.TrimSpace("case "+c.ID+" by "+c.By+" "+c.Verdict))
	}
	return s
}

func kinds(f *record.Found) string {
	var s []string
	for _, kind := range slices.Sorted(maps.Keys(f.Kinds)) {
		s = append(s, fmt.Sprintf("%d %s", f.Kinds[kind], kind))
	}
	if brands := slices.Sorted(maps.Keys(f.Brands)); len(brands) > 0 {
		s = append(s, "("+strings.Join(brands, ", ")+")")
	}
	return strings.Join(s, " ")
}

// places are the first few places of what was found.
func places(f *record.Found) string {
	const most = 3
	var s []string
	for _, it := range f.Items {
		if !slices.Contains(s, it.At) {
			s = append(s, it.At)
		}
	}
	if len(s) > most {
		s = append(s[:most], "…")
	}
	return strings.Join(s, " ")
}

func rules(f *record.Found) string {
	var s []string
	for _, it := range f.Items {
		name := it.Rule
		if it.Exemption != "" {
			name = "exemption " + it.Exemption
		}
		if !slices.Contains(s, name) {
			s = append(s, name)
		}
	}
	return strings.Join(s, " ")
}

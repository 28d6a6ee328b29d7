package review

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// Summary is what a report says, as numbers and rows.
type Summary struct {
	From, To  string // as record.TimeLayout; To is not included
	Made      time.Time
	Logs      []LogPart
	Days      []Day
	Types     Tallies
	Routes    Tallies // of requests with a finding that acts, self-tests left out
	Brands    Tallies
	Kinds     Tallies
	Places    Tallies
	Confident Tallies
	Rules     Tallies

	Requests    int64 // with a finding that acts, self-tests left out
	Accepted    int64 // of those, let through unmasked: reported or exempted
	Masked      int64
	Refused     int64
	Uninspected int64 // requests of which bytes went through unread
	Possible    int64 // look-alikes
	Selftests   [2]int64

	Exemptions []Exemption
	Changes    []record.Record
	Controls   []record.Record
	Cases      []record.Record
	Reviews    []record.Record
	Reads      []record.Record
	Starts     []record.Record
	Troubles   []record.Record // log.broken, clock.moved, log.pruned
}

// maxRows is how many records of a kind a report lists; the log has the rest.
const maxRows = 500

// LogPart is one log of a report: one replica.
type LogPart struct {
	Name   string
	Origin string
	Oldest string
	Spans  []Span // of the period; more than one where the log was begun anew
	Result *Result
}

// Span is the records of the period in one epoch.
type Span struct {
	Origin  string
	First   int64
	Last    int64
	Records int64
	Opening ledger.Checkpoint
	Closing ledger.Checkpoint
}

// Whole reports whether the span has no gap.
func (s Span) Whole() bool { return s.Records == s.Last-s.First+1 }

// Day is one day of a report.
type Day struct {
	Date                       string
	Refused, Masked, Let, Test int64
}

// Exemption is what let something through, and how often.
type Exemption struct {
	ID, Expires string
	N           int64
}

// Tallies counts by name.
type Tallies map[string]int64

// Tally is one row of a table.
type Tally struct {
	Name string
	N    int64
}

// Top is the rows by number, the n largest; what is beyond is counted together.
func (t Tallies) Top(n int) []Tally {
	rows := make([]Tally, 0, len(t))
	for name, count := range t {
		rows = append(rows, Tally{unescape(name), count})
	}
	slices.SortFunc(rows, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name))
	})
	if len(rows) > n {
		rest := Tally{Name: fmt.Sprintf("%d others", len(rows)-n)}
		for _, r := range rows[n:] {
			rest.N += r.N
		}
		rows = append(rows[:n], rest)
	}
	return rows
}

// unescape undoes the escapes of JSON in a text of a line.
func unescape(text string) string {
	var plain string
	if json.Unmarshal([]byte(`"`+text+`"`), &plain) != nil {
		return text
	}
	return plain
}

// Selftested is how many self-tests there were.
func (s *Summary) Selftested() int64 { return s.Selftests[0] + s.Selftests[1] }

// add counts one line.
func (s *Summary) add(g record.Glance, text []byte) error {
	s.Types[string(g.Type)]++
	switch g.Type {
	case record.PANBlocked, record.PANRedacted, record.PANReported, record.PANExempted, record.Uninspected:
		s.addVisit(g)
		return nil
	}
	r, err := record.Parse(text)
	if err != nil {
		return err
	}
	s.addControl(&r)
	return nil
}

func (s *Summary) addVisit(g record.Glance) {
	n := g.Requests()
	d := s.day(string(g.Time[:10]))
	if g.Test() {
		d.Test += n
		return
	}
	switch g.Type {
	case record.PANBlocked:
		s.Refused += n
		d.Refused += n
	case record.PANRedacted:
		s.Masked += n
		d.Masked += n
	case record.Uninspected:
		s.Uninspected += n
		return
	default:
		s.Accepted += n
		d.Let += n
		s.addExemptions(g, n)
	}
	s.Requests += n
	s.Routes.add(g.Route(), n)
	for name, c := range g.Counts("brands") {
		s.Brands.add(name, c)
	}
	for name, c := range g.Counts("kinds") {
		s.Kinds.add(name, c)
	}
	for _, t := range []struct {
		name string
		into Tallies
	}{{"at", s.Places}, {"confidence", s.Confident}, {"rule", s.Rules}} {
		for value := range g.Items(t.name) {
			t.into.add(value, n)
		}
	}
}

// maxNames bounds a table whose names come from outside.
const maxNames = 10_000

func (t Tallies) add(name []byte, n int64) {
	if _, known := t[string(name)]; !known && len(t) >= maxNames {
		t["(further)"] += n
		return
	}
	t[string(name)] += n
}

func (s *Summary) addExemptions(g record.Glance, n int64) {
	var expires []string
	for e := range g.Items("expires") {
		expires = append(expires, string(e))
	}
	i := 0
	for id := range g.Items("exemption") {
		e := Exemption{ID: string(id), N: n}
		if i < len(expires) {
			e.Expires = expires[i]
		}
		i++
		at := slices.IndexFunc(s.Exemptions, func(x Exemption) bool { return x.ID == e.ID && x.Expires == e.Expires })
		if at < 0 {
			s.Exemptions = append(s.Exemptions, e)
		} else {
			s.Exemptions[at].N += n
		}
	}
}

func (s *Summary) addControl(r *record.Record) {
	rows := &s.Troubles
	switch r.Type {
	case record.PANPossible:
		for _, c := range r.Counts {
			s.Possible += c.N
		}
		return
	case record.SelftestOK:
		s.Selftests[0]++
		return
	case record.SelftestFailed:
		s.Selftests[1]++
		rows = &s.Controls
	case record.ControlFailed, record.ControlRestored:
		rows = &s.Controls
	case record.LogOpened:
		rows = &s.Starts
	case record.LogClosed, record.LogRotated:
		return
	case record.ConfigLoaded, record.RulesChanged, record.AdminDenied:
		rows = &s.Changes
	case record.AuditRead:
		rows = &s.Reads
	case record.CaseOpened, record.CaseUpdated, record.CaseClosed:
		rows = &s.Cases
	case record.ReviewDaily, record.ReviewMonthly:
		rows = &s.Reviews
	}
	if len(*rows) < maxRows {
		*rows = append(*rows, *r)
	}
}

// day is the row of a date; dates nearly always come in order.
func (s *Summary) day(date string) *Day {
	i, found := slices.BinarySearchFunc(s.Days, date, func(d Day, date string) int { return cmp.Compare(d.Date, date) })
	if !found {
		s.Days = slices.Insert(s.Days, i, Day{Date: date})
	}
	return &s.Days[i]
}

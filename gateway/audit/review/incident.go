package review

import (
	_ "embed"
	"fmt"
	"io"
	"slices"
	"text/template"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

//go:embed incident.txt.tmpl
var incidentText string

// Incident is what a sheet says about a stretch of time in which something may have gone wrong.
type Incident struct {
	From, To string
	Made     time.Time
	Origin   string
	Result   *Result
	Refused  int64
	Masked   int64
	Passed   []record.Record // requests that reached the shop with card data, or bytes that nobody read
	More     int             // further ones
	Networks int             // different networks of those
	Visitors int             // different tags of those; a visitor has one a day
	Kinds    Tallies
	SAD      bool // sensitive authentication data among what passed
	Controls []record.Record
	Troubles []record.Record
}

// Notice is when the ministry must have been told: one working day after the breach was found (Law of Kazakhstan 94-V,
// as of 1 July 2024). Holidays are the reader's to know.
func (i *Incident) Notice() time.Time {
	due := i.Made.AddDate(0, 0, 1)
	for due.Weekday() == time.Saturday || due.Weekday() == time.Sunday {
		due = due.AddDate(0, 0, 1)
	}
	return due
}

// Investigate gathers what a log says about a period.
func Investigate(source Source, period Choice, now time.Time) (*Incident, error) {
	filter, err := NewFilter(Choice{From: period.From, To: period.To, NoTests: true})
	if err != nil {
		return nil, err
	}
	i := &Incident{From: filter.from, To: filter.to, Made: now.UTC(), Kinds: Tallies{}}
	if i.Result, err = Verify(source.Folder, source.Terms); err != nil {
		return nil, err
	}
	if i.Origin, _, err = ledger.Verifiers(source.Folder, 1); err != nil {
		return nil, err
	}
	networks, visitors := map[string]bool{}, map[string]bool{}
	err = Read(source.Folder, filter, func(l Line) error {
		if r := l.Record; i.add(r) {
			networks[r.Origin.Net], visitors[r.Actor.Tag] = true, true
		}
		return nil
	})
	i.Networks, i.Visitors = len(networks), len(visitors)
	return i, err
}

// add counts a record and reports whether it tells of a request that passed.
func (i *Incident) add(r *record.Record) bool {
	n := max(1, r.Repeat)
	switch r.Type {
	case record.PANBlocked:
		i.Refused += n
	case record.PANRedacted:
		i.Masked += n
	case record.PANReported, record.PANExempted, record.Uninspected:
		if r.Found != nil {
			for kind, count := range r.Found.Kinds {
				i.Kinds[kind] += count
				i.SAD = i.SAD || slices.Contains([]string{"cvv", "pin", "track"}, kind)
			}
		}
		if len(i.Passed) < maxRows {
			i.Passed = append(i.Passed, *r)
		} else {
			i.More++
		}
		return true
	case record.ControlFailed, record.ControlRestored, record.SelftestFailed:
		i.Controls = append(i.Controls, *r)
	case record.LogBroken, record.ClockMoved:
		i.Troubles = append(i.Troubles, *r)
	}
	return false
}

// Write writes the sheet: text, with room for what only people know.
func (i *Incident) Write(out io.Writer) error {
	sheet, err := template.New("incident").Funcs(template.FuncMap{
		"day": day, "moment": reportWords["moment"], "sentence": reportWords["sentence"], "verdictWord": verdictWord, "group": group,
	}).Parse(incidentText)
	if err != nil {
		return fmt.Errorf("reading incident template: %w", err)
	}
	if err := sheet.Execute(out, i); err != nil {
		return fmt.Errorf("writing incident sheet: %w", err)
	}
	return nil
}

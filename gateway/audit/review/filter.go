package review

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// Filter chooses records. A zero field chooses all; several together choose what all of them choose.
type Filter struct {
	from, to         string // as record.TimeLayout, so that text compares as time does
	typ, rule, route *regexp.Regexp
	at               *regexp.Regexp
	incident         string
	withTests        bool
}

// Choice is a filter in the words of the command line.
type Choice struct {
	From, To        string // a day, or a moment in RFC 3339; To is not included
	Type            string // a type, with * as in pan.*
	Rule, Route, At string // with *; At is an address, and a part alone (body) means all of it
	Incident        string // the number that the visitor was shown
	NoTests         bool   // leave self-tests out
}

// String is the choice in words.
func (c Choice) String() string {
	var words []string
	for _, part := range []struct{ name, value string }{
		{"from", c.From}, {"to", c.To}, {"type", c.Type}, {"rule", c.Rule}, {"route", c.Route}, {"at", c.At}, {"incident", c.Incident},
	} {
		if part.value != "" {
			words = append(words, part.name+" "+part.value)
		}
	}
	if len(words) == 0 {
		return "everything"
	}
	return strings.Join(words, ", ")
}

// NewFilter compiles a choice.
func NewFilter(c Choice) (*Filter, error) {
	f := &Filter{incident: strings.ToUpper(c.Incident), withTests: !c.NoTests}
	var err error
	if f.from, err = moment(c.From); err != nil {
		return nil, err
	}
	if f.to, err = moment(c.To); err != nil {
		return nil, err
	}
	f.typ, f.rule, f.route = glob(c.Type, ""), glob(c.Rule, ""), glob(c.Route, "")
	f.at = glob(c.At, "([:(].*)?")
	return f, nil
}

func moment(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Format(record.TimeLayout), nil
		}
	}
	return "", fmt.Errorf("%q is no time; write 2026-03-02 or 2026-03-02T09:00:00Z", s)
}

// glob compiles a pattern in which * stands for any run of characters; nil when the pattern is empty.
func glob(pattern, rest string) *regexp.Regexp {
	if pattern == "" {
		return nil
	}
	return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + rest + "$")
}

// takesHead is what can be said from the beginning of a line.
func (f *Filter) takesHead(h record.Head) bool {
	if f == nil {
		return true
	}
	return (f.from == "" || string(h.Time) >= f.from) && (f.to == "" || string(h.Time) < f.to) &&
		(f.typ == nil || f.typ.MatchString(string(h.Type))) &&
		(f.incident == "" || string(h.ID) == f.incident)
}

func (f *Filter) takes(r *record.Record) bool {
	if f == nil {
		return true
	}
	return (f.withTests || !r.Test) && f.takesRoute(r) &&
		f.takesItem(r, f.rule, func(it record.Item) string { return it.Rule }) &&
		f.takesItem(r, f.at, func(it record.Item) string { return it.At })
}

func (f *Filter) takesRoute(r *record.Record) bool {
	return f.route == nil || r.Target != nil && f.route.MatchString(r.Target.Route)
}

func (f *Filter) takesItem(r *record.Record, want *regexp.Regexp, get func(record.Item) string) bool {
	if want == nil {
		return true
	}
	if r.Found == nil {
		return false
	}
	for _, it := range r.Found.Items {
		if want.MatchString(get(it)) {
			return true
		}
	}
	return false
}

// Month is the choice of a whole month, in UTC: 2026-03.
func Month(s string) (Choice, error) {
	begin, err := time.Parse("2006-01", s)
	if err != nil {
		return Choice{}, fmt.Errorf("%q is no month; write 2026-03", s)
	}
	return Choice{From: begin.Format(time.DateOnly), To: begin.AddDate(0, 1, 0).Format(time.DateOnly)}, nil
}

package review

import (
	_ "embed"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

//go:embed report.html.tmpl
var reportText string

// WriteHTML writes the report as one page that needs nothing else and prints well.
func (s *Summary) WriteHTML(out io.Writer) error {
	page, err := template.New("report").Funcs(reportWords).Parse(reportText)
	if err != nil {
		return fmt.Errorf("reading report template: %w", err)
	}
	if err := page.Execute(out, s); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	return nil
}

// WriteJSON writes the report's numbers and rows.
func (s *Summary) WriteJSON(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(s)
}

// WriteCSV writes the report's counts, one a line: table, name, number.
func (s *Summary) WriteCSV(out io.Writer) error {
	w := csv.NewWriter(out)
	rows := [][]string{{"table", "name", "count"}}
	add := func(table, name string, n int64) {
		rows = append(rows, []string{table, name, strconv.FormatInt(n, 10)})
	}
	for _, total := range s.totals() {
		add("total", total.Name, total.N)
	}
	for _, d := range s.Days {
		add("refused by day", d.Date, d.Refused)
		add("masked by day", d.Date, d.Masked)
		add("let through by day", d.Date, d.Let)
	}
	for _, table := range []struct {
		name string
		of   Tallies
	}{
		{"records by type", s.Types}, {"requests by route", s.Routes}, {"findings by brand", s.Brands},
		{"findings by kind", s.Kinds}, {"findings by place", s.Places}, {"findings by confidence", s.Confident}, {"findings by rule", s.Rules},
	} {
		for _, t := range table.of.Top(maxNames) {
			add(table.name, cell(t.Name), t.N)
		}
	}
	if err := w.WriteAll(rows); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	return nil
}

// cell keeps a spreadsheet from taking a name for a formula.
func cell(name string) string {
	if name != "" && strings.ContainsRune("=+-@\t\r", rune(name[0])) {
		return "'" + name
	}
	return name
}

func (s *Summary) totals() []Tally {
	return []Tally{
		{"requests with card data", s.Requests}, {"refused", s.Refused}, {"masked", s.Masked}, {"let through", s.Accepted},
		{"with bytes not inspected", s.Uninspected}, {"look-alikes counted", s.Possible},
		{"self-tests passed", s.Selftests[0]}, {"self-tests failed", s.Selftests[1]},
	}
}

// smallCell is the least number that may be published: fewer could point at somebody.
const smallCell = 5

// WritePublic writes the anonymous figures of the period, as the shop promised its visitors: counts alone, and small
// ones only as "fewer than 5".
func (s *Summary) WritePublic(out io.Writer) error {
	figures := map[string]any{"from": day(s.From)[:10], "to": day(s.To)[:10]}
	totals, told := s.totals()[:4], int64(0)
	for _, t := range totals[1:] {
		figures[t.Name] = t.N
		if 0 < t.N && t.N < smallCell {
			figures[t.Name] = fmt.Sprintf("fewer than %d", smallCell)
			continue
		}
		told += t.N
	}
	figures[totals[0].Name] = told
	if told < totals[0].N { // the whole would tell what was left out of its parts
		figures[totals[0].Name] = fmt.Sprintf("at least %d", told)
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(figures)
}

// reportWords are what the template can say.
var reportWords = template.FuncMap{
	"day":          func(t string) string { return day(t)[:min(10, len(day(t)))] },
	"before":       dayBefore,
	"since":        since,
	"until":        until,
	"group":        group,
	"root":         func(c ledger.Checkpoint) string { return base64.StdEncoding.EncodeToString(c.Root[:]) },
	"moment":       func(r record.Record) string { return r.Time.Format("2006-01-02 15:04:05") },
	"sentence":     func(r record.Record) string { return Sentence(&r) },
	"short":        shortHash,
	"away":         away,
	"kept":         kept,
	"lastOf":       func(rows []record.Record) record.Record { return rows[len(rows)-1] },
	"verdictWord":  verdictWord,
	"verdictClass": verdictClass,
	"anchored":     anchored,
	"chart":        chart,
	"bars":         bars,
}

// dayBefore is the last day before a moment that is not included.
func dayBefore(t string) string {
	end, err := time.Parse(record.TimeLayout, t)
	if err != nil {
		return "?"
	}
	return end.Add(-time.Millisecond).Format(time.DateOnly)
}

// since is the first day that the report can speak for: a log that began within the period says nothing of the days
// before it.
func since(s *Summary) string {
	oldest := ""
	for _, l := range s.Logs {
		if l.Oldest != "" && (oldest == "" || l.Oldest < oldest) {
			oldest = l.Oldest
		}
	}
	begin := day(max(s.From, oldest))
	return begin[:min(len(begin), len(time.DateOnly))]
}

// until is the last day that the report can speak for: a period that is not over ends when the report is made.
func until(s *Summary) string {
	return min(dayBefore(s.To), s.Made.Format(time.DateOnly))
}

// group writes a number with spaces between thousands.
func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

func shortHash(s string) string {
	if hex, ok := strings.CutPrefix(s, "sha256:"); ok && len(hex) > 12 {
		return hex[:12]
	}
	return s
}

func away(millis int64) string {
	if millis == 0 {
		return ""
	}
	return (time.Duration(millis) * time.Millisecond).Round(time.Second / 10).String()
}

// kept is how many days lie between two moments.
func kept(from, to string) string {
	begin, err1 := time.Parse(record.TimeLayout, from)
	end, err2 := time.Parse(record.TimeLayout, to)
	if err1 != nil || err2 != nil {
		return "?"
	}
	return strconv.Itoa(max(0, int(end.Sub(begin).Hours()/24)))
}

func verdictWord(r *Result) string {
	switch r.Verdict {
	case Intact:
		return "intact"
	case Incomplete:
		return "consistent, but not everything could be checked"
	default:
		return "TAMPERED WITH"
	}
}

// verdictClass colours the report's first word by the worst of its logs.
func verdictClass(s *Summary) string {
	class := ""
	for _, l := range s.Logs {
		switch {
		case l.Result.Verdict == Tampered:
			return " bad"
		case l.Result.Verdict == Incomplete:
			class = " part"
		}
	}
	if s.Accepted > 0 || s.Selftests[1] > 0 || s.Selftests[0] == 0 {
		class = " part"
	}
	return class
}

func anchored(s *Summary) string {
	var names []string
	for _, l := range s.Logs {
		names = append(names, l.Result.Anchors...)
	}
	if len(names) == 0 {
		return "not anchored: no checkpoint from off the machine was given"
	}
	return "anchored by " + strings.Join(names, ", ")
}

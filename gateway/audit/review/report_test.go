package review_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/review"
)

// source is the log of a month as a report takes it.
func (m *month) source(t testing.TB, name string) review.Source {
	t.Helper()
	folder, err := ledger.OpenDir(m.dir)
	check(t, err)
	t.Cleanup(func() { _ = folder.Close() })
	return review.Source{Name: name, Folder: folder, Terms: review.Terms{Key: m.key, Anchors: []review.Anchor{{
		Name: "mailbox of the auditor", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(m.anchor)), nil },
	}}}}
}

func march(t testing.TB, sources ...review.Source) *review.Summary {
	t.Helper()
	period, err := review.Month("2026-03")
	check(t, err)
	s, err := review.Summarise(sources, period, time.Date(2026, 4, 1, 6, 0, 0, 0, time.UTC))
	check(t, err)
	return s
}

func TestTheReportCountsWhatTheLogSays(t *testing.T) {
	m := writeMonth(t, "cappertrophy.com/gw-1")
	s := march(t, m.source(t, "gw-1"))
	if s.Refused != m.refused || s.Masked != m.masked || s.Accepted != m.let || s.Requests != m.refused+m.masked+m.let {
		t.Errorf("refused %d of %d, masked %d of %d, let through %d of %d", s.Refused, m.refused, s.Masked, m.masked, s.Accepted, m.let)
	}
	if s.Selftests != [2]int64{31, 0} || len(s.Days) != 31 || len(s.Changes) != 1 || len(s.Controls) != 2 || len(s.Exemptions) != 1 {
		t.Errorf("%+v", s)
	}
	if r := s.Logs[0].Result; r.Verdict != review.Intact {
		t.Errorf("%+v", r)
	}
	if l := s.Logs[0]; len(l.Spans) != 1 || l.Spans[0].First != 0 || l.Spans[0].Last+1 != l.Spans[0].Closing.Size {
		t.Errorf("%+v", l)
	}
}

// TestTheReportClaimsNoDayThatItCannotSpeakFor asks for days before the log began and after the report is made.
func TestTheReportClaimsNoDayThatItCannotSpeakFor(t *testing.T) {
	m := writeMonth(t, "cappertrophy.com/gw-1")
	s, err := review.Summarise([]review.Source{m.source(t, "gw-1")}, review.Choice{From: "2026-02-10", To: "2026-05-01"}, time.Date(2026, 4, 3, 6, 0, 0, 0, time.UTC))
	check(t, err)
	var page bytes.Buffer
	check(t, s.WriteHTML(&page))
	if want := "1 accepted from 2026-03-01 to 2026-04-03"; !strings.Contains(page.String(), want) {
		t.Errorf("the report does not say %q", want)
	}
}

func TestReplicasAreMerged(t *testing.T) {
	a, b := writeMonth(t, "cappertrophy.com/gw-1"), writeMonth(t, "cappertrophy.com/gw-2")
	s := march(t, a.source(t, "gw-1"), b.source(t, "gw-2"))
	if s.Refused != a.refused+b.refused || len(s.Logs) != 2 || s.Logs[1].Origin != "cappertrophy.com/gw-2" {
		t.Errorf("%+v", s.Logs)
	}
}

func TestTheReportIsOnePageOfItsOwn(t *testing.T) {
	m := writeMonth(t, "cappertrophy.com/gw-1")
	var page bytes.Buffer
	check(t, march(t, m.source(t, "gw-1")).WriteHTML(&page))
	text := page.String()
	for _, want := range []string{
		"1 accepted from 2026-03-01 to 2026-03-31", "31 of 31 self-tests passed", "anchored by mailbox of the auditor",
		"<b>intact</b>", "supplier-codes", "SEC-104", "Answers of the shop are not inspected", "the anchor does not answer", "12m34s",
		"9. What is not inspected",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	for _, never := range []string{"<script", "http://", "https://", "src=", "<b>look</b>", "203.0."} {
		if strings.Contains(text, never) {
			t.Errorf("the report holds %q", never)
		}
	}
	if _, err := html.Parse(&page); err != nil {
		t.Error(err)
	}
	if out := os.Getenv("PANWALL_REPORT_OUT"); out != "" {
		check(t, os.WriteFile(out, []byte(text), 0o600))
	}
}

func TestTheReportAsFigures(t *testing.T) {
	m := writeMonth(t, "cappertrophy.com/gw-1")
	s := march(t, m.source(t, "gw-1"))
	var asCSV, asJSON, public bytes.Buffer
	check(t, s.WriteCSV(&asCSV))
	check(t, s.WriteJSON(&asJSON))
	check(t, s.WritePublic(&public))
	rows, err := csv.NewReader(&asCSV).ReadAll()
	check(t, err)
	if len(rows) < 50 {
		t.Errorf("%d rows", len(rows))
	}
	var back review.Summary
	check(t, json.Unmarshal(asJSON.Bytes(), &back))
	if back.Requests != s.Requests {
		t.Errorf("%d requests in the JSON", back.Requests)
	}
	if !strings.Contains(public.String(), `"let through": "fewer than 5"`) {
		t.Errorf("a small number is published: %s", public.String())
	}
	if !strings.Contains(public.String(), `"requests with card data": "at least `) {
		t.Errorf("the whole tells what was left out of its parts: %s", public.String())
	}
}

func TestATamperedLogColoursItsReport(t *testing.T) {
	m := writeMonth(t, "cappertrophy.com/gw-1")
	name := m.dir + "/log-000003.jsonl"
	text, err := os.ReadFile(name)
	check(t, err)
	check(t, os.WriteFile(name, bytes.Replace(text, []byte("visa"), []byte("mir"), 1), 0o600))
	var page bytes.Buffer
	check(t, march(t, m.source(t, "gw-1")).WriteHTML(&page))
	if !strings.Contains(page.String(), "TAMPERED WITH") || !strings.Contains(page.String(), `class="verdict bad"`) {
		t.Error("the report looks fine")
	}
}

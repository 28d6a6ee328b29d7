package review_test

import (
	"context"
	"fmt"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit"
	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// month is the log of March 2026, as a shop's might be: some cards a day, a self-test a day, a rule that changed, an
// exemption, a control that failed.
type month struct {
	dir, key string
	anchor   []byte
	refused  int64
	masked   int64
	let      int64
}

func writeMonth(t testing.TB, origin string) *month {
	t.Helper()
	m := &month{dir: t.TempDir()}
	var now atomic.Pointer[time.Time]
	set := func(at time.Time) { now.Store(&at) }
	begin := time.Date(2026, 3, 1, 0, 5, 0, 0, time.UTC)
	set(begin)
	l, err := audit.Open(audit.Options{
		Dir: m.dir, Origin: origin, Version: "1.4.0", Now: func() time.Time { return *now.Load() },
		Rules:        "sha256:5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
		OnCheckpoint: func(signed []byte) { m.anchor = append(append(m.anchor, signed...), '\n') },
	})
	check(t, err)
	for day := range 31 {
		set(begin.AddDate(0, 0, day).Add(4 * time.Hour))
		m.writeDay(t, l, day)
	}
	check(t, l.Close())
	folder, err := ledger.OpenDir(m.dir)
	check(t, err)
	defer func() { _ = folder.Close() }()
	key, err := ledger.ReadFile(folder, ledger.PublicKeyName)
	check(t, err)
	m.key = string(key)
	return m
}

func (m *month) writeDay(t testing.TB, l *audit.Log, day int) {
	t.Helper()
	commit := func(e *audit.Event) { check(t, l.Commit(context.Background(), e)) }
	note := func(c audit.Control) { check(t, l.Note(context.Background(), c)) }
	for i := range 3 + (day*7)%11 {
		commit(request(ruleset.Block, []string{"/contact/*", "/chat/*", "/checkout/*", "/newsletter/*"}[i%4], i))
		m.refused++
	}
	for i := range (day * 3) % 4 {
		commit(request(ruleset.Redact, "/account/*", i))
		m.masked++
	}
	if day == 12 {
		e := request(ruleset.Report, "/import/*", 3)
		e.Findings[0].Decision.Exemption = "supplier-codes"
		e.Findings[0].Decision.Expires = time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)
		commit(e)
		m.let++
		note(audit.Control{
			Type: record.RulesChanged, Actor: record.Actor{Kind: record.Staff, Tag: "uid 1000"},
			Rules:  "sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
			Change: &record.Change{What: "rules", Reason: "codes of a supplier <b>look</b> like Maestro", Ticket: "SEC-104", ApprovedBy: "bota"},
		})
	}
	test := request(ruleset.Block, "/contact/*", 0)
	test.Test = true
	commit(test)
	note(audit.Control{Type: record.SelftestOK, Control: &record.Control{Name: "selftest"}, Test: true})
	if day == 20 {
		note(audit.Control{Type: record.ControlFailed, Outcome: record.Failure, Control: &record.Control{Name: "anchor", Cause: "the anchor does not answer"}})
		note(audit.Control{Type: record.ControlRestored, Control: &record.Control{Name: "anchor", Cause: "the anchor does not answer", Millis: 754_000}})
	}
}

func request(action ruleset.Action, route string, i int) *audit.Event {
	brand := []string{"visa", "mastercard", "mir", "unionpay", "humo"}[i%5]
	return &audit.Event{
		Visit: &visit.Visit{
			ID: visit.NewID(), Client: netip.AddrFrom4([4]byte{203, 0, byte(i), 9}), Route: route,
			Request: &ruleset.Request{Host: "cappertrophy.com", Method: "POST", Type: "application/json"},
		},
		Status: 422,
		Findings: []audit.Judged{{
			Finding: finding.Finding{
				At: finding.At(finding.Body, fmt.Sprintf("field_%c", 'a'+i%3), 1), Kind: finding.PAN, Brand: brand, Length: 16,
				Confidence: finding.Certain, Reasons: []string{"16 digits", "Luhn holds"},
			},
			Decision: ruleset.Decision{Action: action, Rule: "default"},
		}},
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

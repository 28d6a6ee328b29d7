package main

import (
	"context"
	"net/netip"
	"os"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/cappertrophy/panwall/gateway/audit"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// writeAuditLog writes a redaction log of two days for a script: auditlog DIR. The checkpoints it handed out are in
// DIR.anchor, its key is copied to DIR.key.
func writeAuditLog(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: auditlog DIR")
	}
	dir := ts.MkAbs(args[0])
	var anchor []byte
	for day := range 2 {
		l, err := audit.Open(audit.Options{
			Dir: dir, Origin: "shop.example/gw-1",
			Now:          func() time.Time { return time.Date(2026, 3, 2+day, 9, 0, 0, 0, time.UTC) },
			OnCheckpoint: func(signed []byte) { anchor = append(append(anchor, signed...), '\n') },
		})
		ts.Check(err)
		for i := range 4 {
			ts.Check(l.Commit(context.Background(), scriptEvent(4*day+i)))
		}
		ts.Check(l.Note(context.Background(), audit.Control{
			Type: record.RulesChanged, Actor: record.Actor{Kind: record.Staff, Tag: "uid 1000"},
			Change: &record.Change{What: "rules", Ticket: "SEC-104", ApprovedBy: "bota"},
		}))
		ts.Check(l.Close())
	}
	key, err := os.ReadFile(dir + "/key.pub")
	ts.Check(err)
	ts.Check(os.WriteFile(dir+".key", key, 0o600))
	ts.Check(os.WriteFile(dir+".anchor", anchor, 0o600))
}

// scriptEvent is the i-th request of a script's log; every second was masked, the others were reported.
func scriptEvent(i int) *audit.Event {
	action := []ruleset.Action{ruleset.Redact, ruleset.Report}[i%2]
	return &audit.Event{
		Visit: &visit.Visit{
			ID: "K3N9W7QZ4T8XHRM" + strconv.Itoa(i), Client: netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}),
			Route:   []string{"/contact/*", "/chat/*"}[i%2],
			Request: &ruleset.Request{Host: "shop.example", Method: "POST", Type: "application/json"},
		},
		Findings: []audit.Judged{{
			Finding: finding.Finding{
				At: finding.At(finding.Body, "comment", 1), Kind: finding.PAN, Brand: "visa", Length: 16, Confidence: finding.Certain,
			},
			Decision: ruleset.Decision{Action: action, Rule: "chat"},
		}},
	}
}

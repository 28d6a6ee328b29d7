package audit

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

const testOrigin = "shop.example/gw-1"

// open opens a log in dir that closes with the test.
func open(t testing.TB, dir string, change func(*Options)) *Log {
	t.Helper()
	o := Options{Dir: dir, Origin: testOrigin}
	if change != nil {
		change(&o)
	}
	l, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// event is a request with a card in its comment field, from a client of network 203.0.113.0/24.
func event(action ruleset.Action, client byte) *Event {
	return &Event{
		Visit: &visit.Visit{
			ID: visit.NewID(), Client: netip.AddrFrom4([4]byte{203, 0, 113, client}), Route: "/contact/*",
			Request: &ruleset.Request{Host: "shop.example", Method: "POST", Type: "application/json"},
		},
		Status: 422, Inspected: 100,
		Findings: []Judged{{
			Finding: finding.Finding{
				At: finding.At(finding.Body, "comment", 1), Kind: finding.PAN, Brand: "visa", Length: 16,
				Confidence: finding.Certain, Reasons: []string{"16 digits", "visa range", "Luhn holds"}, Views: []string{"json"},
			},
			Decision: ruleset.Decision{Action: action, Rule: "default"},
		}},
	}
}

// records reads a closed or open log back.
func records(t testing.TB, dir string) []record.Record {
	t.Helper()
	folder, err := ledger.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = folder.Close() }()
	segments, err := ledger.Segments(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []record.Record
	for _, s := range segments {
		err := ledger.Lines(folder, s, func(line []byte, _ int64) error {
			r, err := record.Parse(line)
			all = append(all, r)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func types(all []record.Record) (names []record.Type) {
	for _, r := range all {
		names = append(names, r.Type)
	}
	return names
}

func TestACommittedRecordIsThereAtOnce(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, nil)
	if err := l.Commit(t.Context(), event(ruleset.Redact, 7)); err != nil {
		t.Fatal(err)
	}
	all := records(t, dir)
	if got := fmt.Sprint(types(all)); got != "[log.opened pan.redacted]" {
		t.Fatalf("the log has %s", got)
	}
	if net := all[1].Origin.Net; net != "203.0.113.0/24" {
		t.Errorf("the client is recorded as %s", net)
	}
}

func TestALogGoesOnWhereItEnded(t *testing.T) {
	dir := t.TempDir()
	for range 3 {
		l := open(t, dir, nil)
		l.Post(event(ruleset.Block, 7))
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	all := records(t, dir)
	if len(all) != 9 {
		t.Fatalf("the log has %v", types(all))
	}
	for i, r := range all {
		if r.Seq != int64(i) {
			t.Errorf("record %d calls itself %d", i, r.Seq)
		}
		if r.Type == record.LogOpened && !r.Log.Clean {
			t.Errorf("record %d says that the log was not closed in good order", i)
		}
	}
}

func TestTwoWritersAreOneTooMany(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, nil)
	if _, err := Open(Options{Dir: dir, Origin: testOrigin}); err == nil {
		t.Fatal("a second writer was let in")
	}
}

func TestManyWritersShareSyncs(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, nil)
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			if err := l.Commit(context.Background(), event(ruleset.Redact, byte(i))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(records(t, dir)); n != 201 {
		t.Fatalf("the log has %d records", n)
	}
}

func BenchmarkCommit(b *testing.B) {
	for _, writers := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			l := open(b, b.TempDir(), nil)
			e := event(ruleset.Redact, 7)
			work := make(chan struct{})
			var all sync.WaitGroup
			b.ReportAllocs()
			for range writers {
				all.Go(func() {
					for range work {
						if err := l.Commit(context.Background(), e); err != nil {
							b.Error(err)
						}
					}
				})
			}
			start := time.Now()
			for b.Loop() {
				work <- struct{}{}
			}
			close(work)
			all.Wait()
			b.ReportMetric(float64(time.Since(start).Microseconds())*float64(writers)/float64(b.N), "µs/wait")
		})
	}
}

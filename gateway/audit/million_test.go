package audit

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/audit/review"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// million writes a log of a million records over a month, without waiting for the disk after each.
func million(t *testing.T) (dir, key string) {
	t.Helper()
	const batch, batches = 1000, 1000
	dir = t.TempDir()
	folder := must(ledger.OpenDir(dir))
	signer := must(ledger.LoadKey(folder, testOrigin, nil))
	verifier := must(note.NewVerifier(signer.Verifier(testOrigin)))
	w := must(ledger.NewWriter(folder, testOrigin, signer.Signer(testOrigin), must(ledger.Recover(folder, note.VerifierList(verifier)))))
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	r := newRecord(event(ruleset.Block, 7), "abcdefghijklmnop")
	for b := range batches {
		lines := make([][]byte, 0, batch)
		now := start.Add(time.Duration(b) * 44 * time.Minute)
		for range batch {
			r.Seq, r.Time = w.Size()+int64(len(lines)), record.At(now)
			r.Target.Route = fmt.Sprintf("/route-%d/*", r.Seq%7)
			lines = append(lines, must(record.Append(nil, r)))
		}
		if err := w.Append(lines...); err != nil {
			t.Fatal(err)
		}
		must(w.Checkpoint())
		if b%100 == 99 {
			if err := w.Rotate(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir, signer.Verifier(testOrigin)
}

// TestAMillionRecords measures what an auditor waits for, and that memory does not grow with the log.
func TestAMillionRecords(t *testing.T) {
	if os.Getenv("PANWALL_AUDIT_MILLION") == "" {
		t.Skip("set PANWALL_AUDIT_MILLION=1 to write and verify a million records")
	}
	dir, key := million(t)
	folder := must(ledger.OpenDir(dir))
	before, start, busy := allocated(), time.Now(), cpu(t)
	r := must(review.Verify(folder, review.Terms{Key: key}))
	took := cpu(t) - busy
	if r.Verdict != review.Intact || r.Records != 1_000_000 {
		t.Fatalf("%+v", r)
	}
	t.Logf("verified in %s, %s of them busy; heap in use grew by %d KiB", time.Since(start), took, int64(allocated()-before)>>10)
	if took > 10*time.Second {
		t.Errorf("verification was busy for %s", took)
	}
	start, busy = time.Now(), cpu(t)
	s := must(review.Summarise([]review.Source{{Name: "gw-1", Folder: folder, Terms: review.Terms{Key: key}}}, must(review.Month("2026-03")), time.Now()))
	var page bytes.Buffer
	if err := s.WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	t.Logf("reported and verified in %s, %s of them busy: %d requests, %d bytes", time.Since(start), cpu(t)-busy, s.Requests, page.Len())
	if s.Requests != 1_000_000 {
		t.Errorf("%d requests counted", s.Requests)
	}
}

// cpu is the time this process was busy: unlike the clock on the wall it is the same on a crowded machine.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func allocated() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

package audit

import (
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/courier"
	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/audit/review"
	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// segmentsOf are the names of a log's segments.
func segmentsOf(t *testing.T, dir string) string {
	t.Helper()
	folder := must(ledger.OpenDir(dir))
	defer func() { _ = folder.Close() }()
	var names []string
	for _, s := range must(ledger.Segments(folder)) {
		names = append(names, strings.TrimPrefix(s.Name, "log-0000"))
	}
	return strings.Join(names, " ")
}

// years lets a log live: a record every step, n times, and tidying now and then.
func years(t *testing.T, dir string, step time.Duration, n int) {
	t.Helper()
	var now atomic.Int64 // steps
	begin := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	quick := must(newDisk(dir))
	quick.quick = true
	l := open(t, dir, func(o *Options) {
		o.Folder = quick
		o.Now = func() time.Time { return begin.Add(time.Duration(now.Load()) * step) }
	})
	for i := range n {
		now.Store(int64(i))
		if err := l.Commit(t.Context(), event(ruleset.Redact, 1)); err != nil {
			t.Fatal(err)
		}
		if i%20 != 0 && i != n-1 {
			continue
		}
		if err := l.tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOldSegmentsAreCompressed(t *testing.T) {
	dir := t.TempDir()
	years(t, dir, 40*time.Hour, 70) // 116 days
	if got := segmentsOf(t, dir); !strings.HasPrefix(got, "01.jsonl.gz 02.jsonl.gz ") || !strings.HasSuffix(got, " 69.jsonl 70.jsonl") {
		t.Errorf("after four months: %s", got)
	}
	if r := verifyDir(t, dir); r.Verdict != review.Intact {
		t.Errorf("%+v", r)
	}
	open(t, dir, nil) // and it goes on
}

func TestWhatIsPastItsRetentionGoesAndStaysProvable(t *testing.T) {
	dir := t.TempDir()
	years(t, dir, 45*time.Hour, 230) // 431 days
	got := segmentsOf(t, dir)
	if !strings.HasPrefix(got, "16.jsonl.gz ") {
		t.Errorf("after 431 days: %.50s", got)
	}
	r := verifyDir(t, dir)
	if r.Verdict != review.Intact || !strings.Contains(strings.Join(r.Notes, "\n"), "were removed past their retention; their hashes were checked") {
		t.Errorf("%+v", r)
	}
	// Somebody removes one segment more than the log says.
	name, _, _ := strings.Cut(got, " ")
	if err := os.Remove(filepath.Join(dir, "log-0000"+name)); err != nil {
		t.Fatal(err)
	}
	if r := verifyDir(t, dir); r.Verdict != review.Tampered {
		t.Errorf("%+v", r)
	}
}

func TestAClockThatLeapsRemovesNothing(t *testing.T) {
	dir := t.TempDir()
	years(t, dir, 600*24*time.Hour, 2)
	years(t, dir, 600*24*time.Hour, 3)
	if got := segmentsOf(t, dir); !strings.HasPrefix(got, "01.jsonl ") {
		t.Errorf("after a leap: %s", got)
	}
}

func TestTheDayIsReviewed(t *testing.T) {
	dir := t.TempDir()
	now := dayClock(0)
	l := open(t, dir, func(o *Options) { o.Now = func() time.Time { return now() } })
	for range 3 {
		if err := l.Commit(t.Context(), event(ruleset.Redact, 1)); err != nil {
			t.Fatal(err)
		}
	}
	digest, err := l.Review(t.Context(), now())
	if err != nil {
		t.Fatal(err)
	}
	if want := "2026-03-02: no tampering found in 4 records; 1 log.opened; 3 pan.redacted"; digest.String() != want {
		t.Errorf("%q, want %q", digest, want)
	}
	all := records(t, dir)
	last := all[len(all)-1]
	if last.Type != record.ReviewDaily || len(last.Counts) != 2 || last.Counts[1] != (record.Count{What: "pan.redacted", N: 3}) {
		t.Errorf("%+v", last)
	}

	// A byte is changed on the running machine: the next review is a failed control.
	edit(t, dir, dayOne, func(lines []string) []string {
		lines[0] = strings.Replace(lines[0], "gateway", "gatewaY", 1)
		return lines
	})
	if digest, err = l.Review(t.Context(), now()); err != nil || digest.Result.Verdict != review.Tampered {
		t.Fatal(digest, err)
	}
	if names := types(records(t, dir)); names[len(names)-2] != record.ControlFailed {
		t.Errorf("%v", names)
	}
}

// TestACopySetUpLateHasEverything begins a copy when the first segments are gzipped already, and one that has only
// half of such a segment.
func TestACopySetUpLateHasEverything(t *testing.T) {
	dir := t.TempDir()
	years(t, dir, 40*time.Hour, 70)
	folder := must(ledger.OpenDir(dir))
	defer func() { _ = folder.Close() }()
	shelf := t.TempDir()
	store := must(courier.NewStore(config.Destination{URL: "file://" + shelf, Region: "kz"}, testOrigin))
	there := filepath.Join(shelf, courier.Slug(testOrigin))
	segments := must(ledger.Segments(folder))
	if !segments[1].Compressed() {
		t.Fatal("nothing is gzipped")
	}
	lines := must(ledger.OpenSegment(folder, segments[1]))
	half := make([]byte, 100)
	must(io.ReadFull(lines, half))
	_ = lines.Close()
	if err := store.Append(t.Context(), ledger.SegmentName(segments[1].Number), 0, half); err != nil {
		t.Fatal(err)
	}
	last := segments[len(segments)-1]
	durable := ledger.Durable{Segment: last.Number, Bytes: must(ledger.PlainSize(folder, last)), Checkpoints: math.MaxInt64}
	for range 2 { // the second time there is nothing to do
		if err := courier.Copy(t.Context(), folder, folder, durable, store); err != nil {
			t.Fatal(err)
		}
	}
	if r := verifyDir(t, there); r.Verdict != review.Intact || r.Records != verifyDir(t, dir).Records {
		t.Errorf("the copy: %+v", r)
	}
}

// TestWhatIsNotOnTheDiskIsNotCopied: after a crash the log may go on differently.
func TestWhatIsNotOnTheDiskIsNotCopied(t *testing.T) {
	dir, shelf := t.TempDir(), t.TempDir()
	write(t, dir, dayOne, []byte("{\"v\":1}\n{\"half\""))
	write(t, dir, dayTwo, []byte("{\"v\":1}\n"))
	folder := must(ledger.OpenDir(dir))
	defer func() { _ = folder.Close() }()
	store := must(courier.NewStore(config.Destination{URL: "file://" + shelf, Region: "kz"}, testOrigin))
	if err := courier.Copy(t.Context(), folder, folder, ledger.Durable{Segment: 1, Bytes: 8}, store); err != nil {
		t.Fatal(err)
	}
	there := filepath.Join(shelf, courier.Slug(testOrigin))
	if got := string(read(t, there, dayOne)); got != "{\"v\":1}\n" {
		t.Errorf("copied %q", got)
	}
	if _, err := os.Stat(filepath.Join(there, dayTwo)); err == nil {
		t.Error("a segment that began after the checkpoint was copied")
	}
}

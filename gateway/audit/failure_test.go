package audit

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/audit/review"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// bell counts the calls of OnFailure and OnRestored.
type bell struct{ failed, restored chan error }

func (b *bell) hang(o *Options) {
	b.failed, b.restored = make(chan error, 100), make(chan error, 100)
	o.OnFailure = func(err error) { b.failed <- err }
	o.OnRestored = func(time.Duration) { b.restored <- nil }
}

// verifyDir verifies a log with its own key, which is enough to tell order from disorder.
func verifyDir(t *testing.T, dir string) *review.Result {
	t.Helper()
	e := evidence{dir: dir, key: string(read(t, dir, ledger.PublicKeyName))}
	return e.verify(t)
}

func TestOutages(t *testing.T) {
	onLog := func(name string) bool { return strings.HasSuffix(name, ".jsonl") }
	for claim, tc := range map[string]struct {
		away  func(*state)
		mend  func(*state)
		early bool // control.failed can be written while the outage lasts
	}{
		"a full disk, with the reserve's help": {
			func(s *state) { s.room = 300 },
			func(s *state) { s.room = 1 << 30 }, true},
		"a disk that became read-only": {
			func(s *state) {
				s.fault = func(op, _ string) error { return &os.PathError{Op: op, Err: syscall.EROFS} }
			},
			func(s *state) { s.fault = nil }, false},
		"writes that fail": {
			func(s *state) {
				s.fault = func(op, name string) error {
					if op == "write" && onLog(name) {
						return syscall.EIO
					}
					return nil
				}
			},
			func(s *state) { s.fault = nil }, false},
		"syncs that fail": {
			func(s *state) {
				s.fault = func(op, name string) error {
					if op == "sync" && onLog(name) {
						return syscall.EIO
					}
					return nil
				}
			},
			func(s *state) { s.fault = nil }, false},
	} {
		t.Run(claim, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { survive(t, tc.away, tc.mend, tc.early) })
		})
	}
}

// survive takes the disk away and gives it back: what was acknowledged before stays, nothing is acknowledged while the
// disk is away, refusals of that time are written afterwards, and the log says when and why.
func survive(t *testing.T, away, mend func(*state), early bool) {
	dir := t.TempDir()
	d, err := newDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b bell
	l := open(t, dir, func(o *Options) { o.Folder = d; b.hang(o) })
	before, during, posted, after := event(ruleset.Redact, 1), event(ruleset.Redact, 2), event(ruleset.Block, 3), event(ruleset.Redact, 4)
	if err := l.Commit(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	d.set(func() { away(d.state) })
	if err := l.Commit(t.Context(), during); !errors.Is(err, ErrDown) {
		t.Fatalf("while the disk is away Commit says %v", err)
	}
	<-b.failed
	if err := l.Down(); !errors.Is(err, ErrDown) {
		t.Fatalf("Down says %v", err)
	}
	l.Post(posted)
	time.Sleep(10 * time.Second) // the bubble's clock
	if got := slices.Contains(types(records(t, dir)), record.ControlFailed); got != early {
		t.Errorf("while the outage lasts, control.failed in the log: %v", got)
	}
	d.set(func() { mend(d.state) })
	<-b.restored
	if err := l.Commit(t.Context(), after); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	judgeOutage(t, dir, before, during, posted, after)
}

func judgeOutage(t *testing.T, dir string, before, during, posted, after *Event) {
	t.Helper()
	all := records(t, dir)
	there := map[string]bool{}
	for _, r := range all {
		there[r.ID] = true
		if r.Type == record.ControlRestored && (r.Control.Millis < 10_000 || r.Control.Cause == "" || r.Control.Since.IsZero()) {
			t.Errorf("the end of the outage is told as %+v", r.Control)
		}
	}
	if !there[before.Visit.ID] || !there[posted.Visit.ID] || !there[after.Visit.ID] || there[during.Visit.ID] {
		t.Errorf("records before %v, posted %v, after %v, refused %v", there[before.Visit.ID], there[posted.Visit.ID], there[after.Visit.ID], there[during.Visit.ID])
	}
	for _, typ := range []record.Type{record.ControlFailed, record.ControlRestored} {
		if n := len(slices.DeleteFunc(types(all), func(r record.Type) bool { return r != typ })); n != 1 {
			t.Errorf("%d records of %s", n, typ)
		}
	}
	if r := verifyDir(t, dir); r.Verdict != review.Intact {
		t.Errorf("%+v", r)
	}
}

func TestASlowDiskRefusesInsteadOfHanging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		d, err := newDisk(dir)
		if err != nil {
			t.Fatal(err)
		}
		var b bell
		l := open(t, dir, func(o *Options) { o.Folder = d; b.hang(o) })
		d.set(func() {
			d.fault = func(op, _ string) error {
				if op == "sync" {
					time.Sleep(time.Minute)
				}
				return nil
			}
		})
		start := time.Now()
		if err := l.Commit(t.Context(), event(ruleset.Redact, 1)); !errors.Is(err, ErrDown) {
			t.Fatalf("Commit says %v", err)
		}
		if waited := time.Since(start); waited != defaultStall {
			t.Errorf("the visitor waited %s", waited)
		}
		d.set(func() { d.fault = nil })
		<-b.restored
		if err := l.Commit(t.Context(), event(ruleset.Redact, 1)); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAClientThatLeavesDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		d, err := newDisk(dir)
		if err != nil {
			t.Fatal(err)
		}
		l := open(t, dir, func(o *Options) { o.Folder = d })
		d.set(func() { d.fault = func(string, string) error { time.Sleep(5 * time.Second); return nil } })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.Commit(ctx, event(ruleset.Redact, 1)); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("Commit says %v", err)
		}
	})
}

func TestAClockThatGoesBackIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		var back time.Duration
		l := open(t, dir, func(o *Options) { o.Now = func() time.Time { return time.Now().Add(-back) } })
		_ = l.Commit(t.Context(), event(ruleset.Redact, 1))
		back = 48 * time.Hour
		for range 2 {
			if err := l.Commit(t.Context(), event(ruleset.Redact, 1)); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		var moved []record.Record
		for _, r := range records(t, dir) {
			if r.Type == record.ClockMoved {
				moved = append(moved, r)
			}
		}
		if len(moved) != 1 || moved[0].Control.Millis < (47*time.Hour).Milliseconds() {
			t.Errorf("told %d times: %+v", len(moved), moved)
		}
		if r := verifyDir(t, dir); r.Verdict != review.Intact || len(r.Notes) != 1 {
			t.Errorf("%+v", r)
		}
		if segments := len(slices.DeleteFunc(must(os.ReadDir(dir)), func(e os.DirEntry) bool { return !strings.HasPrefix(e.Name(), "log-") })); segments != 1 {
			t.Errorf("the clock went back and began %d segments", segments)
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

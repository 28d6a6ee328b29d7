package audit

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/review"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// crashEnv makes the test binary the victim of the crash test: a gateway that writes under load until it is killed.
const crashEnv = "PANWALL_AUDIT_CRASH"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashEnv); dir != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeUntilKilled writes to a log on a disk that forgets what was not synced. Before a record's event is "forwarded"
// its number is printed.
func writeUntilKilled(dir string) error {
	lossy, err := newDisk(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	lossy.lossy = true
	anchor, err := os.OpenFile(filepath.Join(dir, "anchor"), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	l, err := Open(Options{Dir: filepath.Join(dir, "log"), Origin: testOrigin, Folder: lossy, OnCheckpoint: func(signed []byte) {
		_, _ = anchor.Write(append(signed, '\n'))
	}})
	if err != nil {
		return err
	}
	failed := make(chan error)
	for range 8 {
		go func() {
			for {
				e := event(ruleset.Redact, byte(rand.IntN(256)))
				if err := l.Commit(context.Background(), e); err != nil {
					failed <- err
				}
				fmt.Println(e.Visit.ID)
				l.Post(event(ruleset.Block, byte(rand.IntN(256))))
			}
		}()
	}
	return <-failed
}

func TestKilledAtAnyMomentNothingAcknowledgedIsLost(t *testing.T) {
	runs := 5
	if n, err := strconv.Atoi(os.Getenv("PANWALL_AUDIT_CRASHES")); err == nil {
		runs = n
	}
	dir := t.TempDir()
	forwarded, total := map[string]bool{}, 0
	for i := range runs {
		if i%20 == 0 {
			dir, forwarded = t.TempDir(), map[string]bool{} // a fresh log now and then: the first moments are special
		}
		for _, id := range killOnce(t, dir, i%2 == 0) {
			forwarded[id] = true
		}
		total += len(forwarded)
		judgeCrash(t, dir, forwarded, i)
		if t.Failed() {
			t.Fatalf("after run %d, in %s", i, dir)
		}
	}
	if total == 0 {
		t.Fatal("no victim lived long enough to forward anything")
	}
}

// killOnce lets a victim live for a moment and returns what it forwarded. The moment begins with the first thing it
// forwards, or with its start: then it may die while it opens the log.
func killOnce(t *testing.T, dir string, working bool) (forwarded []string) {
	t.Helper()
	victim := exec.Command(os.Args[0])
	victim.Env = append(os.Environ(), crashEnv+"="+dir)
	var complaint strings.Builder
	victim.Stderr = &complaint
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	moment := time.Duration(rand.IntN(150)+5) * time.Millisecond
	kill := func() { _ = victim.Process.Kill() }
	end := time.AfterFunc(moment, kill)
	if working {
		end.Reset(time.Minute)
	}
	defer end.Stop()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if working && len(forwarded) == 0 {
			end.Reset(moment)
		}
		forwarded = append(forwarded, lines.Text())
	}
	_ = victim.Wait()
	if complaint.Len() > 0 {
		t.Errorf("the victim gave up: %s", complaint.String())
	}
	return forwarded
}

// judgeCrash looks at what a crash left, as an auditor would, and then lets the gateway start again.
func judgeCrash(t *testing.T, dir string, forwarded map[string]bool, run int) {
	t.Helper()
	logDir := filepath.Join(dir, "log")
	if r := verifyCrashed(t, dir); r != nil && r.Verdict == review.Tampered {
		t.Errorf("run %d: a crash looks like tampering: %+v", run, r)
	}
	l, err := Open(Options{Dir: logDir, Origin: testOrigin})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if r := verifyCrashed(t, dir); r == nil || r.Verdict != review.Intact {
		t.Errorf("run %d: after the next start: %+v", run, r)
	}
	there := map[string]bool{}
	for _, r := range records(t, logDir) {
		there[r.ID] = true
	}
	for id := range forwarded {
		if !there[id] {
			t.Errorf("run %d: %s was forwarded and has no record", run, id)
		}
	}
}

// verifyCrashed verifies with the anchor that was kept; nil when the victim had not yet made a key.
func verifyCrashed(t *testing.T, dir string) *review.Result {
	t.Helper()
	key, err := os.ReadFile(filepath.Join(dir, "log", ledger.PublicKeyName))
	if err != nil {
		return nil
	}
	folder, err := ledger.OpenDir(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = folder.Close() }()
	terms := review.Terms{Key: string(key)}
	if info, err := os.Stat(filepath.Join(dir, "anchor")); err == nil && info.Size() > 0 {
		terms.Anchors = []review.Anchor{{Name: "elsewhere", Open: func() (io.ReadCloser, error) {
			return os.Open(filepath.Join(dir, "anchor"))
		}}}
	}
	r, err := review.Verify(folder, terms)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

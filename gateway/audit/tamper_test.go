package audit

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/review"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// evidence is a log as an auditor is given it: a folder, a key on paper, and checkpoints kept elsewhere.
type evidence struct {
	dir, key string
	anchor   *[]byte
}

// gather writes a log of two days: opened and closed twice, with twelve records of visitors, and leaves the checkpoints
// it handed out.
func gather(t *testing.T, origin string) evidence {
	t.Helper()
	e := evidence{dir: t.TempDir(), anchor: &[]byte{}}
	for day := range 2 {
		l, err := Open(Options{Dir: e.dir, Origin: origin, Now: dayClock(day), OnCheckpoint: func(signed []byte) {
			*e.anchor = append(append(*e.anchor, signed...), '\n')
		}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 6 {
			if err := l.Commit(t.Context(), event(ruleset.Redact, byte(i))); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	e.key = string(read(t, e.dir, ledger.PublicKeyName))
	return e
}

func (e evidence) verify(t *testing.T) *review.Result {
	t.Helper()
	folder, err := ledger.OpenDir(e.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = folder.Close() }()
	terms := review.Terms{Key: e.key}
	if e.anchor != nil {
		terms.Anchors = []review.Anchor{{Name: "elsewhere", Open: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(*e.anchor)), nil
		}}}
	}
	result, err := review.Verify(folder, terms)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func write(t *testing.T, dir, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// edit changes the lines of a segment.
func edit(t *testing.T, dir, segment string, change func([]string) []string) {
	t.Helper()
	lines := strings.SplitAfter(string(read(t, dir, segment)), "\n")
	write(t, dir, segment, []byte(strings.Join(change(lines[:len(lines)-1]), "")))
}

const (
	dayOne = "log-000001.jsonl"
	dayTwo = "log-000002.jsonl"
)

func TestAnUntouchedLogIsIntact(t *testing.T) {
	e := gather(t, testOrigin)
	if r := e.verify(t); r.Verdict != review.Intact || r.Records != 17 {
		t.Fatalf("%+v", r)
	}
	e.key = ""
	r := e.verify(t)
	if r.Verdict != review.Incomplete || !strings.Contains(r.Gaps[0], "the key came from the log itself") {
		t.Fatalf("without a key: %+v", r)
	}
}

var seq = regexp.MustCompile(`"seq":(\d+)`)

// tamperings are what somebody with the run of the machine might try, and the fault that names it.
var tamperings = map[string]struct {
	tamper func(t *testing.T, e *evidence)
	named  string // part of a fault
}{
	"a flipped bit": {func(t *testing.T, e *evidence) {
		edit(t, e.dir, dayOne, func(l []string) []string {
			l[3] = strings.Replace(l[3], "203.0.113", "203.0.112", 1)
			return l
		})
	}, "record 3 (log-000001.jsonl line 4) is not what was logged"},
	"a flipped bit, its hash along with it": {func(t *testing.T, e *evidence) {
		edit(t, e.dir, dayOne, func(l []string) []string {
			l[3] = strings.Replace(l[3], "203.0.113", "203.0.112", 1)
			return l
		})
		rehash(t, e.dir)
	}, "records 1 to 7 are not those that the file checkpoints vouches for"},
	"a deleted line": {func(t *testing.T, e *evidence) {
		edit(t, e.dir, dayOne, func(l []string) []string { return append(l[:4], l[5:]...) })
	}, "records 4 to 4 are missing before log-000001.jsonl line 5"},
	"a deleted line, those after it renumbered": {func(t *testing.T, e *evidence) {
		edit(t, e.dir, dayTwo, func(l []string) []string {
			l = append(l[:4], l[5:]...)
			for i := range l {
				l[i] = seq.ReplaceAllString(l[i], `"seq":`+itoa(8+i))
			}
			return l
		})
	}, "record 12 (log-000002.jsonl line 5) is not what was logged"},
	"an inserted line": {func(t *testing.T, e *evidence) {
		edit(t, e.dir, dayOne, func(l []string) []string { return append(l[:5:5], append([]string{l[2]}, l[5:]...)...) })
	}, "log-000001.jsonl line 6 is record 2, where record 5 should be"},
	"two lines in each other's place": {func(t *testing.T, e *evidence) {
		edit(t, e.dir, dayOne, func(l []string) []string { l[2], l[3] = l[3], l[2]; return l })
	}, "log-000001.jsonl line 4 is record 2, where record 4 should be"},
	"the end cut off": {func(t *testing.T, e *evidence) {
		edit(t, e.dir, dayTwo, func(l []string) []string { return l[:4] })
	}, "has 12 records, but the file checkpoints vouches for 17"},
	"the last segment removed": {func(t *testing.T, e *evidence) {
		_ = os.Remove(filepath.Join(e.dir, dayTwo))
	}, "has 8 records, but the file checkpoints vouches for 17"},
	"the first segment removed": {func(t *testing.T, e *evidence) {
		_ = os.Remove(filepath.Join(e.dir, dayOne))
	}, "records 0 to 7 are missing, and the log does not say that it removed them"},
	"another log's segment": {func(t *testing.T, e *evidence) {
		other := gather(t, "shop.example/gw-2")
		write(t, e.dir, dayTwo, read(t, other.dir, dayTwo))
	}, "is of another log, shop.example/gw-2"},
	"a twin's segment": {func(t *testing.T, e *evidence) {
		other := gather(t, testOrigin)
		write(t, e.dir, dayTwo, read(t, other.dir, dayTwo))
	}, "is not what was logged"},
	"a whole folder of yesterday": {func(t *testing.T, e *evidence) {
		_ = os.Remove(filepath.Join(e.dir, dayTwo))
		write(t, e.dir, ledger.HashesName, read(t, e.dir, ledger.HashesName)[:ledger.HashesSize(8)])
		notes := strings.SplitAfter(string(read(t, e.dir, ledger.CheckpointsName)), "\n\n")
		write(t, e.dir, ledger.CheckpointsName, []byte(strings.Join(notes[:4], "")))
	}, "has 8 records, but anchor elsewhere vouches for 17"},
	"everything signed again with a new key": {func(t *testing.T, e *evidence) {
		other := gather(t, testOrigin)
		e.dir = other.dir
	}, "is signed by another key"},
	"the checkpoints removed": {func(t *testing.T, e *evidence) {
		_ = os.Remove(filepath.Join(e.dir, ledger.CheckpointsName))
	}, "the file checkpoints is missing"},
	"a checkpoint altered": {func(t *testing.T, e *evidence) {
		cps := read(t, e.dir, ledger.CheckpointsName)
		write(t, e.dir, ledger.CheckpointsName, bytes.Replace(cps, []byte("\n8\n"), []byte("\n9\n"), 1))
	}, "a checkpoint whose signature is false"},
	"an anchor of another log under this name": {func(t *testing.T, e *evidence) {
		e.anchor = gather(t, testOrigin).anchor
	}, "anchor elsewhere, after the checkpoint over 0 records: the checkpoint of shop.example/gw-1 over 1 records is signed by another key"},
	"a line that is none": {func(t *testing.T, e *evidence) {
		edit(t, e.dir, dayOne, func(l []string) []string { l[4] = "hello\n"; return l })
	}, "log-000001.jsonl line 5 is no record"},
}

func TestTamperingIsFoundAndNamed(t *testing.T) {
	for claim, tc := range tamperings {
		t.Run(claim, func(t *testing.T) {
			e := gather(t, testOrigin)
			tc.tamper(t, &e)
			r := e.verify(t)
			if r.Verdict != review.Tampered {
				t.Fatalf("verdict %s\n%+v", r.Verdict, r)
			}
			if all := strings.Join(r.Faults, "\n"); !strings.Contains(all, tc.named) {
				t.Errorf("not named. The faults are:\n%s", all)
			}
		})
	}
}

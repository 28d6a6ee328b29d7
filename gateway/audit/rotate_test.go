package audit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/audit/review"
)

var staff = record.Actor{Kind: record.Staff, Tag: "uid 1000"}

func TestAKeyIsReplacedAndBothVouch(t *testing.T) {
	dir := t.TempDir()
	o := Options{Dir: dir, Origin: testOrigin}
	session(t, o)
	first := must(ledger.ReadChain(must(ledger.OpenDir(dir)))).Last()
	must(RotateKey(t.Context(), o, staff, nil))
	session(t, o)
	must(RotateKey(t.Context(), o, staff, nil))
	session(t, o)
	chain := must(ledger.ReadChain(must(ledger.OpenDir(dir))))
	if len(chain) != 3 {
		t.Fatalf("%d keys", len(chain))
	}
	for claim, key := range map[string]string{
		"the first key, from paper": first, "the middle one": chain[1].Key, "the last one": chain.Last(),
		"a copy of key.pub": string(chain.Format()),
	} {
		if r := (evidence{dir: dir, key: key}).verify(t); r.Verdict != review.Intact || !strings.Contains(strings.Join(r.Notes, "\n"), "the signing key was replaced") {
			t.Errorf("%s: %+v", claim, r)
		}
	}
}

func TestAKeyThatNobodyVouchesForIsFound(t *testing.T) {
	for claim, forge := range map[string]func(ledger.Chain, *ledger.Key) ledger.Chain{
		"no signature": func(c ledger.Chain, thief *ledger.Key) ledger.Chain {
			return append(c, ledger.Link{Key: thief.Verifier(testOrigin), Old: make([]byte, 64), New: make([]byte, 64)})
		},
		"its own signature twice": func(c ledger.Chain, thief *ledger.Key) ledger.Chain {
			return c.Succeed(must(ledger.ParseKey(thief.Encode())), thief)
		},
	} {
		t.Run(claim, func(t *testing.T) {
			o := Options{Dir: t.TempDir(), Origin: testOrigin}
			session(t, o)
			folder := must(ledger.OpenDir(o.Dir))
			chain := must(ledger.ReadChain(folder))
			thief := must(ledger.NewKey(testOrigin))
			write(t, o.Dir, ledger.PublicKeyName, forge(chain, thief).Format())
			o.Key = thief.Encode()
			session(t, o)
			if r := (evidence{dir: o.Dir, key: chain.Last()}).verify(t); r.Verdict != review.Tampered ||
				!strings.Contains(strings.Join(r.Faults, "\n"), "is signed by another key") {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestACrashInTheMiddleOfAReplacementIsMended(t *testing.T) {
	o := Options{Dir: t.TempDir(), Origin: testOrigin}
	session(t, o)
	old := read(t, o.Dir, ledger.KeyName)
	next := must(RotateKey(t.Context(), o, staff, nil))
	write(t, o.Dir, ledger.KeyName, old) // as if key.next had not been renamed yet
	write(t, o.Dir, ledger.NextKeyName, next.Encode())
	session(t, o)
	if _, err := os.Stat(filepath.Join(o.Dir, ledger.NextKeyName)); err == nil {
		t.Error("key.next is still there")
	}
	if r := verifyDir(t, o.Dir); r.Verdict != review.Intact {
		t.Errorf("%+v", r)
	}
}

func TestAnotherKeyWithoutSuccessionIsRefused(t *testing.T) {
	o := Options{Dir: t.TempDir(), Origin: testOrigin}
	session(t, o)
	o.Key = must(ledger.NewKey(testOrigin)).Encode()
	if _, err := Open(o); err == nil || !strings.Contains(err.Error(), "rotate-key") {
		t.Errorf("it says %v", err)
	}
}

// TestAReplacedKeyVouchesForNoMoreThanItSigned lets somebody who found an old key go on with it, and somebody who still
// has a log from before the replacement pass it off as today's.
func TestAReplacedKeyVouchesForNoMoreThanItSigned(t *testing.T) {
	o := Options{Dir: t.TempDir(), Origin: testOrigin}
	session(t, o)
	old := must(ledger.ParseKey(read(t, o.Dir, ledger.KeyName)))
	before := t.TempDir()
	if err := os.CopyFS(before, os.DirFS(o.Dir)); err != nil {
		t.Fatal(err)
	}
	must(RotateKey(t.Context(), o, staff, nil))
	session(t, o)
	paper := string(read(t, o.Dir, ledger.PublicKeyName))

	e := evidence{dir: o.Dir, key: paper}
	if r := e.verify(t); r.Verdict != review.Intact {
		t.Fatalf("untouched: %+v", r)
	}
	tree := must(ledger.LoadFrontier(e.verify(t).Records, ledger.HashFile{R: must(os.Open(filepath.Join(o.Dir, ledger.HashesName)))}))
	forged := must(ledger.Checkpoint{Origin: testOrigin, Size: tree.Size(), Root: tree.Root()}.Sign(old.Signer(testOrigin)))
	write(t, o.Dir, ledger.CheckpointsName, append(read(t, o.Dir, ledger.CheckpointsName), append(forged, '\n')...))
	if r := e.verify(t); r.Verdict != review.Tampered || !strings.Contains(strings.Join(r.Faults, "\n"), "is signed by a key that had been replaced before") {
		t.Errorf("the old key goes on: %+v", r)
	}

	write(t, before, ledger.PublicKeyName, []byte(paper))
	r := evidence{dir: before, key: paper}.verify(t)
	if r.Verdict != review.Incomplete || !strings.Contains(strings.Join(r.Gaps, "\n"), "no record names the key that was given") {
		t.Errorf("a log from before the replacement: %+v", r)
	}
}

package mutate

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	root = "../../../.."
	env  = "PANWALL_MUTATE"
)

// slow are tests that take long and look for something else; a defence is given to them only when no other missed it.
const slow = "LargestBodies|OrdinaryTraffic|EvasionsWithNumbers|LookAlike|lookalike|Bench|Million|Acme|Pebble|SideBySide"

func TestDefences(t *testing.T) {
	all, err := Defences()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 40 {
		t.Fatalf("only %d defences", len(all))
	}
	claims := map[string]bool{}
	for _, d := range all {
		if d.Old == "" || d.Old == d.New || claims[d.Claim] {
			t.Errorf("%s: takes nothing out, or stands there twice", d.Claim)
		}
		claims[d.Claim] = true
	}
}

// TestDefencesStand holds the list against the code: a defence that moved would be thought of and not be tried.
func TestDefencesStand(t *testing.T) {
	all, err := Defences()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		source, err := os.ReadFile(filepath.Join(root, d.File))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Disable(string(source)); err != nil {
			t.Error(err)
		}
	}
}

func TestDisableRefusesToGuess(t *testing.T) {
	for claim, source := range map[string]string{"it is not there": "b\n", "it is there twice": "a\na\n"} {
		if _, err := (Defence{Old: "a\n", New: "c\n"}).Disable(source); !errors.Is(err, ErrStale) {
			t.Errorf("%s: %v", claim, err)
		}
	}
}

// TestEveryDefenceIsMissed runs the tests of a room without each of its defences.
func TestEveryDefenceIsMissed(t *testing.T) {
	chosen := os.Getenv(env)
	if chosen == "" {
		t.Skip("takes hours: set " + env + " to a regular expression of claims")
	}
	claims, err := regexp.Compile(chosen)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Defences()
	if err != nil {
		t.Fatal(err)
	}
	tree := t.TempDir()
	for _, name := range []string{"cmd", "gateway", "rules", "configs", "go.mod", "go.sum"} {
		copyTree(t, filepath.Join(root, name), filepath.Join(tree, name))
	}
	sound := map[string]bool{}
	for _, d := range all {
		if claims.MatchString(d.Claim) {
			if !sound[d.Package] { // what fails anyway misses nothing
				if out, err := tests(tree, d.Package, "-run=."); err != nil {
					t.Fatalf("%s fails with all its defences: %s", d.Package, failing(out))
				}
				sound[d.Package] = true
			}
			t.Run(d.Claim, func(t *testing.T) { missed(t, tree, d) })
		}
	}
}

func missed(t *testing.T, tree string, d Defence) {
	path := filepath.Join(tree, d.File)
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	mutant, err := d.Disable(string(source))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(mutant), 0o600); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.WriteFile(path, source, 0o600); err != nil {
			t.Fatal(err)
		}
	}()
	for _, which := range []string{"-skip=" + slow, "-run=" + slow} {
		out, err := tests(tree, d.Package, which)
		switch {
		case bytes.Contains(out, []byte("[build failed]")) || bytes.Contains(out, []byte("[setup failed]")):
			t.Fatalf("the mutant does not compile:\n%s", out)
		case err != nil:
			t.Logf("missed by %s", failing(out))
			return
		}
	}
	t.Error("SURVIVED: no test fails without it")
}

func tests(tree, room, which string) ([]byte, error) {
	cmd := exec.Command("go", "test", "-count=1", "-failfast", "-vet=off", "-timeout=10m", which, "./"+room)
	cmd.Dir = tree
	return cmd.CombinedOutput()
}

// failing names the first test that failed.
func failing(out []byte) string {
	for line := range strings.SplitSeq(string(out), "\n") {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "--- FAIL: "); ok {
			return name
		}
	}
	return "a panic or timeout"
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rest, _ := filepath.Rel(from, path)
		at := filepath.Join(to, rest)
		if entry.IsDir() {
			return os.MkdirAll(at, 0o700)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(at, b, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

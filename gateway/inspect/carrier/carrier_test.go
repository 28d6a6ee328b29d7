package carrier

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A published test number, and its neighbour that fails Luhn.
const (
	card  = "4111111111111111"
	clean = "4111111111111112"
)

var errSpent = errors.New("budget is spent")

// purse is a Budget with the bounds that inspection has.
type purse struct {
	bytes, entries, depth int
	spent, opened, most   int
	now                   int
	held                  int
}

func newPurse() *purse { return &purse{bytes: 32 << 20, entries: 1000, depth: 2} }

func (p *purse) Spend(n int) error {
	if p.spent += n; p.spent > p.bytes {
		return errSpent
	}
	return nil
}

func (p *purse) Grow(_, _ int) error { return nil }

func (p *purse) Hold(n int) error {
	p.held += n
	return nil
}

func (p *purse) Free(n int) { p.held -= n }

func (p *purse) Entry() error {
	if p.opened++; p.opened > p.entries {
		return errSpent
	}
	return nil
}

func (p *purse) Enter() (func(), error) {
	if p.now == p.depth {
		return nil, errSpent
	}
	p.now++
	p.most = max(p.most, p.now)
	return func() { p.now-- }, nil
}

// found is every text of a file, walked as inspection does: files inside are walked by their own type.
type found struct {
	texts []Text
	files []Text
}

func look(content []byte, name string, b Budget) (*found, error) {
	f := new(found)
	return f, f.walk(content, name, b)
}

func (f *found) walk(content []byte, name string, b Budget) error {
	return Walk(Sniff(content, name), content, name, b, func(t Text) error {
		kept := t
		kept.Data = []byte(string(t.Data))
		f.texts = append(f.texts, kept)
		if !t.File {
			return nil
		}
		f.files = append(f.files, kept)
		return f.walk(t.Data, t.Name, b)
	})
}

// has reports whether a text holds s, in any of the readings.
func (f *found) has(s string) bool {
	for _, t := range f.texts {
		if strings.Contains(string(t.Data), s) {
			return true
		}
	}
	return false
}

// tool is the path of a program. Without it the test is skipped, and fails where every tool must be there.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err != nil && os.Getenv("PANWALL_CI") == "1":
		t.Fatal(err)
	case err != nil:
		t.Skipf("SKIPPED, %s is missing: %v", name, err)
	}
	return path
}

// shape is what was found without the content: names and views, for failures.
func (f *found) shape() string {
	var b strings.Builder
	for _, t := range f.texts {
		fmt.Fprintf(&b, "\n  %-8s %q %d bytes file=%v", t.View, t.Name, len(t.Data), t.File)
	}
	return b.String()
}

package review

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
)

// Verdict is what a verification comes to. Its number is the exit status of `panwall audit verify`.
type Verdict int

// The verdicts. The zero value is the best, so Verify never returns a Result that it did not fill.
const (
	Intact     Verdict = 0
	Tampered   Verdict = 1
	Incomplete Verdict = 2
)

// String is the verdict in a word.
func (v Verdict) String() string {
	switch v {
	case Intact:
		return "intact"
	case Incomplete:
		return "incomplete"
	default:
		return "TAMPERED"
	}
}

// Terms are what a verification starts from.
type Terms struct {
	Key     string        // verifier key, from paper; empty: the log's own, which proves nothing about its owner
	Anchors []Anchor      // checkpoints kept elsewhere
	Fresh   time.Duration // how far the log may be ahead of its newest anchor; zero: 24 h
	Export  bool          // the folder is an export: the records before it are not expected
}

// Anchor is a file of checkpoints that was kept off the host.
type Anchor struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// Result is what a verification found, in sentences.
type Result struct {
	Verdict Verdict  `json:"verdict"`
	Checked []string `json:"checked"` // what was checked: one sentence for each epoch
	Faults  []string `json:"faults"`  // what cannot have come about without somebody's hand
	Gaps    []string `json:"gaps"`    // what could not be checked
	Notes   []string `json:"notes"`   // what the log says of itself and an auditor should know
	Anchors []string `json:"anchors"` // names of the anchors that agreed
	Records int64    `json:"records"`
	more    int      // faults beyond maxFaults
}

// maxFaults is how many faults are named one by one.
const maxFaults = 20

func (r *Result) fault(format string, args ...any) {
	if len(r.Faults) == maxFaults {
		r.more++
		return
	}
	r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
}

func (r *Result) gap(format string, args ...any) {
	r.Gaps = append(r.Gaps, fmt.Sprintf(format, args...))
}

func (r *Result) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// Verify reads a log once, in memory that does not grow with it, and holds it against its checkpoints and anchors.
// An error means that the log could not be read, not that it is false.
func Verify(root ledger.Folder, terms Terms) (*Result, error) {
	r := &Result{Verdict: Tampered}
	keys, given, err := r.trust(root, terms.Key)
	if err != nil {
		return nil, err
	}
	base, _, _ := strings.Cut(given, "+")
	last, err := ledger.Epochs(root)
	if err != nil {
		return nil, err
	}
	err = eachEpoch(root, func(epoch int, folder ledger.Folder) error {
		origin := ledger.EpochOrigin(base, epoch)
		w, err := newWalk(r, folder, origin, keys, terms)
		if err != nil {
			return err
		}
		defer w.close()
		w.last, w.given = epoch == len(last), given
		return w.run()
	})
	if err != nil {
		return nil, err
	}
	r.conclude()
	return r, nil
}

// trust is the keys that the key given leads to through those beside the log, and that key itself.
func (r *Result) trust(root ledger.Folder, given string) (keys []string, paper string, err error) {
	chain, err := ledger.ReadChain(root)
	if err != nil && (given == "" || !errors.Is(err, fs.ErrNotExist)) {
		return nil, "", err
	}
	if given == "" {
		given = chain.Last()
		r.gap("no key was given: what is checked is consistent, but the key came from the log itself; give --key")
	}
	sheet, err := ledger.ParseChain([]byte(given)) // a copy of key.pub will do: its last key counts
	if err != nil {
		return nil, "", err
	}
	return chain.Trusted(sheet.Last()), sheet.Last(), nil
}

func (r *Result) conclude() {
	if r.more > 0 {
		r.Faults = append(r.Faults, fmt.Sprintf("%d further faults", r.more))
	}
	switch {
	case len(r.Faults) > 0:
		r.Verdict = Tampered
	case len(r.Gaps) > 0:
		r.Verdict = Incomplete
	default:
		r.Verdict = Intact
	}
}

// Write says what was found.
func (r *Result) Write(out io.Writer) error {
	var s strings.Builder
	fmt.Fprintf(&s, "%s\n", r.Verdict)
	for _, part := range []struct {
		title string
		lines []string
	}{{"fault", r.Faults}, {"not checked", r.Gaps}, {"checked", r.Checked}, {"note", r.Notes}} {
		for _, line := range part.lines {
			fmt.Fprintf(&s, "%s: %s\n", part.title, line)
		}
	}
	_, err := io.WriteString(out, s.String())
	return err
}

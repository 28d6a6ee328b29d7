package inspect

import (
	"time"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// Judged is one finding and what the rules say of it.
type Judged struct {
	Finding  finding.Finding
	Decision ruleset.Decision

	edits   []edit // what masks it; nil where nothing can
	sibling bool   // authentication data beside a card: goes the card's way
}

// Uninspected is bytes that nobody could look into.
type Uninspected struct {
	At      finding.Location
	Bytes   int64
	Reason  string    // "encrypted", "opaque", "broken"
	Rule    string    // the row of `bodies:` that lets them pass; empty: they do not
	Expires time.Time // when that row ends
}

// Spent is what a request cost of its budget.
type Spent struct {
	Decoded int64 // bytes made by views and decoders
	Texts   int   // texts looked at
	Entries int   // entries of archives
}

// Verdict is what was found in a request or message and what follows. The zero Verdict blocks.
type Verdict struct {
	Action   ruleset.Action // strictest over the acting findings; meaningful only if Acting
	Acting   bool           // some finding is likely or certain, or authentication data goes with one
	Findings []Judged
	More     int              // findings beyond those kept
	Refused  *refusal.Refusal // why the request cannot be inspected or is blocked; nil: it may pass

	Inspected   int64 // bytes of the request looked at
	Forwarded   int64 // bytes of a streamed body that had gone on by then
	Uninspected []Uninspected
	Notes       []string // readings that did not work out: "json: malformed, raw reading alone"
	Views       []string // every view that was opened, in the order of first use
	Spent       Spent

	seen bool // the inspection ran to its end
	hold *hold
}

// Passes reports whether the request may go on, masked if Action says so.
func (d *Verdict) Passes() bool {
	return d.seen && d.Refused == nil && (!d.Acting || d.Action != ruleset.Block)
}

// Word is the verdict in the word of logs: "pass", "report", "redact", "block", "refuse".
func (d *Verdict) Word() string {
	switch {
	case d.Acting && d.Action == ruleset.Block:
		return "block"
	case !d.Passes():
		return "refuse"
	case d.Acting && d.Action == ruleset.Redact:
		return "redact"
	case d.Acting || len(d.Uninspected) > 0:
		return "report"
	default:
		return "pass"
	}
}

// Recorded reports whether the verdict belongs in the redaction log.
func (d *Verdict) Recorded() bool {
	return d.Acting || d.Refused != nil || len(d.Uninspected) > 0
}

// UninspectedBytes is the sum over Uninspected.
func (d *Verdict) UninspectedBytes() (n int64) {
	for _, u := range d.Uninspected {
		n += u.Bytes
	}
	return n
}

// Deciding is the first finding that has the verdict's action, nil if none acts.
func (d *Verdict) Deciding() *Judged {
	for i := range d.Findings {
		if f := &d.Findings[i]; d.Acting && f.acts() && f.Decision.Action == d.Action {
			return f
		}
	}
	return nil
}

// Release gives the body's memory back and clears it. Nothing may read the request's body afterwards.
func (d *Verdict) Release() {
	if d != nil && d.hold != nil {
		d.hold.release()
		d.hold = nil
	}
}

func (j *Judged) acts() bool { return j.Finding.Confidence.Acts() }

package review

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// Judgement is what a reviewer hands to the running gateway, in a file of its own: a case that was opened, updated or
// closed, or a month signed off. It becomes a record; nothing earlier is edited.
type Judgement struct {
	Type   record.Type `json:"type"` // case.opened | case.updated | case.closed | review.monthly
	Case   record.Case `json:"case"`
	Signed string      `json:"signed,omitempty"` // review.monthly: the closing checkpoint, with the reviewer's signature under the log's
}

// ErrJudgement means that a judgement lacks what its type needs.
var ErrJudgement = errors.New("the judgement is not complete")

// ParseJudgement reads a judgement, strictly.
func ParseJudgement(text []byte) (*Judgement, error) {
	var j Judgement
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		return nil, fmt.Errorf("%w: not the JSON of one", ErrJudgement)
	}
	return &j, j.Check()
}

// Check says what is missing.
func (j *Judgement) Check() error {
	var missing []string
	need := func(value, name string) {
		if value == "" {
			missing = append(missing, name)
		}
	}
	c := j.Case
	need(c.ID, "id")
	need(c.By, "by")
	switch j.Type {
	case record.CaseOpened:
		if len(c.Records) == 0 {
			missing = append(missing, "records")
		}
	case record.CaseUpdated:
	case record.CaseClosed:
		need(c.Verdict, "verdict")
		need(c.WhereFrom, "where_from")
		need(c.SADPresent, "sad_present")
		need(c.Stored, "stored_anywhere")
		need(c.RootCause, "root_cause")
		need(c.Fix, "fix") // a false positive too: the rule that changed, or the exemption that expires
	case record.ReviewMonthly:
		need(c.Role, "role")
		need(c.Statement, "statement")
		need(j.Signed, "signed")
	default:
		return fmt.Errorf("%w: %q is no type of judgement", ErrJudgement, j.Type)
	}
	if len(missing) > 0 {
		return fmt.Errorf("%w: %s is missing", ErrJudgement, strings.Join(missing, ", "))
	}
	return checkWords(c)
}

func checkWords(c record.Case) error {
	switch c.Verdict {
	case "", "true-positive", "false-positive", "test":
	default:
		return fmt.Errorf("%w: %q is no verdict; verdicts are true-positive, false-positive and test", ErrJudgement, c.Verdict)
	}
	switch c.SADPresent {
	case "", "yes", "no", "unknown":
		return nil
	}
	return fmt.Errorf("%w: sad_present is yes, no or unknown", ErrJudgement)
}

// Opener is who opened a case; empty if no record of the log says so.
func Opener(root ledger.Folder, id string) (string, error) {
	filter, err := NewFilter(Choice{Type: string(record.CaseOpened)})
	if err != nil {
		return "", err
	}
	by := ""
	err = Read(root, filter, func(l Line) error {
		if l.Record.Case.ID == id {
			by = l.Record.Case.By
		}
		return nil
	})
	if errors.Is(err, ledger.ErrTorn) {
		err = nil // the log is being written
	}
	return by, err
}

// SignOff puts the reviewer's signature under the checkpoint that closes a period, beside the log's own: one note for
// each epoch that has records of the period, each followed by an empty line, as in a file of checkpoints.
func SignOff(root ledger.Folder, period Choice, key *ledger.Key, c record.Case) (*Judgement, error) {
	filter, err := NewFilter(Choice{From: period.From, To: period.To})
	if err != nil {
		return nil, err
	}
	j := &Judgement{Type: record.ReviewMonthly, Case: c}
	err = eachEpoch(root, func(epoch int, folder ledger.Folder) error {
		last, err := lastTaken(folder, epoch, filter)
		if errors.Is(err, ErrNoRecord) {
			return nil
		}
		if err != nil {
			return err
		}
		cp, signed, err := countersign(root, folder, epoch, last+1, key)
		if err != nil {
			return err
		}
		j.Case.Checkpoint += fmt.Sprintf("%s %d %s\n", cp.Origin, cp.Size, cp.Root)
		j.Signed += string(signed) + "\n"
		return nil
	})
	if err != nil && !errors.Is(err, ledger.ErrTorn) {
		return nil, err
	}
	j.Case.Checkpoint = strings.ReplaceAll(strings.TrimSpace(j.Case.Checkpoint), "\n", "; ")
	if j.Signed == "" {
		return nil, ErrNoRecord
	}
	return j, j.Check()
}

// countersign adds a reviewer's signature to the first checkpoint over size records.
func countersign(root, folder ledger.Folder, epoch int, size int64, key *ledger.Key) (ledger.Checkpoint, []byte, error) {
	_, verifiers, err := ledger.Verifiers(root, epoch)
	if err != nil {
		return ledger.Checkpoint{}, nil, err
	}
	cp, signed, err := ledger.Covering(folder, size, verifiers)
	if err != nil {
		return cp, nil, err
	}
	n, err := note.Open(signed, verifiers)
	if err != nil {
		return cp, nil, fmt.Errorf("opening checkpoint: %w", err)
	}
	both, err := note.Sign(n, key.Signer(key.Name()))
	if err != nil {
		return cp, nil, fmt.Errorf("signing off: %w", err)
	}
	return cp, both, nil
}

package audit

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/audit/review"
)

// TakeIn records a judgement that a reviewer wrote to a file: `panwall audit case` and `sign-off` make it, the private
// socket hands it in. A case is closed by somebody other than who opened it (PCI DSS 6.5.1 asks the same of changes).
func (l *Log) TakeIn(ctx context.Context, actor record.Actor, text []byte) error {
	j, err := review.ParseJudgement(text)
	if err != nil {
		return err
	}
	if j.Type == record.CaseClosed || j.Type == record.CaseUpdated {
		opener, err := review.Opener(l.root, j.Case.ID)
		switch {
		case err != nil:
			return fmt.Errorf("taking in a judgement: %w", err)
		case opener == "":
			return fmt.Errorf("%w: no case %s was opened", review.ErrJudgement, record.Words(j.Case.ID, 64))
		case j.Type == record.CaseClosed && opener == j.Case.By:
			return fmt.Errorf("%w: who opened a case does not close it", review.ErrJudgement)
		}
	}
	if j.Signed != "" {
		if err := l.ours(j.Signed); err != nil {
			return err
		}
		j.Case.Signed = j.Signed
	}
	return l.Note(ctx, Control{Type: j.Type, Actor: actor, Case: &j.Case})
}

// ours reports whether every note is a checkpoint of this log, whoever signed it beside us.
func (l *Log) ours(signed string) error {
	notes := bufio.NewScanner(strings.NewReader(signed))
	notes.Split(ledger.SplitNotes)
	found := 0
	for notes.Scan() {
		verifiers, err := ledger.VerifiersOfNote(l.keys, notes.Bytes())
		if err == nil {
			_, err = ledger.OpenCheckpoint(notes.Bytes(), verifiers)
		}
		if err != nil {
			return errNotOurs
		}
		found++
	}
	if notes.Err() != nil || found == 0 {
		return errNotOurs
	}
	return nil
}

var errNotOurs = fmt.Errorf("%w: what is signed is no checkpoint of this log", review.ErrJudgement)

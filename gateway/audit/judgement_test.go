package audit

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/audit/review"
)

func TestACaseIsClosedBySomebodyElse(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, nil)
	staff := record.Actor{Kind: record.Staff, Tag: "uid 1000"}
	take := func(j string) error { return l.TakeIn(t.Context(), staff, []byte(j)) }
	const closing = `{"type":"case.closed","case":{"id":"C-7","verdict":"false-positive","where_from":"an order number",
		"sad_present":"no","stored_anywhere":"no","root_cause":"looks like Maestro","fix":"exemption order-numbers","by":"`
	for _, step := range []struct {
		claim, text string
		fails       string
	}{
		{"a case nobody opened is not closed", closing + `bota"}}`, "no case C-7 was opened"},
		{"a case is about records", `{"type":"case.opened","case":{"id":"C-7","by":"aida"}}`, "records is missing"},
		{"it is opened", `{"type":"case.opened","case":{"id":"C-7","by":"aida","records":[0]}}`, ""},
		{"who opened it does not close it", closing + `aida"}}`, "does not close it"},
		{"closing takes an answer to everything", `{"type":"case.closed","case":{"id":"C-7","by":"bota","verdict":"test"}}`, "where_from, sad_present, stored_anywhere, root_cause, fix is missing"},
		{"somebody else closes it", closing + `bota"}}`, ""},
		{"an unknown verdict", strings.Replace(closing, "false-positive", "fine", 1) + `bota"}}`, "is no verdict"},
		{"an unknown field", `{"type":"case.opened","case":{"id":"C-8","by":"aida","records":[0],"x":1}}`, "not the JSON"},
		{"another type", `{"type":"log.closed","case":{"id":"C-8","by":"aida"}}`, "no type of judgement"},
	} {
		err := take(step.text)
		if step.fails == "" && err != nil || step.fails != "" && (!errors.Is(err, review.ErrJudgement) || !strings.Contains(err.Error(), step.fails)) {
			t.Errorf("%s: %v", step.claim, err)
		}
	}
	if names := types(records(t, dir)); len(names) != 3 || names[2] != record.CaseClosed {
		t.Errorf("%v", names)
	}
}

func TestAReviewerSignsTheClosingCheckpoint(t *testing.T) {
	e := gather(t, testOrigin)
	folder := must(ledger.OpenDir(e.dir))
	reviewer := must(ledger.NewKey("aida"))
	month := must(review.Month("2026-03"))
	j := must(review.SignOff(folder, month, reviewer, record.Case{ID: "review 2026-03", By: "aida", Role: "reviewer", Statement: "I read it."}))

	signed, ended := strings.CutSuffix(j.Signed, "\n") // the empty line after a note, as in a file of checkpoints
	if !ended {
		t.Fatalf("%q has no empty line after its note", j.Signed)
	}
	n := must(note.Open([]byte(signed), note.VerifierList(must(note.NewVerifier(e.key[:len(e.key)-1])), must(note.NewVerifier(reviewer.Verifier("aida"))))))
	if len(n.Sigs) != 2 {
		t.Fatalf("%d signatures", len(n.Sigs))
	}
	l := open(t, e.dir, nil)
	if err := l.TakeIn(t.Context(), record.Actor{Kind: record.Staff}, must(json.Marshal(j))); err != nil {
		t.Fatal(err)
	}
	all := records(t, e.dir)
	if last := all[len(all)-1]; last.Type != record.ReviewMonthly || last.Case.Signed != j.Signed {
		t.Errorf("recorded as %+v", last.Case)
	}
	j.Signed = strings.Replace(j.Signed, "17", "18", 1)
	if err := l.TakeIn(t.Context(), record.Actor{Kind: record.Staff}, must(json.Marshal(j))); !errors.Is(err, review.ErrJudgement) {
		t.Errorf("another checkpoint was taken: %v", err)
	}
}

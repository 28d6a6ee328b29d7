package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/audit/review"
)

// auditIncidentCmd makes the sheet that has to be filled in when something went wrong.
type auditIncidentCmd struct {
	Dir  string `arg:"" type:"existingdir" help:"Folder of the log."`
	From string `required:"" help:"From this day or moment on." placeholder:"TIME"`
	To   string `required:"" help:"Before this day or moment." placeholder:"TIME"`
	Key  string `type:"existingfile" help:"File with the log's verifier key." placeholder:"FILE"`
}

// Run prints the sheet.
func (c *auditIncidentCmd) Run(a *app) error {
	terms := review.Terms{}
	if c.Key != "" {
		key, err := os.ReadFile(c.Key)
		if err != nil {
			return fmt.Errorf("reading verifier key: %w", err)
		}
		terms.Key = string(key)
	}
	return a.withLog(c.Dir, func(folder ledger.Folder) error {
		sheet, err := review.Investigate(review.Source{Name: c.Dir, Folder: folder, Terms: terms}, review.Choice{From: c.From, To: c.To}, a.Now())
		if err != nil {
			return err
		}
		return sheet.Write(a.Stdout)
	})
}

// auditCaseCmd writes a judgement about records to a file, which the running gateway takes in.
type auditCaseCmd struct {
	Event     string  `arg:"" enum:"open,update,close" help:"open, update or close."`
	ID        string  `arg:"" help:"The case's number."`
	By        string  `required:"" help:"Who says so; who opened a case does not close it." placeholder:"NAME"`
	Record    []int64 `help:"Numbers of the records it is about." placeholder:"SEQ"`
	Verdict   string  `help:"true-positive, false-positive or test." placeholder:"VERDICT"`
	WhereFrom string  `help:"Where the number came from." placeholder:"WORDS"`
	SAD       string  `name:"sad" help:"Was sensitive authentication data with it: yes, no, unknown." placeholder:"WORD"`
	Stored    string  `help:"Was it stored anywhere; what shows that it was deleted." placeholder:"WORDS"`
	RootCause string  `help:"Why it happened." placeholder:"WORDS"`
	Fix       string  `help:"What was changed; for a false positive the rule, or the exemption that expires." placeholder:"WORDS"`
	Owner     string  `help:"Who sees to it." placeholder:"NAME"`
}

// Run prints the judgement, if it is complete.
func (c *auditCaseCmd) Run(a *app) error {
	types := map[string]record.Type{"open": record.CaseOpened, "update": record.CaseUpdated, "close": record.CaseClosed}
	j := &review.Judgement{Type: types[c.Event], Case: record.Case{
		ID: c.ID, Records: c.Record, Verdict: c.Verdict, WhereFrom: c.WhereFrom, SADPresent: c.SAD, Stored: c.Stored,
		RootCause: c.RootCause, Fix: c.Fix, Owner: c.Owner, By: c.By,
	}}
	if err := j.Check(); err != nil {
		return a.usageError("%v", err)
	}
	return a.printJudgement(j)
}

// auditSignOffCmd signs a month's closing checkpoint with the reviewer's own key.
type auditSignOffCmd struct {
	Dir       string `arg:"" type:"existingdir" help:"Folder of the log."`
	Month     string `required:"" help:"The month, 2026-03 (UTC)." placeholder:"MONTH"`
	Key       string `required:"" help:"File with the reviewer's signing key; made if it is not there." placeholder:"FILE"`
	Name      string `required:"" help:"The reviewer, in one word." placeholder:"NAME"`
	Role      string `required:"" help:"The reviewer's role." placeholder:"WORDS"`
	Statement string `required:"" help:"What the reviewer says of the month." placeholder:"WORDS"`
}

// Run prints the judgement, which holds the checkpoint with both signatures.
func (c *auditSignOffCmd) Run(a *app) error {
	period, err := review.Month(c.Month)
	if err != nil {
		return a.usageError("%v", err)
	}
	key, err := reviewerKey(c.Key, c.Name)
	if err != nil {
		return err
	}
	return a.withLog(c.Dir, func(folder ledger.Folder) error {
		j, err := review.SignOff(folder, period, key, record.Case{ID: "review " + c.Month, By: c.Name, Role: c.Role, Statement: c.Statement})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.Stderr, "the reviewer's verifier key: %s\n", key.Verifier(key.Name()))
		return a.printJudgement(j)
	})
}

// reviewerKey is the key in the file at path, made at first.
func reviewerKey(path, name string) (*ledger.Key, error) {
	text, err := os.ReadFile(path)
	if err == nil {
		return ledger.ParseKey(text)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading reviewer's key: %w", err)
	}
	key, err := ledger.NewKey(name)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(path, key.Encode(), 0o600); err != nil {
		return nil, fmt.Errorf("making reviewer's key: %w", err)
	}
	return key, nil
}

func (a *app) printJudgement(j *review.Judgement) error {
	encoder := json.NewEncoder(a.Stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(j)
}

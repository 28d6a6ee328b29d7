package main

import (
	"errors"
	"fmt"

	"github.com/cappertrophy/panwall/gateway"
	"github.com/cappertrophy/panwall/gateway/admin"
	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/audit/review"
)

// auditCmd is what an auditor does with a redaction log: offline, without a config, on a copy or on the log itself.
type auditCmd struct {
	Verify      auditVerifyCmd      `cmd:"" help:"Check that nothing was altered, removed, inserted or rolled back."`
	Show        auditShowCmd        `cmd:"" help:"Read the log: a table, or its lines as they are."`
	Report      auditReportCmd      `cmd:"" help:"Make the report of a month: a page that prints well, JSON or CSV."`
	Export      auditExportCmd      `cmd:"" help:"Copy a period out, whole, so that it verifies by itself."`
	Prove       auditProveCmd       `cmd:"" help:"Prove that one record is in the log."`
	VerifyProof auditVerifyProofCmd `cmd:"" help:"Check a proof, with nothing but the log's key."`
	Sample      auditSampleCmd      `cmd:"" help:"Choose records for an audit, reproducibly."`
	Incident    auditIncidentCmd    `cmd:"" help:"Make the sheet for an incident in a period."`
	Case        auditCaseCmd        `cmd:"" help:"Write down what was found out about records, for the running gateway to take in."`
	RotateKey   auditRotateKeyCmd   `cmd:"" help:"Replace the log's signing key; the gateway must be stopped."`
	SignOff     auditSignOffCmd     `cmd:"" help:"Sign a month's closing checkpoint as its reviewer."`
	TakeIn      auditTakeInCmd      `cmd:"" name:"take-in" help:"Hand a case or sign-off to the running gateway."`
}

// auditShowCmd reads the log.
type auditShowCmd struct {
	Dir      string `arg:"" optional:"" type:"existingdir" help:"Folder of the log; without it the running gateway is asked, which records who reads."`
	From     string `help:"From this day or moment on (2026-03-02, 2026-03-02T09:00:00Z)." placeholder:"TIME"`
	To       string `help:"Before this day or moment." placeholder:"TIME"`
	Type     string `help:"Type of record; * stands for anything, as in pan.*." placeholder:"TYPE"`
	Rule     string `help:"Rule that decided." placeholder:"ID"`
	Route    string `help:"Route of the request." placeholder:"ROUTE"`
	At       string `help:"Place of a finding: body:comment, or body for all of it." placeholder:"PLACE"`
	Incident string `help:"Incident number that a visitor was shown." placeholder:"NUMBER"`
	NoTests  bool   `help:"Leave self-tests out."`
	JSON     bool   `name:"json" help:"Print the lines of the log instead of a table."`
	adminFlag
}

// Run prints the records.
func (c *auditShowCmd) Run(a *app) error {
	choice := review.Choice{
		From: c.From, To: c.To, Type: c.Type, Rule: c.Rule, Route: c.Route, At: c.At,
		Incident: c.Incident, NoTests: c.NoTests,
	}
	filter, err := review.NewFilter(choice)
	if err != nil {
		return a.usageError("%v", err)
	}
	if c.Dir == "" {
		return c.ask(a, choice)
	}
	return a.withLog(c.Dir, func(folder ledger.Folder) error {
		err := review.Show(a.Stdout, folder, filter, c.JSON)
		if errors.Is(err, ledger.ErrTorn) {
			fmt.Fprintln(a.Stderr, "panwall: the last line is unfinished: the log is being written, or its writer was stopped")
			return nil
		}
		return err
	})
}

// ask reads through the running gateway's private socket, a page at a time.
func (c *auditShowCmd) ask(a *app, choice review.Choice) error {
	client := admin.NewClient(c.Admin)
	for from, more := (review.Place{}), true; more; {
		var page gateway.AuditPage
		if err := client.Post(a.Ctx, "/audit/read", gateway.AuditRead{Choice: choice, After: from}, &page); err != nil {
			return err
		}
		for _, text := range page.Lines {
			r, err := record.Parse([]byte(text))
			if err != nil {
				return err
			}
			if err := review.ShowLine(a.Stdout, review.Line{Record: &r, Text: []byte(text)}, c.JSON); err != nil {
				return err
			}
		}
		from, more = page.Next, page.More
	}
	return nil
}

// withLog opens the log at path for reading.
func (a *app) withLog(path string, do func(ledger.Folder) error) error {
	folder, err := ledger.OpenDir(path)
	if err != nil {
		return err
	}
	return errors.Join(do(folder), folder.Close())
}

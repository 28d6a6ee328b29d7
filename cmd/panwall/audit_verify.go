package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/review"
)

// auditVerifyCmd holds a log against its checkpoints and anchors.
type auditVerifyCmd struct {
	Dir    string        `arg:"" type:"existingdir" help:"Folder of the log."`
	Key    string        `type:"existingfile" help:"File with the log's verifier key, kept apart from the log." placeholder:"FILE"`
	Anchor []string      `type:"existingfile" help:"File of checkpoints that was kept off the host; may be given several times." placeholder:"FILE"`
	Fresh  time.Duration `default:"24h" help:"How far the log may be ahead of its newest anchor."`
	Export bool          `help:"DIR is an export: the records before it are not expected."`
	JSON   bool          `name:"json" help:"Print the result as JSON."`
}

// Help is the rest of the command's help.
func (auditVerifyCmd) Help() string {
	return "Exit status: 0 intact, 1 tampered, 2 incomplete (something could not be checked; without --key always)."
}

// Run verifies and says what was checked, what is false and what could not be checked.
func (c *auditVerifyCmd) Run(a *app) error {
	terms := review.Terms{Fresh: c.Fresh, Export: c.Export}
	if c.Key != "" {
		key, err := os.ReadFile(c.Key)
		if err != nil {
			return fmt.Errorf("reading verifier key: %w", err)
		}
		terms.Key = string(key)
	}
	for _, name := range c.Anchor {
		terms.Anchors = append(terms.Anchors, fileAnchor(name))
	}
	return a.withLog(c.Dir, func(folder ledger.Folder) error {
		result, err := review.Verify(folder, terms)
		if err != nil {
			return err
		}
		if err := c.print(a.Stdout, result); err != nil {
			return err
		}
		if result.Verdict != review.Intact {
			return exitError(result.Verdict)
		}
		return nil
	})
}

func (c *auditVerifyCmd) print(out io.Writer, result *review.Result) error {
	if !c.JSON {
		return result.Write(out)
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(result)
}

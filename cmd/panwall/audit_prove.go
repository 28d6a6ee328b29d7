package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/review"
)

// auditProveCmd makes a proof that one record is in the log, or that the log only grew.
type auditProveCmd struct {
	Dir   string `arg:"" type:"existingdir" help:"Folder of the log."`
	Seq   *int64 `arg:"" optional:"" help:"Number of the record."`
	Since string `type:"existingfile" help:"Prove instead that the log only grew since the newest checkpoint in this file, which was kept elsewhere." placeholder:"FILE"`
	Epoch int    `default:"1" help:"Epoch of the record."`
}

// Run prints the proof: the record, its place and the checkpoint, in the form of C2SP tlog-proof; or how two checkpoints
// hang together, in that of C2SP tlog-witness.
func (c *auditProveCmd) Run(a *app) error {
	if (c.Seq == nil) == (c.Since == "") {
		return a.usageError("give the number of a record, or --since")
	}
	return a.withLog(c.Dir, func(folder ledger.Folder) error {
		if c.Since != "" {
			return c.growth(a, folder)
		}
		proof, err := review.Prove(folder, c.Epoch, *c.Seq)
		if err != nil {
			return err
		}
		_, err = a.Stdout.Write(proof.Format())
		return err
	})
}

func (c *auditProveCmd) growth(a *app, folder ledger.Folder) error {
	anchor, err := os.ReadFile(c.Since)
	if err != nil {
		return fmt.Errorf("reading the older checkpoint: %w", err)
	}
	proof, err := review.ProveGrowth(folder, anchor)
	if err != nil {
		return err
	}
	_, err = a.Stdout.Write(proof.Format())
	return err
}

// auditVerifyProofCmd checks a proof, with nothing of the log but its key.
type auditVerifyProofCmd struct {
	File  string `arg:"" type:"existingfile" help:"The proof."`
	Key   string `required:"" type:"existingfile" help:"File with the log's verifier key." placeholder:"FILE"`
	Since string `type:"existingfile" help:"The file whose newest checkpoint a proof of growth began with." placeholder:"FILE"`
}

// Run prints the record and says where it is.
func (c *auditVerifyProofCmd) Run(a *app) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading proof: %w", err)
	}
	key, err := os.ReadFile(c.Key)
	if err != nil {
		return fmt.Errorf("reading verifier key: %w", err)
	}
	if ledger.IsGrowth(text) {
		return c.growth(a, text, string(key))
	}
	proof, cp, err := review.VerifyProof(text, string(key))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Stdout, "%s\nrecord %d of %s, under its checkpoint over %d records\n", proof.Line, proof.Index, cp.Origin, cp.Size)
	return err
}

func (c *auditVerifyProofCmd) growth(a *app, text []byte, key string) error {
	if c.Since == "" {
		return a.usageError("this proves that a log only grew: give the older checkpoint with --since")
	}
	anchor, err := os.ReadFile(c.Since)
	if err != nil {
		return fmt.Errorf("reading the older checkpoint: %w", err)
	}
	older, newer, err := review.VerifyGrowth(text, anchor, key)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Stdout, "%s only grew, from %d records to %d: nothing under the older checkpoint was altered, removed or put in\n", newer.Origin, older.Size, newer.Size)
	return err
}

// auditExportCmd copies a period of the log out, whole, so that it verifies by itself.
type auditExportCmd struct {
	Dir   string `arg:"" type:"existingdir" help:"Folder of the log."`
	Out   string `required:"" help:"Folder to write; must not hold an export yet." placeholder:"DIR"`
	Month string `help:"A month, 2026-03 (UTC)." placeholder:"MONTH" xor:"period"`
	From  string `help:"From this day or moment on." placeholder:"TIME" xor:"period"`
	To    string `help:"Before this day or moment." placeholder:"TIME"`
	Epoch int    `default:"1" help:"Epoch of the log."`
}

// Run writes the export and says how many records it has.
func (c *auditExportCmd) Run(a *app) error {
	period := review.Choice{From: c.From, To: c.To}
	if c.Month != "" {
		var err error
		if period, err = review.Month(c.Month); err != nil {
			return a.usageError("%v", err)
		}
	}
	out, err := ledger.MakeDir(c.Out)
	if err != nil {
		return err
	}
	return a.withLog(c.Dir, func(folder ledger.Folder) error {
		m, err := review.Export(folder, c.Epoch, period, out)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.Stdout, "%d records, %d to %d, of %s, under the root %s over %d records\ncheck it: panwall audit verify %s --export --key FILE\n",
			m.Count, m.First, m.Last, m.Origin, m.Root, m.Size, c.Out)
		return err
	})
}

// auditSampleCmd chooses records for a test of details, reproducibly.
type auditSampleCmd struct {
	Dir   string `arg:"" type:"existingdir" help:"Folder of the log."`
	Nonce string `required:"" help:"Words of the auditor's own, chosen for this sample." placeholder:"WORDS"`
	N     int    `short:"n" default:"25" help:"Records of each type; rare types are taken in full."`
	Month string `help:"Of this month, 2026-03 (UTC)." placeholder:"MONTH"`
	Type  string `help:"Of this type; * stands for anything." placeholder:"TYPE"`
	Out   string `help:"Folder for the proofs of the chosen records." placeholder:"DIR"`
	Epoch int    `default:"1" help:"Epoch of the log."`
}

// Run prints the sample as JSON and writes the proofs.
func (c *auditSampleCmd) Run(a *app) error {
	choice := review.Choice{}
	if c.Month != "" {
		var err error
		if choice, err = review.Month(c.Month); err != nil {
			return a.usageError("%v", err)
		}
	}
	choice.Type = c.Type
	filter, err := review.NewFilter(choice)
	if err != nil {
		return a.usageError("%v", err)
	}
	return a.withLog(c.Dir, func(folder ledger.Folder) error {
		s, err := review.Take(folder, c.Epoch, filter, c.Nonce, c.N)
		if err != nil {
			return err
		}
		encoder := json.NewEncoder(a.Stdout)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(s); err != nil || c.Out == "" {
			return err
		}
		return c.prove(folder, s)
	})
}

func (c *auditSampleCmd) prove(folder ledger.Folder, s *review.Sample) error {
	if err := os.MkdirAll(c.Out, 0o750); err != nil {
		return fmt.Errorf("writing proofs: %w", err)
	}
	for _, chosen := range s.Chosen {
		proof, err := s.Prove(folder, c.Epoch, chosen)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(c.Out, review.ProofName(chosen.Seq)), proof.Format(), 0o640); err != nil {
			return fmt.Errorf("writing proofs: %w", err)
		}
	}
	return nil
}

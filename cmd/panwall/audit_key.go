package main

import (
	"errors"
	"fmt"
	"os"
	"os/user"

	"github.com/cappertrophy/panwall/gateway/audit"
	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// auditRotateKeyCmd replaces the signing key of a log whose gateway is stopped.
type auditRotateKeyCmd struct {
	Dir string `arg:"" type:"existingdir" help:"Folder of the log; its gateway must be stopped."`
	Key string `type:"existingfile" help:"File with the present signing key, if it is not in the log's folder." placeholder:"FILE"`
	Out string `help:"File for the new signing key; needed with --key." placeholder:"FILE"`
}

// Run records the replacement, signed by the old key, and prints the new verifier key for the auditor.
func (c *auditRotateKeyCmd) Run(a *app) error {
	if (c.Key == "") != (c.Out == "") {
		return a.usageError("--key and --out go together: a key kept elsewhere is replaced elsewhere")
	}
	options, err := c.options(a)
	if err != nil {
		return err
	}
	next, err := ledger.NewKey(options.Origin)
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := writeNew(c.Out, next.Encode()); err != nil {
			return fmt.Errorf("writing signing key: %w", err)
		}
	}
	if _, err := audit.RotateKey(a.Ctx, options, record.Actor{Kind: record.Staff, Tag: operator()}, next); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Stdout, "the verifier key is now, for the auditor's papers:\n%s\n", next.Verifier(options.Origin))
	return err
}

func (c *auditRotateKeyCmd) options(a *app) (audit.Options, error) {
	o := audit.Options{Dir: c.Dir, Version: version, Now: a.Now}
	if c.Key != "" {
		key, err := os.ReadFile(c.Key)
		if err != nil {
			return o, fmt.Errorf("reading signing key: %w", err)
		}
		o.Key = key
	}
	return o, a.withLog(c.Dir, func(folder ledger.Folder) (err error) {
		o.Origin, _, err = ledger.Verifiers(folder, 1)
		return err
	})
}

// writeNew writes a secret to a file that must not be there yet.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// operator is the account that runs the command.
func operator() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return fmt.Sprintf("uid %d", os.Getuid())
}

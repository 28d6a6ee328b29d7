package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/cappertrophy/panwall/gateway"
	"github.com/cappertrophy/panwall/gateway/admin"
	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/trial"
)

// answered is who answers for a change of the rules (PCI DSS v4.0.1 requirement 6.5.1).
type answered struct {
	Ticket     string `required:"" help:"Where the change was asked for."`
	Reason     string `required:"" help:"Why."`
	ApprovedBy string `required:"" help:"Who agreed to it; not you."`
}

type rulesApplyCmd struct {
	adminFlag
	edited
	answered
}

// Run asks the running gateway to read its folder anew. With --rules or --config the folder is first checked here, so
// that faults are told with their places, and only what was checked is applied.
func (c *rulesApplyCmd) Run(a *app) error {
	_, o, err := c.options(a)
	if err != nil {
		return a.faults(err)
	}
	change := gateway.RulesChange{Ticket: c.Ticket, Reason: c.Reason, ApprovedBy: c.ApprovedBy}
	if c.Rules != "" {
		set, err := loadRules(c.Rules, o)
		if err != nil {
			return a.faults(err)
		}
		if _, err := trial.New(set, a.Now()).Cases(); err != nil {
			return err
		}
		change.Hash = set.Hash()
	}
	return changeRules(a, c.Admin, "/rules/apply", change)
}

type rulesRollbackCmd struct {
	adminFlag
	answered
	To string `placeholder:"HASH" help:"A set that ran once; without it the one that ran before."`
}

// Run asks the running gateway to go back.
func (c *rulesRollbackCmd) Run(a *app) error {
	return changeRules(a, c.Admin, "/rules/rollback", gateway.RulesChange{Ticket: c.Ticket, Reason: c.Reason, ApprovedBy: c.ApprovedBy, Hash: c.To})
}

func changeRules(a *app, address, path string, change gateway.RulesChange) error {
	var changed gateway.RulesChanged
	if err := admin.NewClient(address).Post(a.Ctx, path, change, &changed); err != nil {
		return fmt.Errorf("changing the rules: %w\nhint: what ran before runs on", err)
	}
	if changed.Old == changed.New {
		fmt.Fprintf(a.Stdout, "nothing to change, %s runs\n", changed.New)
		return nil
	}
	fmt.Fprintf(a.Stdout, "old %s\nnew %s\n", changed.Old, changed.New)
	return nil
}

type rulesStatusCmd struct {
	adminFlag
	edited
}

// Run prints what runs, and with --config whether the folder says the same and who put it in force. It exits 1 when the
// gateway runs something else than the folder holds.
func (c *rulesStatusCmd) Run(a *app) error {
	var status gateway.Status
	code, body, err := admin.NewClient(c.Admin).Get(a.Ctx, "/status")
	if err == nil && code != http.StatusOK {
		err = fmt.Errorf("the gateway answered %d", code)
	}
	if err == nil {
		err = json.Unmarshal(body, &status)
	}
	if err != nil {
		return fmt.Errorf("asking for the status: %w", err)
	}
	fmt.Fprintf(a.Stdout, "running %s, %s, since %s\n", status.Rules.Hash, status.Mode, status.Rules.Since.Format(time.RFC3339))
	if status.Rules.Degraded {
		fmt.Fprintln(a.Stdout, "degraded: the folder was faulty at the start, a kept set runs")
	}
	if f := status.Rules.Failed; f != nil {
		fmt.Fprintf(a.Stdout, "last change failed at %s:\n%s\n", f.At.Format(time.RFC3339), f.Error)
	}
	for _, w := range status.Rules.Warnings {
		fmt.Fprintln(a.Stdout, "warning:", w)
	}
	conf, o, err := c.options(a)
	if err != nil {
		return a.faults(err)
	}
	if conf != nil {
		printActivation(a, conf)
	}
	if c.Rules == "" {
		return nil
	}
	return c.compare(a, status.Rules.Hash, o)
}

func (c *rulesStatusCmd) compare(a *app, running string, o ruleset.Options) error {
	set, err := loadRules(c.Rules, o)
	if err != nil {
		fmt.Fprintln(a.Stdout, "the folder is faulty:")
		return a.faults(err)
	}
	if set.Hash() != running {
		fmt.Fprintf(a.Stdout, "folder  %s: not what runs; see panwall rules diff\n", set.Hash())
		return exitError(exitFailure)
	}
	fmt.Fprintln(a.Stdout, "folder  the same")
	return nil
}

// printActivation says who put the running set in force, as far as the store can be read by whoever asks.
func printActivation(a *app, c *config.Config) {
	store, err := ruleset.OpenStore(filepath.Join(c.Storage.Dir, "rules"))
	if err != nil {
		if !errors.Is(err, os.ErrPermission) {
			fmt.Fprintln(a.Stderr, "warning:", err)
		}
		return
	}
	if last, err := store.Active(); err == nil {
		fmt.Fprintf(a.Stdout, "by %s at %s, ticket %s, reason %s, approved by %s\n", last.By, last.At.Format(time.RFC3339), orNothing(last.Ticket), orNothing(last.Reason), orNothing(last.ApprovedBy))
	}
}

package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// rulesCmd is the life of an edit.
type rulesCmd struct {
	Init     rulesInitCmd     `cmd:"" help:"Write the shipped rules into a folder; a file that is there is kept."`
	Diff     rulesDiffCmd     `cmd:"" help:"Say in words what an edit changes."`
	Apply    rulesApplyCmd    `cmd:"" help:"Put the running gateway's rules folder in force."`
	Rollback rulesRollbackCmd `cmd:"" help:"Put the set that ran before in force again."`
	Status   rulesStatusCmd   `cmd:"" help:"Show which rules run, since when, by whom."`
}

type rulesInitCmd struct {
	Dir string `arg:"" type:"path" help:"Folder to write into; made if it is not there."`
}

// Run writes the files that are missing and says which.
func (c *rulesInitCmd) Run(a *app) error {
	written, kept, err := ruleset.Init(c.Dir)
	for _, name := range written {
		fmt.Fprintln(a.Stdout, "wrote", name)
	}
	for _, name := range kept {
		fmt.Fprintln(a.Stdout, "kept ", name)
	}
	if err != nil {
		return fmt.Errorf("writing rules: %w", err)
	}
	fmt.Fprintf(a.Stdout, "next: read %s, edit, then panwall check --rules %s\n", filepath.Join(c.Dir, "README.md"), c.Dir)
	return nil
}

// edited says which folder is edited and which rules run.
type edited struct {
	Config string `type:"path" placeholder:"FILE" help:"panwall.yaml: names the rules folder and where the running set is kept."`
	Rules  string `type:"path" placeholder:"DIR" help:"Rules folder, instead of the one that --config names."`
}

// options reads the configuration, if one is named, and fills in the folder.
func (e *edited) options(a *app) (*config.Config, ruleset.Options, error) {
	o := ruleset.Options{Location: time.UTC, Now: a.Now()}
	if e.Config == "" {
		return nil, o, nil
	}
	c, _, err := config.Read(e.Config)
	if err != nil {
		return nil, o, err
	}
	e.Rules = or(e.Rules, c.Rules.Dir)
	o.Location = c.Location(a.Now())
	return c, o, nil
}

// judged says which rules requests are put to, for commands that need no gateway.
type judged struct {
	Config string `type:"path" placeholder:"FILE" help:"panwall.yaml: names the rules folder and the site's time zone, in which days end."`
	Rules  string `type:"path" placeholder:"DIR" help:"Rules folder, instead of the one that --config names; without either the rules inside the binary."`
}

func (j judged) load(a *app) (*ruleset.Set, error) {
	e := edited(j)
	_, o, err := e.options(a)
	if err != nil {
		return nil, err
	}
	return loadRules(e.Rules, o)
}

type rulesDiffCmd struct {
	edited
	Against string `type:"path" placeholder:"DIR" help:"Compare with this folder, instead of the set activated last."`
	Shipped bool   `help:"Show what taking the rules inside the binary would change in the folder."`
	JSON    bool   `help:"Print as JSON."`
}

// Run prints what the folder would change.
func (c *rulesDiffCmd) Run(a *app) error {
	conf, o, err := c.options(a)
	if err != nil {
		return a.faults(err)
	}
	folder, err := loadRules(c.Rules, o)
	if err != nil {
		return a.faults(err)
	}
	before, after := (*ruleset.Set)(nil), folder
	switch {
	case c.Shipped:
		before = folder
		after, err = loadRules("", o)
	case c.Against != "":
		before, err = loadRules(c.Against, o)
	case conf != nil:
		before, err = lastActivated(conf, o)
	default:
		before, err = loadRules("", o)
	}
	if err != nil {
		return a.faults(err)
	}
	return printDiff(a, before, after, c.JSON)
}

func printDiff(a *app, before, after *ruleset.Set, asJSON bool) error {
	ds := ruleset.Diff(before, after)
	if asJSON {
		encoder := json.NewEncoder(a.Stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(struct {
			Old         string               `json:"old"`
			New         string               `json:"new"`
			Differences []ruleset.Difference `json:"differences"`
		}{before.Hash(), after.Hash(), ds})
	}
	for _, d := range ds {
		fmt.Fprintln(a.Stdout, d)
	}
	if len(ds) == 0 {
		fmt.Fprintln(a.Stdout, "no difference")
	}
	fmt.Fprintf(a.Stdout, "old %s\nnew %s\n", before.Hash(), after.Hash())
	return nil
}

// lastActivated is the set that a gateway with this configuration put in force last.
func lastActivated(c *config.Config, o ruleset.Options) (*ruleset.Set, error) {
	store, err := ruleset.OpenStore(filepath.Join(c.Storage.Dir, "rules"))
	if err != nil {
		return nil, err
	}
	last, err := store.Active()
	if err != nil {
		return nil, err
	}
	return store.Load(last.Hash, o)
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway"
	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/audit/review"
	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/trial"
)

type exemptCmd struct {
	adminFlag
	Incident   string        `arg:"" help:"The number that the visitor was shown."`
	Config     string        `required:"" type:"path" placeholder:"FILE" help:"panwall.yaml: names the rules folder and the redaction log."`
	For        time.Duration `required:"" help:"How long, for example 24h; it ends at the end of that day."`
	Reason     string        `required:"" help:"Why the number is no card, or why it has to pass."`
	Owner      string        `required:"" help:"Who answers for it."`
	ApprovedBy string        `required:"" help:"Who else agreed."`
	DryRun     bool          `help:"Show the exemption and change nothing."`
}

// Run writes the narrowest exemption that the record of an incident allows, tests it with the cases and applies it. When
// the gateway does not take it, the folder is left as it was.
func (c *exemptCmd) Run(a *app) error {
	conf, _, err := config.Read(c.Config)
	if err != nil {
		return a.faults(err)
	}
	if conf.Rules.Dir == "" {
		return fmt.Errorf("the rules inside the binary cannot be edited\nhint: panwall rules init DIR, and name the folder in rules.dir")
	}
	r, err := findIncident(a, conf.Audit.Dir, c.Incident)
	if err != nil {
		return err
	}
	o := ruleset.Options{Location: conf.Location(a.Now()), Now: a.Now()}
	draft, err := c.draft(r, a.Now().Add(c.For).In(o.Location))
	if err != nil {
		return err
	}
	row, err := draft.YAML()
	if err != nil {
		return err
	}
	fmt.Fprint(a.Stdout, row)
	path := filepath.Join(conf.Rules.Dir, "exemptions.yaml")
	before, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading the exemptions: %w", err)
	}
	after, err := draft.Insert(before)
	if err != nil {
		return err
	}
	set, err := tried(a, conf.Rules.Dir, after, o)
	if err != nil || c.DryRun {
		return err
	}
	if err := replace(path, after); err != nil {
		return err
	}
	change := gateway.RulesChange{Ticket: "incident " + string(r.ID), Reason: c.Reason, ApprovedBy: c.ApprovedBy, Hash: set.Hash()}
	if err := changeRules(a, c.Admin, "/rules/apply", change); err != nil {
		return errors.Join(err, replace(path, before))
	}
	fmt.Fprintf(a.Stdout, "in force until the end of %s, %s\n", draft.Expires.Format(time.DateOnly), o.Location)
	return nil
}

// findIncident is the record of an incident.
func findIncident(a *app, log, incident string) (*record.Record, error) {
	filter, err := review.NewFilter(review.Choice{Incident: incident})
	if err != nil {
		return nil, err
	}
	var found *record.Record
	err = a.withLog(log, func(folder ledger.Folder) error {
		return review.Read(folder, filter, func(l review.Line) error {
			if l.Record.Found != nil {
				found = l.Record
			}
			return nil
		})
	})
	if err != nil && !errors.Is(err, ledger.ErrTorn) { // the log is being written
		return nil, err
	}
	if found == nil || found.Target == nil {
		return nil, fmt.Errorf("the log has no refusal %q with a finding", incident)
	}
	return found, nil
}

func (c *exemptCmd) draft(r *record.Record, until time.Time) (*ruleset.Draft, error) {
	d := &ruleset.Draft{
		ID: "incident-" + strings.ToLower(string(r.ID)), Reason: c.Reason, Owner: c.Owner, ApprovedBy: c.ApprovedBy, Expires: until,
		Host: r.Target.Host, Method: r.Target.Method, Route: r.Target.Route,
	}
	for _, item := range r.Found.Items {
		if item.Action != "block" && item.Action != "redact" {
			continue
		}
		if item.Kind != "pan" {
			return nil, fmt.Errorf("the request held a %s in %s, and nothing frees that", item.Kind, item.At)
		}
		if !slices.Contains(d.At, item.At) {
			d.At = append(d.At, item.At)
		}
		if item.Brand != "" && !slices.Contains(d.Brands, item.Brand) {
			d.Brands = append(d.Brands, item.Brand)
		}
	}
	return d, nil
}

// tried is the folder with its exemptions replaced, read and held to its cases.
func tried(a *app, dir string, exemptions []byte, o ruleset.Options) (*ruleset.Set, error) {
	draft, err := os.MkdirTemp("", "panwall-rules-")
	if err != nil {
		return nil, fmt.Errorf("trying the exemption: %w", err)
	}
	defer os.RemoveAll(draft)
	if err := os.CopyFS(draft, yamlOnly{os.DirFS(dir)}); err != nil {
		return nil, fmt.Errorf("trying the exemption: %w", err)
	}
	if err := os.WriteFile(filepath.Join(draft, "exemptions.yaml"), exemptions, 0o600); err != nil {
		return nil, fmt.Errorf("trying the exemption: %w", err)
	}
	set, err := ruleset.Load(os.DirFS(draft), o)
	if err != nil {
		return nil, a.faults(err)
	}
	if _, err := trial.New(set, a.Now()).Cases(); err != nil {
		return nil, err
	}
	return set, nil
}

// yamlOnly is a rules folder without what is no rule: a Kubernetes volume keeps links there.
type yamlOnly struct{ fs.FS }

// ReadDir lists what Load would read.
func (y yamlOnly) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(y.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		return strings.HasPrefix(e.Name(), ".") || !e.Type().IsRegular() && e.Name() != "cases"
	}), err
}

// replace writes a file in one step, so that nobody reads half of it.
func replace(path string, content []byte) error {
	draft := path + ".new"
	if err := os.WriteFile(draft, content, 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.Rename(draft, path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

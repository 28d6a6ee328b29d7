package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cappertrophy/panwall/gateway/admin"
	"github.com/cappertrophy/panwall/gateway/audit"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/trial"
	"github.com/cappertrophy/panwall/rules"
)

// openRules puts the first rules in force. A folder with faults does not stop a gateway that ran before: the set
// activated last runs on, degraded and loud. Without one there is nothing to run on, and the faults are the error.
func (g *Gateway) openRules(c *config.Config) (err error) {
	if g.store, err = ruleset.OpenStore(filepath.Join(c.Storage.Dir, "rules")); err != nil {
		return err
	}
	set, faults := g.loadRules(c)
	if faults == nil {
		return g.activate(set, ruleset.Activation{By: "start"})
	}
	kept, err := g.lastActivated(c)
	if err != nil {
		return errors.Join(faults, ignoreNoActivation(err))
	}
	g.log.Error().Err(faults).Str("rules", kept.Hash()).Msg("the rules folder is faulty: the set activated last runs on")
	g.problems.raise(admin.Problem{Name: problemRules, Detail: "the rules folder is faulty; the set activated last runs: " + kept.Hash()})
	g.failed.Store(&reloadFailure{At: g.now(), Error: faults.Error()})
	g.put(kept)
	return nil
}

func ignoreNoActivation(err error) error {
	if errors.Is(err, ruleset.ErrNoActivation) {
		return nil
	}
	return err
}

// loadRules reads the rules that c names, a folder or those inside the binary, and holds them to their cases.
func (g *Gateway) loadRules(c *config.Config) (*ruleset.Set, error) {
	var files fs.FS = rules.Shipped
	if c.Rules.Dir != "" {
		files = os.DirFS(c.Rules.Dir)
	}
	set, err := ruleset.Load(files, g.ruleOptions(c))
	if err != nil {
		return nil, err
	}
	if _, err := trial.New(set, g.now()).Cases(); err != nil {
		return nil, err
	}
	return set, nil
}

// ruleOptions are what the files alone do not say.
func (g *Gateway) ruleOptions(c *config.Config) ruleset.Options {
	now := g.now()
	return ruleset.Options{Now: now, Location: c.Location(now)}
}

func (g *Gateway) lastActivated(c *config.Config) (*ruleset.Set, error) {
	last, err := g.store.Active()
	if err != nil {
		return nil, err
	}
	return g.store.Load(last.Hash, g.ruleOptions(c))
}

// activate keeps a set and then puts it in force.
func (g *Gateway) activate(set *ruleset.Set, a ruleset.Activation) error {
	a.Hash, a.At = set.Hash(), g.now().UTC()
	if err := g.store.Activate(set.Files(), a); err != nil {
		return err
	}
	g.put(set)
	g.failed.Store(nil)
	g.restore(problemRules)
	return nil
}

// put swaps the one pointer that requests begin with.
func (g *Gateway) put(set *ruleset.Set) {
	g.rules.Store(set)
	g.since.Store(g.now().UnixNano())
}

// Reload reads configuration and rules anew and puts them in force, both or neither. A fault leaves what runs in
// force and is loud: in the log, on /status and in a metric. Nobody can be named for a signal, so the record says so.
func (g *Gateway) Reload(ctx context.Context) {
	g.reading.Lock()
	defer g.reading.Unlock()
	if err := g.reload(ctx); err != nil {
		g.metrics.reloads.WithLabelValues("failed").Inc()
		g.failed.Store(&reloadFailure{At: g.now(), Error: err.Error()})
		g.log.Error().Err(err).Str("rules", g.rules.Load().Hash()).Msg("reload failed: what ran before runs on")
		return
	}
	g.metrics.reloads.WithLabelValues("ok").Inc()
	g.log.Info().Str("rules", g.rules.Load().Hash()).Str("mode", g.rules.Load().Mode(g.now())).Msg("reloaded")
}

func (g *Gateway) reload(ctx context.Context) error {
	running := g.house.Load()
	c := running.config
	if g.options.Reread != nil {
		var err error
		if c, err = g.options.Reread(); err != nil {
			return fmt.Errorf("reading the configuration: %w", err)
		}
		g.reused(c)
	}
	set, err := g.loadRules(c)
	if err != nil {
		return fmt.Errorf("reading the rules: %w", err)
	}
	next, err := g.newHouse(c)
	if err != nil {
		return err
	}
	if err := g.edge.Reload(c); err != nil {
		next.close()
		return err
	}
	g.house.Store(next)
	running.close()
	return g.change(ctx, set, ruleset.Activation{By: "signal"})
}

// change activates a set that differs from the running one and records old and new.
func (g *Gateway) change(ctx context.Context, set *ruleset.Set, a ruleset.Activation) error {
	old := g.rules.Load()
	if old.Hash() == set.Hash() && !g.problems.has(problemRules) {
		g.put(set)
		g.failed.Store(nil)
		return nil
	}
	if err := g.activate(set, a); err != nil {
		return err
	}
	actor := record.Actor{Kind: record.Staff, Tag: a.By}
	g.note(ctx, audit.Control{Type: record.RulesChanged, Actor: actor, Rules: set.Hash(), Change: &record.Change{
		What: "rules", Old: old.Hash(), New: set.Hash(), Ticket: a.Ticket, Reason: a.Reason, ApprovedBy: a.ApprovedBy,
	}, Notes: inWords(ruleset.Diff(old, set))})
	return nil
}

// inWords lists differences for a record, as many as one may hold.
func inWords(differences []ruleset.Difference) []string {
	const most = 16
	var words []string
	for i, d := range differences {
		if i == most {
			return append(words, fmt.Sprintf("and %d more differences", len(differences)-most))
		}
		words = append(words, d.String())
	}
	return words
}

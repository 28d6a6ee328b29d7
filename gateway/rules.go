package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/cappertrophy/panwall/gateway/alert"
	"github.com/cappertrophy/panwall/gateway/audit"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/trial"
	"github.com/cappertrophy/panwall/rules"
)

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
func (g *Gateway) Reload(ctx context.Context) { g.reloadBy(ctx, bySignal) }

func (g *Gateway) reloadBy(ctx context.Context, by string) {
	g.reading.Lock()
	defer g.reading.Unlock()
	a := ruleset.Activation{By: by}
	if err := g.reload(ctx, a); err != nil {
		g.refuseEdit(ctx, a, err)
		return
	}
	g.metrics.reloads.WithLabelValues("ok").Inc()
	g.log.Info().Str("rules", g.rules.Load().Hash()).Str("mode", g.rules.Load().Mode(g.now())).Msg("reloaded")
}

// refuseEdit is loud about an edit that is not put in force: in the log, on /status, in a metric, to whoever wants to be
// told, and in the redaction log.
func (g *Gateway) refuseEdit(ctx context.Context, a ruleset.Activation, err error) {
	running := g.rules.Load().Hash()
	g.metrics.reloads.WithLabelValues("failed").Inc()
	g.failed.Store(&reloadFailure{At: g.now(), Error: err.Error()})
	g.log.Error().Err(err).Str("by", a.By).Str("rules", running).Msg("an edit was refused: what ran before runs on")
	g.ring(alert.Message{Event: alert.Edit, Detail: "an edit by " + a.By + " was refused: " + err.Error()})
	c := changed(running, "", a)
	c.Outcome, c.Notes = record.Failure, append(c.Notes, "refused: "+err.Error())
	g.note(ctx, c)
}

func (g *Gateway) reload(ctx context.Context, a ruleset.Activation) error {
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
	bell, err := g.newBell(c)
	if err == nil {
		err = g.edge.Reload(c)
	}
	if err == nil {
		if err = g.change(ctx, set, a); err != nil {
			err = errors.Join(err, g.edge.Reload(running.config)) // both or neither
		}
	}
	if err != nil {
		next.close()
		closeBell(bell)
		return err
	}
	g.house.Store(next)
	g.replaceBell(bell)
	running.close()
	g.note(ctx, audit.Control{Type: record.ConfigLoaded, Change: &record.Change{
		What: "configuration", Old: configHash(running.config), New: configHash(c), Reason: a.By,
	}})
	return nil
}

// change activates a set that differs from the running one and records old and new.
func (g *Gateway) change(ctx context.Context, set *ruleset.Set, a ruleset.Activation) error {
	old := g.rules.Load()
	if old.Hash() == set.Hash() && !g.problems.has(problemRules) {
		g.rules.Store(set) // days may end in another time zone now
		g.failed.Store(nil)
		return nil
	}
	if err := g.activate(set, a); err != nil {
		return err
	}
	c := changed(old.Hash(), set.Hash(), a)
	c.Notes = append(c.Notes, inWords(ruleset.Diff(old, set))...)
	g.note(ctx, c)
	return nil
}

// Whoever changes rules without the private socket cannot be named.
const (
	bySignal = "signal"
	byWatch  = "watch"
	byStart  = "start"
)

// changed is the record of a change of the rules. Where nobody can be named it says so.
func changed(old, new string, a ruleset.Activation) audit.Control {
	c := audit.Control{
		Type: record.RulesChanged, Actor: record.Actor{Kind: record.Staff, Tag: a.By}, Rules: new,
		Change: &record.Change{What: "rules", Old: old, New: new, Ticket: a.Ticket, Reason: a.Reason, ApprovedBy: a.ApprovedBy},
	}
	if a.By == bySignal || a.By == byWatch || a.By == byStart {
		c.Notes = []string{"unattributed: nobody answers by name for a change by " + a.By}
	}
	return c
}

// inWords lists differences for a record, as many as one may hold.
func inWords(differences []ruleset.Difference) []string {
	const most = 16
	var words []string
	for i, d := range differences {
		if i == most {
			return append(words, fmt.Sprintf("and %d more differences", len(differences)-most))
		}
		words = append(words, strings.Join(append([]string{d.Head()}, d.Lines...), "; "))
	}
	return words
}

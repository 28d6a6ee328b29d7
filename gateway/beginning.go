package gateway

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// openRules puts the first rules in force. A folder with faults does not stop a gateway that ran before: the set
// activated last runs on, degraded and loud. Without one there is nothing to run on, and the faults are the error.
func (g *Gateway) openRules(c *config.Config) (err error) {
	if g.store, err = ruleset.OpenStore(filepath.Join(c.Storage.Dir, "rules")); err != nil {
		return err
	}
	kept, missing := g.lastActivated(c)
	set, faults := g.loadRules(c)
	if faults == nil {
		return g.begin(kept, set)
	}
	if missing != nil {
		return errors.Join(faults, ignoreNoActivation(missing))
	}
	g.log.Error().Err(faults).Str("rules", kept.Hash()).Msg("the rules folder is faulty: the set activated last runs on")
	g.fail(problemRules, fmt.Errorf("the rules folder is faulty; the set activated last runs: %s", kept.Hash()))
	g.failed.Store(&reloadFailure{At: g.now(), Error: faults.Error()})
	g.put(kept)
	return nil
}

// begin puts the rules of the folder in force. Those that ran before the stop keep their activation, and with it the
// names of who answers for them; others are a change that nobody announced.
func (g *Gateway) begin(kept, set *ruleset.Set) error {
	if kept != nil && kept.Hash() == set.Hash() {
		g.put(set)
		return nil
	}
	a := ruleset.Activation{By: byStart}
	if kept != nil {
		c := changed(kept.Hash(), set.Hash(), a)
		c.Notes = append(c.Notes, inWords(ruleset.Diff(kept, set))...)
		g.atStart = &c
	}
	return g.activate(set, a)
}

// recordStart writes down what was found before there was a log to write it in.
func (g *Gateway) recordStart(*config.Config) error {
	if g.atStart != nil {
		g.note(context.Background(), *g.atStart)
		g.atStart = nil
	}
	return nil
}

func (g *Gateway) lastActivated(c *config.Config) (*ruleset.Set, error) {
	last, err := g.store.Active()
	if err != nil {
		return nil, err
	}
	return g.store.Load(last.Hash, g.ruleOptions(c))
}

func ignoreNoActivation(err error) error {
	if errors.Is(err, ruleset.ErrNoActivation) {
		return nil
	}
	return err
}

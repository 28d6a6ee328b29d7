package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/rules"
)

type checkCmd struct {
	Config string `type:"path" placeholder:"FILE" help:"Check this panwall.yaml, and the rules it names."`
	Rules  string `type:"path" placeholder:"DIR" help:"Check this rules folder; without one those inside the binary."`
}

// Run prints every fault with file, line and column, then warnings; it exits 1 when there is a fault.
func (c *checkCmd) Run(a *app) error {
	zone, faulty := time.UTC, false
	if c.Config != "" {
		read, warnings, err := config.Read(c.Config)
		if err != nil {
			faulty = true
			fmt.Fprintln(a.Stderr, err)
		} else {
			zone = read.Location(a.Now())
			c.Rules = or(c.Rules, read.Rules.Dir)
			for _, w := range warnings {
				fmt.Fprintf(a.Stderr, "warning: %s: %s: %s\n", c.Config, w.Key, w.Text)
			}
			fmt.Fprintf(a.Stdout, "configuration: ok, %s\n", c.Config)
		}
	}
	set, err := loadRules(c.Rules, ruleset.Options{Location: zone, Now: a.Now()})
	if err != nil {
		fmt.Fprintln(a.Stderr, err)
		return exitError(exitFailure)
	}
	if c.Config == "" && set.Ends() {
		fmt.Fprintln(a.Stderr, "warning: days end in UTC here; --config takes the time zone of the site, as the gateway does")
	}
	for _, w := range set.Warnings(a.Now()) {
		fmt.Fprintln(a.Stderr, "warning:", w)
	}
	fmt.Fprintf(a.Stdout, "rules: ok, %s, %s, %s\n", or(c.Rules, "shipped"), set.Mode(a.Now()), set.Hash())
	if faulty {
		return exitError(exitFailure)
	}
	return nil
}

// loadRules reads a rules folder, or with an empty name the rules inside the binary. Faults name files under the folder.
func loadRules(dir string, opts ruleset.Options) (*ruleset.Set, error) {
	if dir == "" {
		return ruleset.Load(rules.Shipped, opts)
	}
	set, err := ruleset.Load(os.DirFS(dir), opts)
	var faults ruleset.Faults
	if errors.As(err, &faults) {
		return nil, faults.In(dir)
	}
	return set, err
}

// or is the first of two texts that says something.
func or(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

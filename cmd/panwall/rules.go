package main

import (
	"fmt"

	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// rulesCmd is the life of an edit.
type rulesCmd struct {
	Init rulesInitCmd `cmd:"" help:"Write the shipped rules into a folder; a file that is there is kept."`
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
	fmt.Fprintf(a.Stdout, "next: read %s/README.md, edit, then panwall check --rules %s\n", c.Dir, c.Dir)
	return nil
}

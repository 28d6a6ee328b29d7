package main

import (
	"path/filepath"
	"strings"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

type schemaCmd struct {
	File string `arg:"" help:"A file of the rules (cards.yaml, pages.yaml, …, cases.yaml), or panwall.yaml."`
}

// Run prints the JSON Schema of a file, for editors.
func (c *schemaCmd) Run(a *app) error {
	name := filepath.Base(c.File)
	if strings.HasPrefix(filepath.ToSlash(c.File), "cases/") || strings.Contains(filepath.ToSlash(c.File), "/cases/") {
		name = "cases.yaml"
	}
	schema, err := ruleset.Schema(name)
	if name == "panwall.yaml" {
		schema, err = config.Schema()
	}
	if err != nil {
		return err
	}
	_, err = a.Stdout.Write(schema)
	return err
}

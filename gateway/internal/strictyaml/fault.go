// Package strictyaml reads the YAML files that people edit: every mistake at once, each with its place and a way out.
//
// It is stricter than YAML. Unknown keys, values of another type, repeated keys, anchors and aliases, tags, empty values
// and a second document are faults, because each of them makes a file say something else than its reader believes.
package strictyaml

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Fault is one mistake in one file.
type Fault struct {
	File   string // as it was opened, relative to its folder
	Line   int    // from 1; zero when the file as a whole is at fault
	Column int    // from 1
	ID     string // id of the row it stands in, else the path of the key: listen.https[0]
	Text   string // what is wrong
	Hint   string // what to do; empty if the text says so already
}

// Error is the fault in one line, and its hint in a second: `file:line:column: id: fault`.
func (f Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", f.Line, f.Column)
	}
	if f.ID != "" {
		b.WriteString(": " + f.ID)
	}
	b.WriteString(": " + f.Text)
	if f.Hint != "" {
		b.WriteString("\n  hint: " + f.Hint)
	}
	return b.String()
}

// Faults are all the mistakes of one reading, in the order of files and lines.
type Faults []Fault

// Error lists every fault, each on its own line.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// Err is the faults in order as an error, nil if there are none.
func (fs Faults) Err() error {
	if len(fs) == 0 {
		return nil
	}
	sorted := slices.Clone(fs)
	slices.SortStableFunc(sorted, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return sorted
}

// In are the faults with their files in folder, so that an editor can go there.
func (fs Faults) In(folder string) Faults {
	moved := slices.Clone(fs)
	for i := range moved {
		moved[i].File = path.Join(folder, moved[i].File)
	}
	return moved
}

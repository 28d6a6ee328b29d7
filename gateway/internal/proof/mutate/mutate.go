// Package mutate disables one defence of panwall at a time, in a copy of the tree, and shows that some test fails: a
// defence nobody would miss is either no defence or has no test.
//
//	PANWALL_MUTATE=. go test ./gateway/internal/proof/mutate -v -timeout 6h
//
// The variable is a regular expression that chooses defences by their claim; defences.txt lists them.
package mutate

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"strings"
)

//go:embed defences.txt
var listed string

// Defence is one line of defence, and what disables it.
type Defence struct {
	Claim   string // what it defends
	File    string // of the tree, with slashes
	Package string // whose tests have to notice
	Old     string // the code that defends, in the file exactly once
	New     string
}

// Defences reads the list.
func Defences() (all []Defence, err error) {
	var d *Defence
	put := func(string) {}
	for lines := bufio.NewScanner(strings.NewReader(listed)); lines.Scan(); {
		line := lines.Text()
		head, begins := strings.CutPrefix(line, "== ")
		switch {
		case begins:
			parts := strings.Split(head, " | ")
			if len(parts) != 3 {
				return nil, fmt.Errorf("reading defences: %q has no claim, file and package", head)
			}
			all = append(all, Defence{Claim: parts[0], File: parts[1], Package: parts[2]})
			d = &all[len(all)-1]
			put = func(s string) { d.Old += s }
		case line == "---" && d != nil:
			put = func(s string) { d.New += s }
		default:
			put(line + "\n")
		}
	}
	return all, nil
}

// ErrStale says that the code a defence names is not in its file exactly once.
var ErrStale = errors.New("the list of defences is stale")

// Disable gives the file without the defence.
func (d Defence) Disable(source string) (string, error) {
	old, by := strings.TrimSuffix(d.Old, "\n"), strings.TrimSuffix(d.New, "\n")
	if n := strings.Count(source, old); n != 1 {
		return "", fmt.Errorf("%s: %s: found %d times: %w", d.Claim, d.File, n, ErrStale)
	}
	return strings.Replace(source, old, by, 1), nil
}

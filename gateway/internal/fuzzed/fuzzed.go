// Package fuzzed reads the inputs that Go's fuzzer kept, for tests that ask what they cost.
package fuzzed

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/cappertrophy/panwall/"

// Input is the arguments of one kept input, those of each type in order.
type Input struct {
	Strings []string
	Bytes   [][]byte
}

// Inputs gives the kept inputs of a fuzz target in a package, "gateway/pan": those in the tree, and with cached those of
// this machine's cache, which a run of the fuzzer fills.
func Inputs(t testing.TB, pkg, target string, cached bool) (inputs []Input) {
	t.Helper()
	dirs := []string{filepath.Join("testdata", "fuzz", target)}
	if cached {
		out, err := exec.CommandContext(t.Context(), "go", "env", "GOCACHE").Output()
		if err != nil {
			t.Fatalf("asking for the cache: %v", err)
		}
		dirs = append(dirs, filepath.Join(strings.TrimSpace(string(out)), "fuzz", module+pkg, target))
	}
	for _, dir := range dirs {
		files, _ := filepath.Glob(filepath.Join(dir, "*")) // a folder that is not there holds none
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("reading an input: %v", err)
			}
			inputs = append(inputs, parse(string(b)))
		}
	}
	return inputs
}

// parse reads the encoding of testing's corpus files, version 1: a header, then one Go conversion a line.
func parse(file string) (in Input) {
	for line := range strings.Lines(file) {
		kind, quoted, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "(")
		value, err := strconv.Unquote(strings.TrimSuffix(quoted, ")"))
		if err != nil {
			continue // the header, or a type that nobody asks for
		}
		switch kind {
		case "string":
			in.Strings = append(in.Strings, value)
		case "[]byte":
			in.Bytes = append(in.Bytes, []byte(value))
		}
	}
	return in
}

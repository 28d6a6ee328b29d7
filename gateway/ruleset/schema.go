package ruleset

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
	"github.com/cappertrophy/panwall/gateway/ruleset/cases"
)

// SchemaNames are the files that have a schema, cases standing for every file under cases/.
func SchemaNames() []string { return append(slices.Clone(Names), "cases.yaml") }

// Schema is the JSON Schema of a file of rules, by the file's name.
func Schema(name string) ([]byte, error) {
	if strings.HasPrefix(name, "cases/") {
		name = "cases.yaml"
	}
	files := (&source{}).files()
	files["cases.yaml"] = &cases.File{}
	into := files[path.Clean(name)]
	if into == nil {
		return nil, fmt.Errorf("no file of rules is called %s; %s", strictyaml.Quote(name), strictyaml.Suggest(name, SchemaNames()))
	}
	return strictyaml.Schema(name, into)
}

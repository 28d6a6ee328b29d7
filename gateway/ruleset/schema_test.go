package ruleset

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"github.com/cappertrophy/panwall/rules"
)

const schemaFolder = "../../rules/schema"

// TestSchemasAreThoseOfTheStructs holds the files that editors read against the types that read the rules.
func TestSchemasAreThoseOfTheStructs(t *testing.T) {
	t.Parallel()
	for _, name := range SchemaNames() {
		want, err := Schema(name)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(schemaFolder, strings.TrimSuffix(name, ".yaml")+".json")
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not the schema of %s (%v): run go test ./gateway/ruleset -run Schemas -update", path, name, err)
		}
	}
}

func compiled(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	if strings.HasPrefix(name, "cases/") {
		name = "cases.yaml"
	}
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(schemaFolder, strings.TrimSuffix(name, ".yaml")+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// document is a YAML file as a validator sees it: texts where YAML would make dates.
func document(t *testing.T, src []byte) any {
	t.Helper()
	var node yaml.Node
	if err := yaml.Load(src, &node); err != nil {
		t.Fatal(err)
	}
	untag(&node)
	var v any
	if err := node.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func untag(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, c := range n.Content {
		untag(c)
	}
}

func TestShippedFilesFitTheirSchemas(t *testing.T) {
	t.Parallel()
	names, err := folderNames(rules.Shipped)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		src, err := readFile(rules.Shipped, name)
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled(t, name).Validate(document(t, src)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.HasPrefix(name, "cases/") && !bytes.HasPrefix(src, []byte("# yaml-language-server: $schema=schema/")) {
			t.Errorf("%s does not name its schema for editors", name)
		}
	}
}

func TestSchemasRefuseWhatTheReaderRefuses(t *testing.T) {
	t.Parallel()
	for _, file := range []string{
		"cards-unknown-key", "cards-unknown-list", "cards-no-version", "cards-wrong-type", "cards-unknown-action", "cards-unknown-answer",
		"cards-unknown-oddity", "exemptions-find", "limits-bad-rate-type", "notifications-unknown-type", "brands-unquoted",
	} {
		src, err := os.ReadFile("testdata/bad/" + file + ".yaml")
		if os.IsNotExist(err) {
			src, err = []byte("version: 1\nlimits: [{id: a, rate: [1], burst: 1}]"), nil
		}
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(file, "-")
		if err := compiled(t, name+".yaml").Validate(document(t, src)); err == nil {
			t.Errorf("%s fits its schema", file)
		}
	}
}

package audit

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// TestTheVocabularyIsInStep holds what the encoder obeys, what the schema says, what the golden lines show and what
// auditors read against each other.
func TestTheVocabularyIsInStep(t *testing.T) {
	var types []string
	for _, m := range record.Types {
		types = append(types, string(m.Type))
	}
	if said := schemaTypes(t); !slices.Equal(said, types) {
		t.Errorf("the schema has %q, the encoder %q", said, types)
	}
	shown, documented := goldenTypes(t), elementsOfTypes(t)
	for _, typ := range types {
		if !shown[typ] {
			t.Errorf("no golden line is of type %s", typ)
		}
		if n := strings.Count(documented, "`"+typ+"`"); n != 1 {
			t.Errorf("README.md says %d times what %s has of PCI DSS 10.2.2", n, typ)
		}
	}
}

func schemaTypes(t *testing.T) []string {
	t.Helper()
	var schema struct {
		Properties struct {
			Type struct{ Enum []string }
		}
	}
	if err := json.Unmarshal(record.Schema, &schema); err != nil {
		t.Fatal(err)
	}
	return schema.Properties.Type.Enum
}

// goldenTypes are the types of the golden lines. Each must have what PCI DSS 10.2.2 asks for.
func goldenTypes(t *testing.T) map[string]bool {
	t.Helper()
	types := map[string]bool{}
	for _, file := range must(filepath.Glob("testdata/golden/*.txtar")) {
		archive := must(txtar.ParseFile(file))
		r := must(record.Parse(bytes.TrimSpace(archive.Files[len(archive.Files)-1].Data)))
		types[string(r.Type)] = true
		named := r.Actor.Kind == record.Gateway || r.Actor.Tag != ""
		from := r.Origin != nil || r.Actor.Kind == record.Gateway || r.Actor.Kind == record.Staff
		affected := r.Target != nil || r.Counts != nil || r.Log != nil || r.Control != nil || r.Change != nil || r.Case != nil
		if !named || !from || !affected || r.Time.IsZero() || r.Outcome == "" {
			t.Errorf("%s lacks something of PCI DSS 10.2.2", file)
		}
	}
	return types
}

// elementsOfTypes is the section of the documentation that maps types to PCI DSS 10.2.2.
func elementsOfTypes(t *testing.T) string {
	t.Helper()
	text := string(must(os.ReadFile("README.md")))
	_, section, ok := strings.Cut(text, "\n## PCI DSS 10.2.2\n")
	_, table, ok2 := strings.Cut(section, "\n| types |")
	table, _, ok3 := strings.Cut(table, "\n## ")
	if !ok || !ok2 || !ok3 {
		t.Fatal("README.md has no table of types for PCI DSS 10.2.2")
	}
	return table
}

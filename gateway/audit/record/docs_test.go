package record

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestTheDocumentationHasTheVocabulary holds the table that auditors read against the one the encoder obeys.
func TestTheDocumentationHasTheVocabulary(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range Types {
		if row := fmt.Sprintf("| `%s` | %s | %s |\n", m.Type, m.About, m.PCI); !strings.Contains(string(text), row) {
			t.Errorf("README.md lacks the row\n%s", row)
		}
	}
	if rows := strings.Count(string(text[strings.Index(string(text), "## Types of records"):]), "\n| `"); rows != len(Types) {
		t.Errorf("README.md has %d types, the vocabulary %d", rows, len(Types))
	}
}

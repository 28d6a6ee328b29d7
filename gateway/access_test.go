package gateway

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/config"
)

// TestALineTellsOfARequestAndNotOfItsSender: no query, no full address, no name that the client chose.
func TestALineTellsOfARequestAndNotOfItsSender(t *testing.T) {
	dir := t.TempDir()
	g := started(t, func(c *config.Config) { c.Log.AccessDir, c.Log.Level = dir, "warn" })
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://localhost/catalog/cups/gold?q=sekret&utm=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; sekret) Gecko/20100101 Firefox/133.0")
	r.Header.Set("Referer", "https://sekret.example/path")
	answer, err := g.ownDoor("localhost").RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	files, _ := filepath.Glob(filepath.Join(dir, "access-*.jsonl"))
	if len(files) != 1 {
		t.Fatalf("files %v", files)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"route":"/catalog/*"`, `"net":"127.0.0.0/24"`, `"host":"localhost"`, `"agent":"Firefox 133"`, `"status":200`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the line lacks %s:\n%s", want, text)
		}
	}
	for _, never := range []string{"sekret", "utm", "gold", "127.0.0.1"} {
		if strings.Contains(string(text), never) {
			t.Errorf("the line holds %s:\n%s", never, text)
		}
	}
}

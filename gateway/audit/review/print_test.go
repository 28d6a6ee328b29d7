package review_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// browser is Chromium, which CI must have.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("PANWALL_CI") == "1" {
		t.Fatal("there is no Chromium to print the report with")
	}
	t.Skip("SKIPPED: there is no Chromium to print the report with")
	return ""
}

func TestTheReportPrints(t *testing.T) {
	path := browser(t)
	dir := t.TempDir()
	m := writeMonth(t, "cappertrophy.com/gw-1")
	var page bytes.Buffer
	check(t, march(t, m.source(t, "gw-1")).WriteHTML(&page))
	name := filepath.Join(dir, "report.html")
	check(t, os.WriteFile(name, page.Bytes(), 0o600))
	pdf := filepath.Join(dir, "report.pdf")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, path, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+filepath.Join(dir, "profile"),
		"--no-pdf-header-footer", "--print-to-pdf="+pdf, "file://"+name)
	if said, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	content, err := os.ReadFile(pdf)
	check(t, err)
	pages := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(content, -1))
	if !bytes.HasPrefix(content, []byte("%PDF-")) || pages < 2 || pages > 8 {
		t.Errorf("%d bytes with %d pages were printed", len(content), pages)
	}
}

package demo

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/ruleset"
)

func TestDemoRulesAllowOneMoreFrame(t *testing.T) {
	const pay = "https://pay.localhost:8444"
	dir := t.TempDir()
	if err := WriteRules(dir, pay); err != nil {
		t.Fatal(err)
	}
	set, err := ruleset.Load(os.DirFS(dir), ruleset.Options{Now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/checkout/"} {
		r := httptest.NewRequest(http.MethodGet, "https://localhost"+path, nil)
		policy := set.Page(ruleset.NewRequest(r, netip.Addr{})).Header.Get("Content-Security-Policy")
		_, frames, _ := strings.Cut(policy, "frame-src")
		if frames, _, _ = strings.Cut(frames, ";"); !strings.Contains(frames, pay) {
			t.Errorf("%s may frame%s, not the window", path, frames)
		}
		_, scripts, _ := strings.Cut(policy, "script-src")
		if scripts, _, _ = strings.Cut(scripts, ";"); strings.Contains(scripts, pay) {
			t.Errorf("%s may run scripts of the window", path)
		}
	}
}

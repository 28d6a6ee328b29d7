package gateway_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/cappertrophy/panwall/gateway/admin"
	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
)

// slowShop answers /slow only when released.
func slowShop(t *testing.T) (shop *shoptest.Recorder, began <-chan struct{}, release func()) {
	t.Helper()
	shop = shoptest.NewRecorder(t)
	at, gate := make(chan struct{}, 1), make(chan struct{})
	shop.On("/slow", func(c *shoptest.Conn, q shoptest.Request) bool {
		at <- struct{}{}
		<-gate
		return shoptest.Answer("200 OK", "finished")(c, q)
	})
	return shop, at, func() { close(gate) }
}

type outcome struct {
	body string
	err  error
}

func get(g *running, path string) <-chan outcome {
	done := make(chan outcome, 1)
	client := g.client(false)
	go func() {
		answer, err := client.Get("https://localhost" + path)
		if err != nil {
			done <- outcome{err: err}
			return
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		done <- outcome{string(body), err}
	}()
	return done
}

func TestDrainFinishesWhatIsInFlight(t *testing.T) {
	shop, began, release := slowShop(t)
	g := inFront(t, shop.URL())
	done := get(g, "/slow")
	<-began
	g.signal(syscall.SIGTERM)
	release()
	if got := <-done; got.err != nil || got.body != "finished" {
		t.Errorf("the request in flight ended with %v", got.err)
	}
	if code := g.exit(); code != 0 {
		t.Errorf("a drained gateway exits %d", code)
	}
}

func TestSecondSignalForces(t *testing.T) {
	shop, began, release := slowShop(t)
	defer release()
	g := inFront(t, shop.URL())
	done := get(g, "/slow")
	<-began
	g.signal(syscall.SIGTERM)
	g.waitFor("drain")
	g.signal(syscall.SIGTERM)
	if code := g.exit(); code != 3 {
		t.Errorf("a forced gateway exits %d", code)
	}
	if got := <-done; got.err == nil {
		t.Error("the request in flight was finished though it was forced")
	}
}

// waitFor waits for a log line that holds word.
func (r *running) waitFor(word string) string {
	r.t.Helper()
	for {
		select {
		case line := <-r.lines:
			if strings.Contains(line, word) {
				return line
			}
		case <-r.t.Context().Done():
			r.t.Fatalf("no line said %q:\n%s", word, r.logged())
		}
	}
}

func (r *running) status() (s struct {
	Mode  string
	Rules struct {
		Hash     string
		Degraded bool
		Failed   *struct{ Error string } `json:"last_failed_reload"`
	}
}) {
	r.t.Helper()
	code, body, err := admin.NewClient(r.admin).Get(r.t.Context(), "/status")
	if err != nil || code != http.StatusOK {
		r.t.Fatalf("status: %d, %v", code, err)
	}
	if err := json.Unmarshal(body, &s); err != nil {
		r.t.Fatal(err)
	}
	return s
}

// rulesFolder is a copy of the shipped rules to edit.
func rulesFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "rules")
	if out, code := run(t, "rules", "init", dir); code != 0 {
		t.Fatalf("rules init: %d: %s", code, out)
	}
	return dir
}

func TestAFaultyReloadLeavesTheOldRulesInForce(t *testing.T) {
	dir := rulesFolder(t)
	g := inFront(t, shoptest.NewRecorder(t).URL(), "--rules", dir)
	before := g.status().Rules.Hash
	cards := filepath.Join(dir, "cards.yaml")
	good, err := os.ReadFile(cards)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cards, []byte("version: 1\nrulez: []\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	g.signal(syscall.SIGHUP)
	line := g.waitFor("an edit was refused")
	if !strings.Contains(line, "cards.yaml:2:1") {
		t.Errorf("the log does not say where: %s", line)
	}
	s := g.status()
	if s.Rules.Hash != before || s.Rules.Failed == nil {
		t.Errorf("after a faulty reload %+v", s.Rules)
	}
	if err := os.WriteFile(cards, append(good, "\n# edited\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	g.signal(syscall.SIGHUP)
	g.waitFor(`"message":"reloaded"`)
	if s := g.status(); s.Rules.Hash == before || s.Rules.Failed != nil {
		t.Errorf("after a good reload %+v", s.Rules)
	}
}

func TestRecordsOfWhatWasFound(t *testing.T) {
	g := inFront(t, shoptest.NewRecorder(t).URL())
	for _, target := range []string{"/a?q=" + card, "/b"} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://localhost"+target, nil)
		r.Header.Set("X-Note", digits)
		answer, err := g.client(true).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}
	g.signal(syscall.SIGTERM)
	if code := g.exit(); code != 0 {
		t.Fatalf("exit %d", code)
	}
	audit := filepath.Join(g.data, "audit")
	out, code := run(t, "audit", "show", "--json", audit)
	if code != 0 || !strings.Contains(out, "pan.blocked") || !strings.Contains(out, "pan.redacted") {
		t.Errorf("show: %d:\n%s", code, out)
	}
	if out, code := run(t, "audit", "verify", audit, "--key", filepath.Join(audit, "key.pub")); code != 0 {
		t.Errorf("verify: %d:\n%s", code, out)
	}
}

func TestHealthAndStatusCommands(t *testing.T) {
	g := inFront(t, shoptest.NewRecorder(t).URL())
	if out, code := run(t, "health", "--admin", g.admin); code != 0 || !strings.Contains(out, `"ok"`) {
		t.Errorf("health: %d %s", code, out)
	}
	if out, code := run(t, "status", "--admin", g.admin); code != 0 || !strings.Contains(out, `"mode": "enforcing"`) {
		t.Errorf("status: %d %s", code, out)
	}
	if _, code := run(t, "health", "--admin", "127.0.0.1:1"); code != 1 {
		t.Errorf("health of nobody: %d", code)
	}
}

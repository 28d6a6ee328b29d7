package gateway

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// TestReloadUnderLoad sends requests while rules change, a third of the edits broken: no request fails, and each record
// names a set that was in force. PANWALL_RELOADS=100 PANWALL_REQUESTS=10000 runs it whole.
func TestReloadUnderLoad(t *testing.T) {
	reloads, requests := number(t, "PANWALL_RELOADS", 15), number(t, "PANWALL_REQUESTS", 1000)
	dir := filepath.Join(t.TempDir(), "rules")
	if _, _, err := ruleset.Init(dir); err != nil {
		t.Fatal(err)
	}
	g := started(t)
	g.house.Load().config.Rules.Dir = dir
	live := map[string]bool{g.rules.Load().Hash(): true}
	done := make(chan struct{})
	var sent atomic.Int64
	go func() {
		defer close(done)
		load(t, g, requests, &sent)
	}()
	good, err := os.ReadFile(filepath.Join(dir, "cards.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range reloads {
		edited := fmt.Appendf(nil, "%s\n# edit %d\n", good, i)
		if i%3 == 2 {
			edited = []byte("version: 1\nrules: {broken}\n")
		}
		if err := os.WriteFile(filepath.Join(dir, "cards.yaml"), edited, 0o644); err != nil {
			t.Fatal(err)
		}
		g.Reload(t.Context())
		if broken := g.failed.Load() != nil; broken != (i%3 == 2) {
			t.Errorf("edit %d: failed is %v", i, broken)
		}
		live[g.rules.Load().Hash()] = true
	}
	<-done
	if len(live) < reloads/3 {
		t.Errorf("only %d sets were in force: the reloads did nothing", len(live))
	}
	checkHashes(t, g.auditText(t), live)
	t.Logf("%d requests through %d reloads, %d sets", sent.Load(), reloads, len(live))
}

func number(t *testing.T, name string, otherwise int) int {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// load sends requests over kept connections; every tenth carries a card in a header, which is masked and recorded.
func load(t *testing.T, g *Gateway, requests int, sent *atomic.Int64) {
	https, _ := g.edge.Addrs()
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true, ServerName: "localhost"}, MaxIdleConnsPerHost: 8,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, https[0].String())
		},
	}
	defer transport.CloseIdleConnections()
	var workers sync.WaitGroup
	for worker := range 8 {
		workers.Go(func() {
			for i := worker; i < requests; i += 8 {
				r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://localhost/", nil)
				if i%10 == 0 {
					r.Header.Set("X-Note", testCard)
				}
				answer, err := transport.RoundTrip(r)
				if err != nil {
					t.Errorf("a request failed: %v", err)
					return
				}
				answer.Body.Close()
				if answer.StatusCode != http.StatusOK {
					t.Errorf("answered %d", answer.StatusCode)
				}
				sent.Add(1)
			}
		})
	}
	workers.Wait()
}

func checkHashes(t *testing.T, log string, live map[string]bool) {
	t.Helper()
	redacted := 0
	for line := range strings.Lines(log) {
		var r struct{ Type, Rules string }
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if !live[r.Rules] {
			t.Errorf("%s names a set that never was in force", r.Type)
		}
		if r.Type == "pan.redacted" {
			redacted++
		}
	}
	if redacted == 0 {
		t.Error("no request was recorded")
	}
}

package admin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, address string, problems ...Problem) *Admin {
	t.Helper()
	a, err := Listen(Options{
		Address:  address,
		Status:   func() any { return map[string]string{"mode": "enforcing"} },
		Problems: func() []Problem { return problems },
		Metrics:  prometheus.NewRegistry(),
		Logger:   zerolog.New(zerolog.NewTestWriter(t)),
		Mutations: map[string]Mutation{"/rules/apply": func(_ context.Context, who string, _ json.RawMessage) (any, error) {
			if who == "unknown" {
				return nil, errors.New("nobody")
			}
			return map[string]string{"by": who}, nil
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return a
}

func TestSocketServesMutationsAndKnowsWho(t *testing.T) {
	a := start(t, "unix:"+filepath.Join(t.TempDir(), "admin.sock"))
	var answer struct{ By string }
	if err := NewClient(a.Addr()).Post(t.Context(), "/rules/apply", struct{}{}, &answer); err != nil {
		t.Fatal(err)
	}
	if answer.By == "" {
		t.Error("the mutation was not told who asked")
	}
	if info, err := os.Stat(strings.TrimPrefix(a.Addr(), "unix:")); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("socket mode %v, %v: everybody could mutate", info.Mode(), err)
	}
}

func TestTCPIsReadOnly(t *testing.T) {
	a := start(t, "127.0.0.1:0")
	if err := NewClient(a.Addr()).Post(t.Context(), "/rules/apply", struct{}{}, &struct{}{}); err == nil {
		t.Error("a mutation went through TCP")
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/status"} {
		if status, _, err := NewClient(a.Addr()).Get(t.Context(), path); status != http.StatusOK || err != nil {
			t.Errorf("%s: %d, %v", path, status, err)
		}
	}
}

func TestForeignHostIsRefused(t *testing.T) {
	a := start(t, "127.0.0.1:0")
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+a.Addr()+"/status", nil)
	r.Host = "rebound.example"
	answer, err := http.DefaultTransport.(*http.Transport).Clone().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	if answer.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("a rebound name read the status: %d", answer.StatusCode)
	}
}

func TestReadiness(t *testing.T) {
	for claim, tc := range map[string]struct {
		problems []Problem
		status   int
		word     string
	}{
		"no problem is ok":              {nil, 200, `"ok"`},
		"a problem degrades":            {[]Problem{{Name: "rules", Detail: "kept set"}}, 200, `"degraded"`},
		"a fatal problem is not ready":  {[]Problem{{Name: "tls", Fatal: true}}, 503, `"not ready"`},
		"one fatal problem among minor": {[]Problem{{Name: "tls", Fatal: true}, {Name: "rules"}}, 503, `"not ready"`},
	} {
		a := start(t, "127.0.0.1:0", tc.problems...)
		status, body, err := NewClient(a.Addr()).Get(t.Context(), "/readyz")
		if err != nil || status != tc.status || !strings.Contains(string(body), tc.word) {
			t.Errorf("%s: %d %s %v", claim, status, body, err)
		}
	}
}

func TestOnlyLoopbackInClear(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", "[::]:0", "example.com:80", "nonsense"} {
		if a, err := Listen(Options{Address: address, Metrics: prometheus.NewRegistry()}); err == nil {
			a.Close()
			t.Errorf("%s was opened", address)
		}
	}
}

package inspect

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// rig is the station between real sockets: a client that writes raw requests, and a shop that keeps what it received.
type rig struct {
	*Inspector
	shop   *shoptest.Recorder
	server *httptest.Server

	mu       sync.Mutex
	verdicts []*Verdict // recorded, in order
}

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func shipped(t testing.TB) *ruleset.Set {
	t.Helper()
	rules, err := ruleset.Shipped()
	if err != nil {
		t.Fatalf("reading the shipped rules: %v", err)
	}
	return rules
}

func newRig(t testing.TB, rules *ruleset.Set, options Options) *rig {
	t.Helper()
	g := &rig{shop: shoptest.NewRecorder(t)}
	options.Now = func() time.Time { return now }
	options.Record = func(_ context.Context, _ *visit.Visit, d *Verdict) error {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.verdicts = append(g.verdicts, d)
		return nil
	}
	options.Panicked = func(_ *visit.Visit, kind string, stack []byte) { t.Errorf("panic (%s)\n%s", kind, stack) }
	g.Inspector = New(options)
	station := g.Handler(http.HandlerFunc(g.forward))
	g.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(rules, r)
		station.ServeHTTP(w, r.WithContext(visit.With(r.Context(), v)))
	}))
	g.server.Config.MaxHeaderBytes = 64 << 10
	g.server.Start()
	t.Cleanup(g.server.Close)
	return g
}

func visitOf(rules *ruleset.Set, r *http.Request) *visit.Visit {
	client := netip.MustParseAddr("203.0.113.7")
	q := ruleset.NewRequest(r, client)
	return &visit.Visit{ID: "0000000000000000", Start: now, Client: client, Rules: rules, Request: q, Route: rules.Route(q)}
}

// forward sends the request on as the real way to the shop does: the target as it is, the body with its length.
func (g *rig) forward(w http.ResponseWriter, r *http.Request) {
	out := r.Clone(r.Context())
	out.URL = &url.URL{Scheme: "http", Host: strings.TrimPrefix(g.shop.URL(), "http://"), Opaque: r.RequestURI}
	out.RequestURI = ""
	out.Header.Del("Connection")
	if _, ok := out.Header["User-Agent"]; !ok {
		out.Header["User-Agent"] = nil
	}
	transport := &http.Transport{DisableCompression: true, DisableKeepAlives: true}
	resp, err := transport.RoundTrip(out)
	if err != nil {
		refusal.Write(w, r, visit.From(r.Context()), &refusal.Refusal{Code: refusal.BadGateway})
		return
	}
	defer func() { _ = resp.Body.Close() }()
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body) // the test looks at the status
}

// answer is what came back for a raw request, and what the shop received for it.
type answer struct {
	status    int
	header    http.Header
	body      string
	forwarded []shoptest.Request
}

// send writes a raw request and reads one answer.
func (g *rig) send(t testing.TB, raw string) answer {
	t.Helper()
	before := len(g.shop.Requests())
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", g.server.Listener.Addr().String())
	if err != nil {
		t.Fatalf("connecting: %v", err)
	}
	defer func() { _ = conn.Close() }()
	go func() { _, _ = io.WriteString(conn, raw) }() // a refusal may come before all is written
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("reading the answer: %v", err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	return answer{resp.StatusCode, resp.Header, string(body), g.shop.Requests()[before:]}
}

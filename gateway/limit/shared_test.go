package limit

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// startRedis runs a real redis-server on a loopback port, saving nothing.
func startRedis(t testing.TB, port string) (url string, stop func()) {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("PANWALL_CI") == "1" {
			t.Fatal("redis-server is not installed; in CI it must be")
		}
		t.Skip("SKIPPED: redis-server is not installed, quotas shared through Redis are not tested")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir(), "--requirepass", "sesame")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan struct{})
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if strings.Contains(lines.Text(), "Ready to accept connections") {
				close(ready)
			}
		}
	}()
	stop = sync.OnceFunc(func() { cancel(); <-drained; _ = cmd.Wait() })
	t.Cleanup(stop)
	select {
	case <-ready:
	case <-time.After(10 * time.Second):
		t.Fatal("redis-server does not start")
	}
	return "redis://127.0.0.1:" + port + "/0", stop
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

func password(t testing.TB) config.Secret {
	t.Helper()
	path := filepath.Join(t.TempDir(), "redis.secret")
	if err := os.WriteFile(path, []byte("sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := config.ParseSecret("file:" + path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestReplicasCountTogether(t *testing.T) {
	url, _ := startRedis(t, freePort(t))
	shared := func(o *Options) { o.Redis = config.Redis{URL: url, Password: password(t)}; o.Now = time.Now }
	a, b := newGate(t, shared), newGate(t, shared)
	if n := a.passes(2, "/strict", "203.0.113.7") + b.passes(5, "/strict", "203.0.113.7"); n != 3 {
		t.Errorf("two gateways with a quota of 3 let %d through", n)
	}
	if w := b.ask("/strict", "203.0.113.7"); w.Code != 429 || w.Header().Get("Retry-After") == "" {
		t.Errorf("got %d", w.Code)
	}
	client := redis.NewClient(&redis.Options{Addr: strings.TrimSuffix(strings.TrimPrefix(url, "redis://"), "/0"), Password: "sesame"})
	defer client.Close()
	keys, err := client.Keys(context.Background(), "*").Result()
	if err != nil || len(keys) == 0 {
		t.Fatalf("keys %v, %v", keys, err)
	}
	for _, k := range keys {
		if strings.Contains(k, "203.0.113") || strings.Contains(k, "strict") {
			t.Errorf("a key shows whom it counts: %q", k)
		}
	}
}

func TestAQuotaHoldsUnderConcurrency(t *testing.T) {
	url, _ := startRedis(t, freePort(t))
	g := newGate(t, func(o *Options) { o.Redis = config.Redis{URL: url, Password: password(t)}; o.Now = time.Now })
	if _, err := g.station.quotas.shared.enter(context.Background()); err != nil {
		t.Fatal(err) // the scripts are loaded by the first to come; the others count here meanwhile
	}
	g.station.quotas.shared.settle(context.Background(), nil)
	var passed atomic.Int32
	var all sync.WaitGroup
	l := &ruleset.Limit{ID: "x", Quota: 50, Window: time.Minute, StoreAway: ruleset.Refuse}
	for range 300 {
		all.Go(func() {
			if _, over := g.station.quotas.take(context.Background(), l, subject{client: netip.MustParsePrefix("203.0.113.7/32"), weight: 1}, time.Now()); !over {
				passed.Add(1)
			}
		})
	}
	all.Wait()
	if n := passed.Load(); n > 50 {
		t.Errorf("a quota of 50 let %d through", n)
	}
}

// Trap 6: a store that is away neither panics nor makes visitors wait, and each row says what happens then.
func TestAStoreThatIsAwayIsTheRowsDecision(t *testing.T) {
	failures := 0
	g := newGate(t, func(o *Options) {
		o.Redis = config.Redis{URL: "redis://127.0.0.1:" + freePort(t)}
		o.StoreFailed = func(error) { failures++ }
	})
	start := time.Now()
	for path, want := range map[string]int{"/quota": 3, "/strict": 0, "/lenient": 10} {
		if n := g.passes(10, path, "203.0.113.7"); n != want {
			t.Errorf("%s let %d through, want %d", path, n, want)
		}
	}
	if failures != 1 {
		t.Errorf("30 requests asked a dead store %d times", failures)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("visitors waited %v", took)
	}
	g.now = g.now.Add(2 * time.Second)
	g.ask("/quota", "203.0.113.7")
	if failures != 2 {
		t.Errorf("after the pause it was asked %d times in all", failures)
	}
}

func TestAStoreThatComesBackIsUsedAgain(t *testing.T) {
	port := freePort(t)
	g := newGate(t, func(o *Options) {
		o.Redis = config.Redis{URL: fmt.Sprintf("redis://127.0.0.1:%s/0", port), Password: password(t)}
	})
	if n := g.passes(5, "/strict", "203.0.113.7"); n != 0 {
		t.Fatalf("a strict quota without its store let %d through", n)
	}
	_, stop := startRedis(t, port)
	g.now = g.now.Add(time.Minute)
	if n := g.passes(5, "/strict", "203.0.113.7"); n != 3 {
		t.Errorf("the store is back and %d passed", n)
	}
	stop()
	if n := g.passes(5, "/strict", "203.0.113.7"); n != 0 {
		t.Errorf("the store is gone again and %d passed", n)
	}
}

func TestARedisThatCannotBeReadIsAFault(t *testing.T) {
	for claim, c := range map[string]config.Redis{
		"no redis URL":       {URL: "http://sesame@x"},
		"a missing password": {URL: "redis://x", Password: func() config.Secret { s, _ := config.ParseSecret("file:/nowhere/at/all"); return s }()},
	} {
		if _, err := New(Options{Redis: c}); err == nil || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", claim, err)
		}
	}
}

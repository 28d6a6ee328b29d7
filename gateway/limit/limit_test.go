package limit

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
	"github.com/cappertrophy/panwall/rules"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const buckets3 = `version: 1
limits:
  - {id: burst, about: a bucket, where: {paths: [/bucket]}, by: client, rate: 1/s, burst: 3}
  - {id: site, about: all together, where: {paths: [/site]}, by: site, rate: 1/s, burst: 3}
  - {id: hour, about: a quota, where: {paths: [/quota]}, by: client, quota: 3, window: 1h, store_away: count}
  - {id: strict, about: a quota that must not be guessed, where: {paths: [/strict]}, by: client, quota: 3, window: 1h, store_away: refuse}
  - {id: lenient, about: a quota that may be skipped, where: {paths: [/lenient]}, by: client, quota: 3, window: 1h, store_away: allow}
allowances:
  - {id: asv, reason: quarterly scan, owner: a@shop.example, approved_by: b@shop.example, expires: 2026-12-31, where: {clients: [192.0.2.0/24]}}
bans:
  - {id: tester, reason: tried out cards, where: {clients: [198.51.100.66]}, expires: 2026-12-31}
concurrency:
  - {id: few, about: at once, where: {paths: [/slow]}, max: 2}
`

// ruleSet is the shipped rules with other limits.
func ruleSet(t testing.TB, limits string) *ruleset.Set {
	t.Helper()
	folder := fstest.MapFS{}
	for _, name := range ruleset.Names {
		text, err := fs.ReadFile(rules.Shipped, name)
		if err != nil {
			t.Fatal(err)
		}
		folder[name] = &fstest.MapFile{Data: text}
	}
	folder["limits.yaml"] = &fstest.MapFile{Data: []byte(limits)}
	set, err := ruleset.Load(folder, ruleset.Options{Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// gate is a station with a clock in its hand.
type gate struct {
	t       testing.TB
	set     *ruleset.Set
	station *Station
	next    http.Handler
	now     time.Time
	limited []string
	evicted int
}

func newGate(t testing.TB, change func(*Options)) *gate {
	t.Helper()
	g := &gate{t: t, set: ruleSet(t, buckets3), now: noon}
	g.next = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	o := Options{
		Now:     func() time.Time { return g.now },
		Limited: func(row string) { g.limited = append(g.limited, row) },
		Evicted: func(string) { g.evicted++ },
	}
	if change != nil {
		change(&o)
	}
	var err error
	if g.station, err = New(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.station.Close() })
	return g
}

func (g *gate) ask(path, client string) *httptest.ResponseRecorder {
	g.t.Helper()
	return g.visit(path, client, false)
}

func (g *gate) visit(path, client string, verified bool) *httptest.ResponseRecorder {
	g.t.Helper()
	r := httptest.NewRequest("POST", path, nil)
	from := netip.MustParseAddr(client)
	v := &visit.Visit{Client: from, Rules: g.set, Site: &config.Site{}, Request: ruleset.NewRequest(r, from), Verified: verified, Route: "/*"}
	w := httptest.NewRecorder()
	g.station.Handler(g.next).ServeHTTP(w, r.WithContext(visit.With(r.Context(), v)))
	return w
}

// passes counts how many of n requests get through.
func (g *gate) passes(n int, path, client string) (passed int) {
	g.t.Helper()
	for range n {
		if g.ask(path, client).Code == http.StatusNoContent {
			passed++
		}
	}
	return passed
}

func TestABucketWalksThroughADay(t *testing.T) {
	g := newGate(t, nil)
	if n := g.passes(10, "/bucket", "203.0.113.7"); n != 3 {
		t.Errorf("a burst of 3 let %d through", n)
	}
	w := g.ask("/bucket", "203.0.113.7")
	if w.Code != 429 || w.Header().Get("Retry-After") != "1" || g.limited[0] != "burst" {
		t.Errorf("got %d, Retry-After %q, limited %v", w.Code, w.Header().Get("Retry-After"), g.limited)
	}
	passed := 0
	for range 24 * 60 {
		g.now = g.now.Add(time.Minute)
		passed += g.passes(5, "/bucket", "203.0.113.7")
	}
	if want := 24 * 60 * 3; passed != want {
		t.Errorf("a day of minutes let %d through, want %d", passed, want)
	}
}

func TestClientsAreCountedApart(t *testing.T) {
	g := newGate(t, nil)
	if a, b := g.passes(5, "/bucket", "203.0.113.7"), g.passes(5, "/bucket", "203.0.113.8"); a != 3 || b != 3 {
		t.Errorf("two clients got %d and %d", a, b)
	}
	if a, b := g.passes(5, "/site", "203.0.113.7"), g.passes(5, "/site", "203.0.113.8"); a+b != 3 {
		t.Errorf("a site's bucket gave %d and %d", a, b)
	}
}

func TestOneIPv6LineIsOneClient(t *testing.T) {
	g := newGate(t, nil)
	passed := 0
	for i := range 20 {
		passed += g.passes(1, "/bucket", fmt.Sprintf("2001:db8:1:1::%x", i+1))
	}
	if passed != 3 {
		t.Errorf("a /64 got %d", passed)
	}
	passed = 0
	for i := range 500 {
		passed += g.passes(3, "/bucket", fmt.Sprintf("2001:db8:2:%x::1", i+1))
	}
	if want := 3 * siteWeight; passed != want {
		t.Errorf("a /48 with its 65536 networks got %d, want %d", passed, want)
	}
}

func TestAQuotaCountsUntilItsWindowEnds(t *testing.T) {
	g := newGate(t, nil)
	if n := g.passes(10, "/quota", "203.0.113.7"); n != 3 {
		t.Errorf("a quota of 3 let %d through", n)
	}
	g.now = g.now.Add(20 * time.Minute)
	w := g.ask("/quota", "203.0.113.7")
	if after, _ := strconv.Atoi(w.Header().Get("Retry-After")); w.Code != 429 || after < 2400 || after > 2402 {
		t.Errorf("got %d, Retry-After %d", w.Code, after)
	}
	g.now = g.now.Add(41 * time.Minute)
	if n := g.passes(10, "/quota", "203.0.113.7"); n != 3 {
		t.Errorf("the next window let %d through", n)
	}
}

func TestAChangedRowStartsAnew(t *testing.T) {
	g := newGate(t, nil)
	g.passes(10, "/quota", "203.0.113.7")
	g.set = ruleSet(t, `version: 1
limits: [{id: hour, about: a quota, where: {paths: [/quota]}, by: client, quota: 5, window: 1h, store_away: count}]
`)
	if n := g.passes(10, "/quota", "203.0.113.7"); n != 5 {
		t.Errorf("the changed quota let %d through", n)
	}
}

func TestAnAllowanceLiftsLimitsAndABanBeatsAll(t *testing.T) {
	g := newGate(t, nil)
	if n := g.passes(50, "/bucket", "192.0.2.9"); n != 50 {
		t.Errorf("the scan was limited: %d of 50", n)
	}
	if w := g.ask("/", "198.51.100.66"); w.Code != 403 || g.limited[0] != "ban" {
		t.Errorf("a banned client got %d", w.Code)
	}
	g.now = time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC)
	if n := g.passes(50, "/bucket", "192.0.2.9"); n != 3 {
		t.Errorf("an expired allowance let %d through", n)
	}
	if w := g.ask("/", "198.51.100.66"); w.Code != 204 {
		t.Errorf("an expired ban refused: %d", w.Code)
	}
}

func TestAVerifiedNotificationIsNotCounted(t *testing.T) {
	g := newGate(t, nil)
	for range 20 {
		if w := g.visit("/bucket", "203.0.113.7", true); w.Code != 204 {
			t.Fatalf("a notification got %d", w.Code)
		}
	}
	if n := g.passes(5, "/bucket", "203.0.113.7"); n != 3 {
		t.Errorf("it was counted: %d left", n)
	}
}

func TestRequestsUnderWayAreBoundedPerClient(t *testing.T) {
	g := newGate(t, nil)
	inner := 0
	depth := 0
	g.next = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if depth++; depth <= 2 {
			inner = g.ask("/slow", "203.0.113.7").Code
		}
		w.WriteHeader(http.StatusNoContent)
	})
	if w := g.ask("/slow", "203.0.113.7"); w.Code != 204 || inner != 204 {
		t.Errorf("two at once: %d, %d", w.Code, inner)
	}
	if len(g.limited) != 1 || g.limited[0] != "concurrency" {
		t.Errorf("the third was not refused: %v", g.limited)
	}
	if len(g.station.counts) != 0 {
		t.Errorf("%d clients are still counted", len(g.station.counts))
	}
}

func TestAPanicStillLeaves(t *testing.T) {
	g := newGate(t, nil)
	g.next = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oops") })
	func() {
		defer func() { _ = recover() }()
		g.ask("/slow", "203.0.113.7")
	}()
	if len(g.station.counts) != 0 {
		t.Error("a panicking request is counted for ever")
	}
}

func TestTablesAreBoundedAndSayWhenTheyForget(t *testing.T) {
	g := newGate(t, func(o *Options) { o.Entries = 256 })
	for i := range 5000 {
		client := fmt.Sprintf("10.%d.%d.1", i>>8, i&255)
		g.ask("/bucket", client)
		g.ask("/quota", client)
	}
	if b, q := g.station.buckets.table.EstimatedSize(), g.station.quotas.local.table.EstimatedSize(); b > 256 || q > 256 {
		t.Errorf("%d buckets and %d quotas are kept", b, q)
	}
	if g.evicted < 2*(5000-300) {
		t.Errorf("only %d evictions were told", g.evicted)
	}
}

func TestWithoutAVisitNothingPasses(t *testing.T) {
	g := newGate(t, nil)
	w := httptest.NewRecorder()
	g.station.Handler(g.next).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 500 {
		t.Errorf("got %d", w.Code)
	}
}

func BenchmarkOneBucket(b *testing.B) {
	g := newGate(b, nil)
	g.set = ruleSet(b, `version: 1
limits: [{id: everybody, about: all, by: client, rate: 1000000/s, burst: 1000000}]
`)
	r := httptest.NewRequest("GET", "/", nil)
	from := netip.MustParseAddr("203.0.113.7")
	v := &visit.Visit{Client: from, Rules: g.set, Site: &config.Site{}, Request: ruleset.NewRequest(r, from)}
	r = r.WithContext(visit.With(r.Context(), v))
	h := g.station.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	b.ReportAllocs()
	for b.Loop() {
		g.now = g.now.Add(time.Millisecond)
		h.ServeHTTP(nil, r)
	}
}

package gateway

import (
	"bytes"
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/rules"
)

// started is a gateway in this process, ready, in front of a shop that says yes to everything.
func started(t *testing.T, change ...func(*config.Config)) *Gateway {
	t.Helper()
	shop := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(shop.Close)
	to, _ := url.Parse(shop.URL)
	cfg, err := config.For(to, []string{"localhost"}, "127.0.0.1:0", "", "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(cfg)
	}
	ready := make(chan struct{})
	g, err := New(Options{Config: cfg, Log: &bytes.Buffer{}, Now: time.Now, Ready: func(Ready) { close(ready) }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- g.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	<-ready
	return g
}

func (g *Gateway) auditText(t *testing.T) string {
	t.Helper()
	segments, err := filepath.Glob(filepath.Join(g.house.Load().config.Audit.Dir, "*.jsonl"))
	if err != nil || len(segments) == 0 {
		t.Fatalf("no segments: %v", err)
	}
	text, err := os.ReadFile(segments[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestASelfTestIsRefusedAndMarked(t *testing.T) {
	g := started(t)
	g.testItself(t.Context())
	if open := g.problems.list(); len(open) != 0 {
		t.Errorf("a refused test card is a problem: %v", open)
	}
	text := g.auditText(t)
	for _, want := range []string{`"type":"selftest.ok"`, `"test":true`} {
		if !strings.Contains(text, want) {
			t.Errorf("the log lacks %s:\n%s", want, text)
		}
	}
}

// letThrough are the shipped rules with one that lets the self-test's field through.
func letThrough(t *testing.T, g *Gateway) *ruleset.Set {
	t.Helper()
	files := fstest.MapFS{}
	_ = fs.WalkDir(rules.Shipped, ".", func(name string, d fs.DirEntry, _ error) error {
		if strings.HasSuffix(name, ".yaml") && !strings.HasPrefix(name, "cases/") {
			text, _ := fs.ReadFile(rules.Shipped, name)
			files[name] = &fstest.MapFile{Data: text}
		}
		return nil
	})
	expires := g.now().AddDate(0, 0, 2).Format(time.DateOnly)
	files["exemptions.yaml"] = &fstest.MapFile{Data: []byte(`version: 1
exemptions:
  - {id: hole, reason: a hole for the test, owner: a@example.kz, approved_by: b@example.kz, expires: ` + expires + `, where: {paths: ["/**"]}, at: ["body:selftest"]}
`)}
	set, err := ruleset.Load(files, g.ruleOptions(g.house.Load().config))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestASelfTestThatPassesIsAProblem(t *testing.T) {
	g := started(t)
	whole := g.rules.Load()
	g.put(letThrough(t, g))
	g.testItself(t.Context())
	if !g.problems.has("selftest") {
		t.Error("a test card went through and nobody was told")
	}
	if !strings.Contains(g.auditText(t), `"type":"selftest.failed"`) {
		t.Error("the log does not tell of it")
	}
	g.put(whole)
	g.testItself(t.Context())
	if g.problems.has("selftest") {
		t.Error("the problem stays after a test that passed")
	}
}

func TestNobodyElseCanSendASelfTest(t *testing.T) {
	s := newSelftest()
	for _, mark := range []string{"", "guess", newSelftest().token} {
		h := http.Header{selftestHeader: {mark}}
		if s.recognise(h) {
			t.Errorf("%q passed for a self-test", mark)
		}
		if len(h) != 0 {
			t.Error("the mark goes on to the shop")
		}
	}
	if s.recognise(http.Header{}) {
		t.Error("a request without a mark passed for a self-test")
	}
}

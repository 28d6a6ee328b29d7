package ruleset

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/rules"
)

// folder is the shipped rules with some files replaced.
func folder(t testing.TB, files map[string]string) fstest.MapFS {
	t.Helper()
	fsys := make(fstest.MapFS)
	names, err := folderNames(rules.Shipped)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		src, err := readFile(rules.Shipped, name)
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: src}
	}
	for name, src := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(src)}
	}
	return fsys
}

// load reads the shipped rules with some files replaced, on a fixed day.
func load(t testing.TB, files map[string]string) *Set {
	t.Helper()
	s, err := Load(folder(t, files), Options{Now: today})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var today = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// thousand are a thousand rules of one shape, the last of which is meant for the request.
func thousand(shape string) string {
	var b strings.Builder
	b.WriteString("version: 1\nrules:\n")
	for i := range 1000 {
		fmt.Fprintf(&b, "  - {id: r%d, action: redact, %s}\n", i, strings.ReplaceAll(shape, "N", fmt.Sprint(i)))
	}
	return b.String()
}

func BenchmarkDecideAmongThousandRules(b *testing.B) {
	for name, bb := range map[string]struct{ shape, target string }{
		"paths":             {"where: {paths: [/shop/N/**]}", "/shop/999/order"},
		"routes":            {"where: {paths: [/index.php], query: {route: checkout/N}}", "/index.php?route=checkout/999&lang=ru"},
		"routes-any-path":   {"where: {query: {route: checkout/N}}", "/index.php?route=checkout/999"},
		"paths-in-disguise": {"where: {paths: [/shop/N/**]}", "/x/%2e%2e/shop/999/order"},
		"no-rule":           {"where: {paths: [/shop/N/**]}", "/about/us"},
		"fields":            {"at: [\"body:fieldN\"]", "/about/us"},
	} {
		b.Run(name, func(b *testing.B) {
			s, r := load(b, map[string]string{"cards.yaml": thousand(bb.shape)}), request("POST", bb.target)
			f := &finding.Finding{At: finding.At(finding.Body, "field999", 1), Kind: finding.PAN, Brand: "visa", Confidence: finding.Certain}
			b.ReportAllocs()
			for b.Loop() {
				s.Decide(r, f, today)
			}
		})
	}
}

func BenchmarkPage(b *testing.B) {
	s, r := shipped(b), request("GET", "/index.php?route=product/product&product_id=1")
	b.ReportAllocs()
	for b.Loop() {
		s.Page(r)
	}
}

func BenchmarkNewRequest(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		request("GET", "/index.php?route=product/product&product_id=1")
	}
}

func TestDecisionsDoNotAllocate(t *testing.T) {
	s := load(t, map[string]string{"cards.yaml": thousand("where: {paths: [/shop/N/**]}")})
	f := &finding.Finding{At: finding.At(finding.Body, "note", 1), Kind: finding.PAN, Confidence: finding.Certain}
	for _, target := range []string{"/shop/999/order", "/about", "/x/%2e%2e/shop/999/order", "/shop/1?a=1&a=2;b=3"} {
		r := request("POST", target)
		if n := testing.AllocsPerRun(100, func() { s.Decide(r, f, today) }); n != 0 {
			t.Errorf("%s: %v allocations", target, n)
		}
		if n := testing.AllocsPerRun(100, func() { s.Page(r) }); n != 0 {
			t.Errorf("%s: page: %v allocations", target, n)
		}
	}
}

func BenchmarkLoadShipped(b *testing.B) {
	for b.Loop() {
		shipped(b)
	}
}

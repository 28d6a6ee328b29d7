package ruleset

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// FuzzLoadRules puts any bytes in the place of one file. Whatever they are: no panic, an end in bounded time, faults
// that are Faults with a file, and a set that decides if there are none.
func FuzzLoadRules(f *testing.F) {
	names := append(append([]string(nil), Names...), "cases/cards.yaml")
	seed := func(name string, src []byte) {
		for i, n := range names {
			if n == name {
				f.Add(uint8(i), src)
			}
		}
	}
	bad, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range bad {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		name, _, _ := strings.Cut(filepath.Base(path), "-")
		seed(name+".yaml", src)
	}
	for name, src := range shipped(f).Files() {
		seed(name, src)
	}
	f.Fuzz(func(t *testing.T, which uint8, src []byte) {
		name := names[int(which)%len(names)]
		start := time.Now()
		s, err := Load(bare(name, src), Options{Now: today})
		if took := time.Since(start); took > 2*time.Minute {
			t.Errorf("took %v", took)
		}
		if err != nil {
			faults, ok := err.(Faults)
			if !ok || len(faults) == 0 || faults[0].File == "" {
				t.Errorf("error %T: %v", err, err)
			}
			return
		}
		r := request("POST", "/a/../b;c/%2e%2e/?route=x&route=y;z=1")
		if d := s.Decide(r, number(finding.Body, "x"), today); d.Reason == "" || d.Rule == "" {
			t.Errorf("decision %+v", d)
		}
		if s.Page(r) == nil || s.Hash() == "" {
			t.Error("a set without a page or hash")
		}
	})
}

// bare is a folder whose other files say nothing, so that an input costs no more than itself; pages name their widgets.
func bare(name string, src []byte) fstest.MapFS {
	fsys := fstest.MapFS{"cases/cards.yaml": {Data: []byte("version: 1\ncases: []\n")}}
	for _, n := range Names {
		fsys[n] = &fstest.MapFile{Data: []byte("version: 1\n")}
	}
	fsys["pages.yaml"] = &fstest.MapFile{Data: []byte("version: 1\npages: [{id: all}]\n")}
	if name == "pages.yaml" || name == "scripts.yaml" {
		fsys["widgets.yaml"] = &fstest.MapFile{Data: []byte("version: 1\nshipped: true\n")}
	}
	fsys[name] = &fstest.MapFile{Data: src}
	return fsys
}

func TestHostileFoldersEndSoon(t *testing.T) {
	t.Parallel()
	rows := func(head, row string) string {
		var b strings.Builder
		b.WriteString(head)
		for b.Len() < 1<<20-len(row)-8 {
			b.WriteString(strings.ReplaceAll(row, "N", strings.Repeat("a", b.Len()%7)+string(rune('a'+b.Len()%26))))
		}
		return b.String()
	}
	for name, tt := range map[string]struct{ file, src string }{
		"rules":      {"cards.yaml", rows("version: 1\nrules:\n", " - {id: N, at: [\"body:N\"], action: block}\n")},
		"pages":      {"pages.yaml", rows("version: 1\npages:\n", " - {id: N, like: N}\n")},
		"brands":     {"brands.yaml", rows("version: 1\nbrands:\n", " - {id: N, brand: bbb, from: \"9644\", to: \"9645\", lengths: [16], source: s, date: 2026-01-01}\n")},
		"200 brands": {"brands.yaml", "version: 1\nbrands:\n" + strings.Repeat(" - {id: a, brand: bbb, from: \"9644\", to: \"9645\", lengths: [16], source: s, date: 2026-01-01}\n", 200)},
		"cases":      {"cases/cards.yaml", rows("version: 1\ncases:\n", " - {id: N, expect: {action: pass}}\n")},
		"widgets":    {"widgets.yaml", rows("version: 1\nwidgets:\n", " - {id: N, csp: {N: [N]}}\n")},
		"stars":      {"cards.yaml", "version: 1\nrules: [{id: a, where: {paths: [\"/" + strings.Repeat("*a", 1<<18) + "\"]}, action: block}]"},
		"brackets":   {"cards.yaml", strings.Repeat("[", 1<<20)},
		"ten MiB":    {"cards.yaml", strings.Repeat("#", 10<<20)},
		"digits":     {"cards.yaml", "version: 1\n# " + strings.Repeat("4", 1<<20-20)},
		"many files": {"cases/cards.yaml", "version: 1"},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{tt.file: tt.src}
			if name == "many files" {
				for i := range 600 {
					files["cases/c"+strings.Repeat("x", i)+".yaml"] = "version: 1"
				}
			}
			start := time.Now()
			_, err := Load(folder(t, files), Options{Now: today})
			took := time.Since(start)
			t.Logf("%v, fault %v", took, err != nil)
			if took > 5*time.Minute { // the race detector on a busy machine is thirty times as slow
				t.Errorf("took %v", took)
			}
		})
	}
}

package gateway

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/cappertrophy/panwall/"

// layers orders the rooms: a package may import only from layers before its own, or from within its own where
// `among` allows it. The first prefix that fits decides.
var layers = []struct {
	prefix string
	layer  int
	among  bool // may import others of the same layer
}{
	{"gateway/finding", 0, false},
	{"gateway/internal/strictyaml", 0, false},
	{"gateway/clientip", 2, false},
	{"gateway/config", 1, false},
	{"gateway/pan", 1, false},
	{"rules", 0, false},
	{"gateway/logbook", 2, false},
	{"gateway/ruleset", 3, false},
	{"gateway/visit", 4, false},
	{"gateway/refusal", 5, false},
	{"gateway/internal/shoptest", 5, false},
	{"gateway/inspect/", 6, false},
	{"gateway/edge", 7, false},
	{"gateway/headers", 7, false},
	{"gateway/notify", 7, false},
	{"gateway/limit", 7, false},
	{"gateway/inspect", 7, false},
	{"gateway/proxy", 7, false},
	{"gateway/pages", 7, false},
	{"gateway/demo", 7, false},
	{"gateway/audit", 8, false},
	{"gateway/admin", 9, false},
	{"gateway", 10, true},
	{"cmd/panwall", 11, true},
}

// bans are imports that one place alone may make, each with its reason.
var bans = []struct{ imports, only, reason string }{
	{"net/http", "gateway/ruleset gateway/visit gateway/refusal gateway/", "pan, finding and the files' readers know no HTTP"},
	{"go.uber.org/zap", "gateway/edge", "certmagic logs through zap; one adapter forwards it, nothing else imports it"},
	{"github.com/rs/zerolog/hlog", "", "its URLHandler, RequestHandler and RefererHandler log query strings"},
	{"github.com/ulule/limiter/v3/drivers/middleware", "", "its middleware panics on a store error and trusts the leftmost X-Forwarded-For"},
	{"github.com/gorilla/websocket", "", "frames, not messages, are what we forward"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func TestLayers(t *testing.T) {
	for _, p := range goList(t) {
		from := place(p.ImportPath)
		own, among, known := layerOf(from)
		if !known {
			t.Errorf("%s stands in no layer: add it to the table, above what it imports", from)
			continue
		}
		for _, imported := range p.Imports {
			to := place(imported)
			if layer, _, ours := layerOf(to); ours && strings.HasPrefix(imported, module) {
				if layer > own || layer == own && !among && to != from {
					t.Errorf("%s imports %s: rooms know only what lies below them, and stations never each other", from, to)
				}
			}
		}
	}
}

func TestBans(t *testing.T) {
	bottom := map[string]bool{"gateway/pan": true, "gateway/finding": true, "gateway/config": true, "gateway/internal/strictyaml": true, "rules": true}
	for _, p := range goList(t) {
		from := place(p.ImportPath)
		for _, imported := range p.Imports {
			for _, ban := range bans {
				if !strings.HasPrefix(imported, ban.imports) {
					continue
				}
				if ban.imports == "net/http" && !bottom[from] {
					continue
				}
				if ban.imports != "net/http" && ban.only != "" && strings.HasPrefix(from, ban.only) {
					continue
				}
				t.Errorf("%s imports %s: %s", from, imported, ban.reason)
			}
		}
	}
}

func place(importPath string) string { return strings.TrimPrefix(importPath, module) }

func layerOf(path string) (layer int, among, known bool) {
	for _, l := range layers {
		if path == l.prefix || strings.HasPrefix(path, strings.TrimSuffix(l.prefix, "/")+"/") {
			if strings.HasSuffix(l.prefix, "/") && path == strings.TrimSuffix(l.prefix, "/") {
				continue
			}
			return l.layer, l.among, true
		}
	}
	return 0, false, false
}

func goList(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "../...").Output()
	if err != nil {
		t.Fatalf("listing packages: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p listed
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("only %d packages listed: the test looks in the wrong place", len(all))
	}
	return all
}

package gateway

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/cappertrophy/panwall/"

// layers orders the rooms: a package may import only rooms of lower layers and its own room's inner packages.
// The first row whose folder holds the package decides; "room/" is the inner packages alone.
var layers = []struct {
	room  string
	layer int
}{
	{"gateway/finding", 0},
	{"gateway/internal/strictyaml", 0},
	{"gateway/internal/fuzzed", 0},
	{"gateway/clientip", 2},
	{"gateway/config", 1},
	{"gateway/pan", 1},
	{"rules", 0},
	{"gateway/logbook", 2},
	{"gateway/ruleset", 3},
	{"gateway/visit", 4},
	{"gateway/refusal", 5},
	{"gateway/internal/shoptest", 5},
	{"gateway/inspect/", 6},
	{"gateway/edge", 7},
	{"gateway/headers", 7},
	{"gateway/notify", 7},
	{"gateway/alert", 7},
	{"gateway/limit", 7},
	{"gateway/inspect", 7},
	{"gateway/proxy", 7},
	{"gateway/pages", 7},
	{"gateway/demo", 7},
	{"gateway/trial", 8},
	{"gateway/audit", 8},
	{"gateway/admin", 9},
	{"gateway/leakbench", 6},
	{"gateway", 10},
	{"gateway/internal/proof", 11},
	{"cmd/panwall", 11},
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
		own := row(from)
		if own < 0 {
			t.Errorf("%s stands in no layer: add it to the table, above what it imports", from)
			continue
		}
		for _, imported := range p.Imports {
			if !strings.HasPrefix(imported, module) {
				continue
			}
			if to := row(place(imported)); to != own && layers[to].layer >= layers[own].layer {
				t.Errorf("%s imports %s: rooms know only what lies below them, and stations never each other", from, place(imported))
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

// row is the place of a package in the table, -1 if it has none.
func row(path string) int {
	return slices.IndexFunc(layers, func(l struct {
		room  string
		layer int
	}) bool {
		inner, innerOnly := strings.CutSuffix(l.room, "/")
		return strings.HasPrefix(path, inner+"/") || path == l.room && !innerOnly
	})
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

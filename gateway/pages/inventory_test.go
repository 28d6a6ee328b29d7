package pages

import (
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
	"github.com/cappertrophy/panwall/rules"
)

const inventory = `version: 1
scripts:
  - {id: own, src: /js/**, owner: a@shop.example, reason: the shop, approved_by: b@shop.example, date: 2026-11-01}
  - {id: window, src: "https://widget.example/bundles/*.js", owner: a@shop.example, reason: payment, approved_by: b@shop.example, date: 2026-11-01}
  - {id: alert, sha256: "bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=", owner: a@shop.example, reason: demo, approved_by: b@shop.example, date: 2026-11-01}
  - {id: order, shape: "var order = '…', sum = …;", owner: a@shop.example, reason: order, approved_by: b@shop.example, date: 2026-11-01}
  - {id: elsewhere, src: /other.js, pages: [checkout], owner: a@shop.example, reason: checkout, approved_by: b@shop.example, date: 2026-11-01}
`

func ruleSet(t *testing.T) *ruleset.Set {
	t.Helper()
	folder := fstest.MapFS{}
	for _, name := range ruleset.Names {
		text, err := fs.ReadFile(rules.Shipped, name)
		if err != nil {
			t.Fatal(err)
		}
		folder[name] = &fstest.MapFile{Data: text}
	}
	folder["scripts.yaml"] = &fstest.MapFile{Data: []byte(inventory)}
	set, err := ruleset.Load(folder, ruleset.Options{Now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestOnlyListedScriptsGetTheNonce(t *testing.T) {
	set := ruleSet(t)
	for script, want := range map[string]bool{
		`<script src="/js/a/b.js?v=7">`:                                    true,
		`<script src="https://shop.example/js/a.js">`:                      true,
		`<script src="//shop.example/js/a.js">`:                            true,
		`<script src="/js/../evil.js">`:                                    false,
		`<script src="https://shop.example@evil.example/js/a.js">`:         false,
		`<script src="http://shop.example/js/a.js">`:                       false,
		`<script src="https://widget.example/bundles/widget.js?cms=x">`:    true,
		`<script src="https://widget.example/bundles/sub/widget.js">`:      false,
		`<script src="https://widget.example.evil/bundles/widget.js">`:     false,
		`<script src="data:text/javascript,alert(1)">`:                     false,
		`<script src="/other.js">`:                                         false,
		`<script src="">`:                                                  false,
		`<script>alert(1)`:                                                 true,
		`<script>alert(2)`:                                                 false,
		`<script> var order = 'Заказ 17-A', sum = 1200.50; `:               true,
		`<script>var order = '', sum = 1;`:                                 true,
		`<script>var order = ''; evil('', sum = 1;`:                        false,
		`<script>var order = 'x', sum = evil();`:                           false,
		"<script>var order = 'x\\', sum = 1;":                              false,
		`<script>var order = 'x', sum = 1; evil();`:                        false,
		`<script>var order = '` + strings.Repeat("x", 300) + `', sum = 1;`: false,
	} {
		v := &visit.Visit{Rules: set}
		seen := 0
		h := Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "identity" || r.Header.Get("If-None-Match") != "" {
				t.Errorf("the shop was asked with %v", r.Header)
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Length", "7")
			_, _ = io.WriteString(w, script+"</script>")
		}), Options{
			PageOf: func(*http.Request) *ruleset.Page { return &ruleset.Page{ID: "everything", Nonces: true} },
			Seen:   func(_ *http.Request, _ Script, listed bool) { seen++ },
		})
		r := httptest.NewRequest("GET", "https://shop.example/page", nil)
		r.Header.Set("Accept-Encoding", "gzip")
		r.Header.Set("If-None-Match", `"x"`)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(visit.With(r.Context(), v)))
		if got := strings.Contains(w.Body.String(), `nonce="`+v.Nonce+`"`); got != want || len(v.Nonce) < 20 || seen != 1 {
			t.Errorf("%s: nonce %v, want %v (seen %d)", script, got, want, seen)
		}
		if w.Header().Get("Content-Length") != "" {
			t.Error("the old length is told")
		}
	}
}

package headers

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

func plain(t *testing.T, next http.HandlerFunc, pageOf func(*http.Request) *ruleset.Page, r *http.Request) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	Handler(next, pageOf).ServeHTTP(w, r)
	return w.Result()
}

func TestHSTSOnlyOverTLS(t *testing.T) {
	resp := plain(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(hsts, "max-age=1")
		w.WriteHeader(200)
	}, ourPage, httptest.NewRequest("GET", "http://a/", nil))
	if got, sent := resp.Header[hsts]; sent {
		t.Errorf("over plain HTTP: %q", got)
	}
	if resp.Header.Get(enforced) != ourPolicy {
		t.Error("the policy went with it")
	}
}

func TestCookies(t *testing.T) {
	for claim, tc := range map[string]struct{ set, want string }{
		"what is missing is added":     {"PHPSESSID=a|b; path=/", "PHPSESSID=a|b; path=/; Secure; HttpOnly; SameSite=Lax"},
		"what is there stays as it is": {"PHPSESSID=x; SECURE; httponly; SameSite=none", "PHPSESSID=x; SECURE; httponly; SameSite=none"},
		"a script's cookie stays one":  {"cart=1", "cart=1; Secure; SameSite=Lax"},
		"a value is no attribute":      {"x=secure", "x=secure; Secure; SameSite=Lax"},
		"what we do not know stays":    {"x=1; Partitioned; Priority=High", "x=1; Partitioned; Priority=High; Secure; SameSite=Lax"},
		"an empty one":                 {"", "; Secure; SameSite=Lax"},
	} {
		h := http.Header{"Set-Cookie": {tc.set}}
		cookies(h, ourPage(nil).Cookies, true)
		if got := h.Get("Set-Cookie"); got != tc.want {
			t.Errorf("%s: %q became %q", claim, tc.set, got)
		}
	}
	h := http.Header{"Set-Cookie": {"a=1"}}
	cookies(h, ourPage(nil).Cookies, false)
	if got := h.Get("Set-Cookie"); got != "a=1; SameSite=Lax" {
		t.Errorf("over plain HTTP: %q", got)
	}
}

func TestTheRulesOwnSlicesAreNotTouched(t *testing.T) {
	page := ourPage(nil)
	page.Nonces = true
	page.Header[enforced] = append(make([]string, 0, 8), "script-src 'nonce-"+ruleset.NonceMark+"'")
	for range 3 {
		plain(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200); w.Header().Add(enforced, "more") },
			func(*http.Request) *ruleset.Page { return page }, httptest.NewRequest("GET", "/", nil))
	}
	if got := page.Header[enforced]; len(got) != 1 || !strings.Contains(got[0], ruleset.NonceMark) || got[:2][1] != "" {
		t.Errorf("the rules now say %q", got[:2])
	}
}

func TestARefusalsStyleIsAllowedWhereItIsHTML(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Accept", "text/html")
	r = r.WithContext(visit.With(r.Context(), &visit.Visit{}))
	resp := plain(t, func(w http.ResponseWriter, r *http.Request) {
		refusal.Write(w, r, visit.From(r.Context()), &refusal.Refusal{Code: refusal.Card})
	}, ourPage, r)
	got := resp.Header.Get(enforced)
	if got != refusal.AllowStyle(ourPolicy) || !strings.Contains(got, "default-src 'self'; style-src 'self' 'sha256-") {
		t.Errorf("the policy is %q", got)
	}
}

func TestNonces(t *testing.T) {
	page := func(*http.Request) *ruleset.Page {
		return &ruleset.Page{Nonces: true, Header: http.Header{enforced: {"script-src 'nonce-" + ruleset.NonceMark + "'"}}}
	}
	r := httptest.NewRequest("GET", "/", nil)
	v := &visit.Visit{}
	r = r.WithContext(visit.With(r.Context(), v))
	seen := map[string]bool{}
	for range 3 {
		policy := plain(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) }, page, r).Header.Get(enforced)
		if strings.Contains(policy, ruleset.NonceMark) || seen[policy] {
			t.Errorf("a policy that can be guessed: %q", policy)
		}
		seen[policy] = true
	}
	v.Nonce = "written"
	if policy := plain(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) }, page, r).Header.Get(enforced); policy != "script-src 'nonce-written'" {
		t.Errorf("the policy is %q", policy)
	}
}

func TestHTTP10ClosesAfterOneAnswer(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Proto, r.ProtoMinor = "HTTP/1.0", 0
	resp := plain(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints) // an HTTP/1.0 client would take it for the answer
		w.WriteHeader(http.StatusTeapot)
	}, nil, r)
	if resp.Header.Get("Connection") != "close" || resp.StatusCode != http.StatusTeapot {
		t.Errorf("%d, header %v", resp.StatusCode, resp.Header)
	}
}

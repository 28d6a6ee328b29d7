package ruleset

import (
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestShippedPagesCarryTheWindow(t *testing.T) {
	t.Parallel()
	s := shipped(t)
	for target, id := range map[string]string{
		"/": "everything", "/checkout": "checkout", "/checkout/pay": "checkout", "/index.php?route=checkout/confirm": "checkout-route", "/index.php?route=product/product": "everything",
	} {
		p := s.Page(request("GET", target))
		if p.ID != id {
			t.Errorf("%s: page %q, want %q", target, p.ID, id)
		}
		csp := p.Header.Get("Content-Security-Policy")
		for _, want := range []string{
			"default-src 'self'", "script-src 'self' https://widget.tiptoppay.kz https://widget.cloudpayments.kz https://widget.cloudpayments.ru;",
			"frame-src 'self' https://widget.tiptoppay.kz https://acs.tiptoppay.kz", "form-action 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'self'",
		} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: %q is not in %s", target, want, csp)
			}
		}
		if got := p.Header.Get("Permissions-Policy"); !strings.Contains(got, `payment=(self "https://widget.tiptoppay.kz"`) {
			t.Errorf("%s: %s", target, got)
		}
		if p.Header.Get("Strict-Transport-Security") != "max-age=31536000" || p.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", target, p.Header)
		}
		if p.Header.Get("Cross-Origin-Opener-Policy") != "same-origin-allow-popups" || p.Header.Get("Cross-Origin-Embedder-Policy") != "" {
			t.Errorf("%s: isolation keeps the window out: %v", target, p.Header)
		}
		if near := id != "everything"; (p.Header.Get("Cache-Control") == "no-store") != near || (p.Header.Get("Referrer-Policy") == "strict-origin") != near {
			t.Errorf("%s: %v", target, p.Header)
		}
	}
}

func TestWidgetsAreMergedByDirective(t *testing.T) {
	t.Parallel()
	const widgets = "version: 1\nwidgets: [{id: w, source: s, date: 2026-01-01, csp: {connect-src: [\"https://w.kz\"], frame-src: [\"https://w.kz\"]}, permissions: {payment: [\"https://w.kz\"]}}]"
	for name, tt := range map[string]struct{ page, enforce, trial string }{
		"a directive that falls back is written out": {
			"csp: {trial: {default-src: [\"'self'\"]}}", "", "default-src 'self'; connect-src 'self' https://w.kz; frame-src 'self' https://w.kz"},
		"frame-src falls back on child-src": {
			"csp: {trial: {child-src: [https://c.kz], default-src: [\"'none'\"]}}", "", "default-src 'none'; connect-src https://w.kz; frame-src https://c.kz https://w.kz; child-src https://c.kz"},
		"nothing is restricted that was not": {
			"csp: {trial: {script-src: [\"'self'\"]}}", "", "script-src 'self'"},
		"none gives way": {
			"csp: {trial: {frame-src: [\"'none'\"]}}", "", "frame-src https://w.kz"},
		"a nonce goes into scripts": {
			"nonces: true, csp: {trial: {default-src: [\"'self'\"]}}", "", "default-src 'self'; script-src 'self' 'nonce-{nonce}'; connect-src 'self' https://w.kz; frame-src 'self' https://w.kz"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := load(t, map[string]string{"widgets.yaml": widgets, "pages.yaml": "version: 1\npages: [{id: all, widgets: [w], " + tt.page + "}]"})
			h := s.Page(request("GET", "/")).Header
			if got := h.Get("Content-Security-Policy"); got != tt.enforce {
				t.Errorf("enforced %q, want %q", got, tt.enforce)
			}
			if got := h.Get("Content-Security-Policy-Report-Only"); got != tt.trial {
				t.Errorf("tried %q, want %q", got, tt.trial)
			}
		})
	}
}

func TestPolicyStandsBesideTheShopsWhenAppended(t *testing.T) {
	t.Parallel()
	page := "version: 1\npages: [{id: all, upstream_policy: UP, csp: {enforce: {default-src: [\"'self'\"], script-src: [\"'self'\"], object-src: [\"'none'\"], base-uri: [\"'none'\"], form-action: [\"'self'\"], frame-ancestors: [\"'none'\"]}}}]"
	p := load(t, map[string]string{"pages.yaml": strings.Replace(page, "UP", "append", 1)}).Page(request("GET", "/"))
	if p.Header.Get("Content-Security-Policy") != "" || p.Append.Get("Content-Security-Policy") == "" || len(p.Remove) != 0 {
		t.Errorf("page %+v", p)
	}
	if p.Header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("X-Frame-Options %q", p.Header.Get("X-Frame-Options"))
	}
	p = load(t, map[string]string{"pages.yaml": strings.Replace(page, "UP", "replace", 1)}).Page(request("GET", "/"))
	if p.Header.Get("Content-Security-Policy") == "" || !slices.Contains(p.Remove, "Content-Security-Policy-Report-Only") {
		t.Errorf("page %+v", p)
	}
}

func TestDisguisedTargetsGetTheStricterAnswer(t *testing.T) {
	t.Parallel()
	s := load(t, map[string]string{
		"cards.yaml": `version: 1
websockets: [{id: w, where: {paths: [/ws]}}]
bodies:
  - {id: up, where: {paths: [/up]}, large: stream, max: 1GiB}
targets: [{id: t, where: {paths: ["/files/**"]}, allow: [slash]}]
trailers: [{id: tr, where: {paths: [/up]}, names: [x-sum]}]`,
		"limits.yaml": `version: 1
limits: [{id: pay, where: {paths: [/pay]}, rate: 1/s, burst: 1}]
allowances: [{id: asv, where: {paths: [/up], clients: [192.0.2.0/24]}, ` + governed + `}]
bans: [{id: ban, reason: r, where: {paths: [/pay], clients: [192.0.2.1]}}]
concurrency: [{id: c, where: {paths: [/pay]}, max: 2}, {id: all, max: 9}]`,
		"notifications.yaml": "version: 1\nnotifications: [{id: n, where: {paths: [/hook]}, provider: tiptoppay, type: check, secrets: [env:S]}]",
	})
	r := func(target string) *Request { return request("POST", target) }
	if b := s.Body(r("/up"), today); !b.Stream || b.Max != 1<<30 || b.Rule != "up" {
		t.Errorf("body %+v", b)
	}
	if b := s.Body(r("/%75p"), today); b.Stream {
		t.Errorf("disguised body %+v", b)
	}
	if _, ok := s.WebSocket(r("/ws")); !ok {
		t.Error("no socket")
	}
	if _, ok := s.WebSocket(r("/w%73")); ok {
		t.Error("disguised socket")
	}
	if n := s.Trailers(r("/up")); len(n) != 1 || n[0] != "X-Sum" || s.Trailers(r("/u%70")) != nil {
		t.Errorf("trailers %q", n)
	}
	if n, ok := s.Notification(r("/hook")); !ok || n.Type != "check" || n.OnBadSignature != "refuse" {
		t.Errorf("notification %+v", n)
	}
	if _, ok := s.Notification(r("/hoo%6b")); ok {
		t.Error("disguised notification")
	}
	for target, want := range map[string]bool{"/files/a%2Fb": true, "/files/a%2fb": true, "/files/a%5Cb": false, "/files/../a%2Fb": false, "/other/a%2Fb": false, "/files/a%00b": false} {
		if got := s.PathAllowed(r(target)); got != want {
			t.Errorf("%s allowed: %v", target, got)
		}
	}
	if l := s.Limits(nil, r("/p%61y")); len(l) != 1 || l[0].ID != "pay" {
		t.Errorf("disguised request is counted by %v", l)
	}
	if id, ok := s.Allowed(r("/up"), today); !ok || id != "asv" {
		t.Error("no allowance")
	}
	if _, ok := s.Allowed(r("/%75p"), today); ok {
		t.Error("disguised allowance")
	}
	if _, ok := s.Allowed(r("/up"), today.AddDate(0, 3, 0)); ok {
		t.Error("expired allowance")
	}
	if id, ok := s.Banned(r("/%70ay"), today); !ok || id != "ban" {
		t.Error("disguise lifts a ban")
	}
	if n, m := s.Concurrency(r("/%70ay")), s.Concurrency(r("/")); n != 2 || m != 9 {
		t.Errorf("concurrency %d, %d", n, m)
	}
}

func TestRouteNamesHoldNothingOfTheClient(t *testing.T) {
	t.Parallel()
	s := load(t, map[string]string{"cards.yaml": `version: 1
rules:
  - {id: a, where: {paths: [/index.php], query: {route: checkout/confirm}}, action: block}
  - {id: b, where: {paths: ["/blog/*/comment"]}, action: block}`})
	for target, want := range map[string]string{
		"/index.php?route=checkout/confirm&x=4111111111111111": "/index.php?route=checkout/confirm",
		"/index.php?route=checkout/cart":                       "/**?route=checkout/**", // the shipped pages name it
		"/blog/4111111111111111/comment":                       "/blog/*/comment",
		"/4111111111111111/x":                                  "/*",
		"/catalog/boots":                                       "/catalog/*",
		"/":                                                    "/",
		"/%D0%B0/x":                                            "/*",
		"/x/..%2Fcheckout/pay":                                 "/checkout/**",
	} {
		if got := s.Route(request("GET", target)); got != want {
			t.Errorf("%s: route %q, want %q", target, got, want)
		}
	}
}

func TestShippedLimitsCountOncePerRow(t *testing.T) {
	t.Parallel()
	s := shipped(t)
	var ids []string
	for _, l := range s.Limits(nil, request("POST", "/index.php?route=checkout/confirm")) {
		ids = append(ids, l.ID)
	}
	if got := strings.Join(ids, " "); got != "everybody checkout-route posts-per-hour" {
		t.Errorf("limits %s", got)
	}
}

func TestLimitRevisionChangesWithItsRow(t *testing.T) {
	t.Parallel()
	limit := func(rate string) *Limit {
		s := load(t, map[string]string{"limits.yaml": "version: 1\nlimits: [{id: a, where: {query: {a: b, c: d}}, rate: " + rate + ", burst: 3}]"})
		return s.Limits(nil, request("GET", "/?a=b&c=d"))[0]
	}
	if a, b := limit("1/s"), limit("60/m"); a.Rev != b.Rev || a.Rate != 1 {
		t.Errorf("the same row has revisions %s and %s", a.Rev, b.Rev)
	}
	if a, b := limit("1/s"), limit("2/s"); a.Rev == b.Rev {
		t.Error("another row has the same revision")
	}
}

func TestClientsAreSelectedByPrefix(t *testing.T) {
	t.Parallel()
	s := load(t, map[string]string{"limits.yaml": "version: 1\nbans: [{id: b, reason: r, where: {clients: [192.0.2.0/24, \"2001:db8::/48\"]}, expires: 2026-12-01}]"})
	for address, want := range map[string]bool{"192.0.2.7": true, "::ffff:192.0.2.7": true, "198.51.100.1": false, "2001:db8::7": true, "2001:db9::7": false} {
		r := NewRequest(httptest.NewRequest("GET", "/", nil), netip.MustParseAddr(address))
		if _, got := s.Banned(r, today); got != want {
			t.Errorf("%s banned: %v", address, got)
		}
	}
	r := NewRequest(httptest.NewRequest("GET", "/", nil), netip.MustParseAddr("192.0.2.7"))
	if _, banned := s.Banned(r, time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC)); banned {
		t.Error("a ban outlives its day")
	}
}

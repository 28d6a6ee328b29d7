package ruleset

import (
	"bufio"
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func TestNormalise(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/a/b": "/a/b", "/": "/", "/a/": "/a/", "//a///b": "/a/b", "/a/./b": "/a/b", "/a/../b": "/b", "/../../b": "/b", "/a/..": "/", "/a/b/..": "/a/",
		"/a/%2e%2e/b": "/b", "/%61": "/a", "/%2561": "/%61", "/a%2Fb": "/a/b", "/a%5Cb": "/a/b", `/a\b`: "/a/b", "/a;x=1/b;y": "/a/b", "/a%3Bx": "/a;x",
		"/%zz": "/%zz", "/%": "/%", "/a/.": "/a/", "": "", "*": "*", "/%D0%BE": "/о", "/a%00": "/a\x00", "/...": "/...",
	} {
		if got := Normalise(path); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestGlob(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, text string
		want          bool
	}{
		{"/a", "/a", true}, {"/a", "/a/", false}, {"/*", "/a", true}, {"/*", "/", true}, {"/*", "/a/b", false}, {"/**", "/a/b", true},
		{"/a/**", "/a", true}, {"/a/**", "/a/", true}, {"/a/**", "/a/b/c", true}, {"/a/**", "/ab", false}, {"/*/b", "/a/b", true}, {"/*/b", "/a/c/b", false},
		{"/**/b", "/a/c/b", true}, {"/**/b", "/b", false}, {"/a*c/**/d*", "/abc/x/y/def", true}, {"/a*c/**/d*", "/abc/x/y/def/g", false}, {"**", "", true},
		{"/a/*/c/**", "/a/b/c", true}, {"/a/*/c/**", "/a/b/d/c", false}, {"*.png", "a.png", true}, {"/**.png", "/x/y.png", true}, {"/**.png", "/x/y.png/z", false},
		{"/*a*b*", "/xaxbx", true}, {"/*a*b*", "/xbxax", false}, {"multipart/*", "multipart/form-data", true},
	} {
		g := newGlob(tt.pattern, '/')
		if got := g.match(tt.text); got != tt.want {
			t.Errorf("%q matches %q: %v, want %v", tt.pattern, tt.text, got, tt.want)
		}
	}
	hosts := newGlob("*.shop.kz", '.')
	if hosts.match("a.b.shop.kz") || !hosts.match("a.shop.kz") || hosts.match("shop.kz") {
		t.Error("a star crosses a label of a host")
	}
}

func TestGlobEndsSoon(t *testing.T) {
	t.Parallel()
	g := newGlob("/"+strings.Repeat("*a**", 20)+"b", '/')
	if g.match("/" + strings.Repeat("a", 8000)) {
		t.Error("matches")
	}
}

func TestRequestIsReadAsItWasSent(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		raw                    string
		host, path, normalised string
		query                  string // of the parameter q
		media                  string
	}{
		"an ordinary request":    {"GET /a?q=1 HTTP/1.1\r\nHost: Shop.KZ\r\n\r\n", "shop.kz", "/a", "/a", "1", ""},
		"a port and a dot":       {"GET / HTTP/1.1\r\nHost: shop.kz.:8443\r\n\r\n", "shop.kz", "/", "/", "", ""},
		"an address":             {"GET / HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\n\r\n", "2001:db8::1", "/", "/", "", ""},
		"an absolute form":       {"GET http://shop.kz/%61?q=a%20b HTTP/1.1\r\nHost: shop.kz\r\n\r\n", "shop.kz", "/%61", "/a", "a b", ""},
		"an absolute root":       {"GET http://shop.kz HTTP/1.1\r\nHost: shop.kz\r\n\r\n", "shop.kz", "/", "/", "", ""},
		"a query with a slash":   {"GET /?q=http://x/y HTTP/1.1\r\nHost: shop.kz\r\n\r\n", "shop.kz", "/", "/", "http://x/y", ""},
		"a broken escape":        {"GET /a?q=%zz&b HTTP/1.1\r\nHost: shop.kz\r\n\r\n", "shop.kz", "/a", "/a", "%zz", ""},
		"a type with parameters": {"POST / HTTP/1.1\r\nHost: s\r\nContent-Type: Text/HTML; charset=x\r\n\r\n", "s", "/", "/", "", "text/html"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hr, err := http.ReadRequest(bufio.NewReader(strings.NewReader(tt.raw)))
			if err != nil {
				t.Fatal(err)
			}
			r := NewRequest(hr, netip.MustParseAddr("::ffff:192.0.2.1"))
			if r.Host != tt.host || r.Path != tt.path || r.Normalised != tt.normalised || r.Query.Get("q") != tt.query || r.Type != tt.media {
				t.Errorf("read %+v", r)
			}
			if !r.Client.Is4() {
				t.Errorf("client %s", r.Client)
			}
		})
	}
}

package edge

import (
	"bufio"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// What Strict lets through means one thing: a path and a query in visible ASCII, the same to us and to whoever parses
// the target anew.
func FuzzStrict(f *testing.F) {
	for _, target := range []string{"/", "/a?b=c&d|e", "*", "//x/../y", "https://shop.test", "https://shop.test?x", "https://u@shop.test/", "/%zz", "/%2e%2e;x", "http:/x", "/\xff#"} {
		f.Add("GET", target)
		f.Add("OPTIONS", target)
	}
	f.Fuzz(func(t *testing.T, method, target string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(method + " " + target + " HTTP/1.1\r\nHost: shop.test\r\n\r\n")))
		if err != nil {
			return
		}
		if fault(r) != "" {
			return
		}
		if r.RequestURI == "*" {
			if r.Method != http.MethodOptions {
				t.Errorf("%s * passed", r.Method)
			}
			return
		}
		if !strings.HasPrefix(r.RequestURI, "/") || !goodTarget(r.RequestURI) {
			t.Fatalf("%q passed as %q", target, r.RequestURI)
		}
		again, err := url.ParseRequestURI(r.RequestURI)
		if err != nil || again.Path != r.URL.Path || again.RawQuery != r.URL.RawQuery {
			t.Errorf("%q is %q and %q to us, %+v to others (%v)", target, r.URL.Path, r.URL.RawQuery, again, err)
		}
		if r.Host == "" || strings.ContainsAny(r.Host, "@/") {
			t.Errorf("%q has host %q", target, r.Host)
		}
	})
}

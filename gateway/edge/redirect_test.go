package edge

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestClearPort(t *testing.T) {
	c := local("shop.test")
	c.Listen.PublicPort = 443
	d := open(t, Options{Config: c, Notification: func(r *http.Request) bool { return r.URL.Path == "/cloudpayments/pay" }})
	for claim, want := range map[string]struct {
		request  string
		status   int
		location string
	}{
		"a page is redirected for good":               {"GET /a?b=c HTTP/1.1\r\nHost: shop.test\r\n\r\n", 301, "https://shop.test/a?b=c"},
		"a form keeps its method":                     {"POST /a HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n", 308, "https://shop.test/a"},
		"a port in Host is not repeated":              {"GET / HTTP/1.1\r\nHost: SHOP.test:80\r\n\r\n", 301, "https://shop.test/"},
		"an unknown host is not reflected":            {"GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n", 421, ""},
		"two slashes lead nowhere else":               {"GET //evil.test/ HTTP/1.1\r\nHost: shop.test\r\n\r\n", 301, "https://shop.test//evil.test/"},
		"an absolute target leads nowhere else":       {"GET http://evil.test/ HTTP/1.1\r\nHost: shop.test\r\n\r\n", 421, ""},
		"an absolute target with userinfo":            {"GET http://shop.test@evil.test/ HTTP/1.1\r\nHost: shop.test\r\n\r\n", 421, ""},
		"a notification is never redirected":          {"POST /cloudpayments/pay HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n", 403, ""},
		"a challenge that nobody asked for is no key": {"GET /.well-known/acme-challenge/x HTTP/1.1\r\nHost: shop.test\r\n\r\n", 301, "https://shop.test/.well-known/acme-challenge/x"},
		"bytes beyond ASCII are not repeated":         {"GET /\xd0\xba HTTP/1.1\r\nHost: shop.test\r\n\r\n", 400, ""},
		"OPTIONS * leads nowhere":                     {"OPTIONS * HTTP/1.1\r\nHost: shop.test\r\n\r\n", 400, ""},
	} {
		t.Run(claim, func(t *testing.T) {
			conn, err := net.Dial("tcp", d.http)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
			r := raw(t, conn, want.request)
			if r.StatusCode != want.status || r.Header.Get("Location") != want.location {
				t.Errorf("%d to %q, want %d to %q", r.StatusCode, r.Header.Get("Location"), want.status, want.location)
			}
			if r.Header.Get("Strict-Transport-Security") != "" {
				t.Error("HSTS was sent in clear")
			}
			if text := body(t, r); strings.Contains(text, "evil") {
				t.Errorf("the answer repeats the request: %q", text)
			}
		})
	}
}

func TestClearPortForAnyHost(t *testing.T) {
	d := open(t, Options{Config: local()})
	_, port, _ := net.SplitHostPort(d.https)
	for host, want := range map[string]string{
		"localhost": "https://localhost:" + port + "/", "127.0.0.1": "https://127.0.0.1:" + port + "/",
		"[::1]": "https://[::1]:" + port + "/", "evil.kz": "",
	} {
		conn, err := net.Dial("tcp", d.http)
		if err != nil {
			t.Fatal(err)
		}
		r := raw(t, conn, "GET / HTTP/1.1\r\nHost: "+host+"\r\n\r\n")
		if got := r.Header.Get("Location"); got != want {
			t.Errorf("%s was sent to %q, want %q", host, got, want)
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_ = conn.Close()
	}
}

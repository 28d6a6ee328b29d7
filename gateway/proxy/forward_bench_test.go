package proxy

import (
	"bufio"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// leanShop answers each request with a kilobyte, as cheaply as it can be done: what is measured is not the shop.
func leanShop(b *testing.B) *url.URL {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	answer := []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Sun, 22 Nov 2026 12:00:00 GMT\r\nContent-Length: 1024\r\n\r\n" + strings.Repeat("x", 1024))
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				in := bufio.NewReader(conn)
				for {
					length := 0
					for {
						line, err := in.ReadSlice('\n')
						if err != nil {
							return
						}
						if len(line) == 2 {
							break
						}
						if strings.HasPrefix(string(line), "Content-Length: 1024") {
							length = 1024
						}
					}
					if _, err := in.Discard(length); err != nil {
						return
					}
					if _, err := conn.Write(answer); err != nil {
						return
					}
				}
			}()
		}
	}()
	return &url.URL{Scheme: "http", Host: l.Addr().String()}
}

// BenchmarkForward holds one POST of a kilobyte over TLS against the bare ReverseProxy. cpu-µs/op is the time of the
// whole process: client, proxy and shop, so the ratio between proxies is larger than it looks.
func BenchmarkForward(b *testing.B) {
	shop := leanShop(b)
	ours := func(transport http.RoundTripper) http.Handler {
		p, err := New(Options{Upstream: config.Upstream{URLs: []string{shop.String()}}, Transport: transport})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(p.Close)
		client, rules := netip.MustParseAddr("203.0.113.7"), &ruleset.Set{}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			v := &visit.Visit{ID: "0123456789ABCDEF", Client: client, Rules: rules, Request: &ruleset.Request{}}
			p.ServeHTTP(w, r.WithContext(visit.With(r.Context(), v)))
		})
	}
	bare := NewTransport(0)
	b.Cleanup(bare.CloseIdleConnections)
	for _, tc := range []struct {
		name    string
		handler http.Handler
	}{
		{"bare ReverseProxy", &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(shop); p.SetXForwarded() }, Transport: bare}},
		{"panwall over net-http Transport", ours(NewTransport(0))},
		{"panwall", ours(nil)},
	} {
		b.Run(tc.name, func(b *testing.B) { forward(b, tc.handler) })
	}
}

func forward(b *testing.B, h http.Handler) {
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	conn, err := tls.Dial("tcp", server.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // a benchmark's own server
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	request := []byte("POST /order?x=1 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: bench\r\nAccept: */*\r\nAccept-Language: ru\r\nCookie: sid=abc; _ga=GA1.2.3\r\nContent-Type: application/json\r\nContent-Length: 1024\r\n\r\n" + strings.Repeat("y", 1024))
	in := bufio.NewReaderSize(conn, 8<<10)
	b.ReportAllocs()
	before := cpu()
	for b.Loop() {
		if _, err := conn.Write(request); err != nil {
			b.Fatal(err)
		}
		for blank := false; !blank; {
			line, err := in.ReadSlice('\n')
			if err != nil {
				b.Fatal(err)
			}
			blank = len(line) == 2
		}
		if _, err := in.Discard(1024); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

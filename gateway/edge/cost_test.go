package edge

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rs/zerolog"
)

// The door's own cost a request, beside net/http alone in the same run: go test -bench Door ./gateway/edge
func BenchmarkDoor(b *testing.B) {
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "ok")
	})
	for proto, offered := range map[string][]string{"HTTP2": {"h2"}, "HTTP1": {"http/1.1"}} {
		b.Run(proto+"/net-http", func(b *testing.B) {
			s := httptest.NewUnstartedServer(answer)
			s.EnableHTTP2 = true
			s.StartTLS()
			defer s.Close()
			ask1(b, &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, NextProtos: offered}, ForceAttemptHTTP2: proto == "HTTP2"}, s.URL)
		})
		b.Run(proto+"/door", func(b *testing.B) {
			e, err := New(Options{Config: local("127.0.0.1"), Handler: Strict(answer), Storage: b.TempDir(), Logger: zerolog.Nop()})
			if err != nil {
				b.Fatal(err)
			}
			if err := e.Listen(); err != nil {
				b.Fatal(err)
			}
			done := make(chan error, 1)
			go func() { done <- e.Serve(b.Context()) }()
			defer func() { e.Force(); <-done }()
			https, _ := e.Addrs()
			ask1(b, &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, NextProtos: offered}, ForceAttemptHTTP2: proto == "HTTP2"}, "https://"+https[0].String())
		})
	}
}

func ask1(b *testing.B, transport *http.Transport, url string) {
	client := &http.Client{Transport: transport}
	defer transport.CloseIdleConnections()
	b.ReportAllocs()
	for b.Loop() {
		r, err := client.Get(url)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
}

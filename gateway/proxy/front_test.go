package proxy

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// front is the proxy behind a real TLS server.
type front struct {
	server    *httptest.Server
	failed    chan error
	rules     *ruleset.Set
	readFirst bool // the body is read whole before it is forwarded, as an inspection does
}

// newFront stands a proxy before the given origins.
func newFront(t testing.TB, urls []string, change func(*Options)) *front {
	t.Helper()
	f := &front{failed: make(chan error, 16), rules: &ruleset.Set{}}
	o := Options{
		Upstream: config.Upstream{URLs: urls, Timeout: 5 * time.Second},
		Failed:   func(_ *visit.Visit, err error) { f.failed <- err },
	}
	if change != nil {
		change(&o)
	}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	f.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client := netip.MustParseAddr("203.0.113.7")
		v := &visit.Visit{ID: "0123456789ABCDEF", Client: client, Rules: f.rules, Site: &config.Site{}, Request: ruleset.NewRequest(r, client)}
		if f.readFirst {
			b, _ := io.ReadAll(r.Body)
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
		}
		p.ServeHTTP(w, r.WithContext(visit.With(r.Context(), v)))
	}))
	f.server.Config.DisableGeneralOptionsHandler = true // OPTIONS * is ours to forward
	f.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	f.server.EnableHTTP2 = true
	f.server.StartTLS()
	t.Cleanup(func() { f.server.Close(); p.Close() })
	return f
}

// behind is a front with one recording shop.
func behind(t testing.TB, change func(*Options)) (*front, *shoptest.Recorder) {
	t.Helper()
	shop := shoptest.NewRecorder(t)
	return newFront(t, []string{shop.URL()}, change), shop
}

// client is an HTTP client of one version, with no header of its own.
func (f *front) client(t testing.TB, version int) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(f.server.Certificate())
	var protocols http.Protocols
	protocols.SetHTTP1(version == 1)
	protocols.SetHTTP2(version == 2)
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, Protocols: &protocols, DisableCompression: true}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// dial opens a TLS connection for raw HTTP/1.1.
func (f *front) dial(t testing.TB) *tls.Conn {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(f.server.Certificate())
	d := tls.Dialer{Config: &tls.Config{RootCAs: roots, NextProtos: []string{"http/1.1"}, ServerName: "example.com"}}
	conn, err := d.DialContext(context.Background(), "tcp", f.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	t.Cleanup(func() { _ = conn.Close() })
	return conn.(*tls.Conn)
}

// raw sends bytes and reads one answer with its body.
func (f *front) raw(t testing.TB, request string) (*http.Response, string) {
	t.Helper()
	conn := f.dial(t)
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	return readAnswer(t, bufio.NewReader(conn))
}

func readAnswer(t testing.TB, br *bufio.Reader) (*http.Response, string) {
	t.Helper()
	resp, err := http.ReadResponse(br, nil)
	if err != nil {
		t.Fatalf("reading the answer: %v", err)
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("reading the answer's body: %v", err)
	}
	return resp, string(b)
}

// versions runs a test with HTTP/1.1 and HTTP/2 clients.
func versions(t *testing.T, test func(t *testing.T, version int)) {
	for _, version := range []int{1, 2} {
		t.Run(fmt.Sprintf("HTTP/%d", version), func(t *testing.T) { test(t, version) })
	}
}

func get(t testing.TB, c *http.Client, url string) (*http.Response, string) {
	t.Helper()
	return send(t, c, newRequest(t, "GET", url, nil))
}

func newRequest(t testing.TB, method, url string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func send(t testing.TB, c *http.Client, r *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

func lines(s ...string) string { return strings.Join(s, "\r\n") + "\r\n\r\n" }

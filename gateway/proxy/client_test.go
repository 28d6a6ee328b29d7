package proxy

import (
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
)

// Whatever is sent and answered, our client and net/http's carry the same.
func TestBothClientsCarryTheSame(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 20000)
	for claim, tc := range map[string]struct {
		method, target string
		body           func() io.Reader
		answer         shoptest.Behaviour
	}{
		"a page":                {"GET", "/?a=1;b=2&%zz", nil, shoptest.Answer("200 OK", "page", "X-A: 1", "X-A: 2")},
		"a head":                {"HEAD", "/", nil, shoptest.Answer("200 OK", "page")},
		"nothing changed":       {"GET", "/", nil, shoptest.Raw("HTTP/1.1 304 Not Modified\r\n\r\n")},
		"an order":              {"POST", "/", func() io.Reader { return strings.NewReader("order") }, shoptest.Answer("201 Created", "")},
		"a large upload":        {"PUT", "/", func() io.Reader { return strings.NewReader(long) }, shoptest.Answer("200 OK", "ok")},
		"an upload in pieces":   {"POST", "/", func() io.Reader { return iotest.HalfReader(strings.NewReader(long)) }, shoptest.Answer("200 OK", "ok")},
		"no body at all":        {"POST", "/", nil, shoptest.Answer("200 OK", "ok")},
		"a DELETE with a body":  {"DELETE", "/", func() io.Reader { return strings.NewReader("x") }, shoptest.Answer("200 OK", "ok")},
		"a large answer":        {"GET", "/", nil, shoptest.Large(300000)},
		"an answer until close": {"GET", "/", nil, shoptest.Raw("HTTP/1.1 200 OK\r\n\r\nuntil the end")},
		"an HTTP/1.0 answer":    {"GET", "/", nil, shoptest.Raw("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")},
		"trailers":              {"GET", "/", nil, shoptest.Trailers("X-T", "body", "X-T: v")},
		"a hint":                {"GET", "/", nil, shoptest.EarlyHints("Link: </x>", shoptest.Answer("200 OK", "x"))},
		"a gateway's 100":       {"GET", "/", nil, shoptest.EarlyHints("X: 1", shoptest.EarlyHints("X: 2", shoptest.Answer("200 OK", "x")))},
		"no length, chunked":    {"GET", "/", nil, shoptest.Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n")},
		"folded lines":          {"GET", "/", nil, shoptest.Raw("HTTP/1.1 200 OK\r\nX-F: a\r\n b\r\nContent-Length: 0\r\n\r\n")},
		"both framings":         {"GET", "/", nil, shoptest.Raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")},
		"a negative length":     {"GET", "/", nil, shoptest.Raw("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")},
		"hints without end":     {"GET", "/", nil, shoptest.Raw(strings.Repeat("HTTP/1.1 103 Early Hints\r\nX: "+long[:9000]+"\r\n\r\n", 100))},
		"a hundred hints":       {"GET", "/", nil, shoptest.Raw(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 100) + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")},
	} {
		t.Run(claim, func(t *testing.T) {
			var told [2]string
			for i, carrier := range []http.RoundTripper{NewClient(time.Second), NewTransport(time.Second)} {
				f, shop := behind(t, func(o *Options) { o.Transport = carrier })
				shop.On("/", tc.answer)
				var body io.Reader
				if tc.body != nil {
					body = tc.body()
				}
				resp, text := send(t, f.client(t, 1), newRequest(t, tc.method, f.server.URL+tc.target, body))
				told[i] = tell(resp, text, shop.Next(t))
			}
			if told[0] != told[1] {
				t.Errorf("ours:\n%s\nnet/http's:\n%s", told[0], told[1])
			}
		})
	}
}

// tell writes down what both sides saw, but for what differs from run to run.
func tell(resp *http.Response, body string, q shoptest.Request) string {
	resp.Header.Del("Date")
	if resp.StatusCode == http.StatusBadGateway {
		body = "" // the incident
		resp.Header.Del("Content-Length")
	}
	slices.Sort(q.Lines)
	q.Lines = slices.DeleteFunc(q.Lines, func(l string) bool {
		return strings.HasPrefix(l, "X-Forwarded-Host") || strings.HasPrefix(l, "Host") || strings.HasPrefix(l, "Forwarded")
	})
	return fmt.Sprintf("%d %v %d %d:%.40s %v\n%s %s %q %d:%.40s %q", resp.StatusCode, resp.Header, resp.ContentLength, len(body), body, resp.Trailer,
		q.Method, q.Target, q.Lines, len(q.Body), q.Body, q.Trailer)
}

// What a shop says beyond its answer is nobody's answer.
func TestBytesBeyondAnAnswerAreNotTheNextOne(t *testing.T) {
	f, shop := behind(t, nil)
	shop.On("/two", func(c *shoptest.Conn, _ shoptest.Request) bool {
		return c.Say("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\noneHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
	})
	c := f.client(t, 1)
	for range 5 {
		if _, body := get(t, c, f.server.URL+"/two"); body != "one" {
			t.Errorf("got %q", body)
		}
		if _, body := get(t, c, f.server.URL+"/other"); body != "ok\n" {
			t.Errorf("another visitor got %q", body)
		}
	}
}

// A connection that the shop closed after its answer costs nobody an order.
func TestAConnectionThatEndedIsNotUsed(t *testing.T) {
	f, shop := behind(t, nil)
	closed := make(chan struct{})
	shop.On("/last", func(c *shoptest.Conn, _ shoptest.Request) bool {
		c.Say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") // and hangs up, though it promised to stay
		_ = c.Close()
		closed <- struct{}{}
		return false
	})
	c := f.client(t, 1)
	for range 10 {
		get(t, c, f.server.URL+"/last")
		<-closed
		if resp, _ := send(t, c, newRequest(t, "POST", f.server.URL+"/order", strings.NewReader("order"))); resp.StatusCode != 200 {
			t.Fatalf("an order met a dead connection: %d", resp.StatusCode)
		}
	}
	orders := 0
	for _, q := range shop.Requests() {
		if q.Method == "POST" {
			orders++
		}
	}
	if orders != 10 {
		t.Errorf("10 orders became %d", orders)
	}
}

func TestShopsWithTLS(t *testing.T) {
	shop := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s %d", r.Proto, len(b))
	}))
	shop.Config.ErrorLog = log.New(io.Discard, "", 0)
	shop.StartTLS()
	defer shop.Close()
	c := NewClient(time.Second)
	f := newFront(t, []string{shop.URL}, func(o *Options) { o.Transport = c })
	if resp, _ := get(t, f.client(t, 1), f.server.URL); resp.StatusCode != 502 {
		t.Errorf("a certificate nobody vouches for: %d", resp.StatusCode)
	}
	if err := <-f.failed; !strings.Contains(err.Error(), "certificate not accepted") {
		t.Errorf("the log says %q", err)
	}
	c.tls.RootCAs = x509.NewCertPool()
	c.tls.RootCAs.AddCert(shop.Certificate())
	for range 5 {
		if _, body := send(t, f.client(t, 1), newRequest(t, "POST", f.server.URL, strings.NewReader("12345"))); body != "HTTP/1.1 5" {
			t.Errorf("got %q", body)
		}
	}
	if c.pool.count != 1 {
		t.Errorf("%d connections are kept after requests in a row", c.pool.count)
	}
}

func TestARequestThatWouldBeTwoIsNotWritten(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	c := NewClient(time.Second)
	defer c.CloseIdleConnections()
	for claim, change := range map[string]func(*http.Request){
		"a target with a line end": func(r *http.Request) { r.URL.Opaque = "/ HTTP/1.1\r\nX: y\r\n\r\nGET /evil" },
		"a target with a space":    func(r *http.Request) { r.URL.Opaque = "/a b" },
		"a query with a line end":  func(r *http.Request) { r.URL.RawQuery = "a\r\nX: y" },
		"a method with a line end": func(r *http.Request) { r.Method = "GET / HTTP/1.1\r\nX: y\r\n\r\nGET" },
		"a host with a line end":   func(r *http.Request) { r.Host = "a\r\nX: y" },
		"a header with a line end": func(r *http.Request) { r.Header["X-A"] = []string{"a\r\nX: y"} },
		"a name with a colon":      func(r *http.Request) { r.Header["X: y\r\nZ"] = []string{"a"} },
		"a NUL":                    func(r *http.Request) { r.Header["X-A"] = []string{"a\x00b"} },
		"a trailer with a line end": func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader("x"))
			r.ContentLength = -1
			r.Trailer = http.Header{"T": {"a\r\nb"}}
		},
	} {
		r := newRequest(t, "GET", shop.URL()+"/", nil)
		change(r)
		if resp, err := c.RoundTrip(r); err == nil {
			_ = resp.Body.Close()
			t.Errorf("%s was sent", claim)
		}
	}
	if n := len(shop.Requests()); n != 0 {
		t.Errorf("the shop got %d whole requests", n)
	}
}

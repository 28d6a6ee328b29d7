package proxy

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
	"github.com/cappertrophy/panwall/gateway/refusal"
)

// nobody is an origin where nothing listens.
func nobody(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

func TestFaultsOfTheShop(t *testing.T) {
	ended := make(chan struct{}, 4)
	for claim, tc := range map[string]struct {
		shop   shoptest.Behaviour
		status int
		named  string
	}{
		"a reset before the answer":   {shoptest.Reset(""), 502, ""},
		"a hang-up before the answer": {shoptest.Raw(""), 502, "hung up before answering"},
		"half a header":               {shoptest.Raw("HTTP/1.1 200 OK\r\nX-A"), 502, ""},
		"nonsense":                    {shoptest.Raw("SSH-2.0-OpenSSH 4111111111111111\r\n\r\n"), 502, "malformed answer"},
		"a header without end":        {shoptest.Raw("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20)), 502, "header too large"},
		"two lengths":                 {shoptest.Raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), 502, "malformed answer"},
		"a switch nobody asked for":   {shoptest.Raw("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"), 502, "switched protocols unasked"},
		"silence":                     {shoptest.Silent(ended), 504, "no answer in time"},
	} {
		t.Run(claim, func(t *testing.T) {
			f, shop := behind(t, func(o *Options) { o.Upstream.Timeout = 100 * time.Millisecond })
			shop.On("/", tc.shop)
			resp, body := send(t, f.client(t, 1), newRequest(t, "POST", f.server.URL+"/", strings.NewReader("order")))
			if resp.StatusCode != tc.status || !strings.Contains(body, "urn:panwall:problem:") {
				t.Errorf("%d %q", resp.StatusCode, body)
			}
			err := <-f.failed
			if !strings.Contains(err.Error(), tc.named) || strings.Contains(err.Error(), "4111") {
				t.Errorf("the log says %q", err)
			}
			if n := len(shop.Requests()); n != 1 {
				t.Errorf("the order was sent %d times", n)
			}
		})
	}
}

func TestShopDown(t *testing.T) {
	f := newFront(t, []string{nobody(t)}, nil)
	r := newRequest(t, "GET", f.server.URL+"/", nil)
	r.Header.Set("Accept", "text/html")
	resp, body := send(t, f.client(t, 2), r)
	if resp.StatusCode != 502 || !strings.Contains(body, "<html lang=") {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
	if err := <-f.failed; !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("the log says %q", err)
	}
}

func TestFailoverOnlyWhenNothingWasSent(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	f := newFront(t, []string{nobody(t), shop.URL()}, nil)
	c := f.client(t, 1)
	for range 2 {
		if resp, _ := send(t, c, newRequest(t, "POST", f.server.URL+"/", strings.NewReader("order"))); resp.StatusCode != 200 {
			t.Fatalf("status %d", resp.StatusCode)
		}
		if q := shop.Next(t); string(q.Body) != "order" {
			t.Errorf("the body arrived as %q", q.Body)
		}
	}
	bad, good := shoptest.NewRecorder(t), shoptest.NewRecorder(t)
	bad.On("/", shoptest.Reset(""))
	f = newFront(t, []string{bad.URL(), good.URL()}, nil)
	resp, _ := send(t, f.client(t, 1), newRequest(t, "POST", f.server.URL+"/", strings.NewReader("order")))
	if resp.StatusCode != 502 || len(good.Requests()) != 0 || len(bad.Requests()) != 1 {
		t.Errorf("status %d; the order went to %d and %d shops", resp.StatusCode, len(bad.Requests()), len(good.Requests()))
	}
}

func TestAnswerThatBreaksOffIsNotTakenForWhole(t *testing.T) {
	versions(t, func(t *testing.T, version int) {
		for claim, said := range map[string]string{
			"chunked":      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
			"fixed length": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
		} {
			f, shop := behind(t, nil)
			shop.On("/", shoptest.Raw(said))
			resp, err := f.client(t, version).Do(newRequest(t, "GET", f.server.URL+"/", nil))
			if err != nil {
				continue // as good: no status at all
			}
			_, err = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if err == nil {
				t.Errorf("%s: the client took a half answer for a whole one", claim)
			}
		}
	})
}

func TestClientGoneEndsTheUpstreamRequest(t *testing.T) {
	versions(t, func(t *testing.T, version int) {
		f, shop := behind(t, nil)
		ended := make(chan struct{}, 1)
		shop.On("/", shoptest.Silent(ended))
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		failed := make(chan error, 1)
		go func() {
			resp, err := f.client(t, version).Do(newRequest(t, "GET", f.server.URL+"/", nil).WithContext(ctx))
			if err == nil {
				_ = resp.Body.Close()
			}
			failed <- err
		}()
		shop.Next(t)
		cancel()
		if err := <-failed; !errors.Is(err, context.Canceled) {
			t.Errorf("the client got %v", err)
		}
		<-ended
	})
}

// A request that broke off never looks whole to the shop, and its connection carries no other.
func TestHalfABodyIsNeverAWholeRequest(t *testing.T) {
	for claim, framing := range map[string]string{"fixed": "Content-Length: 100000", "chunked": "Transfer-Encoding: chunked"} {
		f, shop := behind(t, nil)
		conn := f.dial(t)
		if _, err := io.WriteString(conn, lines("POST /x HTTP/1.1", "Host: a", framing)+"5\r\nhello\r\n"); err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
		if part := string(shop.NextPartial(t)); !strings.HasPrefix(part, "POST /x ") || strings.Contains(part, "\r\n0\r\n") {
			t.Errorf("%s: the shop got %q", claim, part)
		}
		if resp, _ := get(t, f.client(t, 1), f.server.URL+"/next"); resp.StatusCode != 200 {
			t.Errorf("%s: status %d", claim, resp.StatusCode)
		}
		if shop.Conns() != 2 || len(shop.Requests()) != 1 {
			t.Errorf("%s: %d connections, %d whole requests", claim, shop.Conns(), len(shop.Requests()))
		}
	}
}

// cut is a streamed body whose inspection refuses it after some bytes.
type cut struct {
	first io.Reader
	err   error
}

func (c *cut) Read(p []byte) (int, error) {
	if n, err := c.first.Read(p); err == nil {
		return n, nil
	}
	return 0, c.err
}
func (c *cut) Close() error { return nil }

func TestInspectionCutsAStreamedBody(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	p, err := New(Options{Upstream: upstream(shop.URL())})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	r := visited(newRequest(t, "POST", "http://a/upload", nil))
	r.Body, r.ContentLength = &cut{strings.NewReader("first part"), &refusal.Refusal{Code: refusal.Card, At: "body:file(photo)"}}, -1
	w := record(t, p, r)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "body:file(photo)") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if part := string(shop.NextPartial(t)); strings.Contains(part, "\r\n0\r\n") {
		t.Errorf("the shop got a whole request: %q", part)
	}
}

func TestEarlyAnswerToALargeUpload(t *testing.T) {
	f, shop := behind(t, nil)
	body, feed := io.Pipe()
	shop.On("/unused", nil)
	r := newRequest(t, "POST", f.server.URL+"/early", body)
	early, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer early.Close()
	go func() {
		conn, err := early.Accept()
		if err != nil {
			return
		}
		_, _ = bufio.NewReader(conn).ReadString('\n')
		_, _ = io.WriteString(conn, "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")
		_, _ = io.Copy(io.Discard, conn)
		_ = conn.Close()
	}()
	g := newFront(t, []string{"http://" + early.Addr().String()}, nil)
	r.URL.Host = strings.TrimPrefix(g.server.URL, "https://")
	go func() { _, _ = io.WriteString(feed, "some of it") }()
	resp, err := g.client(t, 2).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, _ := io.ReadAll(resp.Body); resp.StatusCode != 413 || string(b) != "big" {
		t.Errorf("%d %q", resp.StatusCode, b)
	}
	_ = feed.Close()
}

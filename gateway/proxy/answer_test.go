package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
)

func upstream(urls ...string) config.Upstream { return config.Upstream{URLs: urls} }

func record(t testing.TB, h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAnswersArriveAsSaid(t *testing.T) {
	versions(t, func(t *testing.T, version int) {
		f, shop := behind(t, nil)
		shop.On("/p", shoptest.Answer("203 Anything", "<b>x", "X-Many: one", "X-Many: two", "Set-Cookie: a=1; Path=/", "Set-Cookie: b=2", "Connection: X-Hop", "X-Hop: gone", "Keep-Alive: 5", "Alt-Svc: h3=\"shop.example:8443\""))
		resp, body := get(t, f.client(t, version), f.server.URL+"/p")
		if resp.StatusCode != 203 || body != "<b>x" || resp.ContentLength != 4 {
			t.Errorf("%d %q, length %d", resp.StatusCode, body, resp.ContentLength)
		}
		if got := fmt.Sprint(resp.Header["X-Many"], resp.Header["Set-Cookie"]); got != "[one two] [a=1; Path=/ b=2]" {
			t.Errorf("values: %s", got)
		}
		if resp.Header.Get("X-Hop") != "" || resp.Header.Get("Keep-Alive") != "" || resp.Header.Get("Alt-Svc") != "" || resp.Header.Get("Content-Type") != "" {
			t.Errorf("header: %v", resp.Header)
		}
	})
}

func TestHeadAndNoContent(t *testing.T) {
	f, shop := behind(t, nil)
	shop.On("/none", shoptest.Raw("HTTP/1.1 204 No Content\r\n\r\n"))
	shop.On("/same", shoptest.Raw("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 9\r\n\r\n"))
	c := f.client(t, 1)
	if resp, body := send(t, c, newRequest(t, "HEAD", f.server.URL+"/p", nil)); resp.StatusCode != 200 || body != "" || resp.ContentLength != 3 {
		t.Errorf("HEAD: %d, %q, length %d", resp.StatusCode, body, resp.ContentLength)
	}
	for path, want := range map[string]int{"/none": 204, "/same": 304} {
		if resp, body := get(t, c, f.server.URL+path); resp.StatusCode != want || body != "" {
			t.Errorf("%s: %d %q", path, resp.StatusCode, body)
		}
	}
}

func TestEventsArriveOneByOne(t *testing.T) {
	versions(t, func(t *testing.T, version int) {
		f, shop := behind(t, nil)
		events := make(chan string)
		shop.On("/events", shoptest.Events(events))
		resp, err := f.client(t, version).Do(newRequest(t, "GET", f.server.URL+"/events", nil))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		br := bufio.NewReader(resp.Body)
		for _, event := range []string{"one", "two", "three"} {
			events <- event // the next is not sent before this one was read
			if line, err := br.ReadString('\n'); line != "data: "+event+"\n" {
				t.Fatalf("got %q, %v", line, err)
			}
			_, _ = br.ReadString('\n')
		}
		close(events)
		if rest, err := io.ReadAll(br); err != nil || len(rest) != 0 {
			t.Errorf("at the end: %q, %v", rest, err)
		}
	})
}

func TestEarlyHintsPassBeforeTheAnswer(t *testing.T) {
	versions(t, func(t *testing.T, version int) {
		f, shop := behind(t, nil)
		shop.On("/h", shoptest.EarlyHints("Link: </a.css>; rel=preload", shoptest.Answer("200 OK", "x", "X-Final: 1")))
		var hint string
		ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			hint = fmt.Sprint(code, h.Get("Link"))
			return nil
		}})
		resp, _ := send(t, f.client(t, version), newRequest(t, "GET", f.server.URL+"/h", nil).WithContext(ctx))
		if hint != "103</a.css>; rel=preload" {
			t.Errorf("the hint was %q", hint)
		}
		if resp.Header.Get("Link") != "" || resp.Header.Get("X-Final") != "1" {
			t.Errorf("the final header is %v", resp.Header)
		}
	})
}

func TestTrailersOfAnswersPass(t *testing.T) {
	versions(t, func(t *testing.T, version int) {
		f, shop := behind(t, nil)
		shop.On("/t", shoptest.Trailers("X-Sum", "body", "X-Sum: 42"))
		resp, body := get(t, f.client(t, version), f.server.URL+"/t")
		if body != "body" || resp.Trailer.Get("X-Sum") != "42" {
			t.Errorf("body %q, trailer %v", body, resp.Trailer)
		}
	})
}

func TestLargeDownloads(t *testing.T) {
	versions(t, func(t *testing.T, version int) {
		const size = 24 << 20
		f, shop := behind(t, nil)
		shop.On("/large", shoptest.Large(size))
		resp, err := f.client(t, version).Do(newRequest(t, "GET", f.server.URL+"/large", nil))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if n, err := io.Copy(io.Discard, resp.Body); n != size || err != nil {
			t.Errorf("%d bytes, %v", n, err)
		}
	})
}

func TestConnectionsToTheShopAreReused(t *testing.T) {
	f, shop := behind(t, nil)
	c := f.client(t, 1)
	for range 20 {
		_, _ = send(t, c, newRequest(t, "POST", f.server.URL+"/", strings.NewReader("x")))
	}
	if n := shop.Conns(); n != 1 {
		t.Errorf("%d connections for requests in a row", n)
	}
}

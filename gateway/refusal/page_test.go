package refusal

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPagesStyleIsAllowedByItsHash(t *testing.T) {
	body := bodyOf(t, answer(t, &Refusal{Code: Card, At: "body:comment"}, "Accept", "text/html"))
	in := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(body)
	if in == nil || in[1] != style {
		t.Fatal("the page does not carry the style sheet as hashed")
	}
	for _, never := range []string{"<script", "style=", " src=", "http:", "https:", "@import", "url("} {
		if strings.Contains(body, never) {
			t.Errorf("a page that must live under a strict policy has %q", never)
		}
	}
}

func TestAddressesAreEscaped(t *testing.T) {
	body := bodyOf(t, answer(t, &Refusal{Code: Card, At: "<script>alert(1)</script>"}, "Accept", "text/html"))
	if strings.Contains(body, "<script>") {
		t.Error("an address became markup")
	}
}

func TestAllowStyle(t *testing.T) {
	for claim, tc := range map[string]struct{ policy, want string }{
		"no policy stays none":                  {"", ""},
		"a policy without styles stays":         {"script-src 'self'", "script-src 'self'"},
		"the default is left to the rest":       {"default-src 'self'", "default-src 'self'; style-src HASH"},
		"'none' makes room":                     {"default-src 'none'; style-src 'none'", "default-src 'none'; style-src HASH"},
		"sources stay":                          {"style-src 'self' https://a.example; img-src *", "style-src 'self' https://a.example HASH; img-src *"},
		"inline styles are allowed already":     {"style-src 'self' 'unsafe-inline'", "style-src 'self' 'unsafe-inline'"},
		"a nonce takes inline back":             {"style-src 'unsafe-inline' 'nonce-a'", "style-src 'unsafe-inline' 'nonce-a' HASH"},
		"elements have a directive of theirs":   {"style-src 'unsafe-inline'; style-src-elem 'self'", "style-src 'unsafe-inline'; style-src-elem 'self' HASH"},
		"names are read without regard to case": {"Style-Src 'self'", "Style-Src 'self' HASH"},
	} {
		if got := AllowStyle(tc.policy); got != strings.ReplaceAll(tc.want, "HASH", styleSource) {
			t.Errorf("%s: got %q", claim, got)
		}
	}
}

// A refused body is never taken for the next request, however it was framed.
func TestUnreadBodyIsNotTheNextRequest(t *testing.T) {
	const smuggled = "GET /smuggled HTTP/1.1\r\nHost: shop.example\r\n\r\n"
	paths := make(chan string, 16)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paths <- r.URL.Path
		code := Card
		if r.URL.Path == "/malformed" {
			code = BadRequest
		}
		Write(w, r, nil, &Refusal{Code: code})
	}))
	defer server.Close()
	for claim, request := range map[string]string{
		"a fixed length":      "POST /fixed HTTP/1.1\r\nHost: a\r\nContent-Length: 48\r\n\r\n" + smuggled + "\r\n",
		"chunks":              "POST /chunks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n30\r\n" + smuggled + "\r\n\r\n0\r\n\r\n",
		"a malformed request": "POST /malformed HTTP/1.1\r\nHost: a\r\nContent-Length: 48\r\n\r\n" + smuggled + "\r\n",
		"HTTP/1.0":            "POST /old HTTP/1.0\r\nContent-Length: 48\r\n\r\n" + smuggled + "\r\n",
		"more than is drained": "POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + strings.Repeat(smuggled, 4) +
			strings.Repeat("x", 900000),
	} {
		status, after := talk(t, server.Listener.Addr().String(), request)
		if status != 422 && status != 400 {
			t.Errorf("%s: status %d", claim, status)
		}
		if strings.Contains(after, "HTTP/1.1 ") {
			t.Errorf("%s: a second answer came", claim)
		}
	}
	close(paths)
	for path := range paths {
		if path == "/smuggled" {
			t.Error("the body was run as a request")
		}
	}
}

// talk sends raw bytes, reads one answer and then whatever follows until the server hangs up or says nothing more.
func talk(t *testing.T, addr, raw string) (status int, after string) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(conn, raw); err != nil {
		t.Logf("the server hung up while we were sending: %v", err)
	}
	br := bufio.NewReader(conn)
	resp, err := http.ReadResponse(br, nil)
	if err != nil {
		t.Fatal(fmt.Errorf("reading the answer: %w", err))
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	rest, _ := io.ReadAll(br)
	return resp.StatusCode, string(rest)
}

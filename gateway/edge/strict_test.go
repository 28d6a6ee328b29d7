package edge

import (
	"crypto/tls"
	"io"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// echo answers what arrived, in headers, after it has read the body.
var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("X-Target", r.RequestURI)
	w.Header().Set("X-Host", r.Host)
	for name := range r.Trailer {
		w.Header().Add("X-Trailer", name)
	}
	w.WriteHeader(http.StatusNoContent)
})

func strict(t *testing.T) *doors {
	return open(t, Options{Config: local("shop.test"), Handler: Strict(echo)})
}

func TestStrictOverHTTP1(t *testing.T) {
	d := strict(t)
	for claim, c := range map[string]struct {
		request string
		status  int
		target  string
	}{
		"an ordinary request passes as it is":              {"GET /a?b=%7C|& HTTP/1.1\r\nHost: shop.test\r\n\r\n", 204, "/a?b=%7C|&"},
		"a target with # is refused":                       {"GET /a#b HTTP/1.1\r\nHost: shop.test\r\n\r\n", 400, ""},
		"a target with bytes beyond ASCII is refused":      {"GET /\xd0\xba HTTP/1.1\r\nHost: shop.test\r\n\r\n", 400, ""},
		"a target with a space is refused":                 {"GET /a b HTTP/1.1\r\nHost: shop.test\r\n\r\n", 400, ""},
		"a target with a tab is refused":                   {"GET /a\tb HTTP/1.1\r\nHost: shop.test\r\n\r\n", 400, ""},
		"two Content-Types are refused":                    {"POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Type: text/plain\r\ncontent-type: application/json\r\nContent-Length: 0\r\n\r\n", 400, ""},
		"TRACE is not on the list":                         {"TRACE / HTTP/1.1\r\nHost: shop.test\r\n\r\n", 501, ""},
		"CONNECT is not on the list":                       {"CONNECT shop.test:443 HTTP/1.1\r\nHost: shop.test\r\n\r\n", 501, ""},
		"a WebDAV method is not on the list":               {"PROPFIND / HTTP/1.1\r\nHost: shop.test\r\n\r\n", 501, ""},
		"methods are told apart by case":                   {"get / HTTP/1.1\r\nHost: shop.test\r\n\r\n", 501, ""},
		"OPTIONS * goes to the handler":                    {"OPTIONS * HTTP/1.1\r\nHost: shop.test\r\n\r\n", 204, "*"},
		"the asterisk is for OPTIONS alone":                {"GET * HTTP/1.1\r\nHost: shop.test\r\n\r\n", 400, ""},
		"an absolute target becomes its path":              {"GET https://shop.test/x?y HTTP/1.1\r\nHost: other.test\r\n\r\n", 204, "/x?y"},
		"an absolute target without a path means the root": {"GET https://shop.test?y HTTP/1.1\r\nHost: shop.test\r\n\r\n", 204, "/?y"},
		"an absolute target of another scheme is refused":  {"GET ftp://shop.test/ HTTP/1.1\r\nHost: shop.test\r\n\r\n", 400, ""},
		"an absolute target with userinfo is refused":      {"GET https://u:p@shop.test/ HTTP/1.1\r\nHost: shop.test\r\n\r\n", 400, ""},
		"a path that starts with two slashes is a path":    {"GET //evil.test/x HTTP/1.1\r\nHost: shop.test\r\n\r\n", 204, "//evil.test/x"},
		"too many header lines are refused":                {"GET / HTTP/1.1\r\nHost: shop.test\r\n" + strings.Repeat("A: b\r\n", maxFields+1) + "\r\n", 431, ""},
		"too large a header is refused":                    {"GET / HTTP/1.1\r\nHost: shop.test\r\nA: " + strings.Repeat("b", 70<<10) + "\r\n\r\n", 431, ""},
		"a declared trailer arrives":                       {"POST / HTTP/1.1\r\nHost: shop.test\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n", 204, "/"},
	} {
		t.Run(claim, func(t *testing.T) {
			r := raw(t, d.dial(t, "shop.test"), c.request)
			if r.StatusCode != c.status || r.Header.Get("X-Target") != c.target {
				t.Errorf("%d with target %q, want %d with %q", r.StatusCode, r.Header.Get("X-Target"), c.status, c.target)
			}
			if c.status == 204 && r.Header.Get("X-Host") != "shop.test" {
				t.Errorf("the handler saw host %q", r.Header.Get("X-Host"))
			}
		})
	}
}

func TestStrictDropsUndeclaredTrailers(t *testing.T) {
	d := strict(t)
	for claim, c := range map[string]struct{ declare, want string }{
		"none declared":    {"", ""},
		"another declared": {"Trailer: X-Sum\r\n", "X-Sum"},
	} {
		r := raw(t, d.dial(t, "shop.test"), "POST / HTTP/1.1\r\nHost: shop.test\r\n"+c.declare+
			"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Card: 1\r\nX-Sum: 2\r\n\r\n")
		if got := strings.Join(r.Header["X-Trailer"], ","); got != c.want {
			t.Errorf("%s: trailers %q reached the handler, want %q", claim, got, c.want)
		}
	}
}

// A chunked body after a 1.0 request is no body to net/http: kept open, it would run as the next request.
func TestHTTP10EndsAfterOneAnswer(t *testing.T) {
	d := strict(t)
	for claim, request := range map[string]string{
		"with keep-alive asked for": "GET / HTTP/1.0\r\nHost: shop.test\r\nConnection: keep-alive\r\n\r\n",
		"with a chunked body":       "POST / HTTP/1.0\r\nHost: shop.test\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2b\r\n",
	} {
		c := d.dial(t, "shop.test")
		if _, err := io.WriteString(c, request+"GET /second HTTP/1.1\r\nHost: shop.test\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		all, _ := io.ReadAll(c)
		if n := strings.Count(string(all), "HTTP/1."); n != 1 {
			t.Errorf("%s: %d answers came:\n%s", claim, n, all)
		}
	}
}

// fields2 sends one HTTP/2 request, whatever its fields, and gives the status; "" if the stream was reset.
func fields2(t *testing.T, d *doors, fields [][2]string) string {
	t.Helper()
	c := d.dial(t, "shop.test", "h2")
	_, _ = io.WriteString(c, http2.ClientPreface)
	framer := http2.NewFramer(c, c)
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	_ = framer.WriteSettings()
	var block strings.Builder
	encoder := hpack.NewEncoder(&block)
	for _, f := range fields {
		_ = encoder.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]})
	}
	if err := framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte(block.String()), EndStream: true, EndHeaders: true}); err != nil {
		t.Fatal(err)
	}
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		switch f := frame.(type) {
		case *http2.MetaHeadersFrame:
			return f.PseudoValue("status")
		case *http2.RSTStreamFrame, *http2.GoAwayFrame:
			return ""
		}
	}
}

func TestStrictOverHTTP2(t *testing.T) {
	d := strict(t)
	for claim, c := range map[string]struct {
		path, authority string
		more            [][2]string
		status          string
	}{
		"an ordinary request passes":                  {"/a?b", "shop.test", nil, "204"},
		"a path with a space is refused":              {"/a b", "shop.test", nil, "400"},
		"a path that smuggles a request line":         {"/ HTTP/1.1\r\nHost: x\r\n\r\n", "shop.test", nil, "400"},
		"a path with # is refused":                    {"/a#b", "shop.test", nil, "400"},
		"a path with bytes beyond ASCII":              {"/\xd0\xba", "shop.test", nil, "400"},
		"a path with DEL":                             {"/a\x7f", "shop.test", nil, "400"},
		"a path that is none":                         {"a", "shop.test", nil, "400"},
		"a Host that equals the authority passes":     {"/", "shop.test", [][2]string{{"host", "shop.test"}}, "204"},
		"a Host that differs is refused":              {"/", "shop.test", [][2]string{{"host", "other.test"}}, "400"},
		"a second Host that differs is refused":       {"/", "shop.test", [][2]string{{"host", "shop.test"}, {"host", "other.test"}}, "400"},
		"an authority with userinfo is refused":       {"/", "u@shop.test", nil, "400"},
		"no authority at all is refused":              {"/", "", nil, "400"},
		"two Content-Types are refused":               {"/", "shop.test", [][2]string{{"content-type", "text/plain"}, {"content-type", "application/json"}}, "400"},
		"two Content-Lengths are refused":             {"/", "shop.test", [][2]string{{"content-length", "0"}, {"content-length", "5"}}, "400"},
		"Transfer-Encoding does not exist in HTTP/2":  {"/", "shop.test", [][2]string{{"transfer-encoding", "chunked"}}, "400"},
		"an upgrade does not exist in HTTP/2":         {"/", "shop.test", [][2]string{{"connection", "upgrade"}, {"upgrade", "websocket"}}, "400"},
		"asterisk for a method other than OPTIONS":    {"*", "shop.test", nil, "400"},
		"an absolute target does not exist in HTTP/2": {"https://shop.test/z", "shop.test", nil, "400"},
	} {
		t.Run(claim, func(t *testing.T) {
			fields := [][2]string{{":method", "GET"}, {":scheme", "https"}, {":path", c.path}}
			if c.authority != "" {
				fields = append(fields, [2]string{":authority", c.authority})
			}
			status := fields2(t, d, append(fields, c.more...))
			if refused := status == "" && c.status == "400"; status != c.status && !refused {
				t.Errorf("status %q, want %q", status, c.status)
			}
		})
	}
}

func TestExtendedConnectIsOff(t *testing.T) {
	d := strict(t)
	status := fields2(t, d, [][2]string{{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "https"}, {":path", "/"}, {":authority", "shop.test"}})
	if status == "200" || status == "204" {
		t.Error("a WebSocket over HTTP/2 was let in")
	}
}

func TestHandlerPanicCutsOnlyItsConnection(t *testing.T) {
	var log strings.Builder
	d := open(t, Options{Config: local("shop.test"), Logger: quietLog(&log), Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/panic" {
			panic("what the visitor sent: 4111111111111111")
		}
	})})
	client := d.client(t, func(c *tls.Config) { c.NextProtos = []string{"http/1.1"} })
	if _, err := client.Get("https://shop.test/panic"); err == nil {
		t.Error("a panic gave an answer")
	}
	if _, err := client.Get("https://shop.test/"); err != nil {
		t.Errorf("the next request: %v", err)
	}
	if err := d.stop(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "panicked") || strings.Contains(log.String(), "4111") {
		t.Errorf("the log says:\n%s", log.String())
	}
}

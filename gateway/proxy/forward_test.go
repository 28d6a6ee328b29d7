package proxy

import (
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"time"

	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/rules"
)

var targets = []string{
	"/", "/?", "/a?", "/a|b", "/a?x=|&y=%7c", "/a?a=1;b=2", "/a?%zz", "/a?q=%zz&r=%", "/%2e%2E/%2f;v=1/x", "/a//b/./../c",
	"/[a]{b}^`\\c", "/a?x=\"<>'", "/a?&&=&", "/%41%5A", "/a+b%20c?d+e", "/?/?/?", "//a/b", "//a|b",
}

// Trap 5: what is inspected is what is sent.
func TestTargetArrivesByteForByte(t *testing.T) {
	f, shop := behind(t, nil)
	for _, target := range targets {
		resp, _ := f.raw(t, lines("GET "+target+" HTTP/1.1", "Host: shop.example"))
		if resp.StatusCode != 200 {
			t.Errorf("%s: status %d", target, resp.StatusCode)
			continue
		}
		if got := shop.Next(t).Target; got != target {
			t.Errorf("HTTP/1.1 sent %s, the shop got %s", target, got)
		}
	}
	c := f.client(t, 2)
	for _, target := range targets {
		if strings.HasPrefix(target, "//") {
			continue // a client of net/http cannot say it
		}
		r := newRequest(t, "GET", f.server.URL, nil)
		path, query, question := strings.Cut(target, "?")
		r.URL = &url.URL{Scheme: "https", Host: r.URL.Host, Opaque: path, RawQuery: query, ForceQuery: question}
		if resp, _ := send(t, c, r); resp.ProtoMajor != 2 || resp.StatusCode != 200 {
			t.Errorf("%s: %s %d", target, resp.Proto, resp.StatusCode)
			continue
		}
		if got := shop.Next(t).Target; got != target {
			t.Errorf("HTTP/2 sent %s, the shop got %s", target, got)
		}
	}
}

func TestTargetsOfOtherForms(t *testing.T) {
	f, shop := behind(t, nil)
	for sent, want := range map[string]string{
		"OPTIONS *":                            "*",
		"GET http://shop.example":              "/",
		"GET http://shop.example?q":            "/?q",
		"GET https://shop.example:8443/a|b?c;": "/a|b?c;",
	} {
		if resp, _ := f.raw(t, lines(sent+" HTTP/1.1", "Host: shop.example")); resp.StatusCode != 200 {
			t.Errorf("%s: status %d", sent, resp.StatusCode)
			continue
		}
		if got := shop.Next(t).Target; got != want {
			t.Errorf("%s arrived as %s, want %s", sent, got, want)
		}
	}
	resp, _ := f.raw(t, lines("CONNECT shop.example:443 HTTP/1.1", "Host: shop.example:443"))
	if resp.StatusCode != 501 {
		t.Errorf("CONNECT: status %d", resp.StatusCode)
	}
}

func TestHeadersThatPassAndHeadersThatEndHere(t *testing.T) {
	f, shop := behind(t, nil)
	f.raw(t, lines("GET /h HTTP/1.1", "Host: Shop.Example:8443", "Connection: close, X-Hop, Cookie", "X-Hop: gone", "Keep-Alive: 5",
		"TE: trailers, gzip", "Proxy-Authorization: gone", "Upgrade: h2c", "HTTP2-Settings: gone",
		"Cookie: a=1", "X-Many: one", "Accept: */*", "X-Many: two", "X_Real_IP: 1.2.3.4", "X-Real-IP: 1.2.3.4",
		"X-Forwarded-For: 1.2.3.4", "Forwarded: for=1.2.3.4", "X-Forwarded-Proto: http", "X-Request-Id: mine", "Panwall-Request-Id: forged", "Expect: 100-continue"))
	q := shop.Next(t)
	for name, want := range map[string][]string{
		"Host": {"Shop.Example:8443"}, "Cookie": {"a=1"}, "X-Many": {"one", "two"}, "Accept": {"*/*"}, "Te": {"trailers"},
		"X-Real-Ip": {"203.0.113.7"}, "X-Forwarded-For": {"203.0.113.7"}, "X-Forwarded-Proto": {"https"}, "Panwall-Request-Id": {"0123456789ABCDEF"}, "X-Request-Id": {"mine"},
	} {
		if got := q.Values(name); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"X-Hop", "Keep-Alive", "Proxy-Authorization", "Upgrade", "Http2-Settings", "X_Real_IP", "User-Agent", "Accept-Encoding", "Expect", "Content-Length", "Transfer-Encoding"} {
		if got := q.Values(name); got != nil {
			t.Errorf("%s arrived: %q", name, got)
		}
	}
	if strings.Contains(string(q.Raw), "1.2.3.4") {
		t.Error("somebody else's word about the client arrived")
	}
}

func TestBodiesArriveWithTheirLength(t *testing.T) {
	versions(t, func(t *testing.T, version int) {
		f, shop := behind(t, nil)
		c := f.client(t, version)
		big := strings.Repeat("0123456789abcdef", 40000)
		for claim, tc := range map[string]struct {
			body    io.Reader
			want    string
			chunked bool
		}{
			"a short body":                {strings.NewReader("a=1"), "a=1", false},
			"a long body":                 {strings.NewReader(big), big, false},
			"a body of unknown length":    {iotest.OneByteReader(strings.NewReader("unknown")), "unknown", true},
			"a POST without a body":       {nil, "", false},
			"a long one without a length": {struct{ io.Reader }{strings.NewReader(big)}, big, true},
		} {
			if resp, _ := send(t, c, newRequest(t, "POST", f.server.URL+"/b", tc.body)); resp.StatusCode != 200 {
				t.Fatalf("%s: status %d", claim, resp.StatusCode)
			}
			q := shop.Next(t)
			if string(q.Body) != tc.want {
				t.Errorf("%s: %d bytes arrived of %d", claim, len(q.Body), len(tc.want))
			}
			if chunked := q.Value("Transfer-Encoding") == "chunked"; chunked != tc.chunked {
				t.Errorf("%s: chunked is %v", claim, chunked)
			}
		}
	})
}

// Trap 3: a trailer that no rule names stays behind, announced or not.
func TestTrailersOfRequestsStayBehind(t *testing.T) {
	f, shop := behind(t, nil)
	for _, announce := range []string{"Trailer: X-Note", "X-Nothing: 1"} {
		resp, _ := f.raw(t, lines("POST /t HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", announce)+"2\r\nhi\r\n0\r\nX-Note: 4111111111111111\r\n\r\n")
		q := shop.Next(t)
		if resp.StatusCode != 200 || string(q.Body) != "hi" {
			t.Errorf("%s: status %d, body %q", announce, resp.StatusCode, q.Body)
		}
	}
	if strings.Contains(string(shop.Received()), "411111") {
		t.Error("a trailer reached the shop")
	}
}

// A trailer that a rule names goes on with a body that was read whole; one that arrives later was not inspected.
func TestANamedTrailerGoesOnWithItsBody(t *testing.T) {
	f, shop := behind(t, nil)
	f.rules = namedTrailer(t)
	for _, path := range []string{"/up/read", "/up/unread", "/down/read"} {
		f.readFirst = strings.HasSuffix(path, "/read")
		f.raw(t, lines("POST "+path+" HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "Trailer: X-Sum, X-Other")+"2\r\nhi\r\n0\r\nX-Sum: 7\r\nX-Other: 8\r\n\r\n")
		var want []string
		if path == "/up/read" {
			want = []string{"X-Sum: 7"}
		}
		if q := shop.Next(t); !slices.Equal(q.Trailer, want) || string(q.Body) != "hi" {
			t.Errorf("%s: body %q, trailers %q, want %q", path, q.Body, q.Trailer, want)
		}
	}
}

// namedTrailer is the shipped rules with one trailer let through.
func namedTrailer(t *testing.T) *ruleset.Set {
	t.Helper()
	folder := fstest.MapFS{}
	for _, name := range ruleset.Names {
		text, err := fs.ReadFile(rules.Shipped, name)
		if err != nil {
			t.Fatal(err)
		}
		folder[name] = &fstest.MapFile{Data: text}
	}
	folder["cards.yaml"] = &fstest.MapFile{Data: []byte("version: 1\ntrailers: [{id: tr, where: {paths: [\"/up/**\"]}, names: [x-sum]}]\n")}
	set, err := ruleset.Load(folder, ruleset.Options{Now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestContinueIsOursToSay(t *testing.T) {
	f, shop := behind(t, nil)
	conn := f.dial(t)
	if _, err := io.WriteString(conn, lines("POST /c HTTP/1.1", "Host: a", "Expect: 100-continue", "Content-Length: 2")); err != nil {
		t.Fatal(err)
	}
	interim := make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n"))
	if _, err := io.ReadFull(conn, interim); err != nil || !strings.HasPrefix(string(interim), "HTTP/1.1 100") {
		t.Fatalf("got %q, %v", interim, err)
	}
	if _, err := io.WriteString(conn, "ok"); err != nil {
		t.Fatal(err)
	}
	if q := shop.Next(t); string(q.Body) != "ok" || q.Value("Expect") != "" {
		t.Errorf("got %q", q.Raw)
	}
}

func TestWithoutAVisitNothingIsForwarded(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	p, err := New(Options{Upstream: upstream(shop.URL())})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	w := record(t, p, newRequest(t, "GET", "http://a/", nil))
	if w.Code != http.StatusInternalServerError || shop.Conns() != 0 {
		t.Errorf("status %d, %d connections", w.Code, shop.Conns())
	}
}

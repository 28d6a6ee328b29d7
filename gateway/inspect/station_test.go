package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// E3: what follows the last chunk is dropped unless a rule names it.
func TestTrailers(t *testing.T) {
	const raw = "POST / HTTP/1.1\r\nHost: shop.example.kz\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\nTrailer: X-N\r\n\r\n1\r\nx\r\n0\r\nX-N: " + visa + "\r\n\r\n"
	g := newRig(t, shipped(t), Options{})
	a := g.send(t, raw)
	if len(a.forwarded) != 1 || bytes.Contains(a.forwarded[0].Raw, []byte(visa)) || string(a.forwarded[0].Body) != "x" {
		t.Errorf("an undeclared trailer: answered %d, forwarded %+v", a.status, a.forwarded)
	}
	named := newRig(t, withCards(t, "rules: []\ntrailers: [{id: sum, about: a checksum, where: {paths: [/**]}, names: [X-N, X-Sum]}]\n"), Options{})
	if a := named.send(t, raw); len(a.forwarded) > 0 && bytes.Contains(a.forwarded[0].Raw, []byte(visa)) {
		t.Errorf("a card in a trailer that a rule names was forwarded: %q", a.forwarded[0].Raw)
	}
	a = named.send(t, strings.ReplaceAll(strings.ReplaceAll(raw, "X-N", "X-Sum"), visa, "abc"))
	if len(a.forwarded) != 1 || len(a.forwarded[0].Trailer) != 1 {
		t.Errorf("a named trailer did not arrive: %+v", a.forwarded)
	}
}

// E30: a number that straddles chunks of one byte is one number.
func TestOneByteChunks(t *testing.T) {
	g := newRig(t, shipped(t), Options{})
	var b strings.Builder
	b.WriteString("POST / HTTP/1.1\r\nHost: shop.example.kz\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
	for _, c := range `{"n":"` + visa + `"}` {
		fmt.Fprintf(&b, "1;x=y\r\n%c\r\n", c)
	}
	b.WriteString("0\r\n\r\n")
	if a := g.send(t, b.String()); a.status != 422 || len(a.forwarded) > 0 {
		t.Errorf("answered %d, forwarded %d", a.status, len(a.forwarded))
	}
}

// E31: Expect: 100-continue is answered when the body is wanted, and nothing is forwarded before its end.
func TestExpectContinue(t *testing.T) {
	g := newRig(t, shipped(t), Options{})
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", g.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: shop.example.kz\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
	head := make([]byte, 25)
	if _, err := io.ReadFull(conn, head); err != nil || !bytes.HasPrefix(head, []byte("HTTP/1.1 100")) {
		t.Fatalf("no 100: %q %v", head, err)
	}
	_, _ = io.WriteString(conn, "a=")
	if n := len(g.shop.Requests()); n != 0 {
		t.Errorf("%d requests before the end of the body", n)
	}
	_, _ = io.WriteString(conn, "bc")
	if q := g.shop.Next(t); string(q.Body) != "a=bc" {
		t.Errorf("forwarded %q", q.Body)
	}
}

// A client that goes away in the midst of its body leaves nothing at the shop.
func TestBrokenOffBodies(t *testing.T) {
	g := newRig(t, shipped(t), Options{})
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", g.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: shop.example.kz\r\nContent-Length: 400\r\n\r\nn=1")
	_ = conn.(*net.TCPConn).CloseWrite()
	answer, _ := io.ReadAll(conn)
	_ = conn.Close()
	if !bytes.HasPrefix(answer, []byte("HTTP/1.1 400")) || len(g.shop.Requests()) != 0 || len(g.shop.Partial()) != 0 {
		t.Errorf("answered %.40q, %d requests at the shop", answer, len(g.shop.Requests()))
	}
	if used := g.MemoryUsed(); used != 0 {
		t.Errorf("%d bytes are still charged", used)
	}
}

// decided is the verdict of the handler for a raw request, without a network.
func decided(t *testing.T, i *Inspector, rules *ruleset.Set, raw string) (status int, forwarded bool) {
	t.Helper()
	r, v, ok := parsed(t, raw, &visit.Visit{Rules: rules})
	if !ok {
		t.Fatalf("not a request: %q", raw)
	}
	w := httptest.NewRecorder()
	i.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		forwarded = true
		_, _ = io.Copy(io.Discard, r.Body)
	})).ServeHTTP(w, r.WithContext(visit.With(r.Context(), v)))
	if used := i.MemoryUsed(); used != 0 {
		t.Errorf("%d bytes are still charged", used)
	}
	return w.Code, forwarded
}

// E38: every error ends in a status, and nothing goes through because of it.
func TestItFailsClosed(t *testing.T) {
	masking := redacting(t)
	kept := func(context.Context, *visit.Visit, *Verdict) error { return nil }
	lost := func(context.Context, *visit.Visit, *Verdict) error { return errors.New("disk full") }
	down := func() error { return errors.New("disk full") }
	for claim, tc := range map[string]struct {
		options Options
		raw     string
		status  int
		passes  bool
	}{
		"a masked request whose record is lost is refused":  {Options{Record: lost}, form("n=" + visa), 503, false},
		"a masked request without a log is refused":         {Options{}, form("n=" + visa), 503, false},
		"with the log down a finding is refused":            {Options{Record: kept, LogDown: down}, form("n=" + visa), 503, false},
		"with the log down clean requests pass":             {Options{Record: kept, LogDown: down}, form("n=1"), 200, true},
		"a masked request with its record passes":           {Options{Record: kept}, form("n=" + visa), 200, true},
		"a body beyond the bound is refused":                {Options{Record: kept, BodyBytes: 100}, form("n=" + strings.Repeat("a", 200)), 413, false},
		"a body beyond the bound without a length as well":  {Options{Record: kept, BodyBytes: 100}, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nc8\r\n" + strings.Repeat("a", 200) + "\r\n0\r\n\r\n", 413, false},
		"a body of exactly the bound passes":                {Options{Record: kept, BodyBytes: 100}, form("n=" + strings.Repeat("a", 98)), 200, true},
		"a body beyond its network's share of memory waits": {Options{Record: kept, MemoryBytes: 16 << 10}, form("n=" + strings.Repeat("a", 8<<10)), 503, false},
		"a record that panics is an internal error":         {Options{Record: func(context.Context, *visit.Visit, *Verdict) error { panic("at the disco") }}, form("n=" + visa), 500, false},
	} {
		t.Run(claim, func(t *testing.T) {
			tc.options.Now = func() time.Time { return now }
			status, forwarded := decided(t, New(tc.options), masking, tc.raw)
			if status != tc.status || forwarded != tc.passes {
				t.Errorf("answered %d, forwarded %v", status, forwarded)
			}
		})
	}
}

// A request without papers is an internal error, never a pass.
func TestWithoutVisit(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	New(Options{}).Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("forwarded") })).ServeHTTP(w, r)
	if w.Code != 500 {
		t.Errorf("answered %d", w.Code)
	}
}

// The zero verdict blocks.
func TestZeroVerdict(t *testing.T) {
	if d := (&Verdict{}); d.Passes() || d.Word() != "refuse" {
		t.Errorf("the zero verdict says %s", d.Word())
	}
}

// What may not be looked into is refused, and recorded where a row lets it pass.
func TestUninspected(t *testing.T) {
	sealed := parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"a.7z\"\n\n7z\xbc\xaf\x27\x1c\x00\x04" + strings.Repeat("x", 64) + "\n--XX--\n")
	g := newRig(t, shipped(t), Options{})
	if a := g.send(t, sealed); a.status != 415 || len(a.forwarded) > 0 {
		t.Errorf("an opaque file: answered %d", a.status)
	}
	row := "rules: []\nbodies: [{id: drop, about: sealed archives, where: {paths: [/note]}, uninspected: record, reason: a partner's, owner: kb, approved_by: mn, expires: 2027-01-01}]\n"
	g = newRig(t, withCards(t, row), Options{})
	a := g.send(t, sealed)
	if len(a.forwarded) != 1 || len(g.verdicts) != 1 {
		t.Fatalf("a row lets it pass: answered %d, %d records", a.status, len(g.verdicts))
	}
	if u := g.verdicts[0].Uninspected; len(u) != 1 || u[0].Reason != "opaque" || u[0].Rule != "drop" || u[0].Bytes == 0 || u[0].At.String() != "body:file(f)" {
		t.Errorf("recorded as %+v", u)
	}
}

// A place has one address.
func TestAddresses(t *testing.T) {
	i := New(Options{})
	rules := shipped(t)
	for want, raw := range map[string]string{
		"path":                 get("/o/" + visa),
		"query:q":              get("/?q=" + visa),
		"header:referer":       get("/", "Referer: /?a="+visa),
		"cookie:x":             get("/", "Cookie: a=b; x="+visa),
		"header:x-a":           get("/", "X-A: "+visa),
		"body":                 post("text/plain", visa),
		"body:comment":         form("a=1&comment=" + visa),
		"body:/items/0/note":   jsons(`{"items":[{"note":"` + visa + `"}]}`),
		"body:/#1":             jsons(`{"a/b":"` + visa + `"}`),
		"body:#2":              form("a=1&" + visa + "=x"),
		"body:note":            parts("--XX\nContent-Disposition: form-data; name=\"note\"\n\n" + visa + "\n--XX--\n"),
		"body:file(photo)":     parts("--XX\nContent-Disposition: form-data; name=\"photo\"; filename=\"a\"\n\n" + visa + "\n--XX--\n"),
		"body:filename(f)":     parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"" + visa + "\"\n\nx\n--XX--\n"),
		"header:authorization": get("/", "Authorization: Basic "+b64("u:"+visa)),
	} {
		r, v, _ := parsed(t, raw, &visit.Visit{Rules: rules})
		d, _ := i.Request(t.Context(), v, r)
		if len(d.Findings) == 0 || d.Findings[0].Finding.At.String() != want {
			t.Errorf("want %s: %+v", want, places(d))
		}
		d.Release()
	}
}

func places(d *Verdict) (at []string) {
	for i := range d.Findings {
		at = append(at, d.Findings[i].Finding.At.String())
	}
	return at
}

// A finding says through which views it was seen, and a number is one finding however many readings show it.
func TestViewsOfAFinding(t *testing.T) {
	i := New(Options{})
	r, v, _ := parsed(t, form("p="+strings.ReplaceAll(b64(`{"card":"`+each(visa, `\u%04x`)+`"}`), "=", "%3D")), &visit.Visit{Rules: shipped(t)})
	d, _ := i.Request(t.Context(), v, r)
	defer d.Release()
	if len(d.Findings) != 1 || strings.Join(d.Findings[0].Finding.Views, " ") != "form base64 json" {
		t.Errorf("%d findings: %+v", len(d.Findings), d.Findings)
	}
	if d.Spent.Decoded == 0 || d.Spent.Texts == 0 || d.Inspected == 0 || len(d.Views) == 0 {
		t.Errorf("nothing spent: %+v", d)
	}
}

// Nothing that a verdict prints holds a digit of the number.
func TestVerdictsHoldNoDigits(t *testing.T) {
	i := New(Options{})
	rules := shipped(t)
	for claim, raw := range evasions(visa) {
		r, v, ok := parsed(t, raw, &visit.Visit{Rules: rules})
		if !ok {
			continue
		}
		d, err := i.Request(t.Context(), v, r)
		for j := range d.Findings {
			f := &d.Findings[j]
			if s := fmt.Sprintf("%+v %+v", f.Finding, f.Decision); strings.Contains(s, "411111") {
				t.Errorf("%s: %s", claim, s)
			}
		}
		if s := fmt.Sprint(err, d.Notes, d.Refused); strings.Contains(s, "411111") {
			t.Errorf("%s: %s", claim, s)
		}
		d.Release()
	}
}

// A body can be read again for another try, and not once its memory is given back.
func TestPayloadIsReplayedAndReleased(t *testing.T) {
	i := New(Options{})
	r, v, _ := parsed(t, form("a=b"), &visit.Visit{Rules: shipped(t)})
	d, err := i.Request(t.Context(), v, r)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := r.GetBody()
	for _, body := range []io.Reader{r.Body, again} {
		if b, err := io.ReadAll(body); err != nil || string(b) != "a=b" {
			t.Errorf("read %q, %v", b, err)
		}
	}
	late, _ := r.GetBody()
	d.Release()
	if b, err := io.ReadAll(late); err == nil || len(b) > 0 {
		t.Errorf("read %q after the release", b)
	}
}

// WebSocket messages are read like bodies; digits that go on from message to message are one number.
func TestMessages(t *testing.T) {
	i := New(Options{})
	r, v, _ := parsed(t, get("/ws/chat"), &visit.Visit{Rules: shipped(t)})
	_ = r
	for claim, tc := range map[string]struct {
		messages []string
		passes   bool
	}{
		"clean":                 {[]string{`{"type":"msg","text":"hello 12"}`, "ping"}, true},
		"a number":              {[]string{`{"type":"msg","text":"4111 1111 1111 1111"}`}, false},
		"an escaped number":     {[]string{`{"text":"` + each(visa, `\u%04x`) + `"}`}, false},
		"binary":                {[]string{"\x00\x01\x10" + visa + "\x00"}, false},
		"split over messages":   {[]string{"4111", "1111", "1111", "1111"}, false},
		"an id":                 {[]string{`{"barcode":"` + visa + `"}`}, true},
		"short numbers in turn": {[]string{"12", "1990", "hello", "5"}, true},
	} {
		window, passes := &Window{}, true
		for _, m := range tc.messages {
			d := i.Message(v, window, []byte(m), true)
			passes = passes && d.Passes()
			if len(d.Findings) > 0 && d.Findings[0].Finding.At.Part() != finding.Message {
				t.Errorf("%s: found at %s", claim, d.Findings[0].Finding.At)
			}
		}
		if passes != tc.passes {
			t.Errorf("%s: passes %v", claim, passes)
		}
	}
}

// Refusals name their cause.
func TestRefusals(t *testing.T) {
	g := newRig(t, shipped(t), Options{})
	for claim, tc := range map[string]struct {
		raw  string
		code refusal.Code
	}{
		"a card":            {form("n=" + visa), refusal.Card},
		"two types":         {post("text/plain", "x", "Content-Type: text/html"), refusal.BadRequest},
		"unknown coding":    {post("text/plain", "x", "Content-Encoding: lzma"), refusal.UnsupportedMedia},
		"three codings":     {post("text/plain", "x", "Content-Encoding: gzip, gzip, br"), refusal.UnsupportedMedia},
		"a broken coding":   {post("text/plain", "x", "Content-Encoding: gzip"), refusal.BadRequest},
		"a bomb":            {large()["E22 bomb"], refusal.TooLarge},
		"UTF-7":             {post("text/plain; charset=utf-7", "x"), refusal.UnsupportedMedia},
		"dot segments":      {get("/a/../b"), refusal.BadRequest},
		"two boundaries":    {post("multipart/form-data; boundary=a; boundary=b", "x"), refusal.BadRequest},
		"an outside entity": {post("text/xml", `<!DOCTYPE a [<!ENTITY x SYSTEM "u">]><a/>`), refusal.BadRequest},
		"a billion laughs":  {post("text/xml", laughs()), refusal.TooLarge},
	} {
		if a := g.send(t, tc.raw); a.header.Get("Panwall-Refused") != string(tc.code) || a.status != tc.code.Status() || len(a.forwarded) > 0 {
			t.Errorf("%s: answered %d %s", claim, a.status, a.header.Get("Panwall-Refused"))
		}
	}
}

func laughs() string {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE a [<!ENTITY a0 "` + strings.Repeat("ha", 50) + `">`)
	for i := 1; i < 8; i++ {
		fmt.Fprintf(&b, `<!ENTITY a%d "%s">`, i, strings.Repeat(fmt.Sprintf("&a%d;", i-1), 20))
	}
	return b.String() + "]><a>&a7;</a>"
}

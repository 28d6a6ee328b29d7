package headers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ourHSTS   = "max-age=31536000"
	ourPolicy = "default-src 'self'; style-src 'self'"
	ourTrial  = "default-src 'none'"
)

func ourPage(*http.Request) *ruleset.Page {
	return &ruleset.Page{
		Header:  http.Header{hsts: {ourHSTS}, enforced: {ourPolicy}, reportOnly: {ourTrial}},
		Remove:  []string{"Server", "X-Powered-By"},
		Append:  http.Header{"Permissions-Policy": {"camera=()"}},
		Cookies: ruleset.CookiePolicy{Secure: true, HTTPOnly: []string{"PHPSESS*"}, SameSite: "Lax"},
	}
}

// house is a station on a real TLS server.
func house(t *testing.T, next http.Handler, pageOf func(*http.Request) *ruleset.Page) (*Station, *httptest.Server) {
	t.Helper()
	s := Handler(next, pageOf)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ServeHTTP(w, r.WithContext(visit.With(r.Context(), &visit.Visit{ID: "0123456789ABCDEF"})))
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	return s, server
}

func get(t *testing.T, server *httptest.Server, change ...func(*http.Request)) (*http.Response, string) {
	t.Helper()
	return getOver(t, server, 2, change...)
}

func getOver(t *testing.T, server *httptest.Server, version int, change ...func(*http.Request)) (*http.Response, string) {
	t.Helper()
	var protocols http.Protocols
	protocols.SetHTTP1(version == 1)
	protocols.SetHTTP2(version == 2)
	transport := &http.Transport{TLSClientConfig: server.Client().Transport.(*http.Transport).TLSClientConfig.Clone(), Protocols: &protocols}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequestWithContext(context.Background(), "GET", server.URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(r)
	}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.ProtoMajor != version {
		t.Fatalf("asked over %s", resp.Proto)
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

func stamped(t *testing.T, claim string, h http.Header) {
	t.Helper()
	for name, want := range map[string]string{hsts: ourHSTS, enforced: ourPolicy, reportOnly: ourTrial} {
		if got := h[name]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %s is %q, want %q once", claim, name, got, want)
		}
	}
}

// Trap 1: a 103 from the shop takes no stamp away. The standard proxy shows the trap.
func TestStampsSurviveEarlyHints(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	shop.On("/", shoptest.EarlyHints("Link: </a.css>; rel=preload", shoptest.Answer("200 OK", "x")))
	origin, err := url.Parse(shop.URL())
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	_, server := house(t, &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(origin) }, Transport: transport}, ourPage)
	hinted := 0
	resp, _ := get(t, server, func(r *http.Request) {
		*r = *r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{Got1xxResponse: func(int, textproto.MIMEHeader) error {
			hinted++
			return nil
		}}))
	})
	if hinted != 1 {
		t.Errorf("%d hints arrived", hinted)
	}
	stamped(t, "after a 103", resp.Header)
}

// Trap 2: the shop's own copies are gone.
func TestTheShopsOwnCopiesAreReplaced(t *testing.T) {
	_, server := house(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range map[string]string{hsts: "max-age=0", enforced: "script-src *", reportOnly: "img-src *", "Server": "Apache", "X-Powered-By": "PHP/5.6"} {
			w.Header().Add(name, value)
			w.Header().Add(name, value)
		}
		w.Header().Set("Permissions-Policy", "geolocation=()")
		w.WriteHeader(http.StatusTeapot)
	}), ourPage)
	resp, _ := get(t, server)
	stamped(t, "over the shop's", resp.Header)
	if resp.Header.Get("Server") != "" || resp.Header.Get("X-Powered-By") != "" || resp.StatusCode != http.StatusTeapot {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
	if got := resp.Header["Permissions-Policy"]; !slices.Equal(got, []string{"geolocation=()", "camera=()"}) {
		t.Errorf("beside the shop's own: %q", got)
	}
}

func TestEveryWayOfAnsweringIsStamped(t *testing.T) {
	for claim, answer := range map[string]http.HandlerFunc{
		"a write":               func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("x")) },
		"a status":              func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"a status twice":        func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403); w.WriteHeader(200) },
		"a flush":               func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush() },
		"a flush by controller": func(w http.ResponseWriter, _ *http.Request) { _ = http.NewResponseController(w).Flush() },
		"a copy":                func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, strings.NewReader("x")) },
		"ReadFrom": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.(io.ReaderFrom).ReadFrom(strings.NewReader("x"))
		},
		"nothing at all":          func(http.ResponseWriter, *http.Request) {},
		"a panic":                 func(http.ResponseWriter, *http.Request) { panic("4111111111111111") },
		"a panic after a header":  func(w http.ResponseWriter, _ *http.Request) { w.Header().Set(enforced, "x"); panic(1) },
		"a hint and then nothing": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusEarlyHints) },
		"a refusal": func(w http.ResponseWriter, r *http.Request) {
			refusal.Write(w, r, nil, &refusal.Refusal{Code: refusal.Card})
		},
	} {
		_, server := house(t, answer, ourPage)
		for _, version := range []int{1, 2} {
			resp, body := getOver(t, server, version)
			stamped(t, fmt.Sprintf("%s over HTTP/%d", claim, version), resp.Header)
			if strings.Contains(body, "4111") {
				t.Errorf("%s: the answer echoes", claim)
			}
		}
	}
}

func TestNothingAndPanicsAre500(t *testing.T) {
	var kind string
	for claim, answer := range map[string]http.HandlerFunc{
		"nothing": func(http.ResponseWriter, *http.Request) {},
		"a panic": func(http.ResponseWriter, *http.Request) { panic(errors.New("4111111111111111")) },
	} {
		s, server := house(t, answer, ourPage)
		s.Panicked = func(_ *http.Request, k string, stack []byte) {
			if kind = k; strings.Contains(string(stack), "4111") {
				t.Error("the stack holds what was thrown")
			}
		}
		if resp, body := get(t, server); resp.StatusCode != 500 || !strings.Contains(body, "urn:panwall:problem:internal-error") {
			t.Errorf("%s: %d %s", claim, resp.StatusCode, body)
		}
	}
	if kind != "*errors.errorString" {
		t.Errorf("the panic was told as %q", kind)
	}
}

func TestAPanicInAnAnswerBreaksItOff(t *testing.T) {
	_, server := house(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("half"))
		_ = http.NewResponseController(w).Flush()
		panic("oops")
	}), ourPage)
	resp, err := server.Client().Get(server.URL)
	if err != nil {
		return // as good
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the client took a half answer for a whole one")
	}
}

func TestAnUpgradeIsStampedAndHandedOver(t *testing.T) {
	_, server := house(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "echo")
		w.WriteHeader(http.StatusSwitchingProtocols)
		conn, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = rw.WriteString("hello")
		_ = rw.Flush()
	}), ourPage)
	r, _ := http.NewRequestWithContext(context.Background(), "GET", server.URL, nil)
	r.Header.Set("Connection", "Upgrade")
	r.Header.Set("Upgrade", "echo")
	tr := server.Client().Transport.(*http.Transport).Clone()
	tr.ForceAttemptHTTP2, tr.TLSClientConfig.NextProtos = false, []string{"http/1.1"}
	defer tr.CloseIdleConnections()
	resp, err := tr.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	stamped(t, "101", resp.Header)
	if got, _ := bufio.NewReader(resp.Body).ReadString('o'); got != "hello" {
		t.Errorf("got %q", got)
	}
}

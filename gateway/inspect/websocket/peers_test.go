package websocket

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	peer "github.com/coder/websocket"
)

// shop is an upstream that echoes messages and remembers them, behind a guarded reverse proxy.
type shop struct {
	mu       sync.Mutex
	messages []string
	url      string // of the proxy, http
}

func newShop(t *testing.T, newInspect func() Inspect) *shop {
	s := new(shop)
	origin := httptest.NewServer(http.HandlerFunc(s.echo))
	t.Cleanup(origin.Close)
	target, err := url.Parse(origin.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			OfferNone(r.Out.Header)
		},
		ModifyResponse: func(r *http.Response) error {
			if r.StatusCode != http.StatusSwitchingProtocols {
				return nil
			}
			if err := Accepted(r.Request.Header, r); err != nil {
				return err
			}
			r.Body = Guard(r.Body.(io.ReadWriteCloser), wide, newInspect())
			return nil
		},
	})
	t.Cleanup(proxy.Close)
	s.url = proxy.URL
	return s
}

func groups() Inspect { return noCardInGroups }

func noCardInGroups(payload []byte, _ bool) bool {
	return !strings.Contains(strings.ReplaceAll(string(payload), " ", ""), card)
}

func (s *shop) echo(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/page" {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>shop</title>")
		return
	}
	c, err := peer.Accept(w, r, &peer.AcceptOptions{CompressionMode: peer.CompressionContextTakeover, InsecureSkipVerify: true})
	if err != nil {
		return
	}
	c.SetReadLimit(1 << 20)
	for {
		kind, data, err := c.Read(r.Context())
		if err != nil {
			return
		}
		s.mu.Lock()
		s.messages = append(s.messages, string(data))
		s.mu.Unlock()
		if c.Write(r.Context(), kind, data) != nil {
			return
		}
	}
}

// got is what reached the shop.
func (s *shop) got() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

func (s *shop) noCard(t *testing.T) {
	t.Helper()
	for _, m := range s.got() {
		if !noCardInGroups([]byte(m), true) {
			t.Error("a card reached the shop")
		}
	}
}

// need skips loudly without a tool, and fails where everything must be there.
func need(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("PANWALL_CI") == "1" {
		t.Fatalf("%s is missing: %v", what, err)
	}
	t.Skipf("SKIPPED, %s is missing: %v", what, err)
}

func TestWithCoder(t *testing.T) {
	s := newShop(t, groups)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	c, answer, err := peer.Dial(ctx, s.url, &peer.DialOptions{CompressionMode: peer.CompressionContextTakeover})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	c.SetReadLimit(1 << 20)
	if got := answer.Header.Get("Sec-WebSocket-Extensions"); got != "" {
		t.Errorf("extensions negotiated: %q", got)
	}
	for _, m := range []string{hello, "привет", strings.Repeat("x", 200_000), ""} {
		if err := c.Write(ctx, peer.MessageText, []byte(m)); err != nil {
			t.Fatal(err)
		}
		if _, back, err := c.Read(ctx); err != nil || string(back) != m {
			t.Fatalf("%d bytes came back as %d, %v", len(m), len(back), err)
		}
	}
	if err := c.Write(ctx, peer.MessageText, []byte("card "+card)); err != nil {
		t.Fatal(err)
	}
	_, _, err = c.Read(ctx)
	if code := peer.CloseStatus(err); code != peer.StatusPolicyViolation {
		t.Errorf("closed with %d (%v), want 1008", code, err)
	}
	if len(s.got()) != 4 {
		t.Errorf("%d messages reached the shop, want 4", len(s.got()))
	}
	s.noCard(t)
}

func TestAnOrderlyCloseWithCoder(t *testing.T) {
	s := newShop(t, groups)
	c, _, err := peer.Dial(t.Context(), s.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(peer.StatusNormalClosure, "bye"); err != nil {
		t.Errorf("the close handshake: %v", err)
	}
}

func TestWithNodeWS(t *testing.T) {
	_, err := exec.LookPath("node")
	need(t, "node", err)
	module := nodeWS(t)
	s := newShop(t, groups)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "node", filepath.Join("testdata", "client.js"), module, strings.Replace(s.url, "http", "ws", 1)).Output()
	if err != nil {
		t.Fatal(err)
	}
	var seen struct {
		Extensions  string
		Messages    []any
		Pongs, Code int
	}
	if err := json.Unmarshal(out, &seen); err != nil {
		t.Fatal(err)
	}
	if seen.Extensions != "" || seen.Code != 1008 || seen.Pongs != 1 {
		t.Errorf("node saw extensions %q, close code %d, %d pongs", seen.Extensions, seen.Code, seen.Pongs)
	}
	if want := []any{"привет", "fragmented", float64(70000)}; !slices.Equal(seen.Messages, want) {
		t.Errorf("node got %v back, want %v", seen.Messages, want)
	}
	s.noCard(t)
}

// nodeWS is the folder of npm's ws, among the modules that PANWALL_NODE_MODULES names.
func nodeWS(t *testing.T) string {
	dir := filepath.Join(os.Getenv("PANWALL_NODE_MODULES"), "ws")
	_, err := os.Stat(filepath.Join(dir, "package.json"))
	need(t, "npm's ws (npm install ws in a folder, whose node_modules PANWALL_NODE_MODULES names)", err)
	return dir
}

// inPage opens a socket, sends a message and a card, and says what came back.
const inPage = `new Promise(done => {
	const s = new WebSocket(URL), seen = [];
	s.onopen = () => s.send('сәлем');
	s.onmessage = m => { seen.push(m.data); s.send('4111-1111-1111-1111'.replaceAll('-', ' ')); };
	s.onclose = c => done(seen.concat(c.code, s.extensions).join('|'));
})`

func TestWithChromium(t *testing.T) {
	path, err := exec.LookPath("chromium")
	need(t, "chromium", err)
	s := newShop(t, groups)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	ctx, stop := chromedp.NewExecAllocator(ctx, append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox)...)
	defer stop()
	ctx, end := chromedp.NewContext(ctx)
	defer end()
	if err := chromedp.Do(ctx, chromedp.Navigate(s.url+"/page")); err != nil {
		t.Fatal(err)
	}
	script := strings.Replace(inPage, "URL", `"`+strings.Replace(s.url, "http", "ws", 1)+`/chat"`, 1)
	seen, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if seen != "сәлем|1008|" {
		t.Errorf("the page saw %q", seen)
	}
	s.noCard(t)
}

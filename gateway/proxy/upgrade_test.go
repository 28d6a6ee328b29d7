package proxy

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

func visited(r *http.Request) *http.Request {
	v := &visit.Visit{ID: "0123456789ABCDEF", Rules: &ruleset.Set{}, Site: &config.Site{}, Request: &ruleset.Request{}}
	return r.WithContext(visit.With(r.Context(), v))
}

// Trap 4: an upgrade that nobody reads never reaches the shop.
func TestUpgradesAreRefusedBeforeTheShopSeesThem(t *testing.T) {
	f, shop := behind(t, nil)
	for _, protocol := range []string{"websocket", "h2c", "TLS/1.0"} {
		resp, _ := f.raw(t, lines("GET /ws HTTP/1.1", "Host: a", "Connection: keep-alive, Upgrade", "Upgrade: "+protocol, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="))
		if resp.StatusCode != 403 {
			t.Errorf("%s: status %d", protocol, resp.StatusCode)
		}
	}
	if shop.Conns() != 0 {
		t.Error("the shop was asked")
	}
}

func allow(upgrade func(*visit.Visit, *http.Request, *http.Response) (io.ReadWriteCloser, error)) func(*Options) {
	return func(o *Options) {
		o.Offer = func(_ *visit.Visit, out *http.Request) error {
			out.Header.Del("Sec-WebSocket-Extensions")
			return nil
		}
		o.Upgrade = upgrade
	}
}

func TestAnAllowedUpgradeIsSpliced(t *testing.T) {
	f, shop := behind(t, allow(func(_ *visit.Visit, _ *http.Request, resp *http.Response) (io.ReadWriteCloser, error) {
		return resp.Body.(io.ReadWriteCloser), nil
	}))
	shop.On("/ws", shoptest.WebSocketEcho)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c, resp, err := websocket.Dial(ctx, f.server.URL+"/ws", &websocket.DialOptions{HTTPClient: f.client(t, 1), CompressionMode: websocket.CompressionContextTakeover})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Header.Get("Upgrade") != "websocket" {
		t.Errorf("header %v", resp.Header)
	}
	for _, message := range []string{"салам", "two"} {
		if err := c.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
			t.Fatal(err)
		}
		if _, got, err := c.Read(ctx); err != nil || string(got) != message {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	if q := shop.Next(t); q.Value("Sec-WebSocket-Extensions") != "" || q.Value("Connection") != "Upgrade" {
		t.Errorf("the shop got %q", q.Raw)
	}
	_ = c.Close(websocket.StatusNormalClosure, "")
}

func TestAnUpgradeThatIsNotAcceptedIsNotSeen(t *testing.T) {
	f, shop := behind(t, allow(func(*visit.Visit, *http.Request, *http.Response) (io.ReadWriteCloser, error) {
		return nil, errors.New("an extension that was not offered")
	}))
	shop.On("/ws", shoptest.WebSocketEcho)
	resp, _ := f.raw(t, lines("GET /ws HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: websocket"))
	if resp.StatusCode != 403 {
		t.Errorf("status %d", resp.StatusCode)
	}
}

// guard refuses what the client says, and has one thing to say itself.
type guard struct {
	io.ReadWriteCloser
	refused chan struct{}
	said    bool
}

func (g *guard) Write([]byte) (int, error) {
	close(g.refused)
	return 0, errors.New("a card in a message")
}

func (g *guard) Read(p []byte) (int, error) {
	<-g.refused
	if g.said {
		return 0, io.EOF
	}
	g.said = true
	return copy(p, "goodbye"), nil
}

func TestWhatRefusesAMessageHasTheLastWord(t *testing.T) {
	f, shop := behind(t, allow(func(_ *visit.Visit, _ *http.Request, resp *http.Response) (io.ReadWriteCloser, error) {
		return &guard{ReadWriteCloser: resp.Body.(io.ReadWriteCloser), refused: make(chan struct{})}, nil
	}))
	shop.On("/ws", shoptest.Raw("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"))
	conn := f.dial(t)
	if _, err := io.WriteString(conn, lines("GET /ws HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: echo")+"sent at once"); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(all), "HTTP/1.1 101 ") || !strings.HasSuffix(string(all), "\r\n\r\ngoodbye") {
		t.Errorf("the client got %q, %v", all, err)
	}
	shop.Next(t)
	if strings.Contains(string(shop.Received()), "sent at once") {
		t.Error("bytes reached the shop unread")
	}
}

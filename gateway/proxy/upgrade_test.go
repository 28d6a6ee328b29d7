package proxy

import (
	"context"
	"errors"
	"io"
	"net/http"
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

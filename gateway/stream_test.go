package gateway_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
)

func TestServerSentEventsArriveAsTheyAreSent(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	g := inFront(t, shop.URL())
	for _, http2 := range []bool{false, true} {
		events := make(chan string)
		shop.On("/events", shoptest.Events(events))
		answer, err := g.client(http2).Get("https://localhost/events")
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(answer.Body)
		for _, want := range []string{"first", "second"} {
			events <- want // the next is sent only when this one was read: nothing may buffer
			for {
				line, err := lines.ReadString('\n')
				if err != nil {
					t.Fatalf("HTTP/2 %v: waiting for %s: %v", http2, want, err)
				}
				if strings.Contains(line, want) {
					break
				}
			}
		}
		close(events)
		answer.Body.Close()
	}
}

func TestALargeDownloadStreams(t *testing.T) {
	const size = 64 << 20
	shop := shoptest.NewRecorder(t)
	shop.On("/large", shoptest.Large(size))
	g := inFront(t, shop.URL())
	answer, err := g.client(true).Get("https://localhost/large")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if n, err := io.Copy(io.Discard, answer.Body); n != size || err != nil {
		t.Errorf("%d bytes of %d arrived: %v", n, size, err)
	}
}

func TestExpectContinueIsAnswered(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	g := inFront(t, shop.URL())
	conn := g.dial()
	_, _ = io.WriteString(conn, "POST /order HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
	reader := bufio.NewReader(conn)
	if line, err := reader.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100 ") {
		t.Fatalf("no 100 Continue: %q, %v", line, err)
	}
	_, _ = reader.ReadString('\n')
	_, _ = io.WriteString(conn, "hello")
	answer, err := http.ReadResponse(reader, nil)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("answer: %v, %v", answer, err)
	}
	answer.Body.Close()
	if q := shop.Next(t); string(q.Body) != "hello" || len(q.Values("Expect")) != 0 {
		t.Errorf("the shop got %q and Expect %v", q.Body, q.Values("Expect"))
	}
}

// A 103 from the shop erases headers set before ReverseProxy is called.
func TestEarlyHintsLeaveTheHeadersInPlace(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	shop.On("/hints", shoptest.EarlyHints("Link: </app.css>; rel=preload", shoptest.Answer("200 OK", "page",
		"Strict-Transport-Security: max-age=1", "Content-Security-Policy: script-src *")))
	g := inFront(t, shop.URL())
	for _, http2 := range []bool{false, true} {
		hinted := 0
		trace := &httptrace.ClientTrace{Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
			hinted = code
			return nil
		}}
		r, _ := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), http.MethodGet, "https://localhost/hints", nil)
		answer, err := g.client(http2).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if hinted != http.StatusEarlyHints {
			t.Errorf("HTTP/2 %v: no 103 arrived", http2)
		}
		stamped(t, "after a 103", answer)
	}
}

func TestAnUpgradeNobodyAllowsIsRefused(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	shop.On("/elsewhere", shoptest.WebSocketEcho)
	g := inFront(t, shop.URL())
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://localhost/elsewhere", nil)
	for name, value := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="} {
		r.Header.Set(name, value)
	}
	answer, err := g.client(false).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden || len(shop.Requests()) != 0 {
		t.Errorf("answered %d, %d requests reached the shop", answer.StatusCode, len(shop.Requests()))
	}
}

func TestAWebSocketCarriesMessagesButNoCard(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	shop.On("/ws/chat", shoptest.WebSocketEcho)
	g := inFront(t, shop.URL())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "wss://localhost/ws/chat", &websocket.DialOptions{HTTPClient: g.client(false), CompressionMode: websocket.CompressionContextTakeover})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if err := conn.Write(ctx, websocket.MessageText, []byte("Здравствуйте, где мой заказ?")); err != nil {
		t.Fatal(err)
	}
	if _, text, err := conn.Read(ctx); err != nil || string(text) != "Здравствуйте, где мой заказ?" {
		t.Fatalf("the echo was %q, %v", text, err)
	}
	if err := conn.Write(ctx, websocket.MessageText, []byte(`{"text":"my card `+digits+`"}`)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := conn.Read(ctx); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("the connection ended with %v", err)
	}
	forbidden(t, "a message", shop.Received())
}

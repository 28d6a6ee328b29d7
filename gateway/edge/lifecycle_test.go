package edge

import (
	"bufio"
	"crypto/tls"
	"io"
	"net/http"
	"testing"
	"time"
)

// held is a handler whose requests wait until they are let go.
type held struct {
	arrived chan string
	release chan struct{}
}

func newHeld() *held { return &held{arrived: make(chan string, 100), release: make(chan struct{})} }

func (h *held) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.arrived <- r.Proto
	<-h.release
	_, _ = io.WriteString(w, "finished")
}

func TestDrainFinishesWhatIsInFlight(t *testing.T) {
	h := newHeld()
	d := open(t, Options{Config: local("shop.test"), Handler: h})
	answers := make(chan string, 2)
	for _, offered := range [][]string{nil, {"http/1.1"}} {
		client := d.client(t, func(c *tls.Config) { c.NextProtos = offered })
		go func() {
			r, err := client.Get("https://shop.test/")
			if err != nil {
				answers <- err.Error()
				return
			}
			b, _ := io.ReadAll(r.Body)
			_ = r.Body.Close()
			answers <- string(b)
		}()
		<-h.arrived
	}
	stopped := make(chan error, 1)
	go func() { stopped <- d.stop() }()
	for { // until nobody is let in any more
		c, err := tls.Dial("tcp", d.https, &tls.Config{RootCAs: d.roots(), ServerName: "shop.test"})
		if err != nil {
			break
		}
		_ = c.Close()
	}
	select {
	case err := <-stopped:
		t.Fatalf("the drain ended before the requests: %v", err)
	default:
	}
	close(h.release)
	for range 2 {
		if got := <-answers; got != "finished" {
			t.Errorf("a request in flight got %q", got)
		}
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestForceCutsWhatIsInFlight(t *testing.T) {
	h := newHeld()
	defer close(h.release)
	d := open(t, Options{Config: local("shop.test"), Handler: h})
	answer := make(chan error, 1)
	client := d.client(t, nil)
	go func() {
		_, err := client.Get("https://shop.test/")
		answer <- err
	}()
	<-h.arrived
	stopped := make(chan error, 1)
	go func() { stopped <- d.stop() }()
	d.Force()
	if err := <-answer; err == nil {
		t.Error("a forced request was answered")
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// A WebSocket is hijacked, and net/http no longer knows of it: it may end by itself, and is cut when time is up.
func TestDrainWaitsForHijackedConnections(t *testing.T) {
	for claim, ends := range map[string]bool{"one that ends by itself": true, "one that does not end": false} {
		t.Run(claim, func(t *testing.T) {
			hijacked := make(chan struct{})
			c := local("shop.test")
			c.Listen.Limits.DrainTimeout = 10 * time.Second
			if !ends {
				c.Listen.Limits.DrainTimeout = 100 * time.Millisecond
			}
			d := open(t, Options{Config: c, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				conn, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				close(hijacked)
				_, _ = io.Copy(io.Discard, conn)
				_ = conn.Close()
			})})
			conn := d.dial(t, "shop.test", "http/1.1")
			_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n")
			<-hijacked
			stopped := make(chan error, 1)
			go func() { stopped <- d.stop() }()
			if ends {
				select {
				case <-stopped:
					t.Error("the drain did not wait for a hijacked connection")
				case <-time.After(50 * time.Millisecond):
				}
				_ = conn.Close()
			}
			if err := <-stopped; err != nil {
				t.Error(err)
			}
			if _, err := bufio.NewReader(conn).ReadByte(); err == nil {
				t.Error("the connection still speaks")
			}
		})
	}
}

func TestReloadIsAllOrNothing(t *testing.T) {
	d := open(t, Options{Config: local("shop.test")})
	bad := local("other.test")
	bad.TLS.Issuer = "files"
	if err := d.Reload(bad); err == nil {
		t.Error("a configuration without certificates was taken over")
	}
	moved := local("other.test")
	moved.Listen.HTTPS = []string{"127.0.0.1:1"}
	if err := d.Reload(moved); err == nil {
		t.Error("another address was taken over")
	}
	_ = d.dial(t, "shop.test").Close()
	if err := d.Reload(local("other.test")); err != nil {
		t.Fatal(err)
	}
	_ = d.dial(t, "other.test").Close()
}

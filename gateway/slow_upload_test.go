package gateway_test

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/admin"
	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
)

// slowUploads is how many uploads of one network are under way at once.
const slowUploads = 256

// memoryUsed is what /status says bodies hold.
func (r *running) memoryUsed() (n int64) {
	r.t.Helper()
	_, body, err := admin.NewClient(r.admin).Get(r.t.Context(), "/status")
	if err != nil {
		r.t.Fatal(err)
	}
	var status struct {
		Used int64 `json:"inspect_memory_used"`
	}
	if err := json.Unmarshal(body, &status); err != nil {
		r.t.Fatal(err)
	}
	return status.Used
}

// halfSent begins an upload and sends a piece of it. Where the share is spent already it is answered and closed.
func halfSent(g *running, piece string) *tls.Conn {
	c := g.dial()
	_ = c.SetDeadline(time.Now().Add(2 * time.Minute))
	_, _ = fmt.Fprint(c, "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 7000000\r\n\r\n"+piece)
	return c
}

// TestSlowUploadsOfOneNetworkLeaveAnotherServed holds many uploads of one network half sent: its share of the memory is
// spent, a client of another network is served all the same, and when the uploads are given up nothing stays charged.
func TestSlowUploadsOfOneNetworkLeaveAnotherServed(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	g := inFront(t, shop.URL())
	piece := strings.Repeat("a stock list without an end\n", 8<<10)
	conns := make([]*tls.Conn, slowUploads)
	var senders sync.WaitGroup
	for i := range conns {
		senders.Go(func() { conns[i] = halfSent(g, piece) })
	}
	senders.Wait()
	if used := g.memoryUsed(); used == 0 || used > 256<<20/16 {
		t.Errorf("half sent uploads hold %d bytes", used)
	}
	neighbour := g.from(net.IPv4(127, 0, 7, 1))
	for i := range 20 {
		answer, err := neighbour.Post("https://localhost/order", "text/plain", strings.NewReader(piece))
		if err != nil {
			t.Fatalf("order %d of another network: %v", i, err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("order %d of another network was answered %d", i, answer.StatusCode)
		}
	}
	for _, c := range conns {
		_ = c.NetConn().Close()
	}
	for until := time.Now().Add(time.Minute); g.memoryUsed() > 0; {
		if time.Now().After(until) {
			t.Fatalf("%d bytes are still charged to uploads that were given up", g.memoryUsed())
		}
	}
}

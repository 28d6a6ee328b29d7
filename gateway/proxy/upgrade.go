package proxy

import (
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// switchProtocols joins the client to what Upgrade made of the shop's 101. One that nobody asked for is a fault: after
// it, bytes would reach the shop unread.
func (p *Proxy) switchProtocols(w http.ResponseWriter, r *http.Request, v *visit.Visit, out *http.Request, resp *http.Response, protocol string) {
	if protocol == "" || !strings.EqualFold(resp.Header.Get("Upgrade"), protocol) {
		p.report(v, errUnasked)
		refusal.Write(w, r, v, &refusal.Refusal{Code: refusal.BadGateway})
		return
	}
	shop, err := p.options.Upgrade(v, out, resp)
	if err != nil {
		refusal.Write(w, r, v, refusalOr(err, refusal.NoUpgrade))
		return
	}
	defer func() { _ = shop.Close() }()
	h := w.Header()
	for name, values := range resp.Header {
		if !hopByHop[name] {
			h[name] = values
		}
	}
	h["Connection"], h["Upgrade"] = []string{"Upgrade"}, resp.Header["Upgrade"]
	w.WriteHeader(http.StatusSwitchingProtocols)
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Time{}) // the server's bounds are for requests
	splice(client{buffered, conn}, shop)
}

// client reads first what net/http had read ahead.
type client struct {
	io.Reader
	io.WriteCloser
}

// lastWords is how long the shop's side may still speak after the client's was cut: a close frame is on its way.
const lastWords = 2 * time.Second

// splice copies both ways until either side ends, then ends the other. It returns when no goroutine is left.
func splice(client, shop io.ReadWriteCloser) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }() // net/http recovers only its own goroutine; a fault here ends one connection
		defer func() { _ = client.Close() }()
		_, _ = io.Copy(client, shop)
	}()
	if _, err := io.Copy(shop, client); err != nil {
		last := time.NewTimer(lastWords)
		defer last.Stop()
		select {
		case <-done:
		case <-last.C:
		}
	}
	_ = shop.Close()
	<-done
}

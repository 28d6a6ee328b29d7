package edge

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
)

func crowd(now func() time.Time, l limits) *door {
	return newDoor(l, now, func() {})
}

func at(address string) net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(address))
}

func TestDoorCounts(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	d := crowd(func() time.Time { return now }, limits{connections: 4, handshaking: 3, perClient: 2, handshakes: 1})
	in := func(address string) *conn {
		c := &conn{door: d}
		if !d.enter(c) {
			return nil
		}
		if d.admit(c, at(address)) != nil {
			d.leave(c)
			return nil
		}
		return c
	}
	a, b := in("192.0.2.1:1"), in("192.0.2.1:2")
	if a == nil || b == nil {
		t.Fatal("the first two of a client were refused")
	}
	if in("192.0.2.1:3") != nil {
		t.Error("a third of the same client was let in")
	}
	if in("[::ffff:192.0.2.1]:3") != nil {
		t.Error("a client hid behind an IPv4-mapped address")
	}
	if c := in("192.0.2.2:1"); c == nil {
		t.Error("another client was refused")
	}
	if in("192.0.2.3:1") != nil {
		t.Error("a fourth waiting connection was let in where three may wait")
	}
	d.settle(a)
	c := in("[2001:db8::1]:1")
	if c == nil {
		t.Error("there was no room after one had settled")
	}
	if in("192.0.2.4:1") != nil {
		t.Error("more than all were let in")
	}
	d.leave(b)
	d.leave(b) // net/http closes some connections twice
	d.leave(c)
	if in("[2001:db8::2]:1") == nil || len(d.conns) != 3 {
		t.Errorf("room was not made: %d inside", len(d.conns))
	}
	if d.count().Refused == 0 {
		t.Error("refusals were not counted")
	}
}

func TestDoorCountsAnIPv6LineAsOne(t *testing.T) {
	d := crowd(time.Now, limits{connections: 100, handshaking: 100, perClient: 2, handshakes: 100})
	refused := 0
	for _, address := range []string{"[2001:db8:1:2::1]:1", "[2001:db8:1:2:ffff::2]:1", "[2001:db8:1:2:abcd::3]:1"} {
		c := &conn{door: d}
		d.enter(c)
		if d.admit(c, at(address)) != nil {
			refused++
		}
	}
	if refused != 1 {
		t.Errorf("%d of three in one /64 were refused", refused)
	}
}

func TestDoorLimitsNewConnections(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	d := crowd(func() time.Time { return now }, limits{connections: 1000, handshaking: 1000, perClient: 1000, handshakes: 2})
	try := func() bool {
		c := &conn{door: d}
		d.enter(c)
		err := d.admit(c, at("192.0.2.1:1"))
		d.leave(c)
		return err == nil
	}
	let := 0
	for range 100 {
		if try() {
			let++
		}
	}
	if let != 8 {
		t.Errorf("a burst of %d was let in, want 8", let)
	}
	now = now.Add(time.Second)
	if again := []bool{try(), try(), try()}; !slices.Equal(again, []bool{true, true, false}) {
		t.Errorf("after a second: %v, want two more", again)
	}
}

// Whoever has many addresses must not fill the memory, nor make the door forget those who are inside.
func TestDoorForgetsUnderAFlood(t *testing.T) {
	d := crowd(time.Now, limits{connections: 1 << 20, handshaking: 1 << 20, perClient: 1, handshakes: 1})
	inside := &conn{door: d}
	d.enter(inside)
	_ = d.admit(inside, at("192.0.2.1:1"))
	for i := range 3 * maxClients {
		c := &conn{door: d}
		d.enter(c)
		address := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		_ = d.admit(c, net.TCPAddrFromAddrPort(netip.AddrPortFrom(address, 1)))
		d.leave(c)
	}
	if len(d.clients) > maxClients {
		t.Errorf("%d clients are remembered", len(d.clients))
	}
	again := &conn{door: d}
	d.enter(again)
	if d.admit(again, at("192.0.2.1:2")) == nil {
		t.Error("the door forgot a client who is inside")
	}
}

func TestRefusedConnectionsGetNothing(t *testing.T) {
	c := local("shop.test")
	c.Listen.Limits = config.ListenLimits{ConnectionsPerClient: 2}
	on, events := collect()
	d := open(t, Options{Config: c, OnEvent: on})
	first, second := d.dial(t, "shop.test"), d.dial(t, "shop.test")
	if _, err := tls.Dial("tcp", d.https, &tls.Config{RootCAs: d.roots(), ServerName: "shop.test"}); err == nil {
		t.Error("a third connection was let in")
	}
	await(t, events, ClientsRefused)
	_ = first.Close()
	if r := raw(t, second, "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n"); r.StatusCode != 200 {
		t.Errorf("the second got %d", r.StatusCode)
	}
	for range 100 { // the server notices a moment later
		if conn, err := tls.Dial("tcp", d.https, &tls.Config{RootCAs: d.roots(), ServerName: "shop.test"}); err == nil {
			_ = conn.Close()
			return
		}
		<-time.After(10 * time.Millisecond)
	}
	t.Error("no room was made by the one that left")
}

// troublesome is a listener that has no file descriptor left at first.
type troublesome struct {
	net.Listener
	left int
}

func (l *troublesome) Accept() (net.Conn, error) {
	if l.left > 0 {
		l.left--
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: syscall.EMFILE}
	}
	return l.Listener.Accept()
}

func TestRunningOutOfDescriptorsIsSurvived(t *testing.T) {
	on, events := collect()
	d := openAfter(t, Options{Config: local("shop.test"), OnEvent: on}, func(e *Edge) {
		e.listening[0].Listener = &troublesome{Listener: e.listening[0].Listener, left: 3}
	})
	if e := await(t, events, ListenerTrouble); !errors.Is(e.Err, syscall.EMFILE) {
		t.Errorf("told %v", e.Err)
	}
	r := raw(t, d.dial(t, "shop.test"), "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n")
	if r.StatusCode != 200 {
		t.Errorf("afterwards: %d", r.StatusCode)
	}
}

func TestProxyProtocol(t *testing.T) {
	for claim, c := range map[string]struct {
		networks []string
		header   string
		remote   string // as the handler sees it; "" if the connection ends
	}{
		"a listed balancer speaks for its client":     {[]string{"127.0.0.0/8"}, "PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n", "192.0.2.7:4711"},
		"version 2 as well":                           {[]string{"127.0.0.0/8"}, "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x07\xc0\x00\x02\x01\x12\x67\x01\xbb", "192.0.2.7:4711"},
		"a listed balancer must send one":             {[]string{"127.0.0.0/8"}, "", ""},
		"a listed balancer must send one that can be": {[]string{"127.0.0.0/8"}, "PROXY TCP4 nonsense\r\n", ""},
		"nobody else is believed":                     {[]string{"198.51.100.0/24"}, "PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n", ""},
		"others connect without one":                  {[]string{"198.51.100.0/24"}, "", "127.0.0.1:"},
	} {
		t.Run(claim, func(t *testing.T) {
			conf := local("shop.test")
			for _, n := range c.networks {
				conf.Listen.ProxyProtocol = append(conf.Listen.ProxyProtocol, netip.MustParsePrefix(n))
			}
			d := open(t, Options{Config: conf, Handler: showRemote})
			plain, err := net.Dial("tcp", d.https)
			if err != nil {
				t.Fatal(err)
			}
			defer plain.Close()
			_ = plain.SetDeadline(time.Now().Add(10 * time.Second))
			_, _ = io.WriteString(plain, c.header)
			conn := tls.Client(plain, &tls.Config{RootCAs: d.roots(), ServerName: "shop.test"})
			if err := conn.Handshake(); err != nil {
				if c.remote != "" {
					t.Error(err)
				}
				return
			}
			got := raw(t, conn, "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n").Header.Get("X-Remote")
			if c.remote == "" || !strings.HasPrefix(got, c.remote) {
				t.Errorf("the client was %q, want %q", got, c.remote)
			}
		})
	}
}

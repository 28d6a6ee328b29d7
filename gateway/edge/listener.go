package edge

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/pires/go-proxyproto"
)

// listener is one bound address. Below TLS it reads PROXY headers and lets the door count.
type listener struct {
	net.Listener                  // with PROXY headers read, where configured
	bound        *net.TCPListener // the socket itself, for a successor
	name         string           // as configured: host:port
	secure       bool
	door         *door
	troubled     func(error)
}

// Accept gives the next connection that the door has room for.
func (l *listener) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			// net/http waits and tries again when the error is temporary: no file descriptor left is.
			if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
				l.troubled(err)
			}
			return nil, err
		}
		c := &conn{Conn: raw, door: l.door, grace: l.door.current().grace}
		c.heard.Store(time.Now().UnixNano())
		if l.door.enter(c) {
			return c, nil
		}
		_ = raw.Close()
	}
}

// conn is one client's connection, counted by the door until it is closed.
type conn struct {
	net.Conn
	door    *door
	client  *client     // guarded by door.mu
	settled atomic.Bool // a request has reached a handler; set under door.mu

	admitted sync.Once
	refusal  error
	resets   resetCount
	heard    atomic.Int64 // when the client last sent something before its first request; Unix nanoseconds
	deadline atomic.Bool  // the caller has set one for writing
	grace    time.Duration
	armed    time.Time // when ours was set; of the writing goroutine, TLS writes one at a time
}

// Read counts the connection for its client before the first byte: only now, on the goroutine of this connection, may
// a PROXY header be waited for.
func (c *conn) Read(p []byte) (int, error) {
	c.admitted.Do(func() { c.refusal = c.door.admit(c, c.RemoteAddr()) })
	if c.refusal != nil {
		return 0, c.refusal
	}
	n, err := c.Conn.Read(p)
	if !c.settled.Load() {
		c.heard.Store(time.Now().UnixNano())
	}
	return n, err
}

// Write gives the client a limited time to take each record. A peer that reads slowly or never would otherwise hold the
// answer in memory for as long as it likes. The deadline is moved at most once a second: it costs a timer.
func (c *conn) Write(p []byte) (int, error) {
	if now := time.Now(); !c.deadline.Load() && now.Sub(c.armed) > min(time.Second, c.grace) {
		c.armed = now
		if err := c.Conn.SetWriteDeadline(now.Add(2 * c.grace)); err != nil {
			return 0, err
		}
	}
	n, err := c.Conn.Write(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.abort()
	}
	return n, err
}

// abort lets the kernel forget what the client does not take: it would else hold it for minutes after Close.
func (c *conn) abort() {
	under := c.Conn
	if p, ok := under.(*proxyproto.Conn); ok {
		under = p.Raw()
	}
	if tcp, ok := under.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

// SetWriteDeadline sets a deadline of the caller's own, which goes before ours until it is lifted.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.deadline.Store(!t.IsZero())
	return c.Conn.SetWriteDeadline(t)
}

// SetDeadline is SetReadDeadline and SetWriteDeadline.
func (c *conn) SetDeadline(t time.Time) error {
	c.deadline.Store(!t.IsZero())
	return c.Conn.SetDeadline(t)
}

// Close closes the connection and makes room at the door.
func (c *conn) Close() error {
	c.door.leave(c)
	return c.Conn.Close()
}

// proxied wraps a listener so that the listed networks must send a PROXY header. Nobody else is read for one: theirs
// is neither TLS nor HTTP and ends the connection.
func proxied(l net.Listener, o config.Listen) (net.Listener, error) {
	if len(o.ProxyProtocol) == 0 {
		return l, nil
	}
	ranges := make([]string, len(o.ProxyProtocol))
	for i, p := range o.ProxyProtocol {
		ranges[i] = p.Masked().String()
	}
	policy, err := proxyproto.PolicyFromRanges(ranges, proxyproto.REQUIRE, proxyproto.SKIP)
	if err != nil {
		return nil, fmt.Errorf("reading listen.proxy_protocol: %w", err)
	}
	return &proxyproto.Listener{Listener: l, ConnPolicy: policy, ReadHeaderTimeout: proxyHeaderTimeout}, nil
}

// proxyHeaderTimeout is how long a balancer may take for its PROXY header, which it sends at once.
const proxyHeaderTimeout = 5 * time.Second

// sameListeners refuses a reload that would need other sockets: those are given at the start.
func sameListeners(old, new config.Listen) error {
	same := slices.Equal(old.HTTPS, new.HTTPS) && slices.Equal(old.HTTP, new.HTTP) && old.HTTP2 == new.HTTP2 &&
		slices.Equal(old.ProxyProtocol, new.ProxyProtocol)
	if !same {
		return errors.New("listen.https, http, http2 and proxy_protocol are read at the start: restart to change them")
	}
	return nil
}

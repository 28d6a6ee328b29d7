package edge

import (
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pires/go-proxyproto"
)

// conn is one client's connection, counted by the door until it is closed.
type conn struct {
	net.Conn
	door    *door
	client  *client     // guarded by door.mu
	settled atomic.Bool // a request has reached a handler; set under door.mu

	admitted sync.Once
	refusal  error
	account  account
	plain    atomic.Bool  // HTTP/1.1, which has no frames to flood with, and may become a WebSocket: not accounted for
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
	if !c.plain.Load() && !c.account.arrive(n) {
		_ = c.Close()
		return 0, errFlood
	}
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
	c.account.answered(n)
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

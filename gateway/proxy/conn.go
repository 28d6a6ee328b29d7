package proxy

import (
	"bufio"
	"errors"
	"math"
	"net"
	"net/http"
	"sync"
	"time"
)

// conn is one connection to the shop.
type conn struct {
	net.Conn
	to       origin
	pulse    *pulse
	in       *bufio.Reader
	out      *bufio.Writer
	budget   int64 // bytes that may still be read as a header
	answered bool  // the shop has said something since the request began
	since    time.Time

	mu          sync.Mutex // deadlines: the answer's reader, the body's writer and the client's end all set them
	interrupted bool
	streaming   bool
}

var errLongHeader = errors.New("header longer than allowed")

func newConn(c, raw net.Conn, to origin) *conn {
	made := &conn{Conn: c, to: to, pulse: newPulse(raw)}
	made.in, made.out = newBuffers(made)
	return made
}

// reader is what the connection's buffer reads from.
type reader struct{ *conn }

// Read reads on, within what a header may have.
func (r reader) Read(p []byte) (int, error) {
	if r.budget <= 0 {
		return 0, errLongHeader
	}
	n, err := r.Conn.Read(p[:min(int64(len(p)), r.budget)])
	if r.budget != math.MaxInt64 {
		r.budget -= int64(n)
	}
	return n, err
}

// begin makes the connection ready for a request.
func (c *conn) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answered, c.streaming = false, false
	c.budget = maxResponseHeader // for hints and the final header together
}

// interrupt wakes whoever waits in this connection, for good.
func (c *conn) interrupt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.interrupted = true
	_ = c.SetDeadline(longAgo)
}

// readWithin gives the header of the answer that long.
func (c *conn) readWithin(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.interrupted && !c.streaming {
		_ = c.SetReadDeadline(time.Now().Add(d))
	}
}

// writeWithin gives what is written next that long.
func (c *conn) writeWithin(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.interrupted {
		_ = c.SetWriteDeadline(time.Now().Add(d))
	}
}

// stream ends the header: a body may be silent for as long as it likes.
func (c *conn) stream() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.streaming, c.budget = true, math.MaxInt64
	if !c.interrupted {
		_ = c.SetReadDeadline(time.Time{})
	}
}

// readHeader reads one header, final or not.
func (c *conn) readHeader(r *http.Request) (*http.Response, error) {
	if _, err := c.in.Peek(1); err != nil {
		return nil, err
	}
	c.answered = true
	resp, err := http.ReadResponse(c.in, r)
	if err != nil && c.budget <= 0 {
		return nil, errLongHeader // net/http says "unexpected EOF" of it
	}
	return resp, err
}

// pool keeps connections that are through with a request.
type pool struct {
	mu    sync.Mutex
	idle  map[origin][]*conn // the last used is last
	count int
	clock *time.Timer
}

// take is an idle connection that the shop has not closed, nil if there is none.
func (p *pool) take(to origin) *conn {
	for {
		c := p.pop(to)
		if c == nil {
			return nil
		}
		if time.Since(c.since) < idleTimeout && c.pulse.felt() {
			return c
		}
		_ = c.Close()
	}
}

func (p *pool) pop(to origin) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	idle := p.idle[to]
	if len(idle) == 0 {
		return nil
	}
	c := idle[len(idle)-1]
	idle[len(idle)-1] = nil
	p.idle[to] = idle[:len(idle)-1]
	p.count--
	return c
}

func (p *pool) put(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count >= maxIdle {
		_ = c.Close()
		return
	}
	if p.idle == nil {
		p.idle = map[origin][]*conn{}
	}
	c.since = time.Now()
	p.idle[c.to] = append(p.idle[c.to], c)
	p.count++
	if p.clock == nil {
		p.clock = time.AfterFunc(idleTimeout, p.sweep)
	}
}

// sweep closes what nobody has used for long, and comes again while there is something left.
func (p *pool) sweep() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for to, idle := range p.idle {
		old := 0
		for old < len(idle) && time.Since(idle[old].since) >= idleTimeout {
			_ = idle[old].Close()
			old++
		}
		p.idle[to] = append(idle[:0], idle[old:]...)
		clear(idle[len(idle)-old:])
		p.count -= old
	}
	p.clock = nil
	if p.count > 0 {
		p.clock = time.AfterFunc(idleTimeout, p.sweep)
	}
}

// empty closes all.
func (p *pool) empty() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, idle := range p.idle {
		for _, c := range idle {
			_ = c.Close()
		}
	}
	p.idle, p.count = nil, 0
	if p.clock != nil {
		p.clock.Stop()
		p.clock = nil
	}
}

package websocket

import (
	"math"
	"unicode/utf8"

	"golang.org/x/time/rate"
)

// mostFrames bounds the frames of one message, so that empty ones cost no memory to speak of.
const mostFrames = 16 << 10

// client reads what a client sends, frame by frame, and holds a message back until it has been inspected.
type client struct {
	limits  Limits
	bucket  *rate.Limiter
	inspect Inspect
	forward func([]byte) error // to the upstream

	head    []byte // of the frame being read
	frame   header
	read    uint64 // payload of it that has arrived
	inFrame bool

	message pending // fragments so far
	control pending // a control frame may stand between them
	closed  bool    // the client's close frame has been seen
	drain   bool    // refused: nothing is kept any more
}

// pending is a message or control frame in two forms: as it came and as it reads.
type pending struct {
	op          byte // zero: no message has begun
	frames      int
	wire, plain []byte
}

// keptCapacity is how much memory a connection keeps between messages.
const keptCapacity = 4 << 10

// forget overwrites both forms.
func (p *pending) forget() {
	clear(p.wire)
	clear(p.plain)
	if cap(p.wire) > keptCapacity {
		*p = pending{}
	}
	*p = pending{wire: p.wire[:0], plain: p.plain[:0]}
}

// grow appends, and overwrites what it leaves behind.
func grow(held, more []byte) []byte {
	if len(held)+len(more) <= cap(held) {
		return append(held, more...)
	}
	larger := make([]byte, 0, max(2*cap(held), len(held)+len(more)))
	larger = append(append(larger, held...), more...)
	clear(held)
	return larger
}

func newClient(l Limits, inspect Inspect, forward func([]byte) error) *client {
	burst := max(1, int(min(math.Ceil(l.Rate), 1<<20)))
	return &client{limits: l, inspect: inspect, forward: forward, bucket: rate.NewLimiter(rate.Limit(l.Rate), burst)}
}

// take reads p to its end. A Code other than zero refuses the connection; nothing of the offending frame or message
// has been forwarded then. An error is the upstream's.
func (c *client) take(p []byte) (Code, error) {
	for len(p) > 0 && !c.closed {
		if !c.inFrame {
			if p = c.takeHeader(p); !c.inFrame {
				return 0, nil
			}
			if code := c.begin(); code != 0 {
				return code, nil
			}
		}
		n := int(min(uint64(len(p)), c.frame.length-c.read))
		if code := c.takePayload(p[:n]); code != 0 {
			return code, nil
		}
		if p = p[n:]; c.read < c.frame.length {
			return 0, nil
		}
		c.inFrame, c.head = false, c.head[:0]
		if code, err := c.end(); code != 0 || err != nil {
			return code, err
		}
	}
	return 0, nil
}

// takeHeader collects a frame's header and gives what follows it.
func (c *client) takeHeader(p []byte) (rest []byte) {
	for {
		h, need := parseHeader(c.head)
		if need == 0 {
			c.frame, c.read, c.inFrame = h, 0, true
			return p
		}
		n := min(need-len(c.head), len(p))
		if n == 0 {
			return nil
		}
		c.head, p = append(c.head, p[:n]...), p[n:]
	}
}

// begin judges a frame by its header.
func (c *client) begin() Code {
	h := &c.frame
	known := h.op <= opBinary || h.op >= opClose && h.op <= opPong
	switch {
	case h.reserved || !known || !h.masked || !h.minimal || h.length > math.MaxInt64:
		return ProtocolError
	case c.drain:
		return 0
	case h.control():
		return c.beginControl()
	case (h.op == opContinuation) != (c.message.op != 0):
		return ProtocolError // continues nothing, or begins a message inside another
	}
	if h.op != opContinuation {
		if !c.allowed() {
			return Refused
		}
		c.message.op = h.op
	}
	if c.message.frames++; h.length > uint64(max(0, c.limits.MaxMessage-int64(len(c.message.plain)))) || c.message.frames > mostFrames {
		return TooBig
	}
	return c.hold(&c.message, c.head, nil)
}

func (c *client) beginControl() Code {
	switch {
	case !c.frame.fin || c.frame.length > maxControl:
		return ProtocolError
	case !c.allowed():
		return Refused
	}
	return c.hold(&c.control, c.head, nil)
}

// hold keeps bytes, if there is room for them.
func (c *client) hold(into *pending, wire, plain []byte) Code {
	if n := len(wire) + len(plain); c.limits.Hold != nil && !c.limits.Hold(n) {
		return TryLater
	}
	into.wire, into.plain = grow(into.wire, wire), grow(into.plain, plain)
	return 0
}

// release gives back what a message held.
func (c *client) release(p *pending) {
	if n := len(p.wire) + len(p.plain); c.limits.Hold != nil && n > 0 {
		c.limits.Hold(-n)
	}
	p.forget()
}

func (c *client) allowed() bool {
	return c.limits.Rate > 0 && c.limits.MaxMessage > 0 && c.bucket.Allow()
}

func (c *client) takePayload(p []byte) Code {
	into := &c.message
	if c.frame.control() {
		into = &c.control
	}
	position := c.read
	c.read += uint64(len(p))
	if c.drain || len(p) == 0 {
		return 0
	}
	at := len(into.plain)
	if code := c.hold(into, p, p); code != 0 {
		return code
	}
	unmask(into.plain[at:], p, c.frame.key, position)
	return 0
}

// end judges a frame that is complete, and the message with its last one.
func (c *client) end() (Code, error) {
	switch {
	case c.frame.control():
		defer c.release(&c.control)
		return c.endControl()
	case !c.frame.fin || c.drain:
		return 0, nil
	}
	defer c.release(&c.message)
	text := c.message.op == opText
	switch {
	case text && !utf8.Valid(c.message.plain):
		return InvalidText, nil
	case !c.inspect(c.message.plain, text):
		return Refused, nil
	}
	return 0, c.forward(c.message.wire)
}

func (c *client) endControl() (Code, error) {
	payload := c.control.plain
	if c.frame.op == opClose {
		c.closed = true
		if c.drain {
			return 0, nil
		}
		if code := checkClose(payload); code != 0 {
			return code, nil
		}
		payload = payload[min(2, len(payload)):] // the reason is text; the code is two bytes of no interest
	}
	if c.drain {
		return 0, nil
	}
	if len(payload) > 0 && !c.inspect(payload, c.frame.op == opClose) {
		return Refused, nil
	}
	return 0, c.forward(c.control.wire)
}

// refuse stops keeping and forwarding; the frames that follow are read for the client's close alone.
func (c *client) refuse() {
	c.drain = true
	c.release(&c.message)
	c.release(&c.control)
}

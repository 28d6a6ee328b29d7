// Package websocket stands in a proxied WebSocket connection (RFC 6455): each message of the client is put together,
// looked at and only then forwarded, as the frames it came in, byte for byte. What the upstream sends passes through.
package websocket

import (
	"errors"
	"io"
	"sync"
	"time"
)

// Limits bound what a client may send. The zero Limits let no message through.
type Limits struct {
	MaxMessage int64   // largest message in bytes of payload
	Rate       float64 // messages a second, control frames too, in bursts of as many as a second allows

	// Hold, where it is set, is asked before n more bytes are held in memory (false closes with 1013) and told with a
	// negative n when they are given back.
	Hold func(n int) bool
	// Closed, where it is set, is told once with what a connection was refused for.
	Closed func(Code)
}

// Inspect looks at one message of the client before anything of it is forwarded; false closes the connection with
// 1008 and forwards nothing of it. It is called for the payload of control frames too (a ping carries 125 bytes), and
// for one connection never twice at a time, so that a closure may remember what came before. payload is valid only
// during the call.
type Inspect func(payload []byte, text bool) (ok bool)

// ErrClosed is what Read and Write give once a connection that was refused has been closed with its close frame.
var ErrClosed = errors.New("websocket connection was refused and closed")

// closeGrace is how long a refused connection may take for its last upstream frame and for the client's answer to
// our close frame (RFC 6455 section 7.1.1: the server closes TCP after both close frames).
const closeGrace = 3 * time.Second

// Guard stands between client and upstream: what is written to it comes from the client, what is read from it goes to
// the client. It belongs in the place of a 101 answer's Body: one goroutine reads, another writes.
//
// A client that breaks the protocol, a limit or inspect's word is answered with a close frame, between two frames of
// the upstream's, never inside one; so is the upstream. Read then ends with ErrClosed, after which both connections
// are to be closed.
func Guard(upstream io.ReadWriteCloser, l Limits, inspect Inspect) io.ReadWriteCloser {
	g := &guard{
		upstream: upstream, pieces: make(chan piece), taken: make(chan struct{}),
		refused: make(chan struct{}), echoed: make(chan struct{}), done: make(chan struct{}),
	}
	g.client = newClient(l, inspect, g.forward)
	return g
}

type guard struct {
	upstream io.ReadWriteCloser

	writing sync.Mutex // client and what Write alone touches
	client  *client
	code    Code // why it was refused; set before refused is closed
	echo    sync.Once

	pump     sync.Once
	pieces   chan piece    // what the upstream sent
	taken    chan struct{} // the piece has been used up
	pending  piece
	server   boundary
	farewell []byte // our close frame, as far as it has not been read
	leaving  bool   // the close frame has been begun
	grace    <-chan time.Time

	refused, echoed, done chan struct{}
	end                   sync.Once
}

// piece is one read from the upstream.
type piece struct {
	bytes []byte
	err   error
	owed  bool // the pump waits for it to be taken
}

// Write takes what the client sent.
func (g *guard) Write(p []byte) (n int, err error) {
	g.writing.Lock()
	defer g.writing.Unlock()
	defer func() {
		if recover() != nil { // net/http does not catch it here: the whole gateway would go down
			g.refuse(InternalError)
			n, err = len(p), nil
		}
	}()
	select {
	case <-g.done:
		return 0, ErrClosed
	default:
	}
	code, err := g.client.take(p)
	if code != 0 && !g.client.drain {
		g.refuse(code)
	}
	if g.client.closed {
		g.echo.Do(func() { close(g.echoed) })
	}
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

// refuse tells both sides, the reader first: the upstream may not be reading.
func (g *guard) refuse(code Code) {
	if g.client.drain {
		return
	}
	g.client.refuse()
	g.code = code
	close(g.refused)
	if told := g.client.limits.Closed; told != nil {
		told(code)
	}
	_ = g.forward(closeFrame(code, true))
}

func (g *guard) forward(frame []byte) error {
	_, err := g.upstream.Write(frame)
	return err
}

// Close closes the upstream, which frees a Write that waits for it, and gives back what was held.
func (g *guard) Close() error {
	g.end.Do(func() { close(g.done) })
	err := g.upstream.Close()
	g.writing.Lock()
	defer g.writing.Unlock()
	g.client.refuse()
	return err
}

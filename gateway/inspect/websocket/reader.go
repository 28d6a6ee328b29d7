package websocket

import (
	"fmt"
	"io"
	"time"
)

// Read gives what the upstream sent; once the connection is refused, the rest of the frame it stands in and then our
// close frame.
func (g *guard) Read(p []byte) (int, error) {
	g.pump.Do(func() { go g.run() })
	for len(p) > 0 {
		switch {
		case len(g.farewell) > 0:
			n := copy(p, g.farewell)
			g.farewell = g.farewell[n:]
			return n, nil
		case g.leaving:
			return 0, g.awaitEcho()
		case g.isRefused() && g.server.between():
			g.leave()
		case len(g.pending.bytes) > 0:
			return g.pass(p), nil
		case g.pending.err != nil:
			return 0, g.pending.err
		default:
			if err := g.await(); err != nil {
				return 0, err
			}
		}
	}
	return 0, nil
}

func (g *guard) isRefused() bool {
	select {
	case <-g.refused:
		if g.grace == nil {
			g.grace = time.After(closeGrace)
		}
		return true
	default:
		return false
	}
}

// leave begins our close frame, unless the upstream has said its own last word already (section 5.5.1).
func (g *guard) leave() {
	g.leaving = true
	if !g.server.closed {
		g.farewell = closeFrame(g.code, false)
	}
}

// pass gives bytes of the upstream, to the end of the current frame at most.
func (g *guard) pass(p []byte) int {
	n := g.server.advance(g.pending.bytes[:min(len(p), len(g.pending.bytes))])
	copy(p, g.pending.bytes[:n])
	g.pending.bytes = g.pending.bytes[n:]
	if len(g.pending.bytes) == 0 && g.pending.owed {
		g.pending.owed = false
		select {
		case g.taken <- struct{}{}:
		case <-g.done:
		}
	}
	return n
}

// await waits for the upstream or the refusal.
func (g *guard) await() error {
	refused := g.refused
	if g.isRefused() {
		refused = nil // known; now the frame has to end in time
	}
	select {
	case g.pending = <-g.pieces:
		return nil
	case <-refused:
		return nil
	case <-g.grace:
		return ErrClosed
	case <-g.done:
		return ErrClosed
	}
}

// awaitEcho waits for the client's close frame, so that ours is not lost in a reset.
func (g *guard) awaitEcho() error {
	select {
	case <-g.echoed:
	case <-g.grace:
	case <-g.done:
	}
	return ErrClosed
}

// run reads the upstream until it ends or the guard is closed.
func (g *guard) run() {
	defer func() {
		if r := recover(); r != nil {
			g.hand(piece{err: fmt.Errorf("reading upstream: %w", io.ErrUnexpectedEOF)})
		}
	}()
	buf := make([]byte, 16<<10)
	for {
		n, err := g.upstream.Read(buf)
		if n > 0 && !g.hand(piece{bytes: buf[:n], owed: true}) {
			return
		}
		if n > 0 {
			select {
			case <-g.taken:
			case <-g.done:
				return
			}
		}
		if err != nil {
			g.hand(piece{err: err})
			return
		}
	}
}

func (g *guard) hand(p piece) bool {
	select {
	case g.pieces <- p:
		return true
	case <-g.done:
		return false
	}
}

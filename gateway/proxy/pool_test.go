package proxy

import (
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

func TestIdleConnectionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pool
		to := origin{"http", "a"}
		keep := func() (far net.Conn) {
			near, far := net.Pipe()
			p.put(newConn(near, near, to))
			return far
		}
		first := keep()
		time.Sleep(idleTimeout / 2)
		second := keep()
		time.Sleep(idleTimeout/2 + time.Millisecond)
		if _, err := first.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("an idle connection is still there: %v", err)
		}
		kept := func() (n int, ticking bool) {
			synctest.Wait()
			p.mu.Lock()
			defer p.mu.Unlock()
			return len(p.idle[to]), p.clock != nil
		}
		if n, _ := kept(); n != 1 {
			t.Errorf("%d are kept", n)
		}
		time.Sleep(2 * idleTimeout)
		if _, err := second.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("the younger one is still there: %v", err)
		}
		if n, ticking := kept(); n != 0 || ticking {
			t.Errorf("%d are kept, the clock runs on: %v", n, ticking)
		}
	})
}

func TestThePoolIsBounded(t *testing.T) {
	var p pool
	defer p.empty()
	for range maxIdle + 50 {
		near, far := net.Pipe()
		defer far.Close()
		p.put(newConn(near, near, origin{"http", "a"}))
	}
	if p.count != maxIdle {
		t.Errorf("%d connections are kept", p.count)
	}
}

func TestAConnectionThatCannotBeFeltIsNotTaken(t *testing.T) {
	var p pool
	defer p.empty()
	near, far := net.Pipe() // no socket, so nothing tells whether the other end is there
	defer far.Close()
	p.put(newConn(near, near, origin{"http", "a"}))
	if c := p.take(origin{"http", "a"}); c != nil {
		t.Error("it was taken")
	}
}

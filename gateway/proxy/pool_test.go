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
		if p.count != 1 || len(p.idle[to]) != 1 {
			t.Errorf("%d kept, %d in the list", p.count, len(p.idle[to]))
		}
		time.Sleep(2 * idleTimeout)
		if _, err := second.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("the younger one is still there: %v", err)
		}
		if p.count != 0 || p.clock != nil {
			t.Errorf("%d kept, the clock runs on: %v", p.count, p.clock != nil)
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

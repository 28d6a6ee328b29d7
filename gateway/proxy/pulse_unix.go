//go:build unix

package proxy

import (
	"net"
	"syscall"
)

// pulse tells whether the other end of an idle connection is still there, without a goroutine that waits for its end:
// a read that would block is a good sign, an end or unasked bytes are bad ones.
type pulse struct {
	raw  syscall.RawConn
	look func(fd uintptr) bool
	good bool
}

func newPulse(c net.Conn) *pulse {
	p := &pulse{}
	if s, ok := c.(syscall.Conn); ok {
		p.raw, _ = s.SyscallConn()
	}
	var one [1]byte
	p.look = func(fd uintptr) bool {
		_, err := syscall.Read(int(fd), one[:])
		p.good = err == syscall.EAGAIN || err == syscall.EWOULDBLOCK
		return true
	}
	return p
}

// felt reports whether the connection can carry another request.
func (p *pulse) felt() bool {
	if p.raw == nil {
		return false
	}
	p.good = false
	return p.raw.Read(p.look) == nil && p.good
}

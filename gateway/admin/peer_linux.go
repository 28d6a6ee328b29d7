package admin

import (
	"net"

	"golang.org/x/sys/unix"
)

// peerUID is the user who opened a Unix socket's connection, by the kernel's word (SO_PEERCRED, unix(7)).
func peerUID(c *net.UnixConn) (uid uint32, ok bool) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, false
	}
	err = raw.Control(func(fd uintptr) {
		credentials, failure := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
		if failure == nil && credentials != nil {
			uid, ok = credentials.Uid, true
		}
	})
	return uid, ok && err == nil
}

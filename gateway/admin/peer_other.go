//go:build !linux

package admin

import "net"

// peerUID knows nobody: mutations are then recorded as made by an unknown user.
func peerUID(*net.UnixConn) (uid uint32, ok bool) { return 0, false }

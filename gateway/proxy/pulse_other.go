//go:build !unix

package proxy

import "net"

// pulse cannot be felt here: every request gets a connection of its own.
type pulse struct{}

func newPulse(net.Conn) *pulse { return &pulse{} }

func (*pulse) felt() bool { return false }

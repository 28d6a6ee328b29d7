package edge

import (
	"cmp"
	"syscall"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
)

// limits is config.ListenLimits with every default filled in.
type limits struct {
	connections int           // at once, in all
	handshaking int           // at once, of those: connections whose client has not yet sent a request
	perClient   int           // at once
	handshakes  int           // new connections a second and client, bursts of four times as many
	header      time.Duration // for a handshake, and again for a request's header
	idle        time.Duration
	minRate     int64 // bytes a second
	drain       time.Duration
	grace       time.Duration // how long a body or an answer may stand still before its rate counts
}

// grace lets a mobile client change cells.
const grace = 10 * time.Second

func limitsOf(c config.ListenLimits) limits {
	l := limits{
		connections: or(c.Connections, 8192),
		perClient:   or(c.ConnectionsPerClient, 2048),
		handshakes:  or(c.HandshakesPerClient, 1000),
		header:      or(c.HeaderTimeout, 10*time.Second),
		idle:        or(c.IdleTimeout, 75*time.Second),
		minRate:     or(int64(c.MinRate), 512),
		drain:       or(c.DrainTimeout, 30*time.Second),
		grace:       grace,
	}
	l.connections = min(l.connections, descriptors()*3/4)
	l.handshaking = max(1, l.connections/2)
	return l
}

// descriptors is how many files this process may have open. Connections to the shop, logs and bodies in flight need
// descriptors too, so clients never get them all.
func descriptors() int {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		return 1024
	}
	return int(min(r.Cur, 1<<20))
}

// or is v if it is positive: zero and nonsense mean the default, never "unlimited".
func or[T cmp.Ordered](v, otherwise T) T {
	var zero T
	if v <= zero {
		return otherwise
	}
	return v
}

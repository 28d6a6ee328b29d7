package limit

import (
	"net/netip"
	"sync"
)

// underWay counts the requests that each client has under way. It is as large as the requests are many, so it needs no
// bound of its own.
type underWay struct {
	mu     sync.Mutex
	counts map[netip.Prefix]int
}

// enter counts one more, unless that were more than bound.
func (u *underWay) enter(client netip.Prefix, bound int) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.counts == nil {
		u.counts = map[netip.Prefix]int{}
	}
	if u.counts[client] >= bound {
		return false
	}
	u.counts[client]++
	return true
}

func (u *underWay) leave(client netip.Prefix) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.counts[client]--; u.counts[client] == 0 {
		delete(u.counts, client)
	}
}

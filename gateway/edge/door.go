package edge

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/cappertrophy/panwall/gateway/clientip"
)

var errRefused = errors.New("connection refused: the client has too many")

// maxClients bounds the table of clients. Those with an open connection are always fewer; what fills it is the memory
// of clients that left.
const maxClients = 1 << 16

// door counts who is inside and turns away who would be too many. It is safe for concurrent use.
type door struct {
	now     func() time.Time
	crowded func() // told, without the lock, when a connection is turned away

	mu      sync.Mutex
	limits  limits
	conns   map[*conn]bool
	waiting int // connections that have sent no request yet
	clients map[netip.Prefix]*client
	refused uint64
}

// client is what the door remembers of one /32 or /64.
type client struct {
	conns int
	rate  *rate.Limiter
}

func newDoor(l limits, now func() time.Time, crowded func()) *door {
	return &door{now: now, crowded: crowded, limits: l, conns: map[*conn]bool{}, clients: map[netip.Prefix]*client{}}
}

func (d *door) setLimits(l limits) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.limits = l
	for _, c := range d.clients {
		c.rate.SetLimitAt(d.now(), rate.Limit(l.handshakes))
		c.rate.SetBurstAt(d.now(), 4*l.handshakes)
	}
}

func (d *door) current() limits {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.limits
}

// enter counts a fresh connection, whoever it belongs to: behind a PROXY header that is not known yet.
func (d *door) enter(c *conn) bool {
	ok := d.admits(c)
	if !ok {
		d.crowded()
	}
	return ok
}

func (d *door) admits(c *conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.conns) >= d.limits.connections || d.waiting >= d.limits.handshaking {
		d.refused++
		return false
	}
	d.conns[c] = true
	d.waiting++
	return true
}

// admit counts the connection for its client.
func (d *door) admit(c *conn, remote net.Addr) error {
	ap, err := netip.ParseAddrPort(remote.String())
	if err != nil {
		return errRefused
	}
	if !d.charge(c, clientip.Bucket(ap.Addr())) {
		d.crowded()
		return errRefused
	}
	return nil
}

func (d *door) charge(c *conn, key netip.Prefix) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.conns[c] { // cut in the same moment
		return false
	}
	known := d.clients[key]
	if known == nil {
		d.forget()
		known = &client{rate: rate.NewLimiter(rate.Limit(d.limits.handshakes), 4*d.limits.handshakes)}
		d.clients[key] = known
	}
	if known.conns >= d.limits.perClient || !known.rate.AllowN(d.now(), 1) {
		d.refused++
		return false
	}
	known.conns++
	c.client = known
	return true
}

// forget makes room for one more client. A client without connections whose bucket is full again is as good as
// unknown; under a flood of addresses every client without connections goes.
func (d *door) forget() {
	if len(d.clients) < maxClients {
		return
	}
	for key, c := range d.clients {
		if c.conns == 0 && c.rate.TokensAt(d.now()) >= float64(c.rate.Burst()) {
			delete(d.clients, key)
		}
	}
	for key, c := range d.clients {
		if len(d.clients) < maxClients/2 {
			return
		}
		if c.conns == 0 {
			delete(d.clients, key)
		}
	}
}

// settle notes that a request of the connection has reached a handler.
func (d *door) settle(c *conn) {
	if c.settled.Load() {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.conns[c] && c.settled.CompareAndSwap(false, true) {
		d.waiting--
	}
}

// expects says whether a connection is on its way to its first request: it came, or sent something, a moment ago.
// One that a browser opened in advance and left alone is not waited for.
func (d *door) expects(moment time.Duration) bool {
	since := time.Now().Add(-moment).UnixNano()
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.conns {
		if !c.settled.Load() && c.heard.Load() > since {
			return true
		}
	}
	return false
}

func (d *door) leave(c *conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.conns[c] {
		return
	}
	delete(d.conns, c)
	if !c.settled.Load() {
		d.waiting--
	}
	if c.client != nil {
		c.client.conns--
	}
}

// inside are the open connections.
func (d *door) inside() []*conn {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make([]*conn, 0, len(d.conns))
	for c := range d.conns {
		all = append(all, c)
	}
	return all
}

func (d *door) count() Crowd {
	d.mu.Lock()
	defer d.mu.Unlock()
	return Crowd{Open: len(d.conns), Waiting: d.waiting, Refused: d.refused}
}

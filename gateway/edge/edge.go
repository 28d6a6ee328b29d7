// Package edge is the door: who may connect. It owns the listeners, TLS and its certificates, the redirect from
// clear HTTP, PROXY protocol, limits on slow and greedy clients, and the drain at the end.
package edge

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/cappertrophy/panwall/gateway/config"
)

// Options is what the door is made of.
type Options struct {
	Config  *config.Config
	Handler http.Handler   // gets every request that came over TLS; it answers, Strict and Misdirected included
	Logger  zerolog.Logger // every writer of the door passes through it
	Storage string         // folder for certificates, keys and ACME accounts; it must outlive the process

	// Clock tells the time; nil is time.Now. ACME's own schedule runs on the machine's clock.
	Clock func() time.Time
	// OnEvent is told what happens at the door. It is called from many goroutines and must return soon. Nil: nobody.
	OnEvent func(Event)
	// Notification says whether a request in clear HTTP is for a payment provider's notification. Such a request is
	// never redirected: it is refused, so that the wrong URL is noticed at the provider. Nil: none is.
	Notification func(*http.Request) bool
	// Getenv gives the environment in which inherited sockets are announced; nil: nothing is inherited.
	Getenv func(string) string

	renewEvery time.Duration // how often ACME looks for what is due; zero: certmagic's ten minutes
}

// Edge is the door. Make it with New, then Listen, then Serve once.
type Edge struct {
	options Options
	log     zerolog.Logger
	now     func() time.Time
	state   atomic.Pointer[state]
	door    *door

	reload    sync.Mutex // one Reload at a time
	listening []*listener
	https     *http.Server
	http      *http.Server

	trouble, crowd quiet

	life   context.Context // ends when the certificates need no more care
	cancel context.CancelFunc
	care   sync.WaitGroup // goroutines that keep certificates fresh
}

// state is what one configuration means at the door; a reload swaps it whole.
type state struct {
	config  *config.Config
	hosts   map[string]bool
	names   []string // the hosts, in the order of the configuration
	address string   // the first host that is an IP address, else empty
	any     bool     // a site without hosts: every host is served
	source  source
	stop    context.CancelFunc // ends the source's care
}

// New makes the door and reads its certificates; nothing is bound and no authority asked before Listen and Serve.
func New(o Options) (*Edge, error) {
	if o.Config == nil || o.Handler == nil || o.Storage == "" {
		return nil, errors.New("opening the door: a configuration, a handler and a storage folder are needed")
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.OnEvent == nil {
		o.OnEvent = func(Event) {}
	}
	if o.Notification == nil {
		o.Notification = func(*http.Request) bool { return false }
	}
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	e := &Edge{options: o, log: o.Logger, now: o.Clock}
	e.life, e.cancel = context.WithCancel(context.Background())
	s, err := e.newState(o.Config)
	if err != nil {
		e.cancel()
		return nil, err
	}
	e.state.Store(s)
	e.door = newDoor(limitsOf(o.Config.Listen.Limits), o.Clock, e.turnedAway)
	e.https, e.http = e.servers()
	return e, nil
}

func (e *Edge) newState(c *config.Config) (*state, error) {
	s := &state{config: c, hosts: map[string]bool{}}
	for _, site := range c.Sites {
		s.any = s.any || len(site.Hosts) == 0
		for _, h := range site.Hosts {
			s.add(plainHost(h))
		}
	}
	var err error
	if s.source, err = e.newSource(s); err != nil {
		return nil, fmt.Errorf("preparing certificates: %w", err)
	}
	return s, nil
}

func (s *state) add(host string) {
	if s.hosts[host] {
		return
	}
	s.hosts[host] = true
	s.names = append(s.names, host)
	if _, err := netip.ParseAddr(host); err == nil && s.address == "" {
		s.address = host
	}
}

// Reload puts another configuration in force: hosts, certificates, client limits. It is all or nothing: on an error
// the old one stays. Listening addresses are those of the start; a changed one is an error. Time-outs for headers and
// idle connections are those of the start as well.
func (e *Edge) Reload(c *config.Config) error {
	e.reload.Lock()
	defer e.reload.Unlock()
	old := e.state.Load()
	if err := sameListeners(old.config.Listen, c.Listen); err != nil {
		return fmt.Errorf("reloading the door: %w", err)
	}
	s, err := e.newState(c)
	if err != nil {
		return fmt.Errorf("reloading the door: %w", err)
	}
	e.tend(s)
	e.state.Store(s)
	e.door.setLimits(limitsOf(c.Listen.Limits))
	if old.stop != nil {
		old.stop()
	}
	return nil
}

// Addrs are the bound addresses, in the order of the configuration. Before Listen there are none.
func (e *Edge) Addrs() (https, http []net.Addr) {
	for _, l := range e.listening {
		if l.secure {
			https = append(https, l.Addr())
		} else {
			http = append(http, l.Addr())
		}
	}
	return https, http
}

// Missing are the configured hosts for which no certificate is there that is valid now: visitors cannot come in.
func (e *Edge) Missing() []string {
	s := e.state.Load()
	now := e.now()
	return slices.DeleteFunc(slices.Clone(s.names), func(host string) bool {
		c, err := s.source.certificate(host, &tls.ClientHelloInfo{ServerName: host})
		if err != nil || c == nil {
			return false
		}
		l, err := leaf(c)
		return err == nil && l.VerifyHostname(host) == nil && !now.Before(l.NotBefore) && now.Before(l.NotAfter)
	})
}

// Close lets go of a door that was never served.
func (e *Edge) Close() {
	e.cancel()
	e.close()
	e.state.Load().source.close()
}

// Crowd is how full the door is.
type Crowd struct {
	Open    int    // connections
	Waiting int    // of those: their client has not sent a request yet
	Refused uint64 // connections turned away since the start, for listen.limits
}

// Crowd counts connections.
func (e *Edge) Crowd() Crowd { return e.door.count() }

// Root is the internal authority's certificate in PEM, nil with any other issuer.
func (e *Edge) Root() []byte { return e.state.Load().source.root() }

// Certificates are those the door would serve now, in no particular order.
func (e *Edge) Certificates() []CertificateInfo {
	s := e.state.Load()
	var infos []CertificateInfo
	for _, c := range s.source.list() {
		infos = append(infos, infoOf(c, s.config.TLS.Issuer, e.now()))
	}
	return infos
}

package edge

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"syscall"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/pires/go-proxyproto"
)

// listener is one bound address. Below TLS it reads PROXY headers and lets the door count.
type listener struct {
	net.Listener                  // with PROXY headers read, where configured
	bound        *net.TCPListener // the socket itself, for a successor
	name         string           // as configured: host:port
	secure       bool
	door         *door
	troubled     func(error)
}

// Accept gives the next connection that the door has room for.
func (l *listener) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			// net/http waits and tries again when the error is temporary: no file descriptor left is.
			if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
				l.troubled(err)
			}
			return nil, err
		}
		c := &conn{Conn: raw, door: l.door, grace: l.door.current().grace}
		c.heard.Store(time.Now().UnixNano())
		if l.door.enter(c) {
			return c, nil
		}
		_ = raw.Close()
	}
}

// proxied wraps a listener so that the listed networks must send a PROXY header. Nobody else is read for one: theirs
// is neither TLS nor HTTP and ends the connection.
func proxied(l net.Listener, o config.Listen) (net.Listener, error) {
	if len(o.ProxyProtocol) == 0 {
		return l, nil
	}
	ranges := make([]string, len(o.ProxyProtocol))
	for i, p := range o.ProxyProtocol {
		ranges[i] = p.Masked().String()
	}
	policy, err := proxyproto.PolicyFromRanges(ranges, proxyproto.REQUIRE, proxyproto.SKIP)
	if err != nil {
		return nil, fmt.Errorf("reading listen.proxy_protocol: %w", err)
	}
	return &proxyproto.Listener{Listener: l, ConnPolicy: policy, ReadHeaderTimeout: proxyHeaderTimeout}, nil
}

// proxyHeaderTimeout is how long a balancer may take for its PROXY header, which it sends at once.
const proxyHeaderTimeout = 5 * time.Second

// sameListeners refuses a reload that would need other sockets: those are given at the start.
func sameListeners(old, new config.Listen) error {
	same := slices.Equal(old.HTTPS, new.HTTPS) && slices.Equal(old.HTTP, new.HTTP) && old.HTTP2 == new.HTTP2 &&
		slices.Equal(old.ProxyProtocol, new.ProxyProtocol)
	if !same {
		return errors.New("listen.https, http, http2 and proxy_protocol are read at the start: restart to change them")
	}
	return nil
}

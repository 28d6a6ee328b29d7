package edge

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
)

type edgeKey struct{}

// Misdirected reports whether a request came to the wrong door and gets 421 (RFC 9110 section 15.5.20): its host is
// not configured, or the certificate of its connection does not cover it. A client may well send requests for several
// covered hosts over one HTTP/2 connection (RFC 9113 section 9.1.1). A request that came through no Edge is misdirected.
func Misdirected(r *http.Request) bool {
	e, ok := r.Context().Value(edgeKey{}).(*Edge)
	if !ok || r.TLS == nil {
		return true
	}
	s, host := e.state.Load(), plainHost(r.Host)
	switch {
	case s.any:
		return false
	case !s.hosts[host]:
		return true
	default:
		return host != plainHost(r.TLS.ServerName) && !s.covers(r, host)
	}
}

// covers looks at the certificate that the connection's server name selects. The one sent cannot be asked for: a
// resumed session sends none.
func (s *state) covers(r *http.Request, host string) bool {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	name := s.subject(plainHost(r.TLS.ServerName), local)
	c, err := s.source.certificate(name, &tls.ClientHelloInfo{ServerName: name})
	if err != nil || c == nil {
		return false
	}
	l, err := leaf(c)
	return err == nil && l.VerifyHostname(host) == nil
}

// context is what every request's context descends from.
func (e *Edge) context(net.Listener) context.Context {
	return context.WithValue(context.Background(), edgeKey{}, e)
}

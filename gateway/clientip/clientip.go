// Package clientip says whose address a request comes from: the peer's, or one header's, walked from the right over
// proxies that are trusted and never further. It also writes what the shop is told about it.
package clientip

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/cappertrophy/panwall/gateway/config"
)

// ErrMalformed is wrapped by errors about a forwarding header that a trusted proxy passed on and that cannot be
// read up to the first address that is not a proxy's. Whose request it is stays unknown: refuse it.
var ErrMalformed = errors.New("malformed forwarding header")

// maxHops bounds how many entries of a forwarding header are walked; a chain of trusted proxies is short.
const maxHops = 32

// Resolver resolves a request to its client. The zero Resolver takes the peer's address and believes no header.
// It is immutable and safe for concurrent use.
type Resolver struct {
	from    config.AddressSource
	trusted []netip.Prefix
}

// From makes the Resolver of a configuration.
func From(c config.ClientAddress) *Resolver {
	r := &Resolver{from: c.From}
	for _, p := range c.Trusted {
		r.trusted = append(r.trusted, plainPrefix(p))
	}
	return r
}

// Client is whose request this is. Peer is the connection's other end as net/http spells it (host:port), header the
// request's, with names in canonical case. A header is read only if the peer is trusted.
// With an error wrapping ErrMalformed the address is that of the last proxy that could be named.
func (r *Resolver) Client(peer string, header map[string][]string) (netip.Addr, error) {
	at, err := peerAddr(peer)
	if err != nil {
		return netip.Addr{}, err
	}
	if !r.trusts(at) {
		return at, nil
	}
	switch r.from {
	case config.FromXForwardedFor:
		return r.walk(at, splitList(header["X-Forwarded-For"]), forwardedForEntry)
	case config.FromForwarded:
		elements, err := splitQuoted(strings.Join(header["Forwarded"], ","), ',')
		if err != nil {
			return at, err
		}
		return r.walk(at, elements, forwardedEntry)
	default:
		return at, nil
	}
}

// walk goes from the right over trusted proxies to the first address that is none: everything left of it was
// written by somebody nobody vouches for. When all are trusted the leftmost is the client.
func (r *Resolver) walk(at netip.Addr, entries []string, parse func(string) (netip.Addr, error)) (netip.Addr, error) {
	for i := range entries {
		if !r.trusts(at) {
			return at, nil
		}
		if i == maxHops {
			return at, fmt.Errorf("%w: more than %d trusted proxies", ErrMalformed, maxHops)
		}
		next, err := parse(entries[len(entries)-1-i])
		if err != nil {
			return at, err
		}
		at = next
	}
	return at, nil
}

func (r *Resolver) trusts(a netip.Addr) bool {
	for _, p := range r.trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// peerAddr reads the other end of a connection. A zone names an interface of this machine, not a client.
func peerAddr(peer string) (netip.Addr, error) {
	ap, err := netip.ParseAddrPort(peer)
	if err != nil {
		return netip.Addr{}, errors.New("reading the peer's address: it is no host:port")
	}
	return ap.Addr().Unmap().WithZone(""), nil
}

// plainPrefix turns ::ffff:10.0.0.0/104 into 10.0.0.0/8, so that it matches addresses, which are always unmapped.
func plainPrefix(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96).Masked()
	}
	return p.Masked()
}

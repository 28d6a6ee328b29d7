package limit

import (
	"net/netip"

	"github.com/cappertrophy/panwall/gateway/clientip"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// subject is whom one count is about, and how many times the row's bound it may use.
type subject struct {
	client netip.Prefix // for rows by client
	name   string       // host or route, for the others
	weight int
}

// siteWeight is what all clients of an IPv6 /48 together may do, in clients. One line is given up to a /48, 65536
// networks of the size that counts as a client: without a bound of its own it could go round every limit.
const siteWeight = 16

// subjectsOf appends whom a row counts this request for.
func subjectsOf(dst []subject, l *ruleset.Limit, v *visit.Visit) []subject {
	switch l.By {
	case ruleset.BySite:
		return append(dst, subject{name: v.Request.Host, weight: 1})
	case ruleset.ByRoute:
		return append(dst, subject{name: v.Request.Host + v.Route, weight: 1})
	}
	client := clientip.Bucket(v.Client)
	dst = append(dst, subject{client: client, weight: 1})
	if client.Addr().Is6() {
		dst = append(dst, subject{client: clientip.Network(v.Client), weight: siteWeight})
	}
	return dst
}

// key is one count. The row's revision is part of it: a changed limit starts anew (ulule/limiter would go on with the
// old count, its rate being no part of the key).
type key struct {
	id, rev string
	subject subject
}

// String is the key as a store of strings takes it; NUL cannot stand in an id, a host or a route.
func (k key) String() string {
	if k.subject.client.IsValid() {
		return k.id + "\x00" + k.rev + "\x00" + k.subject.client.String()
	}
	return k.id + "\x00" + k.rev + "\x00" + k.subject.name
}

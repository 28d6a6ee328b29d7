package clientip

import "net/netip"

// Network is the network a record shows for a client: /24 of IPv4, /48 of IPv6, so that it names no person.
// The zero Addr has the zero Prefix.
func Network(a netip.Addr) netip.Prefix { return cut(a, 24, 48) }

// Bucket is what limits count a client by: the address of IPv4, /64 of IPv6, since one line has a whole /64 and
// can change its address for every request. The zero Addr has the zero Prefix.
func Bucket(a netip.Addr) netip.Prefix { return cut(a, 32, 64) }

func cut(a netip.Addr, v4, v6 int) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := v6
	if a.Is4() {
		bits = v4
	}
	p, err := a.Prefix(bits)
	if err != nil { // the zero Addr
		return netip.Prefix{}
	}
	return p
}

package clientip

import (
	"fmt"
	"net/netip"
	"strings"
)

// splitList takes the lines of a header as one list (RFC 9110 section 5.3): a second line continues the first.
func splitList(lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	return strings.Split(strings.Join(lines, ","), ",")
}

// forwardedForEntry reads one entry of X-Forwarded-For: an address, with a port as some balancers write it.
func forwardedForEntry(s string) (netip.Addr, error) {
	return nodeAddr(strings.Trim(s, " \t"))
}

// forwardedEntry reads the for= parameter of one element of Forwarded (RFC 7239 section 4).
func forwardedEntry(element string) (netip.Addr, error) {
	pairs, err := splitQuoted(element, ';')
	if err != nil {
		return netip.Addr{}, err
	}
	node, found := "", false
	for _, pair := range pairs {
		name, value, ok := strings.Cut(strings.Trim(pair, " \t"), "=")
		if !ok || !strings.EqualFold(name, "for") {
			continue
		}
		if found { // RFC 7239 section 4: each parameter at most once
			return netip.Addr{}, fmt.Errorf("%w: for= twice in one element", ErrMalformed)
		}
		found = true
		if node, err = unquote(value); err != nil {
			return netip.Addr{}, err
		}
	}
	return nodeAddr(node)
}

// nodeAddr reads an address with or without a port. "unknown", hidden names (RFC 7239 section 6), zones and
// everything else that names nobody are malformed: the text itself is never part of the error.
func nodeAddr(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	if err != nil || strings.HasPrefix(s, "[") != strings.HasSuffix(s, "]") {
		var ap netip.AddrPort
		ap, err = netip.ParseAddrPort(s)
		a = ap.Addr()
	}
	if err != nil || a.Zone() != "" {
		return netip.Addr{}, fmt.Errorf("%w: an entry is no address", ErrMalformed)
	}
	return a.Unmap(), nil
}

// splitQuoted splits at sep outside quoted strings (RFC 9110 section 5.6.4).
func splitQuoted(s string, sep byte) ([]string, error) {
	var parts []string
	start, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	if quoted {
		return nil, fmt.Errorf("%w: a quoted string does not end", ErrMalformed)
	}
	if s == "" {
		return nil, nil
	}
	return append(parts, s[start:]), nil
}

// unquote undoes a quoted string; addresses need no escapes, so an escaped character is refused.
func unquote(s string) (string, error) {
	if !strings.HasPrefix(s, `"`) {
		return s, nil
	}
	inner := strings.TrimSuffix(s[1:], `"`)
	if len(inner) != len(s)-2 || strings.ContainsAny(inner, `"\`) {
		return "", fmt.Errorf("%w: an odd quoted string", ErrMalformed)
	}
	return inner, nil
}

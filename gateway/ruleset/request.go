package ruleset

import (
	"net/netip"
	"net/url"
)

// Request is what rules can select on. Make it once per request with NewRequest.
type Request struct {
	Host       string // lower case, no port, no trailing dot
	Method     string
	Path       string     // as received, escaped
	Normalised string     // Path decoded, dot segments and doubled slashes resolved, matrix parameters cut
	Query      url.Values // decoded leniently: `;` separates too, invalid escapes stand for themselves
	Type       string     // media type of the body, lower case, no parameters; empty if none or not one
	Client     netip.Addr
}

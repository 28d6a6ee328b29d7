package clientip

import (
	"net/netip"
	"strings"
)

// claims are the headers in which somebody says who a client is, which scheme, host or target it used, in canonical
// case. Shops and their frameworks believe them, so none passes: what the shop learns, it learns from us.
var claims = []string{
	"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Protocol", "X-Forwarded-Port",
	"X-Forwarded-Server", "X-Forwarded-Scheme", "X-Forwarded-Ssl", "X-Forwarded-By", "X-Forwarded-Prefix", "X-Forwarded-Path",
	"X-Original-Forwarded-For", "X-Original-Host", "X-Host", "X-Http-Host-Override",
	"X-Real-Ip", "X-Client-Ip", "Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "Cf-Connecting-Ipv6",
	"Fastly-Client-Ip", "X-Remote-Ip", "X-Remote-Addr", "X-Originating-Ip", "X-Scheme", "X-Url-Scheme", "Front-End-Https",
	"X-Original-Url", "X-Rewrite-Url", // some frameworks route by these instead of the target that was inspected
}

// Told is what the shop is told about a request.
type Told struct {
	Client netip.Addr // by Resolver.Client
	Host   string     // as the client sent it, with its port if any
	Proto  string     // https, or http on a clear listener
}

// Stamp takes every claim about a client's address, scheme, host or target out of header and writes our own:
// X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host, X-Real-IP and Forwarded (RFC 7239). Names are canonical.
func Stamp(header map[string][]string, told Told) {
	for _, name := range claims {
		delete(header, name)
	}
	if told.Host != "" {
		header["X-Forwarded-Host"] = []string{told.Host}
	}
	if told.Proto != "" {
		header["X-Forwarded-Proto"] = []string{told.Proto}
	}
	if told.Client.IsValid() {
		client := told.Client.Unmap().WithZone("").String()
		header["X-Forwarded-For"] = []string{client}
		header["X-Real-Ip"] = []string{client}
	}
	header["Forwarded"] = []string{forwarded(told)}
}

// forwarded writes one element. An IPv6 address and a host with a port must be quoted (RFC 7239 sections 4 and 6).
func forwarded(told Told) string {
	var b strings.Builder
	switch a := told.Client.Unmap().WithZone(""); {
	case !told.Client.IsValid():
		b.WriteString("for=unknown")
	case a.Is4():
		b.WriteString("for=" + a.String())
	default:
		b.WriteString(`for="[` + a.String() + `]"`)
	}
	if told.Host != "" {
		b.WriteString(`;host="` + quoteEscapes.Replace(told.Host) + `"`)
	}
	if told.Proto != "" {
		b.WriteString(";proto=" + told.Proto)
	}
	return b.String()
}

// quoteEscapes keeps a host from ending its quoted string; net/http lets neither character into a Host, other
// callers may.
var quoteEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

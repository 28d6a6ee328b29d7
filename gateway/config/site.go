package config

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the container has no time zones of its own, and rules expire at the end of a site's day

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
)

func (c *Config) validateSites(p place) {
	if len(c.Sites) == 0 {
		p.Key("sites").Fault("write sites: with a hosts and an upstream", "no site to serve")
	}
	seen := make(map[string]bool)
	for i := range c.Sites {
		at := p.Key("sites").Item(i)
		if len(c.Sites[i].Hosts) == 0 {
			at.Key("hosts").Fault("name every host the shop is reached by", "a site without a host")
		}
		for j, host := range c.Sites[i].Hosts {
			h := at.Key("hosts").Item(j)
			if !validHost(host) {
				h.Fault("write a name or an address, without scheme and port; names beyond ASCII as xn--", "%s is no host", strictyaml.Quote(host))
			} else if seen[host] {
				h.Fault("remove one of the two", "%s is served twice", host)
			}
			seen[host] = true
		}
		c.Sites[i].validate(at)
	}
}

func (s *Site) validate(p place) {
	up := p.Key("upstream")
	if len(s.Upstream.URLs) == 0 {
		up.Key("urls").Fault("name the shop's own server, for example http://10.0.0.2:8080", "a site without an upstream")
	}
	for i, raw := range s.Upstream.URLs {
		if !origin(raw) {
			up.Key("urls").Item(i).Fault("write http://host:port or https://host", "%s is no origin", strictyaml.Quote(raw))
		}
	}
	zone, err := time.LoadLocation(s.Timezone)
	if err != nil || s.Timezone == "Local" {
		p.Key("timezone").Fault("write a name of the IANA list, for example Asia/Almaty", "%s is no time zone", strictyaml.Quote(s.Timezone))
	}
	s.location = zone
	if strings.ContainsFunc(s.Contact, func(r rune) bool { return r < ' ' || r == 0x7f }) || len(s.Contact) > 200 {
		p.Key("contact").Fault("write one short line", "the contact is shown on a page and cannot hold line breaks")
	}
}

// origin reports whether raw is scheme, host and port and nothing else: a path would change what was inspected.
func origin(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil &&
		u.Path == "" && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && u.Opaque == ""
}

// validHost accepts a DNS name (RFC 1123 section 2.1, in ASCII) or an address.
func validHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	if len(host) > 253 {
		return false
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		if strings.ContainsFunc(label, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
		}) {
			return false
		}
	}
	return true
}

// public reports whether a certificate authority of the web could sign for the host.
func public(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	reserved := []string{"localhost", "local", "test", "internal", "invalid", "example", "lan", "home", "corp"} // RFC 6761, RFC 6762, and what people use
	top := host[strings.LastIndexByte(host, '.')+1:]
	return strings.Contains(host, ".") && !slices.Contains(reserved, top)
}

// local reports whether an upstream's address is this machine.
func local(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(strings.Trim(u.Hostname(), "[]"))
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

// validateLine checks what `serve --to` was given; it has no file, so the faults name the flags.
func (c *Config) validateLine() error {
	var faults Faults
	add := func(flag, text, hint string) {
		faults = append(faults, strictyaml.Fault{File: flag, Text: text, Hint: hint})
	}
	s := &c.Sites[0]
	if !origin(s.Upstream.URLs[0]) {
		add("--to", strictyaml.Quote(s.Upstream.URLs[0])+" is no origin", "write http://127.0.0.1:8080")
	}
	for _, host := range s.Hosts {
		if !validHost(host) {
			add("--host", strictyaml.Quote(host)+" is no host", "write a name or an address, without scheme and port")
		}
	}
	for _, a := range c.Listen.HTTPS {
		if _, _, err := net.SplitHostPort(a); err != nil {
			add("--listen", strictyaml.Quote(a)+" is no address to listen on", "write 127.0.0.1:8443")
		}
	}
	return faults.Err()
}

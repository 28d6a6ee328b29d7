package config

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
)

// place is where in the file a value stands.
type place = strictyaml.Place

// validate notes what the types alone do not forbid.
func (c *Config) validate(p place) {
	c.validateListen(p.Key("listen"))
	c.validateClientAddress(p.Key("client_address"))
	c.validateSites(p)
	c.validateTLS(p.Key("tls"))
	c.validateStores(p)
	c.validateAudit(p.Key("audit"))
	c.validateInspect(p.Key("inspect"))
	c.validateAlerts(p.Key("alerts"))
	c.validateLog(p.Key("log"))
}

func (c *Config) validateListen(p place) {
	if len(c.Listen.HTTPS) == 0 {
		p.Key("https").Fault("name one, for example 0.0.0.0:443", "no address to listen on")
	}
	for i, a := range c.Listen.HTTPS {
		validateAddress(p.Key("https").Item(i), a)
	}
	for i, a := range c.Listen.HTTP {
		validateAddress(p.Key("http").Item(i), a)
	}
	validateAdmin(p.Key("admin"), c.Listen.Admin)
	if c.Listen.PublicPort < 0 || c.Listen.PublicPort > 65535 {
		p.Key("public_port").Fault("ports are 1 to 65535", "%d is no port", c.Listen.PublicPort)
	}
	c.Listen.Limits.validate(p.Key("limits"))
}

func (l ListenLimits) validate(p place) {
	for key, n := range map[string]int64{
		"connections": int64(l.Connections), "connections_per_client": int64(l.ConnectionsPerClient), "handshakes_per_client": int64(l.HandshakesPerClient),
	} {
		if n < 0 {
			p.Key(key).Fault("leave it out for the default", "%s is negative", key)
		}
	}
}

// validateAdmin accepts a socket or a loopback port: the admin listener has no users, so nobody else may reach it.
func validateAdmin(p place, admin string) {
	if path, ok := strings.CutPrefix(admin, "unix:"); ok {
		if path == "" {
			p.Fault("write unix:/run/panwall/admin.sock", "the socket has no path")
		}
		return
	}
	if admin == "" || !validateAddress(p, admin) {
		return
	}
	host, _, _ := net.SplitHostPort(admin)
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		p.Fault("write unix:/run/panwall/admin.sock or 127.0.0.1:9180", "the admin listener would be open to other machines")
	}
}

func validateAddress(p place, address string) bool {
	_, port, err := net.SplitHostPort(address)
	if n, perr := strconv.ParseUint(port, 10, 16); err != nil || perr != nil || n == 0 && port != "0" {
		p.Fault("write host:port, for example 0.0.0.0:443 or [::]:443", "%s is no address to listen on", strictyaml.Quote(address))
		return false
	}
	return true
}

func (c *Config) validateClientAddress(p place) {
	peer := c.ClientAddress.From == FromPeer
	if peer && len(c.ClientAddress.Trusted) > 0 {
		p.Key("trusted").Fault("name the header they send in from, or remove them", "trusted networks have no effect when addresses are the peer's")
	}
	if !peer && len(c.ClientAddress.Trusted) == 0 {
		p.Key("from").Fault("name the networks of the proxies in front in trusted", "%s is taken from nobody: no network is trusted", c.ClientAddress.From)
	}
	for i, n := range c.ClientAddress.Trusted {
		if n.Bits() == 0 {
			p.Key("trusted").Item(i).Fault("name the proxies' own networks", "%s trusts every client to say who it is", n)
		}
	}
}

func (c *Config) validateStores(p place) {
	if c.Storage.Dir == "" {
		p.Key("storage").Key("dir").Fault("name a folder that survives a restart", "no folder for certificates and rule sets")
	}
	rules := p.Key("rules")
	if c.Rules.Dir == "" && rules.Has("dir") {
		rules.Key("dir").Fault("name the folder, or leave the key out to run the rules inside the binary", "the rules folder is empty text")
	}
	if c.Rules.Apply == ApplyWatch && c.Rules.Dir == "" {
		rules.Key("apply").Fault("name the folder in rules.dir", "there is no folder to watch")
	}
	if c.Redis.URL == "" {
		if !c.Redis.Password.IsZero() {
			p.Key("redis").Fault("name it in redis.url", "a password for a store that is not named")
		}
		return
	}
	u, err := url.Parse(c.Redis.URL)
	switch at := p.Key("redis").Key("url"); {
	case err != nil || !slices.Contains([]string{"redis", "rediss", "unix"}, u.Scheme):
		at.Fault("write redis://10.0.0.3:6379/0, or rediss:// for TLS", "not the address of a Redis server")
	case u.User != nil:
		at.Fault("put it in a file and write password: file:PATH", "the address holds a user or password")
	}
}

// minRetain is PCI DSS v4.0.1 requirement 10.5.1, twelve months, with a month in which nobody looked.
const minRetain = 400 * 24 * time.Hour

func (c *Config) validateAudit(p place) {
	if c.Audit.Dir == "" {
		p.Key("dir").Fault("name a folder that survives a restart", "no folder for the redaction log")
	}
	if c.Audit.Origin != "" && strings.ContainsFunc(c.Audit.Origin, func(r rune) bool { return r <= ' ' || r == '+' || r >= 0x7f }) {
		// The name stands in signed notes, where these end it (C2SP signed-note).
		p.Key("origin").Fault("write it like cappertrophy.com/gw-1", "a log's name holds neither spaces nor +, and ASCII only")
	}
	if c.Audit.Retain < minRetain {
		p.Key("retain").Fault("400d or more: PCI DSS 10.5.1 asks for twelve months", "records would be gone too soon")
	}
	for i, d := range c.Audit.Anchors {
		d.validate(p.Key("anchors").Item(i), "file", "https", "syslog+tls")
	}
	for i, d := range c.Audit.Copies {
		at := p.Key("copies").Item(i)
		d.validate(at, "file", "https")
		if d.Region == "" {
			at.Fault("name where it is kept, for example region: kz", "copies hold personal data, so their region is stated")
		}
	}
}

func (d Destination) validate(p place, schemes ...string) {
	u, err := url.Parse(d.URL)
	if err != nil || !slices.Contains(schemes, u.Scheme) {
		p.Key("url").Fault("write "+strings.Join(schemes, "://…, ")+"://…", "not an address that can be written to")
	} else if u.User != nil {
		p.Key("url").Fault("put it in a file and write token: file:PATH", "the address holds a user or password")
	}
}

func (c *Config) validateInspect(p place) {
	const least = 64 << 10
	if c.Inspect.Body < least {
		p.Key("body").Fault("8MiB is the default", "bodies under 64KiB would be refused")
	}
	// One client network gets a sixteenth of the memory (DESIGN 4): a larger body could never be read.
	if c.Inspect.Memory/16 < c.Inspect.Body {
		p.Key("memory").Fault("give it sixteen times inspect.body or more", "one body would not fit in a client's share")
	}
}

// choose notes a fault when word is not one of the choices.
func choose(p place, word string, choices ...string) bool {
	if slices.Contains(choices, word) {
		return true
	}
	p.Fault(strictyaml.Suggest(word, choices), "unknown word %s", strictyaml.Quote(word))
	return false
}

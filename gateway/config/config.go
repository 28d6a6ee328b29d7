// Package config says what the operator's file means: panwall.yaml, read strictly, every default safe.
package config

import (
	"net/netip"
	"time"
)

// Config is one panwall.yaml. The zero Config listens nowhere and serves no site.
type Config struct {
	Listen        Listen        `yaml:"listen"`
	ClientAddress ClientAddress `yaml:"client_address"`
	Sites         []Site        `yaml:"sites"`
	TLS           TLS           `yaml:"tls"`
	Storage       Storage       `yaml:"storage"`
	Redis         Redis         `yaml:"redis"`
	Rules         Rules         `yaml:"rules"`
	Audit         Audit         `yaml:"audit"`
	Inspect       Inspect       `yaml:"inspect"`
	Alerts        []Alert       `yaml:"alerts"`
	Log           Log           `yaml:"log"`
}

// Listen says where connections are accepted.
type Listen struct {
	HTTPS         []string       `yaml:"https"`          // host:port, TLS
	HTTP          []string       `yaml:"http"`           // host:port, clear: redirect and ACME HTTP-01 alone
	Admin         string         `yaml:"admin"`          // unix:/path, or a loopback host:port (read-only); empty: none
	HTTP2         bool           `yaml:"http2"`          // default true
	ProxyProtocol []netip.Prefix `yaml:"proxy_protocol"` // networks that must send PROXY headers
	PublicPort    int            `yaml:"public_port"`    // port visitors use for https, for redirects; default the first https listener's
	Limits        ListenLimits   `yaml:"limits"`
}

// ListenLimits bounds what clients may hold and how slow they may be. A zero field means its default.
type ListenLimits struct {
	Connections          int           `yaml:"connections"`            // at once, in all; default 8192, and never above three quarters of the file descriptors
	ConnectionsPerClient int           `yaml:"connections_per_client"` // at once, of one /32 or /64, and carriers put many visitors behind one; default 2048
	HandshakesPerClient  int           `yaml:"handshakes_per_client"`  // new connections a second of one /32 or /64, bursts of four times as many; default 1000, a fifth of what a core can do
	HeaderTimeout        time.Duration `yaml:"header_timeout"`         // TLS handshake, and again a request's header; default 10s
	IdleTimeout          time.Duration `yaml:"idle_timeout"`           // of a kept connection; default 75s
	MinRate              Size          `yaml:"min_rate"`               // bytes a second a body must come and an answer must go, after ten seconds of grace; default 512
	DrainTimeout         time.Duration `yaml:"drain_timeout"`          // how long requests and WebSockets may take to end at a stop; default 30s
}

// ClientAddress says whose word is taken for a client's address. The zero value takes the peer's.
type ClientAddress struct {
	From    AddressSource  `yaml:"from"`    // peer | x-forwarded-for | forwarded; the header not named is removed
	Trusted []netip.Prefix `yaml:"trusted"` // proxies whose entries are walked over, from the right
}

// AddressSource is where a client's address is read. The zero value is the peer.
type AddressSource string

// The sources, in the words of the file.
const (
	FromPeer          AddressSource = "peer"
	FromXForwardedFor AddressSource = "x-forwarded-for"
	FromForwarded     AddressSource = "forwarded"
)

// Site is one shop behind the gateway.
type Site struct {
	Hosts    []string `yaml:"hosts"` // lower case, without port; empty only in `serve --to` without --host: any host
	Upstream Upstream `yaml:"upstream"`
	Timezone string   `yaml:"timezone"` // IANA name; rules expire at the end of a day there; default UTC
	Contact  string   `yaml:"contact"`  // shown on refusal pages

	location *time.Location // Timezone, resolved by the reader
}

// Location is the site's time zone; UTC until the reader has resolved one.
func (s *Site) Location() *time.Location {
	if s == nil || s.location == nil {
		return time.UTC
	}
	return s.location
}

// Upstream is the shop's own server.
type Upstream struct {
	URLs    []string      `yaml:"urls"`    // http:// or https:// origins, no path
	Timeout time.Duration `yaml:"timeout"` // until response headers; default 60s
}

// Issuer says who signs the certificates served. The zero value is acme.
type Issuer string

// The issuers.
const (
	IssuerACME     Issuer = "acme"
	IssuerInternal Issuer = "internal"
	IssuerFiles    Issuer = "files"
)

// TLS is how certificates come about.
type TLS struct {
	Issuer      Issuer    `yaml:"issuer"`
	Email       string    `yaml:"email"`
	ACME        ACME      `yaml:"acme"`
	Files       []KeyPair `yaml:"files"`
	UntilIssued *KeyPair  `yaml:"until_issued"` // served until the first certificate is there
}

// KeyPair names a PEM certificate chain and its key.
type KeyPair struct {
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
}

// ACME is the certificate authority and how it may check a host.
type ACME struct {
	Directory  string      `yaml:"directory"`  // letsencrypt | letsencrypt-staging | a URL; default letsencrypt
	Fallback   string      `yaml:"fallback"`   // a second authority, tried when the first fails; empty: none
	Challenges []string    `yaml:"challenges"` // tls-alpn-01, http-01, dns-01
	Profile    string      `yaml:"profile"`    // certificate profile, for example shortlived; empty: the authority's default
	Account    *ACMEBind   `yaml:"eab"`        // External Account Binding (RFC 8555 section 7.3.4)
	DNS        DNSProvider `yaml:"dns"`        // for dns-01
	Roots      string      `yaml:"roots"`      // PEM file of the authority's own TLS roots; empty: the system's
}

// ACMEBind is an External Account Binding.
type ACMEBind struct {
	KeyID string `yaml:"key_id"`
	MAC   Secret `yaml:"mac_key"`
}

// DNSProvider is who answers DNS-01 challenges.
type DNSProvider struct {
	Provider  string   `yaml:"provider"`
	Server    string   `yaml:"server"` // host:port of the name server that takes updates
	KeyName   string   `yaml:"key_name"`
	Key       Secret   `yaml:"key"`
	KeyType   string   `yaml:"key_type"`  // TSIG algorithm; default hmac-sha256
	Zone      string   `yaml:"zone"`      // zone that takes the updates; empty: found by asking for its SOA
	Resolvers []string `yaml:"resolvers"` // host:port of the servers asked whether a record has spread; default the system's
}

// Storage is where certificates and activated rule sets are kept.
type Storage struct {
	Dir             string `yaml:"dir"`
	UnsafeEphemeral bool   `yaml:"unsafe_ephemeral_storage"` // start though Dir and audit.dir are lost with the container
}

// Redis is the store that replicas share. The zero value is none.
type Redis struct {
	URL      string `yaml:"url"`
	Password Secret `yaml:"password"`
}

// Rules says which rules run.
type Rules struct {
	Dir   string    `yaml:"dir"`   // empty: the rules inside the binary
	Apply ApplyMode `yaml:"apply"` // manual | watch; default manual
}

// ApplyMode says what makes an edited rule live. The zero value is manual.
type ApplyMode string

// The modes.
const (
	ApplyManual ApplyMode = "manual"
	ApplyWatch  ApplyMode = "watch"
)

// Audit is where the redaction log lives and who else gets it.
type Audit struct {
	Dir     string        `yaml:"dir"`
	Origin  string        `yaml:"origin"` // the log's name in its checkpoints, for example cappertrophy.com/gw-1
	Key     Secret        `yaml:"key"`    // Ed25519 signing key; made under Dir when absent
	Anchors []Destination `yaml:"anchors"`
	Copies  []Destination `yaml:"copies"`
	Retain  time.Duration `yaml:"retain"` // default 400d
}

// Destination is a place off the host.
type Destination struct {
	URL    string `yaml:"url"`    // file:///…, https://…, syslog+tls://host:port
	Region string `yaml:"region"` // where the copy is kept: copies hold personal data
	CA     string `yaml:"ca"`     // PEM file; empty: the system's roots
	Token  Secret `yaml:"token"`  // bearer token for https
}

// Inspect bounds what is held in memory.
type Inspect struct {
	Body   Size `yaml:"body"`   // largest body read whole, in bytes; default 8MiB
	Memory Size `yaml:"memory"` // all bodies, views and decoders together, in bytes; default 256MiB
}

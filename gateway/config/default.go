package config

import (
	"cmp"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// Default is what a file that names nothing means. It serves no site, so it is not a whole configuration.
func Default() *Config {
	return &Config{
		Listen: Listen{
			HTTPS: []string{"0.0.0.0:443"},
			HTTP:  []string{"0.0.0.0:80"},
			Admin: "unix:/run/panwall/admin.sock",
			HTTP2: true,
		},
		ClientAddress: ClientAddress{From: FromPeer},
		TLS: TLS{
			Issuer: IssuerACME,
			ACME:   ACME{Directory: "letsencrypt", Challenges: []string{"tls-alpn-01", "http-01"}},
		},
		Storage: Storage{Dir: "/var/lib/panwall"},
		Rules:   Rules{Apply: ApplyManual},
		Audit:   Audit{Dir: "/var/lib/panwall/audit", Retain: 400 * 24 * time.Hour},
		Inspect: Inspect{Body: 8 << 20, Memory: 256 << 20},
		Log:     Log{Level: "info", Access: true, AccessRetain: 60 * 24 * time.Hour},
	}
}

// upstreamTimeout is how long the shop may take to begin its answer when the file does not say.
const upstreamTimeout = 60 * time.Second

// complete fills in what depends on other values.
func (c *Config) complete() {
	for i := range c.Sites {
		s := &c.Sites[i]
		s.Upstream.Timeout = cmp.Or(s.Upstream.Timeout, upstreamTimeout)
		s.Timezone = cmp.Or(s.Timezone, "UTC")
		for j, host := range s.Hosts {
			s.Hosts[j] = strings.ToLower(host)
		}
	}
	if c.Audit.Origin == "" && len(c.Sites) > 0 && len(c.Sites[0].Hosts) > 0 {
		c.Audit.Origin = c.Sites[0].Hosts[0] + "/gw-1"
	}
}

// For is the configuration of `serve --to`: one shop, certificates of our own authority, no hosts meaning any host.
// An empty listen is 127.0.0.1:8443, an empty admin none, an empty rulesDir the rules inside the binary. An empty
// dataDir leaves Storage.Dir and Audit.Dir empty and says that losing them is meant: the caller gives them a place
// that goes with the process. The error is Faults.
func For(to *url.URL, hosts []string, listen, admin, rulesDir, dataDir string) (*Config, error) {
	c := Default()
	c.Listen.HTTPS, c.Listen.HTTP, c.Listen.Admin = []string{cmp.Or(listen, "127.0.0.1:8443")}, nil, admin
	c.TLS = TLS{Issuer: IssuerInternal}
	c.Rules.Dir = rulesDir
	c.Storage = Storage{Dir: dataDir, UnsafeEphemeral: dataDir == ""}
	c.Audit.Dir, c.Audit.Origin = "", "panwall.local/gw-1"
	if dataDir != "" {
		c.Audit.Dir = filepath.Join(dataDir, "audit")
	}
	c.Sites = []Site{{Hosts: hosts, Upstream: Upstream{URLs: []string{strings.TrimSuffix(to.String(), "/")}}}}
	c.complete()
	return c, c.validateLine()
}

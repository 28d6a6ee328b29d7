package config

import (
	"net/url"
	"slices"
	"strings"
)

func (c *Config) validateTLS(p place) {
	t := &c.TLS
	for i, f := range t.Files {
		f.validate(p.Key("files").Item(i))
	}
	if t.UntilIssued != nil {
		t.UntilIssued.validate(p.Key("until_issued"))
	}
	switch t.Issuer {
	case IssuerFiles:
		if len(t.Files) == 0 {
			p.Key("files").Fault("write files: [{cert: PATH, key: PATH}]", "the issuer is files and none is named")
		}
	case IssuerACME:
		c.validateACME(p)
		fallthrough
	default:
		if len(t.Files) > 0 {
			p.Key("files").Fault("write issuer: files, or remove them", "certificate files have no effect with the issuer %s", t.Issuer)
		}
	}
}

func (k KeyPair) validate(p place) {
	if k.Cert == "" || k.Key == "" {
		p.Fault("write {cert: PATH, key: PATH}", "a certificate and its key go together")
	}
}

func (c *Config) validateACME(p place) {
	for _, s := range c.Sites {
		for _, host := range s.Hosts {
			if !public(host) {
				p.Key("issuer").Fault("write issuer: internal, or remove the host", "no certificate authority signs for %s", host)
			}
		}
	}
	a, at := &c.TLS.ACME, p.Key("acme")
	validateDirectory(at.Key("directory"), a.Directory, false)
	validateDirectory(at.Key("fallback"), a.Fallback, true)
	if len(a.Challenges) == 0 {
		at.Key("challenges").Fault("the default is [tls-alpn-01, http-01]", "no way to prove a host is ours")
	}
	for i, word := range a.Challenges {
		choose(at.Key("challenges").Item(i), word, "tls-alpn-01", "http-01", "dns-01")
	}
	if slices.Contains(a.Challenges, "dns-01") && a.DNS.Provider == "" {
		at.Key("challenges").Fault("write dns: {provider: …} beside challenges", "dns-01 needs somebody to answer it")
	}
	if a.Account != nil && (a.Account.KeyID == "" || a.Account.MAC.IsZero()) {
		at.Key("eab").Fault("write {key_id: …, mac_key: file:PATH}", "an account binding is an id and a key")
	}
}

func validateDirectory(p place, directory string, optional bool) {
	if directory == "" && optional || directory == "letsencrypt" || directory == "letsencrypt-staging" {
		return
	}
	if u, err := url.Parse(directory); err != nil || u.Scheme != "https" || u.Host == "" {
		p.Fault("write letsencrypt, letsencrypt-staging or https://…/directory", "not a certificate authority")
	}
}

// internalForPublic are the public names that would get a certificate no browser trusts.
func (c *Config) internalForPublic() string {
	var names []string
	for _, s := range c.Sites {
		for _, host := range s.Hosts {
			if c.TLS.Issuer == IssuerInternal && public(host) {
				names = append(names, host)
			}
		}
	}
	return strings.Join(names, ", ")
}

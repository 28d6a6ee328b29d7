package edge

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/caddyserver/certmagic"
	acmeapi "github.com/mholt/acmez/v3/acme"
	"go.uber.org/zap"

	"github.com/cappertrophy/panwall/gateway/config"
)

// directories are the authorities known by a short name.
var directories = map[string]string{
	"":                    certmagic.LetsEncryptProductionCA,
	"letsencrypt":         certmagic.LetsEncryptProductionCA,
	"letsencrypt-staging": certmagic.LetsEncryptStagingCA,
}

// challenge types, as in RFC 8555 section 8 and RFC 8737.
const (
	http01    = "http-01"
	tlsALPN01 = "tls-alpn-01"
	dns01     = "dns-01"
)

// authorities makes an issuer of the directory and one of the fallback, tried in this order.
func (a *acme) authorities(c config.TLS, log *zap.Logger) ([]*certmagic.ACMEIssuer, error) {
	template, err := a.template(c, log)
	if err != nil {
		return nil, err
	}
	names := []string{c.ACME.Directory}
	if c.ACME.Fallback != "" {
		names = append(names, c.ACME.Fallback)
	}
	var issuers []*certmagic.ACMEIssuer
	for i, name := range names {
		directory, known := directories[name]
		if !known {
			directory = name
		}
		if !strings.HasPrefix(directory, "https://") {
			return nil, fmt.Errorf("tls.acme: %q is neither letsencrypt, letsencrypt-staging nor an https URL", name)
		}
		one := template
		one.CA = directory
		if i > 0 { // the binding and the profile are the first authority's
			one.ExternalAccount, one.Profile = nil, ""
		}
		issuers = append(issuers, certmagic.NewACMEIssuer(a.config, one))
	}
	return issuers, nil
}

func (a *acme) template(c config.TLS, log *zap.Logger) (certmagic.ACMEIssuer, error) {
	challenges := c.ACME.Challenges
	if len(challenges) == 0 {
		challenges = []string{tlsALPN01, http01}
	}
	for _, name := range challenges {
		if name != http01 && name != tlsALPN01 && name != dns01 {
			return certmagic.ACMEIssuer{}, fmt.Errorf("tls.acme.challenges: %q is none of tls-alpn-01, http-01, dns-01", name)
		}
	}
	t := certmagic.ACMEIssuer{
		Email:                   c.Email,
		Agreed:                  true,
		Profile:                 c.ACME.Profile,
		DisableHTTPChallenge:    !slices.Contains(challenges, http01),
		DisableTLSALPNChallenge: !slices.Contains(challenges, tlsALPN01),
		Logger:                  log,
	}
	var err error
	if t.TrustedRoots, err = authorityRoots(c.ACME.Roots); err != nil {
		return t, err
	}
	if t.ExternalAccount, err = binding(c.ACME.Account); err != nil {
		return t, err
	}
	if slices.Contains(challenges, dns01) {
		solver, err := dnsSolver(c.ACME.DNS, log)
		if err != nil {
			return t, err
		}
		t.DNS01Solver = solver
	}
	return t, nil
}

func authorityRoots(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading tls.acme.roots: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("reading tls.acme.roots: it holds no PEM certificate")
	}
	return pool, nil
}

func binding(c *config.ACMEBind) (*acmeapi.EAB, error) {
	if c == nil {
		return nil, nil
	}
	mac, err := c.MAC.Read()
	if err != nil {
		return nil, fmt.Errorf("reading tls.acme.eab: %w", err)
	}
	return &acmeapi.EAB{KeyID: c.KeyID, MACKey: string(mac)}, nil
}

// dnsSolver answers DNS-01 through a libdns provider; rfc2136 is built in. Another one is one more case here: any
// module of github.com/libdns whose provider appends and deletes records.
func dnsSolver(c config.DNSProvider, log *zap.Logger) (*certmagic.DNS01Solver, error) {
	if c.Provider != "rfc2136" {
		return nil, fmt.Errorf("tls.acme.dns.provider: %q is not built in; rfc2136 is", c.Provider)
	}
	provider, err := newDNSUpdater(c)
	if err != nil {
		return nil, err
	}
	for _, r := range c.Resolvers {
		if _, _, err := net.SplitHostPort(r); err != nil {
			return nil, fmt.Errorf("tls.acme.dns.resolvers: %w", err)
		}
	}
	return &certmagic.DNS01Solver{DNSManager: certmagic.DNSManager{
		DNSProvider:        provider,
		Resolvers:          c.Resolvers,
		PropagationTimeout: 5 * time.Minute,
		Logger:             log,
	}}, nil
}

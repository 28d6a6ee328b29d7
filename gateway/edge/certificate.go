package edge

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
)

// source is where certificates come from. Its methods are safe for concurrent use.
type source interface {
	// certificate is the one for name, a host or an address, that suits the client best. Nil without an error means
	// that there is none for this name, which becomes the alert unrecognized_name.
	certificate(name string, hello *tls.ClientHelloInfo) (*tls.Certificate, error)
	// tend keeps the certificates fresh until ctx is done.
	tend(ctx context.Context)
	list() []*x509.Certificate
	root() []byte
	// challenge answers an authority's HTTP-01 request and reports whether this was one.
	challenge(http.ResponseWriter, *http.Request) bool
	// close lets go of a source; it may come with and without tend, and twice.
	close()
}

// newSource makes the source a configuration asks for. No issuer stands in for another: a public name is never given
// a certificate of our own because the authority is away.
func (e *Edge) newSource(s *state) (source, error) {
	switch s.config.TLS.Issuer {
	case config.IssuerInternal:
		return e.newInternal(s)
	case config.IssuerFiles:
		return e.newFiles(s)
	default:
		return e.newACME(s)
	}
}

// CertificateInfo describes a certificate that is served.
type CertificateInfo struct {
	Names     []string // DNS names and addresses it covers
	Issuer    config.Issuer
	SignedBy  string // common name of the signing authority
	Serial    string // hexadecimal
	NotBefore time.Time
	NotAfter  time.Time
	Left      float64 // share of its life that is left, 0 to 1
}

func infoOf(c *x509.Certificate, issuer config.Issuer, now time.Time) CertificateInfo {
	return CertificateInfo{
		Names:     namesOf(c),
		Issuer:    issuer,
		SignedBy:  c.Issuer.CommonName,
		Serial:    c.SerialNumber.Text(16),
		NotBefore: c.NotBefore,
		NotAfter:  c.NotAfter,
		Left:      left(c, now),
	}
}

func namesOf(c *x509.Certificate) []string {
	names := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return names
}

// left is the share of a certificate's life that remains. Lives shrink from year to year, from 90 days to six, so
// every alarm and renewal goes by this and never by days.
func left(c *x509.Certificate, now time.Time) float64 {
	life := c.NotAfter.Sub(c.NotBefore)
	if life <= 0 || !now.Before(c.NotAfter) {
		return 0
	}
	return min(1, float64(c.NotAfter.Sub(now))/float64(life))
}

// leaf is the parsed first certificate of the chain.
func leaf(c *tls.Certificate) (*x509.Certificate, error) {
	if c.Leaf != nil {
		return c.Leaf, nil
	}
	return x509.ParseCertificate(c.Certificate[0])
}

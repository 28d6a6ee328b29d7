package edge

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// internal is the issuer of that name: an authority of our own for development and private networks. Each leaf lives
// a day and is replaced when a third of that is left, in the handshake that finds it so.
type internal struct {
	authority *authority
	hosts     map[string]bool
	any       bool
	now       func() time.Time

	mu     sync.Mutex
	leaves map[string]*tls.Certificate
}

const (
	leafLife   = 24 * time.Hour
	leafRenew  = 1.0 / 3 // share of its life at which a leaf is replaced
	clockSlack = time.Hour
	// maxLeaves bounds the leaves of a gateway for any host, where clients choose the names.
	maxLeaves = 512
)

func (e *Edge) newInternal(s *state) (source, error) {
	a, err := openAuthority(e.options.Storage, s.names, e.now)
	if err != nil {
		return nil, err
	}
	if a.made {
		e.log.Info().Str("folder", a.folder).Msg("made an internal certificate authority")
	}
	return &internal{authority: a, hosts: s.hosts, any: s.any, now: e.now, leaves: map[string]*tls.Certificate{}}, nil
}

func (i *internal) certificate(name string, _ *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if !i.hosts[name] && !(i.any && permitted(name)) {
		if !i.any || name != "" {
			return nil, nil
		}
		name = "localhost"
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if c := i.leaves[name]; c != nil && left(c.Leaf, i.now()) > leafRenew {
		return c, nil
	}
	c, err := i.authority.issue(name, i.now())
	if err != nil {
		return nil, err
	}
	if len(i.leaves) >= maxLeaves {
		clear(i.leaves)
	}
	i.leaves[name] = c
	return c, nil
}

func (i *internal) tend(context.Context) {}

func (i *internal) list() []*x509.Certificate {
	i.mu.Lock()
	defer i.mu.Unlock()
	var all []*x509.Certificate
	for _, c := range i.leaves {
		all = append(all, c.Leaf)
	}
	return all
}

func (i *internal) close() {}

func (i *internal) root() []byte { return i.authority.pem }

func (i *internal) challenge(http.ResponseWriter, *http.Request) bool { return false }

// issue signs a leaf for one host or address; names of this machine come along with an address of it.
func (a *authority) issue(name string, now time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-clockSlack),
		NotAfter:     now.Add(leafLife),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip, err := netip.ParseAddr(name); err != nil {
		template.DNSNames = []string{name}
	} else {
		template.IPAddresses = []net.IP{ip.AsSlice()}
		if ip.IsLoopback() {
			template.DNSNames = []string{"localhost"}
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("signing a certificate for %s: %w", name, err)
	}
	l, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("signing a certificate for %s: %w", name, err)
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key, Leaf: l}, nil
}

package edge

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// authority is our own certificate authority. Its name constraints (RFC 5280 section 4.2.1.10) are critical: whoever
// steals its key can speak for the configured hosts and for private names, not for the world.
type authority struct {
	folder string
	cert   *x509.Certificate
	key    crypto.Signer
	pem    []byte
	made   bool // just now, so that clients have to be told of a new root
}

// authorityLife is short: a development authority is made anew without harm, and a forgotten one ends by itself.
const authorityLife = 365 * 24 * time.Hour

// privateNames lead nowhere in the public DNS (RFC 6761, RFC 8375, RFC 9476 and ICANN's reservation of internal).
var privateNames = []string{"localhost", "test", "example", "invalid", "local", "internal", "home.arpa", "lan", "alt"}

// privateNets are addresses of one machine or of a private network.
var privateNets = []netip.Prefix{
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"),
}

// permitted says whether the authority may speak for a name that no site is configured for.
func permitted(name string) bool {
	if a, err := netip.ParseAddr(name); err == nil {
		return slices.ContainsFunc(privateNets, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return slices.ContainsFunc(privateNames, func(p string) bool { return name == p || strings.HasSuffix(name, "."+p) })
}

const rootName = "root.pem"

// RootFile is where the internal authority's certificate lies in a storage folder, for people to install.
func RootFile(storage string) string { return filepath.Join(storage, "internal-ca", rootName) }

// openAuthority reads the authority under storage, or makes one: at the first start, when it nears its end, and when a
// configured host lies outside its constraints.
func openAuthority(storage string, hosts []string, now func() time.Time) (*authority, error) {
	folder := filepath.Dir(RootFile(storage))
	a, err := readAuthority(folder)
	if err == nil && left(a.cert, now()) > 0.1 && a.allows(hosts) {
		return a, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the internal authority: %w", err)
	}
	if a, err = makeAuthority(folder, hosts, now()); err != nil {
		return nil, fmt.Errorf("making the internal authority: %w", err)
	}
	return a, nil
}

func (a *authority) allows(hosts []string) bool {
	return !slices.ContainsFunc(hosts, func(h string) bool {
		if ip, err := netip.ParseAddr(h); err == nil {
			return !slices.ContainsFunc(a.cert.PermittedIPRanges, func(n *net.IPNet) bool { return n.Contains(ip.AsSlice()) })
		}
		return !permitted(h) && !slices.Contains(a.cert.PermittedDNSDomains, h)
	})
}

// authorityFile holds certificate and key together, so that a crash cannot leave one without the other.
const authorityFile = "authority.pem"

func readAuthority(folder string) (*authority, error) {
	text, err := os.ReadFile(filepath.Join(folder, authorityFile))
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(text, text)
	if err != nil {
		return nil, err
	}
	key, ok := pair.PrivateKey.(crypto.Signer)
	if !ok || !pair.Leaf.IsCA {
		return nil, fmt.Errorf("%s holds no authority", authorityFile)
	}
	root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Leaf.Raw})
	return &authority{folder: folder, cert: pair.Leaf, key: key, pem: root}, nil
}

func makeAuthority(folder string, hosts []string, now time.Time) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:                serial(),
		Subject:                     pkix.Name{CommonName: "panwall internal authority " + now.UTC().Format(time.DateOnly)},
		NotBefore:                   now.Add(-clockSlack),
		NotAfter:                    now.Add(authorityLife),
		IsCA:                        true,
		BasicConstraintsValid:       true,
		MaxPathLenZero:              true,
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         slices.Clone(privateNames),
	}
	for _, p := range privateNets {
		template.PermittedIPRanges = append(template.PermittedIPRanges, ipNet(p))
	}
	for _, h := range hosts {
		if a, err := netip.ParseAddr(h); err == nil {
			template.PermittedIPRanges = append(template.PermittedIPRanges, ipNet(netip.PrefixFrom(a, a.BitLen())))
		} else if !permitted(h) {
			template.PermittedDNSDomains = append(template.PermittedDNSDomains, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return keepAuthority(folder, der, key)
}

// keepAuthority writes the authority, and its root apart for people to install.
func keepAuthority(folder string, der []byte, key *ecdsa.PrivateKey) (*authority, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	text := append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), root...)
	if err := replace(filepath.Join(folder, authorityFile), text); err != nil {
		return nil, err
	}
	if err := replace(filepath.Join(folder, rootName), root); err != nil {
		return nil, err
	}
	a, err := readAuthority(folder)
	if err != nil {
		return nil, err
	}
	a.made = true
	return a, nil
}

// replace puts a whole file in place of another: a reader sees the old one or the new one.
func replace(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err = f.Write(content); err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func serial() *big.Int {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil { // crypto/rand never fails since Go 1.24
		panic(err)
	}
	return n.Add(n, big.NewInt(1))
}

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}

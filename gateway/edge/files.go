package edge

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/cappertrophy/panwall/gateway/config"
)

// filesEvery is how often the files of issuer `files` are looked at. Reading a few small files is cheaper than what can
// go wrong with watching them: links that change, folders that are replaced, network file systems that tell nobody.
const filesEvery = 30 * time.Second

// files is the issuer of that name: PEM pairs that somebody else renews.
type files struct {
	pairs   []config.KeyPair
	hosts   []string
	now     func() time.Time
	log     zerolog.Logger
	onEvent func(Event)
	loaded  atomic.Pointer[[]*pair]
	alarms  alarms
	fault   string // the last one told
}

// pair is one certificate with its key, and the bytes it was read from.
type pair struct {
	cert *tls.Certificate
	text []byte
}

func (e *Edge) newFiles(s *state) (source, error) {
	f := &files{pairs: s.config.TLS.Files, hosts: s.names, now: e.now, log: e.log, onEvent: e.options.OnEvent}
	f.alarms = alarms{now: e.now, onEvent: e.options.OnEvent, below: 1.0 / 6}
	loaded, err := loadPairs(f.pairs)
	if err != nil {
		return nil, err
	}
	if err := covered(f.hosts, loaded); err != nil {
		return nil, err
	}
	f.loaded.Store(&loaded)
	return f, nil
}

func loadPairs(pairs []config.KeyPair) ([]*pair, error) {
	if len(pairs) == 0 {
		return nil, errors.New("tls.issuer is files, and tls.files names none")
	}
	var loaded []*pair
	for _, p := range pairs {
		l, err := loadPair(p)
		if err != nil {
			return nil, err
		}
		loaded = append(loaded, l)
	}
	return loaded, nil
}

func loadPair(p config.KeyPair) (*pair, error) {
	cert, err := os.ReadFile(p.Cert)
	if err != nil {
		return nil, fmt.Errorf("reading a certificate: %w", err)
	}
	key, err := os.ReadFile(p.Key)
	if err != nil {
		return nil, fmt.Errorf("reading a certificate's key: %w", err)
	}
	c, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("reading certificate %s with key %s: %w", p.Cert, p.Key, err)
	}
	return &pair{cert: &c, text: append(cert, key...)}, nil
}

// covered refuses a set of certificates that leaves a host without one: its visitors would all be turned away.
func covered(hosts []string, loaded []*pair) error {
	for _, h := range hosts {
		if suiting(loaded, h, nil) == nil {
			return fmt.Errorf("no certificate of tls.files covers %s", h)
		}
	}
	return nil
}

// suiting is the certificate for a name that the client can verify best: the first that covers the name and has a
// key the client supports, else the first that covers it.
func suiting(loaded []*pair, name string, hello *tls.ClientHelloInfo) *tls.Certificate {
	var first *tls.Certificate
	for _, p := range loaded {
		if name != "" && p.cert.Leaf.VerifyHostname(name) != nil {
			continue
		}
		if hello != nil && len(hello.SupportedVersions) > 0 && hello.SupportsCertificate(p.cert) == nil {
			return p.cert
		}
		if first == nil {
			first = p.cert
		}
	}
	return first
}

func (f *files) certificate(name string, hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	loaded := *f.loaded.Load()
	c := suiting(loaded, name, hello)
	if c == nil && hello.ServerName == "" { // an address was dialled: any certificate says more than none
		c = suiting(loaded, "", hello)
	}
	return c, nil
}

func (f *files) tend(ctx context.Context) {
	tick := time.NewTicker(filesEvery)
	defer tick.Stop()
	for {
		f.alarms.look(f.list())
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			f.reread()
		}
	}
}

// reread loads changed files. A pair that cannot be used leaves all as they are: half of a renewal is often there
// for a moment, and the next look finds the other half.
func (f *files) reread() {
	old := *f.loaded.Load()
	loaded, err := loadPairs(f.pairs)
	if err == nil {
		err = covered(f.hosts, loaded)
	}
	if err != nil {
		f.complain(err)
		return
	}
	f.fault = ""
	for i, p := range loaded {
		if bytes.Equal(p.text, old[i].text) {
			continue
		}
		l := p.cert.Leaf
		f.onEvent(Event{Kind: CertificateLoaded, Host: first(namesOf(l)), Issuer: l.Issuer.CommonName, NotAfter: l.NotAfter})
		f.log.Info().Strs("names", namesOf(l)).Time("not_after", l.NotAfter).Msg("read a changed certificate")
	}
	f.loaded.Store(&loaded)
}

// complain tells of a fault once, not at every look.
func (f *files) complain(err error) {
	if f.fault == err.Error() {
		return
	}
	f.fault = err.Error()
	f.onEvent(Event{Kind: CertificateFailed, Issuer: string(config.IssuerFiles), Err: err})
	f.log.Error().Err(err).Msg("certificate files cannot be used; the old certificates stay")
}

func (f *files) list() []*x509.Certificate {
	var all []*x509.Certificate
	for _, p := range *f.loaded.Load() {
		all = append(all, p.cert.Leaf)
	}
	return all
}

func (f *files) close() {}

func (f *files) root() []byte { return nil }

func (f *files) challenge(http.ResponseWriter, *http.Request) bool { return false }

func first(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

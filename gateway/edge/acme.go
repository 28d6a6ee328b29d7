package edge

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddyserver/certmagic"

	"github.com/cappertrophy/panwall/gateway/config"
)

// acme is the issuer of that name: certificates from a public authority (RFC 8555) through certmagic.
type acme struct {
	names   []string
	cache   *certmagic.Cache
	config  *certmagic.Config
	issuers []*certmagic.ACMEIssuer
	until   []*pair // tls.until_issued, served for a host that has no certificate yet
	alarms  alarms
	ports   func() (https, http *net.TCPAddr)
	stopped sync.Once
	failed  atomic.Pointer[func(error)] // told of a failed attempt, while somebody waits for one
}

// newACME reads the certificates that storage has. No authority is asked before tend.
func (e *Edge) newACME(s *state) (source, error) {
	a := &acme{names: s.names, ports: e.challengePorts}
	if s.any {
		return nil, errors.New("issuer acme needs every host named: an authority certifies names, not whatever comes")
	}
	if err := certifiable(s.names, s.config.TLS.ACME); err != nil {
		return nil, err
	}
	if u := s.config.TLS.UntilIssued; u != nil {
		until, err := loadPair(*u)
		if err != nil {
			return nil, fmt.Errorf("tls.until_issued: %w", err)
		}
		a.until = []*pair{until}
	}
	if err := a.setUp(e, s.config.TLS); err != nil {
		return nil, err
	}
	if err := a.load(); err != nil {
		// One file that cannot be read must not shut the door to every host.
		e.log.Error().Err(err).Msg("a certificate cannot be read; its host is served by what else there is")
		e.options.OnEvent(Event{Kind: CertificateFailed, Issuer: string(config.IssuerACME), Err: err})
	}
	return a, nil
}

// certifiable refuses names that no public authority certifies. They are never given a certificate of our own instead.
func certifiable(names []string, c config.ACME) error {
	for _, n := range names {
		if !certmagic.SubjectQualifiesForPublicCert(n) {
			return fmt.Errorf("no public authority certifies %s; use issuer internal or files", n)
		}
		if net.ParseIP(n) != nil && c.Profile != "shortlived" {
			return fmt.Errorf("%s is an address: authorities certify those with profile shortlived alone", n)
		}
	}
	return nil
}

func (a *acme) setUp(e *Edge, c config.TLS) error {
	log := zapTo(e.log)
	a.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert:   func(certmagic.Certificate) (*certmagic.Config, error) { return a.config, nil },
		RenewCheckInterval: e.options.renewEvery,
		Logger:             log,
	})
	ratio := certmagic.DefaultRenewalWindowRatio
	if c.ACME.Profile == "shortlived" {
		ratio = 0.5 // of six days: a weekend of the authority's must fit in
	}
	a.alarms = alarms{now: e.now, onEvent: e.options.OnEvent, below: ratio / 2}
	a.config = certmagic.New(a.cache, certmagic.Config{
		Storage:            &certmagic.FileStorage{Path: filepath.Join(e.options.Storage, "acme")},
		RenewalWindowRatio: ratio,
		OCSP:               certmagic.OCSPConfig{DisableStapling: true}, // the large authorities have ended it
		Logger:             log,
		OnEvent:            a.report(e.options.OnEvent),
		ShouldEmitFunc:     func(name string) bool { return name == "cert_obtained" || name == "cert_failed" },
	})
	issuers, err := a.authorities(c, log)
	if err != nil {
		a.close()
		return err
	}
	a.issuers, a.config.Issuers = issuers, nil
	for _, i := range issuers {
		a.config.Issuers = append(a.config.Issuers, i)
	}
	return nil
}

// load takes the certificates that storage has into the cache, expired ones too: serving goes on with what there is.
func (a *acme) load() error {
	var faults []error
	for _, n := range a.names {
		_, err := a.config.CacheManagedCertificate(context.Background(), n)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			faults = append(faults, fmt.Errorf("reading the certificate of %s from storage: %w", n, err))
		}
	}
	return errors.Join(faults...)
}

// report turns certmagic's events into ours.
func (a *acme) report(on func(Event)) func(context.Context, string, map[string]any) error {
	return func(_ context.Context, name string, fields map[string]any) error {
		host, _ := fields["identifier"].(string)
		switch name {
		case "cert_obtained":
			issuer, _ := fields["issuer"].(string)
			on(Event{Kind: CertificateObtained, Host: host, Issuer: issuer})
		case "cert_failed":
			err, _ := fields["error"].(error)
			issuers, _ := fields["issuers"].([]string)
			on(Event{Kind: CertificateFailed, Host: host, Issuer: first(issuers), Err: err})
			if told := a.failed.Load(); told != nil {
				(*told)(err)
			}
		}
		return nil
	}
}

func (a *acme) certificate(name string, hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if slices.Equal(hello.SupportedProtos, []string{acmeALPN}) {
		return a.config.GetCertificateWithContext(hello.Context(), hello)
	}
	var found []*pair
	for _, c := range a.cache.AllMatchingCertificates(name) {
		found = append(found, &pair{cert: &c.Certificate})
	}
	// The youngest first: after a renewal both are in the cache for a moment.
	slices.SortFunc(found, func(x, y *pair) int { return y.cert.Leaf.NotAfter.Compare(x.cert.Leaf.NotAfter) })
	if c := suiting(found, name, hello); c != nil {
		return c, nil
	}
	return suiting(a.until, name, hello), nil
}

// tend asks the authority for what is missing and due, and looks at ages, until ctx is done.
func (a *acme) tend(ctx context.Context) {
	defer a.close()
	a.aim()
	_ = a.config.ManageAsync(ctx, a.missing())
	_ = a.cache.RenewManagedCertificates(ctx)
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		a.alarms.look(a.list())
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// aim tells the issuers where the authority's checks arrive. When nobody listens there, certmagic does.
func (a *acme) aim() {
	https, clear := a.ports()
	for _, i := range a.issuers {
		if https != nil {
			i.ListenHost, i.AltTLSALPNPort = https.IP.String(), https.Port
		}
		if clear != nil {
			i.AltHTTPPort = clear.Port
		}
	}
}

// missing are the hosts without a certificate.
func (a *acme) missing() []string {
	return slices.DeleteFunc(slices.Clone(a.names), func(n string) bool { return len(a.cache.AllMatchingCertificates(n)) > 0 })
}

func (a *acme) list() []*x509.Certificate {
	var all []*x509.Certificate
	for _, n := range a.names {
		for _, c := range a.cache.AllMatchingCertificates(n) {
			all = append(all, c.Leaf)
		}
	}
	if len(all) == 0 || len(a.missing()) > 0 {
		for _, p := range a.until {
			all = append(all, p.cert.Leaf)
		}
	}
	return all
}

func (a *acme) close() { a.stopped.Do(a.cache.Stop) }

func (a *acme) root() []byte { return nil }

func (a *acme) challenge(w http.ResponseWriter, r *http.Request) bool {
	return slices.ContainsFunc(a.issuers, func(i *certmagic.ACMEIssuer) bool { return i.HandleHTTPChallenge(w, r) })
}

// challengePorts are where the authority's checks arrive, after whatever forwards 443 and 80 to us.
func (e *Edge) challengePorts() (https, http *net.TCPAddr) {
	c := e.options.Config.Listen
	if len(c.HTTPS) > 0 {
		https, _ = net.ResolveTCPAddr("tcp", c.HTTPS[0])
	}
	if len(c.HTTP) > 0 {
		http, _ = net.ResolveTCPAddr("tcp", c.HTTP[0])
	}
	secure, clear := e.Addrs() // what is bound says more: port 0 in tests
	if len(secure) > 0 {
		https = secure[0].(*net.TCPAddr)
	}
	if len(clear) > 0 {
		http = clear[0].(*net.TCPAddr)
	}
	return https, http
}

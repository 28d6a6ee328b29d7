package edge

import (
	"crypto/tls"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
)

// collect gives an OnEvent and what it was told.
func collect() (func(Event), <-chan Event) {
	events := make(chan Event, 1000)
	return func(e Event) {
		select {
		case events <- e:
		default:
		}
	}, events
}

// served waits until the door serves a certificate of the authority for name.
func served(t *testing.T, d *doors, a *authorityUnderTest, name string) *tls.ConnectionState {
	t.Helper()
	var last error
	for range 200 {
		c, err := tls.Dial("tcp", d.https, &tls.Config{RootCAs: a.roots(), ServerName: name})
		if err == nil {
			state := c.ConnectionState()
			_ = c.Close()
			return &state
		}
		last = err
		<-time.After(50 * time.Millisecond)
	}
	t.Fatalf("%s is not served: %v", name, last)
	return nil
}

func TestFirstCertificate(t *testing.T) {
	for _, challenge := range []string{tlsALPN01, http01, dns01} {
		t.Run(challenge, func(t *testing.T) {
			a := newAuthority(t)
			c := a.config(t, challenge, "shop.test")
			c.TLS.ACME.DNS = config.DNSProvider{
				Provider: "rfc2136", Server: a.zone.addr, KeyName: "panwall", Key: secretFile(t, zoneKey+"\n"), Resolvers: []string{a.zone.addr},
			}
			on, events := collect()
			d := openAfter(t, Options{Config: c, OnEvent: on}, func(e *Edge) { a.start(t, e) })
			if e := await(t, events, CertificateObtained); e.Host != "shop.test" || e.Issuer == "" {
				t.Errorf("told %+v", e)
			}
			leaf := served(t, d, a, "shop.test").PeerCertificates[0]
			if life := leaf.NotAfter.Sub(leaf.NotBefore).Round(time.Hour); life != 144*time.Hour {
				t.Errorf("the certificate lives %s, the profile asks for 144 h", life)
			}
			if n := a.zone.updates.Load(); (n > 0) != (challenge == dns01) {
				t.Errorf("%d updates of the zone", n)
			}
			if missing := d.Missing(); len(missing) > 0 {
				t.Errorf("missing: %v", missing)
			}
		})
	}
}

func TestAccountBinding(t *testing.T) {
	a := newAuthority(t)
	a.eab = true
	mac := "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"
	if err := a.store.AddExternalAccountKeyByID("kid-1", mac); err != nil {
		t.Fatal(err)
	}
	c := a.config(t, tlsALPN01, "shop.test")
	c.TLS.ACME.Account = &config.ACMEBind{KeyID: "kid-1", MAC: secretFile(t, mac)}
	on, events := collect()
	openAfter(t, Options{Config: c, OnEvent: on}, func(e *Edge) { a.start(t, e) })
	await(t, events, CertificateObtained)
}

func TestSecondAuthority(t *testing.T) {
	down, up := newAuthority(t), newAuthority(t)
	c := up.config(t, tlsALPN01, "shop.test")
	c.TLS.ACME.Fallback, c.TLS.ACME.Directory = c.TLS.ACME.Directory, down.server.URL+"/dir"
	on, events := collect()
	d := openAfter(t, Options{Config: c, OnEvent: on}, func(e *Edge) { up.start(t, e) })
	await(t, events, CertificateObtained)
	served(t, d, up, "shop.test")
}

func TestRenewalOnTheShortProfile(t *testing.T) {
	a := newAuthority(t)
	a.life = 8 * time.Second
	on, events := collect()
	d := openAfter(t, Options{Config: a.config(t, tlsALPN01, "shop.test"), OnEvent: on, renewEvery: 500 * time.Millisecond}, func(e *Edge) { a.start(t, e) })
	await(t, events, CertificateObtained)
	first := served(t, d, a, "shop.test").PeerCertificates[0]
	await(t, events, CertificateObtained)
	for range 100 {
		if second := served(t, d, a, "shop.test").PeerCertificates[0]; second.SerialNumber.Cmp(first.SerialNumber) != 0 {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	t.Error("the renewed certificate is not served")
}

func TestHalfTheNoncesRejected(t *testing.T) {
	a := newAuthority(t)
	a.rejects = "50"
	c := a.config(t, tlsALPN01, "shop.test")
	on, events := collect()
	d := openAfter(t, Options{Config: c, OnEvent: on}, func(e *Edge) { a.start(t, e) })
	for range 20 {
		e := <-events
		if e.Kind == CertificateObtained {
			served(t, d, a, "shop.test")
			return
		}
		if err := d.Reload(c); err != nil { // an order may fail; the next attempt would come in a minute
			t.Fatal(err)
		}
	}
	t.Error("no certificate came through")
}

// A shop moves in: another certificate is served until the first one is there, the authority being down at first.
func TestAuthorityDownAtStart(t *testing.T) {
	a := newAuthority(t)
	c := a.config(t, tlsALPN01, "shop.test")
	pair := pemPair(t, t.TempDir(), "old", ecKey(t), time.Now().Add(24*time.Hour), "shop.test")
	c.TLS.UntilIssued = &pair
	on, events := collect()
	storage := t.TempDir()
	d := open(t, Options{Config: c, OnEvent: on, Storage: storage})
	await(t, events, CertificateFailed)
	conn, err := tls.Dial("tcp", d.https, &tls.Config{ServerName: "shop.test", InsecureSkipVerify: true})
	if err != nil {
		t.Fatalf("nothing is served while the authority is down: %v", err)
	}
	_ = conn.Close()

	a.start(t, d.Edge)
	if err := d.Reload(c); err != nil {
		t.Fatal(err)
	}
	await(t, events, CertificateObtained)
	served(t, d, a, "shop.test")
	if err := d.stop(); err != nil {
		t.Fatal(err)
	}

	// Over a restart storage keeps the certificate: it is served while the authority is down again.
	a.front.Store(nil)
	again := open(t, Options{Config: c, Storage: storage})
	served(t, again, a, "shop.test")
}

func TestReloadAddsAndRemovesHosts(t *testing.T) {
	a := newAuthority(t)
	c := a.config(t, tlsALPN01, "shop.test")
	on, events := collect()
	d := openAfter(t, Options{Config: c, OnEvent: on}, func(e *Edge) { a.start(t, e) })
	await(t, events, CertificateObtained)
	more := *c
	more.Sites = []config.Site{{Hosts: []string{"www.test"}}}
	if err := d.Reload(&more); err != nil {
		t.Fatal(err)
	}
	await(t, events, CertificateObtained)
	served(t, d, a, "www.test")
	if _, err := tls.Dial("tcp", d.https, &tls.Config{RootCAs: a.roots(), ServerName: "shop.test"}); err == nil {
		t.Error("a removed host is still served")
	}
}

// Storage that is damaged for one host must not take the others down with it.
func TestDamagedStorageOfOneHost(t *testing.T) {
	a := newAuthority(t)
	c := a.config(t, tlsALPN01, "shop.test", "www.test")
	on, events := collect()
	storage := t.TempDir()
	d := openAfter(t, Options{Config: c, OnEvent: on, Storage: storage}, func(e *Edge) { a.start(t, e) })
	await(t, events, CertificateObtained)
	await(t, events, CertificateObtained)
	served(t, d, a, "shop.test")
	if err := d.stop(); err != nil {
		t.Fatal(err)
	}
	damaged := 0
	err := filepath.WalkDir(storage, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == "www.test.crt" {
			damaged++
			write(t, path, []byte("half of a cert"))
		}
		return err
	})
	if err != nil || damaged != 1 {
		t.Fatalf("%d files damaged, %v", damaged, err)
	}
	again := open(t, Options{Config: c, OnEvent: on, Storage: storage})
	if e := await(t, events, CertificateFailed); e.Err == nil || !strings.Contains(e.Err.Error(), "www.test") {
		t.Errorf("told %+v", e)
	}
	served(t, again, a, "shop.test")
	if missing := again.Missing(); !slices.Equal(missing, []string{"www.test"}) {
		t.Errorf("missing: %v", missing)
	}
}

func TestACMERefusesWhatItCannotDo(t *testing.T) {
	for fault, change := range map[string]func(*config.Config){
		"no public authority certifies": func(c *config.Config) { c.Sites[0].Hosts = []string{"shop.internal"} },
		"needs every host named":        func(c *config.Config) { c.Sites[0].Hosts = nil },
		"neither letsencrypt":           func(c *config.Config) { c.TLS.ACME.Directory = "http://ca.test/dir" },
		"is none of":                    func(c *config.Config) { c.TLS.ACME.Challenges = []string{"tls-sni-01"} },
		"is not built in":               func(c *config.Config) { c.TLS.ACME.Challenges = []string{dns01} },
		"profile shortlived alone":      func(c *config.Config) { c.Sites[0].Hosts = []string{"198.51.100.7"} },
	} {
		c := local("shop.kz")
		c.TLS = config.TLS{}
		change(c)
		_, err := New(Options{Config: c, Handler: http.NotFoundHandler(), Storage: t.TempDir()})
		if err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("%s: got %v", fault, err)
		}
	}
}

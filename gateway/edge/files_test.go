package edge

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/cappertrophy/panwall/gateway/config"
)

// pemPair writes a self-signed certificate for names and gives its files.
func pemPair(t *testing.T, folder, stem string, key any, until time.Time, names ...string) config.KeyPair {
	t.Helper()
	template := &x509.Certificate{SerialNumber: serial(), NotBefore: until.Add(-60 * 24 * time.Hour), NotAfter: until, DNSNames: names}
	var public any
	switch k := key.(type) {
	case *ecdsa.PrivateKey:
		public = k.Public()
	case *rsa.PrivateKey:
		public = k.Public()
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	p := config.KeyPair{Cert: filepath.Join(folder, stem+".pem"), Key: filepath.Join(folder, stem+".key")}
	write(t, p.Cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	write(t, p.Key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	return p
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func rsaKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func withFiles(pairs ...config.KeyPair) *config.Config {
	c := local("shop.kz")
	c.TLS = config.TLS{Issuer: config.IssuerFiles, Files: pairs}
	return c
}

func TestFilesServeTheKeyAClientSupports(t *testing.T) {
	folder, until := t.TempDir(), time.Now().Add(30*24*time.Hour)
	d := open(t, Options{Config: withFiles(pemPair(t, folder, "ec", ecKey(t), until, "shop.kz"), pemPair(t, folder, "rsa", rsaKey(t), until, "shop.kz"))})
	for suite, algorithm := range map[uint16]x509.PublicKeyAlgorithm{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: x509.ECDSA, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: x509.RSA,
	} {
		conn, err := tls.Dial("tcp", d.https, &tls.Config{ServerName: "shop.kz", InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite}})
		if err != nil {
			t.Fatal(err)
		}
		if got := conn.ConnectionState().PeerCertificates[0].PublicKeyAlgorithm; got != algorithm {
			t.Errorf("%s got a certificate with %s", tls.CipherSuiteName(suite), got)
		}
		_ = conn.Close()
	}
	if infos := d.Certificates(); len(infos) != 2 || infos[0].Left < 0.4 || infos[0].Left > 0.6 {
		t.Errorf("the certificates are listed as %+v", infos)
	}
}

func TestFilesAreFaults(t *testing.T) {
	folder, until := t.TempDir(), time.Now().Add(time.Hour)
	good := pemPair(t, folder, "good", ecKey(t), until, "shop.kz")
	other := pemPair(t, folder, "other", ecKey(t), until, "other.kz")
	for claim, c := range map[string]struct {
		pairs []config.KeyPair
		fault string
	}{
		"no files":                  {nil, "names none"},
		"a file that is not there":  {[]config.KeyPair{{Cert: folder + "/none", Key: good.Key}}, "no such file"},
		"a key of another":          {[]config.KeyPair{{Cert: good.Cert, Key: other.Key}}, "private key does not match"},
		"no certificate for a host": {[]config.KeyPair{other}, "no certificate of tls.files covers shop.kz"},
	} {
		_, err := New(Options{Config: withFiles(c.pairs...), Handler: http.NotFoundHandler(), Storage: t.TempDir()})
		if err == nil || !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s: %v", claim, err)
		}
	}
}

func TestFilesAreRereadWhenTheyChange(t *testing.T) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		p := pemPair(t, folder, "shop", ecKey(t), time.Now().Add(12*24*time.Hour), "shop.kz")
		var events []Event
		e := &Edge{now: time.Now, log: zerolog.Nop(), options: Options{OnEvent: func(ev Event) { events = append(events, ev) }}}
		source, err := e.newFiles(&state{config: withFiles(p), names: []string{"shop.kz"}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { source.tend(ctx); close(done) }()

		before := source.list()[0].SerialNumber
		pemPair(t, folder, "shop", ecKey(t), time.Now().Add(12*24*time.Hour), "shop.kz")
		time.Sleep(filesEvery + time.Second)
		if source.list()[0].SerialNumber.Cmp(before) == 0 {
			t.Error("a changed certificate was not read")
		}
		now := source.list()[0].SerialNumber
		write(t, p.Cert, []byte("half of a"))
		time.Sleep(filesEvery)
		if source.list()[0].SerialNumber.Cmp(now) != 0 {
			t.Error("a broken file replaced a good certificate")
		}
		time.Sleep(6 * 24 * time.Hour)
		cancel()
		<-done
		kinds := map[EventKind]int{}
		for _, ev := range events {
			kinds[ev.Kind]++
		}
		if kinds[CertificateLoaded] != 1 || kinds[CertificateFailed] != 1 || kinds[CertificateAging] != 5 {
			t.Errorf("events: %v", kinds)
		}
	})
}

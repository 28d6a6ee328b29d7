package edge

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
)

func TestServesOverBothProtocols(t *testing.T) {
	d := open(t, Options{Config: local("shop.test")})
	for want, offered := range map[string][]string{"HTTP/2.0": nil, "HTTP/1.1": {"http/1.1"}} {
		r, err := d.client(t, func(c *tls.Config) { c.NextProtos = offered }).Get("https://shop.test/")
		if err != nil {
			t.Fatal(err)
		}
		if got := body(t, r); got != "served shop.test" || r.Proto != want {
			t.Errorf("%s answered %q", r.Proto, got)
		}
	}
}

func TestHTTP2CanBeSwitchedOff(t *testing.T) {
	c := local("shop.test")
	c.Listen.HTTP2 = false
	d := open(t, Options{Config: c})
	r, err := d.client(t, nil).Get("https://shop.test/")
	if err != nil {
		t.Fatal(err)
	}
	if body(t, r); r.ProtoMajor != 1 {
		t.Errorf("spoke %s with http2 off", r.Proto)
	}
}

func TestServerNames(t *testing.T) {
	for claim, c := range map[string]struct {
		hosts []string
		name  string // "" sends none
		alert bool
	}{
		"a configured host is served":                   {[]string{"shop.test"}, "shop.test", false},
		"capitals do not matter":                        {[]string{"shop.test"}, "SHOP.test", false},
		"an unknown host is refused":                    {[]string{"shop.test"}, "other.test", true},
		"no name is refused where hosts are configured": {[]string{"shop.test"}, "", true},
		"no name is let in where an address is":         {[]string{"shop.test", "127.0.0.1"}, "", false},
		"no name is let in where any host is served":    {nil, "", false},
		"any private name is served for any host":       {nil, "whatever.localhost", false},
		"a public name is never made up":                {nil, "shop.kz", true},
	} {
		t.Run(claim, func(t *testing.T) {
			d := open(t, Options{Config: local(c.hosts...)})
			name := c.name
			conf := &tls.Config{RootCAs: d.roots(), ServerName: name}
			if name == "" { // crypto/tls sends no address as a name
				conf.ServerName = "127.0.0.1"
			}
			conn, err := tls.Dial("tcp", d.https, conf)
			if err == nil {
				_ = conn.Close()
			}
			if c.alert && (err == nil || !strings.Contains(err.Error(), "unrecognized name")) {
				t.Errorf("got %v, want the alert unrecognized_name", err)
			}
			if !c.alert && err != nil {
				t.Error(err)
			}
		})
	}
}

func TestPolicyRefusesOldTLS(t *testing.T) {
	d := open(t, Options{Config: local("shop.test")})
	for claim, change := range map[string]func(*tls.Config){
		"TLS 1.1": func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 },
		"a suite without secrecy": func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}
		},
		"a suite with CBC": func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}
		},
		"an unknown application":    func(c *tls.Config) { c.NextProtos = []string{"smtp"} },
		"a curve that is not there": func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{tls.CurveP521} },
	} {
		conf := &tls.Config{RootCAs: d.roots(), ServerName: "shop.test"}
		change(conf)
		if conn, err := tls.Dial("tcp", d.https, conf); err == nil {
			_ = conn.Close()
			t.Errorf("%s was accepted", claim)
		}
	}
}

func TestPolicyOffersModernTLS(t *testing.T) {
	d := open(t, Options{Config: local("shop.test")})
	state := d.dial(t, "shop.test").ConnectionState()
	if state.Version != tls.VersionTLS13 || state.CurveID != tls.X25519MLKEM768 {
		t.Errorf("agreed on %s with %s", tls.VersionName(state.Version), state.CurveID)
	}
}

func TestInternalAuthority(t *testing.T) {
	storage := t.TempDir()
	d := open(t, Options{Config: local("shop.kz"), Storage: storage})
	conn := d.dial(t, "shop.kz")
	leaf := conn.ConnectionState().PeerCertificates[0]
	_ = conn.Close()
	if life := leaf.NotAfter.Sub(leaf.NotBefore); life > 26*time.Hour {
		t.Errorf("a leaf lives %s", life)
	}
	if err := d.stop(); err != nil {
		t.Fatal(err)
	}
	root := string(d.Root())

	kept := open(t, Options{Config: local("shop.kz"), Storage: storage})
	if string(kept.Root()) != root {
		t.Error("the authority was not kept over a restart")
	}
	moved := open(t, Options{Config: local("other.kz"), Storage: storage})
	if string(moved.Root()) == root {
		t.Error("an authority speaks for a host outside its constraints")
	}
}

// A stolen authority must be worth nothing outside its constraints.
func TestInternalAuthorityIsConstrained(t *testing.T) {
	a, err := openAuthority(t.TempDir(), []string{"shop.kz"}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	for name, good := range map[string]bool{
		"shop.kz": true, "pay.shop.kz": true, "localhost": true, "a.test": true, "127.0.0.1": true, "::1": true, "192.168.7.7": true,
		"bank.kz": false, "8.8.8.8": false, "notshop.kz": false,
	} {
		c, err := a.issue(name, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if _, err = c.Leaf.Verify(x509.VerifyOptions{Roots: pool}); (err == nil) != good {
			t.Errorf("%s: verifying gave %v", name, err)
		}
	}
}

func TestLeavesAreReplacedAheadOfTheirEnd(t *testing.T) {
	now := time.Now()
	a, err := openAuthority(t.TempDir(), nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	i := &internal{authority: a, any: true, now: func() time.Time { return now }, leaves: map[string]*tls.Certificate{}}
	first, _ := i.certificate("localhost", nil)
	again, _ := i.certificate("localhost", nil)
	if first != again {
		t.Error("a fresh leaf was replaced")
	}
	now = now.Add(18 * time.Hour)
	later, _ := i.certificate("localhost", nil)
	if first.Leaf.SerialNumber.Cmp(later.Leaf.SerialNumber) == 0 {
		t.Error("a leaf with a quarter of its life was kept")
	}
}

func TestMisdirected(t *testing.T) {
	c := local("shop.test", "www.shop.test")
	d := open(t, Options{Config: c, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if Misdirected(r) {
			w.WriteHeader(http.StatusMisdirectedRequest)
		}
	})})
	for claim, want := range map[string]struct {
		host   string
		status int
	}{
		"the host of the handshake": {"shop.test", 200},
		"with a port":               {"shop.test:8443", 200},
		"with a final dot":          {"shop.test.", 200},
		"a configured host the certificate does not cover":    {"www.shop.test", 421},
		"a host that is not configured":                       {"other.test", 421},
		"a host that only begins like one":                    {"shop.test.evil.test", 421},
		"the address, which is not configured as a host here": {"127.0.0.1", 421},
	} {
		r := raw(t, d.dial(t, "shop.test"), "GET / HTTP/1.1\r\nHost: "+want.host+"\r\n\r\n")
		if r.StatusCode != want.status {
			t.Errorf("%s: %d, want %d", claim, r.StatusCode, want.status)
		}
	}
	if request, _ := http.NewRequest("GET", "https://shop.test/", nil); !Misdirected(request) {
		t.Error("a request that came through no door was not misdirected")
	}
}

func TestIssuersNeverStandInForEachOther(t *testing.T) {
	c := local("shop.kz")
	c.TLS = config.TLS{Issuer: config.IssuerFiles}
	if _, err := New(Options{Config: c, Handler: http.NotFoundHandler(), Storage: t.TempDir()}); err == nil {
		t.Error("issuer files without files was accepted")
	}
}

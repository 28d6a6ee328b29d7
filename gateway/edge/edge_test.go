package edge

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/cappertrophy/panwall/gateway/config"
)

func TestMain(m *testing.M) {
	if os.Getenv("EDGE_TEST_ORDER") != "" {
		os.Exit(orderProcess())
	}
	if os.Getenv("EDGE_TEST_DOOR") != "" {
		os.Exit(doorProcess())
	}
	goleak.VerifyTestMain(m,
		// pebble's validation authority waits for work for ever.
		goleak.IgnoreAnyFunction("github.com/letsencrypt/pebble/v2/va.VAImpl.processTasks"),
		// certmagic keeps one throttle per authority and account for the life of the process, and a lock's keeper
		// notices five seconds late that its file is gone.
		goleak.IgnoreAnyFunction("github.com/caddyserver/certmagic.(*RingBufferRateLimiter).loop"),
		goleak.IgnoreAnyFunction("github.com/caddyserver/certmagic.keepLockfileFresh"),
	)
}

// local is a configuration on loopback with the internal authority, for the hosts given; none: any host.
func local(hosts ...string) *config.Config {
	return &config.Config{
		Listen: config.Listen{HTTPS: []string{"127.0.0.1:0"}, HTTP: []string{"127.0.0.1:0"}, HTTP2: true},
		Sites:  []config.Site{{Hosts: hosts}},
		TLS:    config.TLS{Issuer: config.IssuerInternal},
	}
}

// doors is an Edge that serves, and how to reach it.
type doors struct {
	*Edge
	https, http string
	stop        func() error // drains and gives Serve's error
}

func open(t *testing.T, o Options) *doors { return openAfter(t, o, func(*Edge) {}) }

// openAfter opens a door and runs ready when it is bound and before it serves.
func openAfter(t *testing.T, o Options, ready func(*Edge)) *doors {
	t.Helper()
	if o.Storage == "" {
		o.Storage = t.TempDir()
	}
	if o.Handler == nil {
		o.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "served "+r.Host) })
	}
	if o.Logger.GetLevel() == zerolog.TraceLevel { // the zero Logger
		o.Logger = zerolog.New(zerolog.NewTestWriter(t))
	}
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Listen(); err != nil {
		t.Fatal(err)
	}
	ready(e)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Serve(ctx) }()
	d := &doors{Edge: e}
	stopped := false
	d.stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-done
	}
	t.Cleanup(func() {
		e.Force()
		_ = d.stop()
	})
	secure, clear := e.Addrs()
	d.https = secure[0].String()
	if len(clear) > 0 {
		d.http = clear[0].String()
	}
	return d
}

// roots trusts the internal authority.
func (d *doors) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(d.Root())
	return pool
}

// client dials the door whatever the URL's host is.
func (d *doors) client(t *testing.T, change func(*tls.Config)) *http.Client {
	c := &tls.Config{RootCAs: d.roots()}
	if change != nil {
		change(c)
	}
	transport := &http.Transport{
		TLSClientConfig:   c,
		ForceAttemptHTTP2: c.NextProtos == nil,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			to := d.https
			if strings.HasSuffix(address, ":80") {
				to = d.http
			}
			return new(net.Dialer).DialContext(ctx, network, to)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport:     transport,
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// dial opens a TLS connection that offers the protocols.
func (d *doors) dial(t *testing.T, name string, protocols ...string) *tls.Conn {
	t.Helper()
	c, err := tls.Dial("tcp", d.https, &tls.Config{RootCAs: d.roots(), ServerName: name, NextProtos: protocols})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return c
}

// raw sends bytes over HTTP/1.1 and gives everything that comes back until the connection ends or stands still.
func raw(t *testing.T, c net.Conn, request string) *http.Response {
	t.Helper()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	return string(b)
}

func quietLog(w io.Writer) zerolog.Logger {
	return zerolog.New(zerolog.SyncWriter(w)).Level(zerolog.InfoLevel)
}

func withALPN(protocols []string) func(*tls.Config) {
	return func(c *tls.Config) { c.NextProtos = protocols }
}

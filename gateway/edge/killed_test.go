package edge

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/cappertrophy/panwall/gateway/config"
)

// orderProcess is a gateway in a child process that asks for a certificate, to be killed while it waits for one.
func orderProcess() int {
	text, err := os.ReadFile(os.Getenv("EDGE_TEST_ORDER"))
	if err != nil {
		return 1
	}
	var o order
	if err := json.Unmarshal(text, &o); err != nil {
		return 2
	}
	e, err := New(Options{Config: o.config(), Handler: http.NotFoundHandler(), Storage: o.Storage, Logger: zerolog.Nop()})
	if err != nil || e.Listen() != nil {
		return 3
	}
	_ = e.Serve(context.Background())
	return 0
}

// order is what the child is told.
type order struct{ HTTPS, HTTP, Directory, Roots, Storage string }

func (o order) config() *config.Config {
	c := local("shop.test")
	c.Listen.HTTPS, c.Listen.HTTP = []string{o.HTTPS}, []string{o.HTTP}
	c.TLS = config.TLS{Email: "security@shop.test", ACME: config.ACME{Directory: o.Directory, Roots: o.Roots, Challenges: []string{tlsALPN01}}}
	return c
}

// The lock of a killed process grows stale, its half-done order is left behind, and the next start gets a certificate.
func TestKilledInTheMiddleOfAnOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: certmagic takes ten seconds to call a lock stale")
	}
	a := newAuthority(t)
	c := a.config(t, tlsALPN01, "shop.test")
	o := order{HTTPS: freePort(t), HTTP: freePort(t), Directory: c.TLS.ACME.Directory, Roots: c.TLS.ACME.Roots, Storage: t.TempDir()}
	c.Listen.HTTPS, c.Listen.HTTP = []string{o.HTTPS}, []string{o.HTTP}

	bound, err := New(Options{Config: c, Handler: http.NotFoundHandler(), Storage: t.TempDir(), Logger: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	if err := bound.Listen(); err != nil {
		t.Fatal(err)
	}
	a.start(t, bound) // for its ports
	bound.Close()
	halfway, pebble := make(chan struct{}), *a.front.Load()
	var interrupted http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/finalize-order") {
			close(halfway)
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			return
		}
		pebble.ServeHTTP(w, r)
	})
	a.front.Store(&interrupted)

	text, _ := json.Marshal(o)
	told := filepath.Join(t.TempDir(), "order.json")
	write(t, told, text)
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), "EDGE_TEST_ORDER="+told), os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-halfway:
	case <-time.After(30 * time.Second):
		t.Error("the order did not come so far")
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()

	a.front.Store(&pebble)
	on, events := collect()
	d := open(t, Options{Config: c, Storage: o.Storage, OnEvent: on})
	await(t, events, CertificateObtained)
	served(t, d, a, "shop.test")
	if _, err := tls.Dial("tcp", d.https, &tls.Config{RootCAs: a.roots(), ServerName: "shop.test"}); err != nil {
		t.Error(err)
	}
}

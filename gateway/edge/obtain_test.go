package edge

import (
	"context"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// Beside a running gateway the two share storage: the one that runs answers the authority's checks.
func TestObtainBesideARunningGateway(t *testing.T) {
	a := newAuthority(t)
	c := a.config(t, tlsALPN01, "shop.test")
	storage := t.TempDir()
	d := openAfter(t, Options{Config: c, Storage: storage}, func(*Edge) {}) // the authority is down: none is issued
	a.start(t, d.Edge)

	beside := *c
	beside.Listen.HTTPS, beside.Listen.HTTP = []string{d.https}, []string{d.http}
	e, err := New(Options{Config: &beside, Handler: http.NotFoundHandler(), Storage: storage, Logger: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := e.Obtain(ctx); err != nil {
		t.Fatal(err)
	}
	first := e.Certificates()
	if len(first) != 1 || len(e.Missing()) != 0 {
		t.Fatalf("after obtaining: %+v, missing %v", first, e.Missing())
	}
	if err := d.Reload(c); err != nil {
		t.Fatal(err)
	}
	served(t, d, a, "shop.test")
	if err := e.Renew(ctx, true, "shop.test"); err != nil {
		t.Fatal(err)
	}
	if err := e.Renew(ctx, false, "other.test"); err == nil || !strings.Contains(err.Error(), "no configured host") {
		t.Errorf("a host that is not configured: %v", err)
	}
}

func TestObtainFailsAtTheFirstRefusal(t *testing.T) {
	a := newAuthority(t)
	c := a.config(t, tlsALPN01, "shop.test")
	port := freePort(t)
	c.Listen.HTTPS, c.Listen.HTTP = []string{port}, nil
	e, err := New(Options{Config: c, Handler: http.NotFoundHandler(), Storage: t.TempDir(), Logger: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := e.Obtain(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("an authority that is down gave %v", err)
	}
}

func TestObtainNeedsAnAuthority(t *testing.T) {
	e, err := New(Options{Config: local("shop.test"), Handler: http.NotFoundHandler(), Storage: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Obtain(t.Context()); !errors.Is(err, ErrNotACME) {
		t.Errorf("got %v", err)
	}
	if filepath.Base(RootFile("x")) != "root.pem" {
		t.Error("the root has another name")
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

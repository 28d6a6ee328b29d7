package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway"
	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/demo"
)

// Names of the demo's two origins. Both lead to this machine everywhere (RFC 6761 section 6.3). The shop's is not
// plain localhost: a browser that trusts the demo's root would keep HSTS for it, and every other server there.
const (
	shopName = "shop.localhost"
	payName  = "pay.localhost"
)

type demoCmd struct {
	Listen string `default:"127.0.0.1:8443" placeholder:"ADDR" help:"Where the gateway serves TLS."`
}

// Run shows the whole way in one process until Ctrl-C: a shop, a payment window on a second origin, the gateway.
func (c *demoCmd) Run(a *app) (err error) {
	dir, err := os.MkdirTemp("", "panwall-demo-")
	if err != nil {
		return fmt.Errorf("making a folder for the demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	stage, err := newStage()
	if err != nil {
		return err
	}
	defer stage.close()
	g, err := c.gateway(a, dir, stage)
	if err != nil {
		return err
	}
	stage.certificate = g.Issue
	return a.untilSignalled(g)
}

// gateway is the real one, with the shipped rules and one more payment origin: the stand-in window's.
func (c *demoCmd) gateway(a *app, dir string, stage *stage) (*gateway.Gateway, error) {
	rules := filepath.Join(dir, "rules-to-edit")
	if err := demo.WriteRules(rules, stage.payOrigin()); err != nil {
		return nil, err
	}
	shop := &url.URL{Scheme: "http", Host: stage.shop.Addr().String()}
	cfg, err := config.For(shop, []string{shopName}, c.Listen, "", rules, dir)
	if err != nil {
		return nil, err
	}
	cfg.Log.Level = "warn"
	root := filepath.Join(dir, "root.pem")
	return gateway.New(gateway.Options{
		Config: cfg, Log: a.Stderr, Now: a.Now, Version: version,
		Ready: func(r gateway.Ready) {
			if err := os.WriteFile(root, r.Root, 0o644); err != nil {
				fmt.Fprintln(a.Stderr, "panwall: writing the demo's root certificate:", err)
			}
			fmt.Fprint(a.Stdout, thingsToTry(r.HTTPS[0], stage.payOrigin(), root, cfg.Audit.Dir))
		},
	})
}

// thingsToTry is what the demo prints; each command works as it stands, in another terminal.
func thingsToTry(at net.Addr, pay, root, audit string) string {
	_, port, _ := net.SplitHostPort(at.String())
	shop := "https://" + shopName + ":" + port
	return strings.NewReplacer("SHOP", shop, "PAY", pay, "ROOT", root, "AUDIT", audit, "PANWALL", ownCommand()).Replace(`
panwall stands in front of a demo shop. Three things to try, in another terminal:

1. Open the shop. In a browser: SHOP/ (trust ROOT, or accept the warning here
   and once at PAY/), put a trophy in the cart and pay in the window. Or:

     curl --cacert ROOT SHOP/

2. Post a card number and see it refused, before a byte of it reaches the shop:

     curl --cacert ROOT -d 'message=My card is 4111 1111 1111 1111' SHOP/contact

3. Read the record of it:

     PANWALL audit show AUDIT

Ctrl-C ends the demo and removes everything it made.
`)
}

// ownCommand is how this program was started, as somebody would type it again.
func ownCommand() string {
	path, err := os.Executable()
	if err != nil || strings.Contains(path, "go-build") {
		return "go run ./cmd/panwall"
	}
	return path
}

// stage is what stands behind and beside the gateway: the shop and the payment window.
type stage struct {
	shop, pay   net.Listener
	servers     []*http.Server
	certificate func(name string) (*tls.Certificate, error)
}

func newStage() (*stage, error) {
	s := &stage{}
	var err error
	if s.shop, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("opening the demo shop: %w", err)
	}
	if s.pay, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("opening the payment window: %w", errors.Join(err, s.shop.Close()))
	}
	s.serve(s.shop, demo.Shop(s.payOrigin()))
	s.serve(tls.NewListener(s.pay, &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			if s.certificate == nil {
				return nil, errors.New("the gateway is not ready")
			}
			return s.certificate(payName)
		},
	}), demo.PaymentWindow())
	return s, nil
}

func (s *stage) payOrigin() string {
	_, port, _ := net.SplitHostPort(s.pay.Addr().String())
	return "https://" + payName + ":" + port
}

func (s *stage) serve(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	s.servers = append(s.servers, server)
	go func() { _ = server.Serve(l) }()
}

func (s *stage) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for _, server := range s.servers {
		_ = server.Shutdown(ctx)
		_ = server.Close()
	}
}

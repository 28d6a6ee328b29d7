package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/cappertrophy/panwall/gateway"
	"github.com/cappertrophy/panwall/gateway/config"
)

// Exit code of a gateway that a second signal forced down before its requests were finished.
const exitForced = 3

type serveCmd struct {
	Config string   `type:"path" placeholder:"FILE" help:"panwall.yaml; every other flag is for running without one."`
	To     string   `placeholder:"URL" help:"The shop, http:// or https://, without a configuration file."`
	Host   []string `placeholder:"NAME" help:"A host to serve; without one any host is served and SNI is optional."`
	Listen string   `default:"127.0.0.1:8443" placeholder:"ADDR" help:"Where to serve TLS."`
	Admin  string   `placeholder:"ADDR" help:"Private listener: unix:/path or a loopback host:port."`
	Rules  string   `type:"path" placeholder:"DIR" help:"Rules folder; without one the rules inside the binary run."`
	Data   string   `type:"path" placeholder:"DIR" help:"Where certificates and the redaction log are kept."`
}

// Run serves until a signal: SIGTERM and SIGINT drain, a second one forces, SIGHUP reloads, SIGUSR2 starts a successor
// (the program as it is on the disk by then) that takes the sockets over.
func (c *serveCmd) Run(a *app) error {
	reread, err := c.source(a)
	if err != nil {
		return err
	}
	initial, err := reread()
	if err != nil {
		return a.faults(err)
	}
	if err := harden(); err != nil {
		return fmt.Errorf("keeping memory off the disk: %w", err)
	}
	g, err := gateway.New(gateway.Options{
		Config: initial, Reread: reread, Log: a.Stderr, Now: a.Now, Getenv: os.Getenv, Version: version,
	})
	if err != nil {
		return a.faults(err)
	}
	return a.untilSignalled(g, syscall.SIGUSR2)
}

// source is how the configuration is read, at the start and again at each reload.
func (c *serveCmd) source(a *app) (func() (*config.Config, error), error) {
	switch {
	case c.Config != "" && c.To != "":
		return nil, a.usageError("--config and --to exclude each other: the file names the shop")
	case c.Config != "":
		return func() (*config.Config, error) {
			read, _, err := config.Read(c.Config)
			return read, err
		}, nil
	case c.To != "":
		to, err := url.Parse(c.To)
		if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
			return nil, a.usageError("--to needs an origin such as http://127.0.0.1:8080")
		}
		return func() (*config.Config, error) { return config.For(to, c.Host, c.Listen, c.Admin, c.Rules, c.Data) }, nil
	default:
		return nil, a.usageError("serve needs --config FILE, or --to URL\nhint: panwall demo needs neither")
	}
}

// untilSignalled runs g on the app's context and the process's signals, more among them.
func (a *app) untilSignalled(g *gateway.Gateway, more ...os.Signal) error {
	ctx, drain := context.WithCancel(a.Ctx)
	defer drain()
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, append(more, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)...)
	defer signal.Stop(signals)
	done := make(chan error, 1)
	go func() { done <- g.Run(ctx) }()
	for draining := false; ; {
		select {
		case err := <-done:
			if errors.Is(err, gateway.ErrForced) {
				return exitError(exitForced)
			}
			return err
		case s := <-signals:
			switch {
			case s == syscall.SIGHUP:
				g.Reload(ctx)
			case s == syscall.SIGUSR2 && !draining:
				g.Succeed(a.again())
			case draining:
				g.Force()
			default:
				draining = true
				drain()
			}
		}
	}
}

// again is this program with its arguments, as a successor of this process.
func (a *app) again() *exec.Cmd {
	path, err := os.Executable()
	if err != nil {
		path = os.Args[0]
	}
	cmd := exec.Command(path, os.Args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd
}

// faults prints an error that lists mistakes of files as it is: each line is one fault with its place.
func (a *app) faults(err error) error {
	var all config.Faults
	if !errors.As(err, &all) {
		return err
	}
	fmt.Fprintln(a.Stderr, err)
	return exitError(exitFailure)
}

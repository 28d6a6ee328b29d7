package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/rs/zerolog"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/edge"
	"github.com/cappertrophy/panwall/gateway/logbook"
)

// certCmd looks at certificates and asks for them, beside a running gateway or without one.
type certCmd struct {
	List   certListCmd   `cmd:"" help:"List the certificates a gateway would serve, and the hosts without one."`
	Obtain certObtainCmd `cmd:"" help:"Ask the authority for certificates that are missing."`
	Renew  certRenewCmd  `cmd:"" help:"Renew certificates that are due."`
	Root   certRootCmd   `cmd:"" help:"Print the internal authority's certificate, to install where the shop is tried out."`
}

// askTimeout is how long an authority may take: checks are repeated from several places, DNS records must spread.
const askTimeout = 10 * time.Minute

type certConfig struct {
	Config string `type:"path" default:"/etc/panwall/panwall.yaml" placeholder:"FILE" help:"The gateway's configuration."`
}

// open makes a door that is never served.
func (c certConfig) open(a *app) (*edge.Edge, error) {
	read, _, err := config.Read(c.Config)
	if err != nil {
		return nil, a.faults(err)
	}
	if read.Storage.Dir == "" {
		return nil, errors.New("storage.dir is empty: there is no place where certificates are kept")
	}
	return edge.New(edge.Options{
		Config: read, Handler: http.NotFoundHandler(), Storage: read.Storage.Dir, Clock: a.Now,
		Logger: logbook.New(logbook.NewWriter(a.Stderr), zerolog.WarnLevel, a.Now),
	})
}

type certListCmd struct {
	certConfig
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints one line a certificate. It exits 1 when a configured host has none that is valid.
func (c certListCmd) Run(a *app) error {
	e, err := c.open(a)
	if err != nil {
		return err
	}
	defer e.Close()
	missing := e.Missing()
	if c.JSON {
		err = json.NewEncoder(a.Stdout).Encode(map[string]any{"certificates": e.Certificates(), "missing": missing})
	} else {
		err = c.table(a, e.Certificates(), missing)
	}
	if err == nil && len(missing) > 0 {
		return exitError(exitFailure)
	}
	return err
}

func (c certListCmd) table(a *app, certificates []edge.CertificateInfo, missing []string) error {
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAMES\tSIGNED BY\tNOT AFTER\tLEFT")
	for _, info := range certificates {
		fmt.Fprintf(w, "%s\t%s\t%s\t%.0f %%\n", strings.Join(info.Names, ","), info.SignedBy, info.NotAfter.UTC().Format(time.RFC3339), 100*info.Left)
	}
	for _, host := range missing {
		fmt.Fprintf(w, "%s\t-\t-\tmissing\n", host)
	}
	return w.Flush()
}

type certObtainCmd struct {
	certConfig
	Hosts []string `arg:"" optional:"" placeholder:"HOST" help:"Configured hosts; none: all."`
}

// Run asks for what is missing.
func (c certObtainCmd) Run(a *app) error {
	return c.ask(a, func(ctx context.Context, e *edge.Edge) error { return e.Obtain(ctx, c.Hosts...) })
}

type certRenewCmd struct {
	certConfig
	Force bool     `help:"Renew what is not due as well. Authorities limit how often."`
	Hosts []string `arg:"" optional:"" placeholder:"HOST" help:"Configured hosts; none: all."`
}

// Run renews what is due.
func (c certRenewCmd) Run(a *app) error {
	return c.ask(a, func(ctx context.Context, e *edge.Edge) error { return e.Renew(ctx, c.Force, c.Hosts...) })
}

func (c certConfig) ask(a *app, call func(context.Context, *edge.Edge) error) error {
	e, err := c.open(a)
	if err != nil {
		return err
	}
	defer e.Close()
	ctx, cancel := context.WithTimeout(a.Ctx, askTimeout)
	defer cancel()
	if err := call(ctx, e); err != nil {
		return err
	}
	fmt.Fprintln(a.Stdout, "done; a running gateway takes new certificates over when it is reloaded (SIGHUP)")
	return nil
}

type certRootCmd struct {
	certConfig
	Data string `type:"path" placeholder:"DIR" help:"The --data folder of a gateway that runs without a configuration."`
}

// Run prints the root in PEM.
func (c certRootCmd) Run(a *app) error {
	if c.Data != "" {
		root, err := os.ReadFile(edge.RootFile(c.Data))
		if err != nil {
			return fmt.Errorf("reading the internal authority's root: %w", err)
		}
		_, err = a.Stdout.Write(root)
		return err
	}
	e, err := c.open(a)
	if err != nil {
		return err
	}
	defer e.Close()
	root := e.Root()
	if root == nil {
		return errors.New("tls.issuer is not internal: there is no authority of our own")
	}
	_, err = a.Stdout.Write(root)
	return err
}

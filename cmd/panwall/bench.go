package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/cappertrophy/panwall/gateway/leakbench"
)

type benchCmd struct {
	Target *url.URL `required:"" placeholder:"URL" help:"The proxy to score, http or https."`
	Shop   string   `default:"127.0.0.1:9080" placeholder:"ADDR" help:"Where the bench's own shop listens: what the proxy has to forward to."`
	Host   string   `placeholder:"NAME" help:"Host to ask the proxy for; otherwise the one in the URL."`
	CA     string   `name:"ca" type:"existingfile" placeholder:"FILE" help:"Root certificates (PEM) the proxy's certificate is checked against."`
	JSON   bool     `name:"json" help:"One JSON object a case, then the score."`
}

// Help says how to score a proxy.
func (benchCmd) Help() string {
	return "Sends ways to hide a published test number, and values that only look like one, through any proxy to a shop of its own, " +
		"and shows what arrived there. Point the proxy at --shop first. Exits 0 without a leak or false block, 1 with any, " +
		"2 if the proxy does not lead to the shop. gateway/leakbench/README.md has configurations and scores of others."
}

// Run scores the target.
func (c *benchCmd) Run(a *app) error {
	target, err := c.target(a)
	if err != nil {
		return err
	}
	shop, err := leakbench.NewShop(c.Shop)
	if err != nil {
		return err
	}
	defer shop.Close()
	out := json.NewEncoder(a.Stdout)
	score, err := leakbench.Run(a.Ctx, target, shop, func(o leakbench.Outcome) { c.tell(a, out, o) })
	if err != nil {
		fmt.Fprintf(a.Stderr, "panwall: %v\n", err)
		if errors.Is(err, leakbench.ErrElsewhere) {
			fmt.Fprintf(a.Stderr, "hint: the proxy has to forward to http://%s\n", shop.Addr())
		}
		return exitError(exitUnread)
	}
	return c.sum(a, out, score)
}

func (c *benchCmd) target(a *app) (leakbench.Target, error) {
	t := leakbench.Target{URL: c.Target, Host: c.Host}
	if c.Target.Scheme != "http" && c.Target.Scheme != "https" || c.Target.Host == "" {
		return t, a.usageError("--target needs http://HOST:PORT or https://HOST:PORT")
	}
	if c.CA == "" {
		return t, nil
	}
	pem, err := os.ReadFile(c.CA)
	if err != nil {
		return t, fmt.Errorf("reading root certificates: %w", err)
	}
	t.TLS = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool()}
	if !t.TLS.RootCAs.AppendCertsFromPEM(pem) {
		return t, a.usageError("%s holds no certificate", c.CA)
	}
	return t, nil
}

// tell shows one case: every case as JSON, and only what went wrong for people.
func (c *benchCmd) tell(a *app, out *json.Encoder, o leakbench.Outcome) {
	switch {
	case c.JSON:
		_ = out.Encode(map[string]any{"id": o.Case.ID, "category": o.Case.Category, "status": o.Status, "wrong": o.Wrong})
	case o.Wrong && o.Case.Set() == leakbench.Lookalikes:
		fmt.Fprintf(a.Stdout, "false block  %s, answered %d\n", o.Case, o.Status)
	case o.Wrong:
		fmt.Fprintf(a.Stdout, "leak         %s, answered %d\n", o.Case, o.Status)
	}
}

func (c *benchCmd) sum(a *app, out *json.Encoder, score leakbench.Score) error {
	wrong := 0
	for _, row := range [...]struct {
		set    leakbench.Set
		key    string
		format string
	}{
		{leakbench.Leaks, "leaks", "%d leaks of %d\n"},
		{leakbench.Found, "further_leaks", "%d leaks of %d further cases that real parsers found\n"},
		{leakbench.Lookalikes, "false_blocks", "%d false blocks of %d\n"},
	} {
		n := score[row.set]
		wrong += n.Wrong
		if c.JSON {
			_ = out.Encode(map[string]int{row.key: n.Wrong, "of": n.Of})
			continue
		}
		fmt.Fprintf(a.Stdout, row.format, n.Wrong, n.Of)
	}
	if wrong > 0 {
		return exitError(exitFailure)
	}
	return nil
}

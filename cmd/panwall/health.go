package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/cappertrophy/panwall/gateway/admin"
)

// adminFlag says where a running gateway's private listener is.
type adminFlag struct {
	Admin string `default:"unix:/run/panwall/admin.sock" placeholder:"ADDR" help:"Private listener of the running gateway: unix:/path or host:port."`
}

type healthCmd struct{ adminFlag }

// Run exits 0 when the gateway is ready, degraded or not; 1 otherwise.
func (c healthCmd) Run(a *app) error {
	status, body, err := admin.NewClient(c.Admin).Get(a.Ctx, "/readyz")
	if err != nil {
		return fmt.Errorf("%w\nhint: --admin names the address that listen.admin has in the configuration", err)
	}
	fmt.Fprintf(a.Stdout, "%s\n", bytes.TrimSpace(body))
	if status != http.StatusOK {
		return exitError(exitFailure)
	}
	return nil
}

type statusCmd struct{ adminFlag }

// Run prints /status, indented.
func (c statusCmd) Run(a *app) error {
	status, body, err := admin.NewClient(c.Admin).Get(a.Ctx, "/status")
	if err != nil {
		return fmt.Errorf("%w\nhint: --admin names the address that listen.admin has in the configuration", err)
	}
	if status != http.StatusOK {
		return fmt.Errorf("the gateway answered %d", status)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, bytes.TrimSpace(body), "", "  "); err != nil {
		return fmt.Errorf("reading the status: %w", err)
	}
	fmt.Fprintln(a.Stdout, indented.String())
	return nil
}

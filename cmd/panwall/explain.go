package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"strings"

	"github.com/cappertrophy/panwall/gateway/trial"
)

type explainCmd struct {
	judged
	Client string `default:"203.0.113.7" placeholder:"ADDR" help:"Address the request comes from."`
	JSON   bool   `help:"Print as JSON."`
	File   string `arg:"" optional:"" type:"path" help:"One raw HTTP request; without one it is read from standard input."`
}

// maxRequest bounds a request read from a file, in bytes.
const maxRequest = 64 << 20

// Run shows what the rules make of one request, and why.
func (c *explainCmd) Run(a *app) error {
	client, err := netip.ParseAddr(c.Client)
	if err != nil {
		return a.usageError("--client: write an address such as 203.0.113.7")
	}
	set, err := c.load(a)
	if err != nil {
		return a.faults(err)
	}
	r, err := c.request(a)
	if err != nil {
		return err
	}
	t := trial.New(set, a.Now())
	h, err := t.Hear(r, client)
	if err != nil {
		return err
	}
	e := explain(t, h, a.Now())
	if c.JSON {
		encoder := json.NewEncoder(a.Stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(e)
	}
	e.print(a.Stdout)
	return nil
}

func (c *explainCmd) request(a *app) (*http.Request, error) {
	from := a.Stdin
	if c.File != "" && c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return nil, fmt.Errorf("reading the request: %w", err)
		}
		defer f.Close()
		raw, err := io.ReadAll(io.LimitReader(f, maxRequest))
		if err != nil {
			return nil, fmt.Errorf("reading the request: %w", err)
		}
		from = strings.NewReader(string(raw))
	}
	r, err := http.ReadRequest(bufio.NewReader(from))
	if err != nil {
		return nil, fmt.Errorf("not an HTTP request: it begins with a line such as POST /contact HTTP/1.1")
	}
	return r, nil
}

package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Client talks to a running gateway's private listener.
type Client struct {
	address string
	http    http.Client
}

// NewClient is a client for address, unix:/path or host:port.
func NewClient(address string) *Client {
	transport := &http.Transport{DisableKeepAlives: true}
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", path)
		}
		return &Client{address: "panwall", http: http.Client{Transport: transport, Timeout: time.Minute}}
	}
	return &Client{address: address, http: http.Client{Transport: transport, Timeout: 10 * time.Second}}
}

// Get fetches path and gives its status and body, at most 1 MiB.
func (c *Client) Get(ctx context.Context, path string) (int, []byte, error) {
	return c.do(ctx, http.MethodGet, path, nil)
}

// Post sends request as JSON to a mutation and reads its answer into answer. A refusal is an error in the
// gateway's own words.
func (c *Client) Post(ctx context.Context, path string, request, answer any) error {
	body, err := json.Marshal(request)
	if err != nil {
		return fmt.Errorf("encoding the request: %w", err)
	}
	status, reply, err := c.do(ctx, http.MethodPost, path, body)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		var f failure
		if json.Unmarshal(reply, &f) == nil && f.Error != "" {
			return errors.New(f.Error)
		}
		return fmt.Errorf("the gateway answered %d", status)
	}
	return json.Unmarshal(reply, answer)
}

func (c *Client) do(ctx context.Context, method, path string, body []byte) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+c.address+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return 0, nil, fmt.Errorf("asking the running gateway: %w", err)
	}
	defer answer.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	return answer.StatusCode, reply, err
}

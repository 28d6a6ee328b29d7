package proxy

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// Client is an HTTP/1.1 client for a reverse proxy: one request is written and its answer read on the goroutine that
// asked, where http.Transport hands both over to goroutines of the connection. It forwards a target as it stands in
// URL.Opaque and RawQuery, adds no header of its own and never sends anything twice but a GET, HEAD or OPTIONS without
// a body that met a connection the shop had just closed. It is safe for concurrent use.
type Client struct {
	timeout time.Duration
	dialer  net.Dialer
	tls     *tls.Config
	pool    pool
}

// NewClient makes a client. Timeout is how long the shop may think before its header, and how long it may leave a
// write waiting; zero means 60 s.
func NewClient(timeout time.Duration) *Client {
	if timeout <= 0 {
		timeout = time.Minute
	}
	return &Client{
		timeout: timeout,
		dialer:  net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second},
		tls:     &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}},
	}
}

// CloseIdleConnections drops what is kept for reuse.
func (c *Client) CloseIdleConnections() { c.pool.empty() }

// RoundTrip sends one request and reads the header of its answer. The body of the answer holds the connection until it
// was read to its end or closed.
func (c *Client) RoundTrip(r *http.Request) (*http.Response, error) {
	to := origin{r.URL.Scheme, r.URL.Host}
	if conn := c.pool.take(to); conn != nil {
		resp, err := newExchange(c, conn, r).run(r)
		if err == nil || conn.answered || !repeatable(r) || r.Context().Err() != nil {
			return resp, err
		}
	}
	conn, err := c.dial(r.Context(), to)
	if err != nil {
		return nil, err
	}
	return newExchange(c, conn, r).run(r)
}

// repeatable reports whether a request may be sent again: it changes nothing (RFC 9110 section 9.2.2) and its body is
// still there, because it has none.
func repeatable(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return r.Body == nil || r.Body == http.NoBody
	}
	return false
}

func (c *Client) dial(ctx context.Context, to origin) (*conn, error) {
	address := to.host
	if _, _, err := net.SplitHostPort(address); err != nil {
		address = net.JoinHostPort(trimBrackets(address), map[string]string{"http": "80", "https": "443"}[to.scheme])
	}
	raw, err := c.dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	if to.scheme != "https" {
		return newConn(raw, raw, to), nil
	}
	name, _, _ := net.SplitHostPort(address)
	config := c.tls.Clone()
	config.ServerName = name
	secured := tls.Client(raw, config)
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, err
	}
	return newConn(secured, raw, to), nil
}

func trimBrackets(host string) string {
	if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		return host[1 : len(host)-1]
	}
	return host
}

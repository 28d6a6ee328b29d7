package proxy

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// origin is one address of the shop.
type origin struct{ scheme, host string }

func parseOrigins(urls []string) ([]origin, error) {
	if len(urls) == 0 {
		return nil, errors.New("no URL")
	}
	origins := make([]origin, len(urls))
	for i, raw := range urls {
		u, err := url.Parse(raw)
		switch {
		case err != nil:
			return nil, err
		case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
			return nil, fmt.Errorf("%q is no http:// or https:// origin", raw)
		case u.Path != "" && u.Path != "/", u.RawQuery != "", u.User != nil, u.Fragment != "":
			return nil, fmt.Errorf("%q has more than an origin: the target is forwarded as received", raw)
		}
		origins[i] = origin{u.Scheme, u.Host}
	}
	return origins, nil
}

// ask sends the request to the origin that answered last and, where that one cannot be reached, to the next. Only a
// failed dial moves on: then no byte of the request was written, and nothing is ever sent twice.
func (p *Proxy) ask(out *http.Request) (*http.Response, error) {
	first := p.preferred.Load()
	var lastErr error
	for i := range uint32(len(p.origins)) {
		at := (first + i) % uint32(len(p.origins))
		out.URL.Scheme, out.URL.Host = p.origins[at].scheme, p.origins[at].host
		resp, err := p.options.Transport.RoundTrip(out)
		if err == nil {
			if i > 0 {
				p.preferred.Store(at)
			}
			return resp, nil
		}
		lastErr = err
		if !isDial(err) || out.Context().Err() != nil {
			break
		}
	}
	return nil, lastErr
}

func isDial(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// The bounds of a connection to the shop.
const (
	dialTimeout       = 5 * time.Second
	maxResponseHeader = 256 << 10 // bytes
	// idleTimeout is below what common shops keep open (Apache and Node 5 s), so that a request seldom meets a
	// connection that the shop is just closing: a POST in that gap cannot be sent again.
	idleTimeout = 4 * time.Second
	maxIdle     = 256
)

// NewTransport carries requests over net/http's own client. Timeout is how long the shop may think before its
// header; zero means 60 s.
func NewTransport(timeout time.Duration) *http.Transport {
	if timeout <= 0 {
		timeout = time.Minute
	}
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    dialTimeout,
		DisableCompression:     true, // the client's Accept-Encoding is the client's
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    maxIdle,
		IdleConnTimeout:        idleTimeout,
		ResponseHeaderTimeout:  timeout,
		MaxResponseHeaderBytes: maxResponseHeader,
	}
}

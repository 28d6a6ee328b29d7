package courier

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/cappertrophy/panwall/gateway/config"
)

// client speaks to one server off the host.
type client struct {
	http  *http.Client
	token config.Secret
}

func newClient(d config.Destination) (*client, error) {
	conf, err := tlsConfig(d)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{TLSClientConfig: conf, Proxy: http.ProxyFromEnvironment, MaxIdleConns: 1}
	return &client{
		http: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // the token is for this server alone
		}},
		token: d.Token,
	}, nil
}

// tlsConfig trusts the authority that d names, or the system's.
func tlsConfig(d config.Destination) (*tls.Config, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if d.CA == "" {
		return conf, nil
	}
	roots, err := os.ReadFile(d.CA)
	if err != nil {
		return nil, fmt.Errorf("reading certificate authority: %w", err)
	}
	conf.RootCAs = x509.NewCertPool()
	if !conf.RootCAs.AppendCertsFromPEM(roots) {
		return nil, fmt.Errorf("reading certificate authority %s: no certificate in it", d.CA)
	}
	return conf, nil
}

// do sends one request and returns the body of a successful answer, at most fileTail bytes of it.
func (c *client) do(ctx context.Context, method, url string, body []byte, header http.Header) (*http.Response, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, nil, errors.New("reading destination: not a URL")
	}
	for name, values := range header {
		r.Header[name] = values
	}
	if !c.token.IsZero() {
		token, err := c.token.Read()
		if err != nil {
			return nil, nil, err
		}
		r.Header.Set("Authorization", "Bearer "+string(token))
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, nil, fmt.Errorf("sending off the host: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, fileTail))
	if err != nil {
		return nil, nil, fmt.Errorf("sending off the host: %w", err)
	}
	return answer, text, nil
}

// httpsAnchor posts checkpoints to a server, which answers a GET with the newest, or 404.
type httpsAnchor struct {
	*client
	url string
}

// Name is the anchor's URL.
func (a *httpsAnchor) Name() string { return a.url }

// Put posts a checkpoint.
func (a *httpsAnchor) Put(ctx context.Context, signed []byte) error {
	answer, _, err := a.do(ctx, http.MethodPost, a.url, signed, http.Header{"Content-Type": {"text/plain; charset=utf-8"}})
	if err == nil && answer.StatusCode/100 != 2 {
		err = fmt.Errorf("sending off the host: the anchor answers %d", answer.StatusCode)
	}
	return err
}

// Last asks for the newest checkpoint.
func (a *httpsAnchor) Last(ctx context.Context) ([]byte, error) {
	answer, text, err := a.do(ctx, http.MethodGet, a.url, nil, nil)
	switch {
	case err != nil:
		return nil, err
	case answer.StatusCode == http.StatusNotFound:
		return nil, nil
	case answer.StatusCode == http.StatusMethodNotAllowed:
		return nil, ErrForgets
	case answer.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("asking the anchor: it answers %d", answer.StatusCode)
	}
	return text, nil
}

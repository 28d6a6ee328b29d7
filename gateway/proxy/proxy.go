// Package proxy is the way to the shop: one request forwarded exactly as it was inspected, its answer streamed back,
// and every fault of the upstream in one table.
package proxy

import (
	"io"
	"net/http"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// Options say where a site's shop is and what may happen on the way.
type Options struct {
	// Upstream is the shop. At least one URL is required.
	Upstream config.Upstream
	// Transport carries requests; nil means NewTransport(Upstream).
	Transport http.RoundTripper
	// Offer decides about a request that asks for another protocol and may change the header that the shop gets;
	// an error refuses it. Nil refuses every upgrade.
	Offer func(v *visit.Visit, out *http.Request) error
	// Upgrade is given the shop's 101 and makes what is spliced to the client: resp.Body is an io.ReadWriteCloser to the
	// shop. An error refuses the upgrade before the client has seen any of it. Nil refuses every upgrade.
	Upgrade func(v *visit.Visit, out *http.Request, resp *http.Response) (io.ReadWriteCloser, error)
	// Failed, if not nil, is told why the shop could not be asked or broke off. The error holds no part of the request.
	Failed func(v *visit.Visit, err error)
}

// Proxy forwards the requests of one site. It is safe for concurrent use.
type Proxy struct{ options Options }

// New makes the proxy of one site.
func New(o Options) (*Proxy, error) { return &Proxy{o}, nil }

// ServeHTTP forwards one request and its answer.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	refusal.Write(w, r, visit.From(r.Context()), &refusal.Refusal{Code: refusal.BadGateway})
}

// Close drops idle connections to the shop.
func (p *Proxy) Close() {}

// Package proxy is the way to the shop: one request forwarded exactly as it was inspected, its answer streamed back,
// and every fault of the upstream in one table.
package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// Options say where a site's shop is and what may happen on the way.
type Options struct {
	// Upstream is the shop. At least one URL is required.
	Upstream config.Upstream
	// Transport carries requests; nil means NewClient(Upstream.Timeout).
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
type Proxy struct {
	options   Options
	origins   []origin
	preferred atomic.Uint32 // index of the origin that answered last
}

// New makes the proxy of one site.
func New(o Options) (*Proxy, error) {
	origins, err := parseOrigins(o.Upstream.URLs)
	if err != nil {
		return nil, fmt.Errorf("reading upstream.urls: %w", err)
	}
	if o.Transport == nil {
		o.Transport = NewClient(o.Upstream.Timeout)
	}
	return &Proxy{options: o, origins: origins}, nil
}

// Close drops idle connections to the shop.
func (p *Proxy) Close() {
	if c, ok := p.options.Transport.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// ServeHTTP forwards one request and its answer. A request without a visit was not inspected and goes nowhere.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v := visit.From(r.Context())
	if v == nil {
		refusal.Write(w, r, nil, &refusal.Refusal{Code: refusal.Internal})
		return
	}
	protocol := upgradeOf(r)
	if protocol != "" && (p.options.Offer == nil || p.options.Upgrade == nil) {
		refusal.Write(w, r, v, &refusal.Refusal{Code: refusal.NoUpgrade})
		return
	}
	if r.Method == http.MethodConnect {
		refusal.Write(w, r, v, &refusal.Refusal{Code: refusal.UnknownMethod})
		return
	}
	body := newBody(r)
	defer body.release(w)
	hints := &hints{to: w}
	out := p.outgoing(hints.trace(r.Context()), v, r, body, protocol)
	if protocol != "" {
		if err := p.options.Offer(v, out); err != nil {
			refusal.Write(w, r, v, refusalOr(err, refusal.NoUpgrade))
			return
		}
	}
	resp, err := p.ask(out)
	hints.end()
	if err != nil {
		p.failed(w, r, v, body, err)
		return
	}
	p.answer(w, r, v, out, resp, protocol)
}

// answer brings the shop's answer to the client.
func (p *Proxy) answer(w http.ResponseWriter, r *http.Request, v *visit.Visit, out *http.Request, resp *http.Response, protocol string) {
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusSwitchingProtocols {
		p.switchProtocols(w, r, v, out, resp, protocol)
		return
	}
	err := relay(w, resp)
	var broken *upstreamError
	if errors.As(err, &broken) && r.Context().Err() == nil {
		p.report(v, broken.err)
	}
	if err != nil {
		panic(http.ErrAbortHandler) // the client must see that the answer broke off (RFC 9112 section 8)
	}
}

// failed answers a request that the shop did not.
func (p *Proxy) failed(w http.ResponseWriter, r *http.Request, v *visit.Visit, body *body, err error) {
	if fault := body.fault(); fault != nil { // the client's side broke, or the inspection of a streamed body cut it
		refusal.Write(w, r, v, fault)
		return
	}
	if errors.Is(r.Context().Err(), context.Canceled) {
		panic(http.ErrAbortHandler) // the client has gone: nobody is there to answer
	}
	p.report(v, err)
	refusal.Write(w, r, v, &refusal.Refusal{Code: faultOf(err).code})
}

func (p *Proxy) report(v *visit.Visit, err error) {
	if p.options.Failed != nil {
		p.options.Failed(v, describe(err))
	}
}

// refusalOr is the refusal that an error is, else one with the given code.
func refusalOr(err error, code refusal.Code) *refusal.Refusal {
	var ref *refusal.Refusal
	if errors.As(err, &ref) {
		return ref
	}
	return &refusal.Refusal{Code: code}
}

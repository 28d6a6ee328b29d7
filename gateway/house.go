package gateway

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/cappertrophy/panwall/gateway/clientip"
	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/inspect/websocket"
	"github.com/cappertrophy/panwall/gateway/proxy"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// house is what one configuration means to requests; a reload swaps it whole.
type house struct {
	config   *config.Config
	resolver *clientip.Resolver
	hosts    map[string]*config.Site
	anyHost  *config.Site // the site without hosts; nil if every site names its own
	shops    map[*config.Site]*proxy.Proxy
}

// newHouse opens the way to every shop of c.
func (g *Gateway) newHouse(c *config.Config) (*house, error) {
	h := &house{
		config:   c,
		resolver: clientip.From(c.ClientAddress),
		hosts:    map[string]*config.Site{},
		shops:    map[*config.Site]*proxy.Proxy{},
	}
	for i := range c.Sites {
		site := &c.Sites[i]
		shop, err := proxy.New(proxy.Options{Upstream: site.Upstream, Offer: offer, Upgrade: g.upgrade, Failed: g.shopFailed})
		if err != nil {
			h.close()
			return nil, fmt.Errorf("opening the way to the shop: %w", err)
		}
		h.shops[site] = shop
		for _, host := range site.Hosts {
			h.hosts[host] = site
		}
		if len(site.Hosts) == 0 {
			h.anyHost = site
		}
	}
	return h, nil
}

// site is whose request for host this is; nil for a host that is nobody's.
func (h *house) site(host string) *config.Site {
	if site, ok := h.hosts[host]; ok {
		return site
	}
	return h.anyHost
}

// close drops the idle connections to the shops; requests under way keep theirs.
func (h *house) close() {
	for _, shop := range h.shops {
		shop.Close()
	}
}

var errUpgradeNotAllowed = errors.New("no rule allows this upgrade")

// offer prepares a request for another protocol: a WebSocket where a rule allows it, without extensions, so that its
// messages can be read.
func offer(v *visit.Visit, out *http.Request) error {
	if _, ok := v.Rules.WebSocket(v.Request); !ok {
		return errUpgradeNotAllowed
	}
	websocket.OfferNone(out.Header)
	return nil
}

// upgrade puts the guard between a WebSocket's two ends.
func (g *Gateway) upgrade(v *visit.Visit, out *http.Request, resp *http.Response) (io.ReadWriteCloser, error) {
	allowed, ok := v.Rules.WebSocket(v.Request)
	if !ok {
		return nil, errUpgradeNotAllowed
	}
	if err := websocket.Accepted(out.Header, resp); err != nil {
		return nil, err
	}
	upstream, ok := resp.Body.(io.ReadWriteCloser)
	if !ok {
		return nil, errors.New("the shop's connection cannot be written to")
	}
	limits := websocket.Limits{
		MaxMessage: allowed.MaxMessage, Rate: allowed.Rate, Hold: g.inspector.Hold(v.Client),
		Closed: func(code websocket.Code) {
			g.log.Info().Str("id", v.ID).Str("route", v.Route).Int("code", int(code)).Msg("WebSocket closed")
		},
	}
	return websocket.Guard(upstream, limits, g.messages(v)), nil
}

func (g *Gateway) shopFailed(v *visit.Visit, err error) {
	g.log.Warn().Str("id", v.ID).Str("route", v.Route).Err(err).Msg("the shop could not be asked")
}

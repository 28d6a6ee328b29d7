package gateway

import (
	"net/http"

	"github.com/cappertrophy/panwall/gateway/edge"
	"github.com/cappertrophy/panwall/gateway/headers"
	"github.com/cappertrophy/panwall/gateway/pages"
	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// chain is the order of the stations, from the shop back to the door; read it from below. headers wraps all that can
// answer, so that refusals carry them too; notify stands before limit, so that only a verified notification leaves
// client limits; nothing stands between inspect and the shop that could read the request anew.
func (g *Gateway) chain() http.Handler {
	var h http.Handler = http.HandlerFunc(g.toShop)
	h = pages.Handler(h, pages.Options{PageOf: pageOf})
	h = g.inspector.Handler(h)
	h = g.limits.Handler(h)
	h = g.notifications.Handler(h)
	h = knownHost(h)
	h = edge.Strict(h)
	stamped := headers.Handler(h, pageOf)
	stamped.Panicked = g.panicked
	return g.receive(stamped)
}

// knownHost answers 421 to a request for a host that is no site of ours or not covered by its certificate.
func knownHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visit.From(r.Context())
		if v.Site == nil || edge.Misdirected(r) {
			refusal.Write(w, r, v, &refusal.Refusal{Code: refusal.Misdirected})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// pageOf is what is stamped on the answer to r.
func pageOf(r *http.Request) *ruleset.Page {
	v := visit.From(r.Context())
	if v == nil {
		return nil
	}
	return v.Rules.Page(v.Request)
}

// toShop forwards to the shop of the visit's site.
func (g *Gateway) toShop(w http.ResponseWriter, r *http.Request) {
	v := visit.From(r.Context())
	shop, ok := g.house.Load().shops[v.Site]
	if !ok { // the site went with a reload while the request was under way
		refusal.Write(w, r, v, &refusal.Refusal{Code: refusal.BadGateway})
		return
	}
	shop.ServeHTTP(w, r)
}

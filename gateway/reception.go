package gateway

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"

	"github.com/cappertrophy/panwall/gateway/clientip"
	"github.com/cappertrophy/panwall/gateway/logbook"
	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// receive gives each request its papers and, when it is answered, its line in the access log.
func (g *Gateway) receive(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := g.papers(r)
		answer := &answerWriter{ResponseWriter: w}
		defer func() { g.answered(r, v, answer) }()
		r = r.WithContext(visit.With(r.Context(), v))
		if errors.Is(err, clientip.ErrMalformed) {
			refusal.Write(answer, r, v, &refusal.Refusal{Code: refusal.BadRequest})
			return
		}
		next.ServeHTTP(answer, r)
	})
}

// papers fills in a visit. With an error the client is not known; the visit is complete all the same.
func (g *Gateway) papers(r *http.Request) (*visit.Visit, error) {
	house, rules := g.house.Load(), g.rules.Load()
	client, err := house.resolver.Client(r.RemoteAddr, r.Header)
	request := ruleset.NewRequest(r, client)
	return &visit.Visit{
		ID:      visit.NewID(),
		Start:   g.now(),
		Client:  client,
		Site:    house.site(request.Host),
		Rules:   rules,
		Request: request,
		Route:   rules.Route(request),
		Action:  "pass",
		Test:    g.selftest.recognise(r.Header),
	}, err
}

// answered counts a request and writes its line: no query, no full address, no name the client chose.
func (g *Gateway) answered(r *http.Request, v *visit.Visit, a *answerWriter) {
	took := g.now().Sub(v.Start)
	g.metrics.answered(v, a.status, took)
	if !g.house.Load().config.Log.Access {
		return
	}
	line := g.access.Info().Str("id", v.ID).Str("method", knownMethod(r.Method)).Str("route", v.Route).
		Int("status", a.status).Int64("bytes", a.bytes).Int64("us", took.Microseconds()).Str("action", v.Action)
	if v.Client.IsValid() {
		line.Stringer("net", clientip.Network(v.Client))
	}
	if v.Site != nil && len(v.Site.Hosts) > 0 { // where any host will do, the name is the client's
		line.Str("host", v.Request.Host)
	}
	if v.Code != "" {
		line.Str("code", v.Code)
	}
	if r.TLS != nil {
		line.Str("tls", tls.VersionName(r.TLS.Version))
	}
	line.Str("agent", logbook.Agent(r.UserAgent())).Str("proto", r.Proto).Msg("request")
}

// knownMethod keeps a method of the client's own making out of the log.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	default:
		return "other"
	}
}

// panicked notes a panic behind the headers station: its type and stack, never its value, which may hold what a
// visitor sent.
func (g *Gateway) panicked(r *http.Request, kind string, stack []byte) {
	g.inspectPanicked(visit.From(r.Context()), kind, stack)
}

func (g *Gateway) inspectPanicked(v *visit.Visit, kind string, stack []byte) {
	g.metrics.panics.Inc()
	g.log.Error().Str("id", v.ID).Str("route", v.Route).Str("kind", kind).Bytes("stack", stack).Msg("panic recovered")
}

// answerWriter notes the status and size of an answer.
type answerWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (a *answerWriter) WriteHeader(status int) {
	if a.status == 0 && status >= 200 || status == http.StatusSwitchingProtocols {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answerWriter) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(p)
	a.bytes += int64(n)
	return n, err
}

// ReadFrom keeps sendfile and pooled buffers of the writer below.
func (a *answerWriter) ReadFrom(src io.Reader) (int64, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := io.Copy(a.ResponseWriter, src)
	a.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answerWriter) Unwrap() http.ResponseWriter { return a.ResponseWriter }

package proxy

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/cappertrophy/panwall/gateway/clientip"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// outgoing is the request as the shop gets it: method, target, body and the order of each header's values as received;
// hop-by-hop and forwarding headers are ours.
func (p *Proxy) outgoing(ctx context.Context, v *visit.Visit, r *http.Request, body *body, protocol string) *http.Request {
	out := r.WithContext(ctx)
	out.URL = target(r)
	out.RequestURI, out.Close, out.TransferEncoding = "", false, nil
	out.Header = forwardable(r.Header, 8)
	out.Trailer = trailers(v, r)
	if out.Trailer != nil {
		out.ContentLength = -1 // trailers need chunks (RFC 9112 section 7.1.2)
	}
	out.Body = http.NoBody
	if body.from != nil {
		out.Body = body
	}
	if protocol != "" {
		out.Header["Connection"], out.Header["Upgrade"] = []string{"Upgrade"}, []string{protocol}
	}
	if r.TLS != nil {
		clientip.Stamp(out.Header, clientip.Told{Client: v.Client, Host: r.Host, Proto: "https"})
	} else {
		clientip.Stamp(out.Header, clientip.Told{Client: v.Client, Host: r.Host, Proto: "http"})
	}
	out.Header[requestID] = []string{v.ID}
	if _, named := out.Header["User-Agent"]; !named {
		out.Header["User-Agent"] = []string{""} // keeps net/http from naming itself
	}
	return out
}

// requestID is the request's number from us alone: what a client sends under this name never arrives. X-Request-Id is
// the client's or its load balancer's own to choose, and goes on as any header does.
const requestID = "Panwall-Request-Id"

// target is the request target byte for byte, in the only shape net/http does not write anew: an opaque path. Its own
// parse of the path would encode `|` and drop a trailing `?`.
func target(r *http.Request) *url.URL {
	raw := r.RequestURI
	if raw == "" {
		raw = r.URL.RequestURI() // a request made in this process, by a test or a health check
	}
	if !strings.HasPrefix(raw, "/") && raw != "*" {
		raw = originForm(raw)
	}
	path, query, question := strings.Cut(raw, "?")
	return &url.URL{Opaque: path, RawQuery: query, ForceQuery: question}
}

// originForm takes scheme and authority off an absolute target (RFC 9112 section 3.2.2); net/http has put the
// authority into Host.
func originForm(raw string) string {
	_, rest, found := strings.Cut(raw, "://")
	if !found {
		return "/"
	}
	if at := strings.IndexAny(rest, "/?"); at >= 0 {
		rest = rest[at:]
		if rest[0] == '?' {
			return "/" + rest
		}
		return rest
	}
	return "/"
}

// hopByHop are the fields that end with this connection (RFC 9110 section 7.6.1, and what proxies were once asked).
// Expect ends here too: whoever waits for a 100 gets ours. Content-Length is written anew from the body.
var hopByHop = map[string]bool{
	"Connection": true, "Proxy-Connection": true, "Keep-Alive": true, "Proxy-Authenticate": true, "Proxy-Authorization": true,
	"Proxy-Authentication-Info": true, "Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
	"Http2-Settings": true, "Expect": true, "Content-Length": true,
}

// forwardable copies the fields that go on to the shop, with room for some more. Names with an underscore stay behind:
// CGI makes X_Real_IP and X-Real-IP one variable, so one of them could speak for the other (RFC 3875 section 4.1.18).
func forwardable(h http.Header, room int) http.Header {
	out := make(http.Header, len(h)+room)
	named := h["Connection"]
	for name, values := range h {
		if hopByHop[name] || strings.IndexByte(name, '_') >= 0 || len(named) > 0 && listed(named, name) {
			continue
		}
		out[name] = values
	}
	if httpguts.HeaderValuesContainsToken(h["Te"], "trailers") {
		out["Te"] = []string{"trailers"} // the answer's trailers do pass
	}
	return out
}

// listed reports whether Connection names a field of this hop alone. The fields that the shop's protection or the
// request's meaning hangs on cannot be taken away like that.
func listed(connection []string, name string) bool {
	switch name {
	case "Host", "Cookie", "Authorization", "Content-Type", "Content-Encoding", "Origin":
		return false
	}
	return httpguts.HeaderValuesContainsToken(connection, name)
}

// trailers are the request's trailers that a rule names. They were inspected with the body, so only those that had
// arrived by then pass; net/http has dropped the ones that were not announced.
func trailers(v *visit.Visit, r *http.Request) http.Header {
	if len(r.Trailer) == 0 || v.Rules == nil {
		return nil
	}
	var out http.Header
	allowed := v.Rules.Trailers(v.Request)
	for name, values := range r.Trailer {
		if len(values) > 0 && slices.Contains(allowed, name) {
			if out == nil {
				out = make(http.Header, len(allowed))
			}
			out[name] = values
		}
	}
	return out
}

// upgradeOf is the protocol that a request asks to switch to, empty if it asks for none (RFC 9110 section 7.8: only
// with the connection option, and never over HTTP/2).
func upgradeOf(r *http.Request) string {
	if r.ProtoMajor != 1 || len(r.Header["Upgrade"]) == 0 || !httpguts.HeaderValuesContainsToken(r.Header["Connection"], "upgrade") {
		return ""
	}
	return strings.Join(r.Header["Upgrade"], ", ")
}

package edge

import (
	"io"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// maxFields bounds a request's header lines. Browsers send twenty or thirty.
const maxFields = 200

// methods are those that pass; the shop's parser need not know any other.
var methods = map[string]bool{
	http.MethodGet: true, http.MethodHead: true, http.MethodPost: true, http.MethodPut: true,
	http.MethodPatch: true, http.MethodDelete: true, http.MethodOptions: true,
}

// Strict refuses what net/http lets through and two parsers could read differently, and brings the rest into one shape:
//   - a method that is not on the list: 501
//   - a target with spaces, control bytes, `#` or bytes beyond ASCII, or that is neither a path nor `OPTIONS *`: 400
//   - an absolute target becomes its path (RFC 9112 section 3.2.2); its host is already the request's
//   - `:authority` and Host that differ, userinfo in either, two Content-Types or Content-Lengths: 400
//   - more than 200 header lines: 431
//   - HTTP/1.0: one answer and the connection ends, since what follows a chunked body would be read as a request
//   - trailers that were not declared are dropped
//
// It stands inside whatever stamps headers, so that its refusals carry them.
func Strict(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !r.ProtoAtLeast(1, 1) {
			w.Header().Set("Connection", "close")
		}
		if code := fault(r); code != "" {
			refusal.Write(w, r, visit.From(r.Context()), &refusal.Refusal{Code: code})
			return
		}
		delete(r.Header, "Host") // HTTP/2 leaves it there; it equals r.Host
		declareOnly(r)
		next.ServeHTTP(w, r)
	})
}

// fault is why a request is refused, empty if it is not. It brings an absolute target into origin form.
func fault(r *http.Request) refusal.Code {
	switch {
	case !methods[r.Method]:
		return refusal.UnknownMethod
	case fields(r.Header) > maxFields:
		return refusal.HeaderTooLarge
	case !goodTarget(r.RequestURI), !originForm(r):
		return refusal.BadRequest
	case len(r.Header["Content-Type"]) > 1, len(r.Header["Content-Length"]) > 1:
		return refusal.BadRequest
	case !sameHost(r):
		return refusal.BadRequest
	default:
		return ""
	}
}

func fields(h http.Header) int {
	n := 0
	for _, values := range h {
		n += len(values)
	}
	return n
}

// originForm leaves a path and its query in RequestURI, or `*` of OPTIONS, and reports whether it could.
func originForm(r *http.Request) bool {
	if strings.HasPrefix(r.RequestURI, "/") {
		return true
	}
	if r.RequestURI == "*" {
		return r.Method == http.MethodOptions
	}
	// HTTP/2 has no absolute form (RFC 9113 section 8.3.1). Of HTTP/1.1's, net/http has taken the host for the request's.
	if r.ProtoMajor > 1 || r.URL.User != nil || r.URL.Host == "" || r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		return false
	}
	_, rest, _ := strings.Cut(r.RequestURI, "://")
	rest = rest[len(authorityOf(rest)):]
	if !strings.HasPrefix(rest, "/") {
		rest = "/" + rest
	}
	r.RequestURI, r.URL.Scheme, r.URL.Host = rest, "", ""
	if r.URL.Path == "" {
		r.URL.Path = "/"
	}
	return true
}

func authorityOf(s string) string {
	if i := strings.IndexAny(s, "/?"); i >= 0 {
		return s[:i]
	}
	return s
}

// sameHost says whether every Host field equals the authority the request was routed by (RFC 9113 section 8.3.1).
func sameHost(r *http.Request) bool {
	if r.Host == "" || strings.ContainsAny(r.Host, "@/\\?") {
		return false
	}
	for _, h := range r.Header["Host"] {
		if !strings.EqualFold(h, r.Host) {
			return false
		}
	}
	return true
}

// declareOnly drops trailers that no Trailer field announced: over HTTP/1.1 net/http adds them to the map when the
// body ends.
func declareOnly(r *http.Request) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	declared := map[string]bool{}
	for name := range r.Trailer {
		declared[textproto.CanonicalMIMEHeaderKey(name)] = true
	}
	r.Body = &trailed{ReadCloser: r.Body, drop: func() {
		for name := range r.Trailer {
			if !declared[name] {
				delete(r.Trailer, name)
			}
		}
	}}
}

type trailed struct {
	io.ReadCloser
	drop func()
}

func (t *trailed) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	if err != nil {
		t.drop()
	}
	return n, err
}

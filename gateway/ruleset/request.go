package ruleset

import (
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// Request is what rules can select on. Make it once per request with NewRequest.
type Request struct {
	Host       string // lower case, no port, no trailing dot
	Method     string
	Path       string     // as received, escaped
	Normalised string     // Path decoded, dot segments and doubled slashes resolved, matrix parameters cut
	Query      url.Values // decoded leniently: `;` separates too, invalid escapes stand for themselves
	Type       string     // media type of the body, lower case, no parameters; empty if none or not one
	Client     netip.Addr

	raw    string     // Path, with the escapes undone that have no other spelling: spaces, letters beyond ASCII
	amp    url.Values // Query where only & separates
	spread reading    // ways in which the readings of this request differ
}

// reading is one way to understand a request's target. A shop understands it in one way we do not know, so rules are
// asked for each that differs, and the stricter answer wins.
type reading uint8

const (
	readNormalised reading = 1 << iota // the path decoded and resolved, not as it was sent
	readLast                           // the last of repeated parameters, not the first
	readSemicolon                      // parameters separated by ; too
	readKnown                          // spread has been worked out; no reading has this bit
)

// NewRequest is what rules see of r: the server's view of its host, target and type, and client as the address rules
// may select on.
func NewRequest(r *http.Request, client netip.Addr) *Request {
	path, query := target(r)
	q := &Request{
		Host: hostname(r.Host), Method: r.Method, Path: path, Client: client.Unmap(), spread: readKnown,
		raw: unescape(path, onlyEscaped), Normalised: Normalise(path),
	}
	if types := r.Header["Content-Type"]; len(types) > 0 {
		q.Type, _, _ = mime.ParseMediaType(types[0])
	}
	if q.raw != q.Normalised {
		q.spread |= readNormalised
	}
	q.readQuery(query)
	return q
}

// target splits the request target as it was received; an absolute form loses its scheme and authority (RFC 9112 section 3.2.2).
func target(r *http.Request) (path, query string) {
	t := r.RequestURI
	if t == "" { // made by a client, as in tests
		return r.URL.EscapedPath(), r.URL.RawQuery
	}
	path, query, _ = strings.Cut(t, "?")
	if !strings.HasPrefix(path, "/") {
		if _, rest, ok := strings.Cut(path, "://"); ok {
			_, rest, _ = strings.Cut(rest, "/")
			path = "/" + rest
		}
	}
	return path, query
}

// hostname is the name alone, as configuration writes it: no port, no brackets, no trailing dot.
func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

func (r *Request) readQuery(query string) {
	r.amp = parseQuery(query, false)
	r.Query = r.amp
	if strings.Contains(query, ";") {
		r.Query = parseQuery(query, true)
		r.spread |= readSemicolon
	}
	for _, values := range r.Query {
		if len(values) > 1 {
			r.spread |= readLast
		}
	}
}

// parseQuery reads parameters as lenient parsers do: what cannot be decoded stands for itself.
func parseQuery(query string, semicolon bool) url.Values {
	if query == "" {
		return nil
	}
	values := make(url.Values)
	for query != "" {
		var pair string
		if i := strings.IndexFunc(query, func(c rune) bool { return c == '&' || semicolon && c == ';' }); i >= 0 {
			pair, query = query[:i], query[i+1:]
		} else {
			pair, query = query, ""
		}
		name, value, _ := strings.Cut(pair, "=")
		name = unescape(strings.ReplaceAll(name, "+", " "), everyEscape)
		values[name] = append(values[name], unescape(strings.ReplaceAll(value, "+", " "), everyEscape))
	}
	return values
}

// readings are the ways in which this request's readings differ; a Request not made by NewRequest is looked at now.
func (r *Request) readings() reading {
	if r.spread&readKnown != 0 {
		return r.spread &^ readKnown
	}
	spread := readLast
	if r.Path != r.Normalised && r.Normalised != "" {
		spread |= readNormalised
	}
	return spread
}

// Readings is in how many ways the target can be understood, at least one.
func (r *Request) Readings() int {
	n := 0
	r.each(func(reading) { n++ })
	return n
}

// path is the path in one reading.
func (r *Request) path(rd reading) string {
	switch {
	case rd&readNormalised != 0:
		return r.Normalised
	case r.raw != "":
		return r.raw
	default:
		return r.Path
	}
}

// parameter is the value of a query parameter in one reading.
func (r *Request) parameter(rd reading, name string) (string, bool) {
	values := r.amp[name]
	if rd&readSemicolon != 0 || r.amp == nil {
		values = r.Query[name]
	}
	switch {
	case len(values) == 0:
		return "", false
	case rd&readLast != 0:
		return values[len(values)-1], true
	default:
		return values[0], true
	}
}

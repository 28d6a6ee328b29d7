package ruleset

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
)

// place is where in a file a value stands.
type place = strictyaml.Place

// Where selects requests, the same in every file. A condition left out asks nothing; all those given must hold, each
// by one of its alternatives. The zero Where selects every request.
type Where struct {
	Hosts   []string          `yaml:"hosts"`   // names; * within a label, ** across
	Methods []string          `yaml:"methods"` // upper case
	Paths   []string          `yaml:"paths"`   // * within a segment, ** across; /a/** is /a too
	Query   map[string]string `yaml:"query"`   // parameter: pattern of its value
	Types   []string          `yaml:"types"`   // media types of the body: multipart/*
	Clients []network         `yaml:"clients"` // addresses and prefixes
}

// network is a prefix, or one address.
type network struct{ netip.Prefix }

// UnmarshalText reads 192.0.2.7, 192.0.2.0/24 or 2001:db8::/48.
func (n *network) UnmarshalText(text []byte) error {
	if a, err := netip.ParseAddr(string(text)); err == nil {
		n.Prefix = netip.PrefixFrom(a, a.BitLen())
		return nil
	}
	return n.Prefix.UnmarshalText(text)
}

// where is a Where, compiled.
type where struct {
	hosts, paths, types []glob
	methods             []string
	query               []parameter
	clients             []network
}

type parameter struct {
	name  string
	value glob
}

// compile notes what can match nothing and makes the rest ready.
func (w *Where) compile(p place) where {
	c := where{methods: w.Methods, clients: w.Clients}
	for i, h := range w.Hosts {
		if h == "" || h != strings.ToLower(h) || strings.ContainsAny(h, ":/ ") {
			p.Key("hosts").Item(i).Fault("write a name in lower case, without scheme and port", "%s can match no host", strictyaml.Quote(h))
		}
		c.hosts = append(c.hosts, newGlob(h, '.'))
	}
	for i, m := range w.Methods {
		if !slices.Contains(knownMethods, m) {
			p.Key("methods").Item(i).Fault(strictyaml.Suggest(m, knownMethods), "no request has the method %s", strictyaml.Quote(m))
		}
	}
	for i, path := range w.Paths {
		c.paths = append(c.paths, compilePath(p.Key("paths").Item(i), path))
	}
	for i, t := range w.Types {
		if strings.Count(t, "/") != 1 || t != strings.ToLower(t) || strings.ContainsAny(t, "; ") {
			p.Key("types").Item(i).Fault("write type/subtype in lower case without parameters, for example multipart/*", "%s can match no media type", strictyaml.Quote(t))
		}
		c.types = append(c.types, newGlob(t, '/'))
	}
	for name, value := range w.Query {
		c.query = append(c.query, parameter{name, newGlob(value, '/')})
	}
	slices.SortFunc(c.query, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	for _, key := range []string{"hosts", "methods", "paths", "query", "types", "clients"} {
		if p.Empty(key) {
			p.Key(key).Fault("leave the key out to ask nothing", "an empty list can match nothing")
		}
	}
	return c
}

var knownMethods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

// compilePath accepts what a path can be once it is decoded.
func compilePath(p place, path string) glob {
	path = unescape(path, onlyEscaped)
	switch {
	case !strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "**"):
		p.Fault("begin it with / or **", "%s can match no path: every path begins with /", strictyaml.Quote(path))
	case strings.ContainsAny(path, "?#"):
		p.Fault("write the parameters as query: {name: value}", "%s can match no path: a path ends before ?", strictyaml.Quote(path))
	case Normalise(path) != path:
		p.Fault("write "+strictyaml.Quote(Normalise(path)), "%s can match no path in its tidy form", strictyaml.Quote(path))
	}
	return newGlob(path, '/')
}

// match reports whether a request is selected in one reading.
func (w *where) match(r *Request, rd reading) bool {
	return anyGlob(w.paths, r.path(rd)) && w.matchQuery(r, rd) && anyGlob(w.hosts, r.Host) &&
		(len(w.methods) == 0 || slices.Contains(w.methods, r.Method)) && anyGlob(w.types, r.Type) && w.matchClient(r.Client)
}

func anyGlob(globs []glob, s string) bool {
	for i := range globs {
		if globs[i].match(s) {
			return true
		}
	}
	return len(globs) == 0
}

func (w *where) matchQuery(r *Request, rd reading) bool {
	for i := range w.query {
		value, ok := r.parameter(rd, w.query[i].name)
		if !ok || !w.query[i].value.match(value) {
			return false
		}
	}
	return true
}

func (w *where) matchClient(client netip.Addr) bool {
	for i := range w.clients {
		if w.clients[i].Contains(client) {
			return true
		}
	}
	return len(w.clients) == 0
}

// everything reports whether w selects every request.
func (w *where) everything() bool {
	return len(w.hosts)+len(w.methods)+len(w.query)+len(w.types)+len(w.clients) == 0 && anyAll(w.paths)
}

func anyAll(globs []glob) bool {
	return len(globs) == 0 || slices.ContainsFunc(globs, func(g glob) bool { return g.all() })
}

// covers reports that w selects whatever v selects; false also where that is hard to say.
func (w *where) covers(v *where) bool {
	return coverGlobs(w.hosts, v.hosts) && coverGlobs(w.paths, v.paths) && coverGlobs(w.types, v.types) &&
		coverWords(w.methods, v.methods) && w.coversQuery(v) && coverClients(w.clients, v.clients)
}

func coverGlobs(wide, narrow []glob) bool {
	if anyAll(wide) {
		return true
	}
	return len(narrow) > 0 && !slices.ContainsFunc(narrow, func(n glob) bool {
		return !slices.ContainsFunc(wide, func(w glob) bool { return w.covers(&n) })
	})
}

func coverWords[T comparable](wide, narrow []T) bool {
	return len(wide) == 0 || len(narrow) > 0 && !slices.ContainsFunc(narrow, func(n T) bool { return !slices.Contains(wide, n) })
}

func coverClients(wide, narrow []network) bool {
	return len(wide) == 0 || len(narrow) > 0 && !slices.ContainsFunc(narrow, func(n network) bool {
		return !slices.ContainsFunc(wide, func(w network) bool { return w.Bits() <= n.Bits() && w.Contains(n.Addr()) })
	})
}

func (w *where) coversQuery(v *where) bool {
	return !slices.ContainsFunc(w.query, func(p parameter) bool {
		return !slices.ContainsFunc(v.query, func(q parameter) bool { return p.name == q.name && p.value.covers(&q.value) })
	})
}

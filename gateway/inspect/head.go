package inspect

import (
	"bytes"
	"net/http"
	"sort"
	"strings"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// head reads everything of a request but its body.
func (r *reading) head(req *http.Request) error {
	path, query, _ := strings.Cut(targetOf(req), "?")
	if err := r.whole(finding.At(finding.Method, "", 0), &root{bytes: []byte(req.Method), fixed: true}, "", false); err != nil {
		return err
	}
	if err := r.path(path); err != nil {
		return err
	}
	if err := r.query(req, query); err != nil {
		return err
	}
	if err := r.host(req); err != nil {
		return err
	}
	return r.headers(req.Header, finding.Header)
}

// targetOf is the target as it is forwarded.
func targetOf(req *http.Request) string {
	if req.RequestURI != "" {
		return req.RequestURI
	}
	return req.URL.RequestURI()
}

// whole reads one root as the value of a name.
func (r *reading) whole(at finding.Location, b *root, name string, whole bool) error {
	t := r.rooted(at, b, name)
	defer r.drop()
	t.whole = whole
	return r.read(t)
}

// rooted is the text of a root.
func (r *reading) rooted(at finding.Location, b *root, name string) *text {
	t := r.child(&text{root: b, where: &place{at: at, name: name}})
	t.up, t.data, t.size = nil, b.bytes, len(b.bytes)
	return t
}

// path reads the path whole, segment by segment, and its matrix parameters. Nothing in it can be masked: another path is
// another resource.
func (r *reading) path(path string) error {
	b := &root{bytes: []byte(path), fixed: true}
	t := r.rooted(finding.At(finding.Path, "", 0), b, "")
	defer r.drop()
	for at := 0; at <= len(path); {
		end := at + len(path[at:])
		if n := strings.IndexByte(path[at:], '/'); n >= 0 {
			end = at + n
		}
		if err := r.segment(t, at, end); err != nil {
			return err
		}
		at = end + 1
	}
	r.split.flush(r)
	t.claims = t.claims[:0] // the path as a whole is read as if nothing had been handed out
	t.kind = plain
	return r.read(t)
}

// segment reads one path segment and the parameters behind its semicolon.
func (r *reading) segment(t *text, start, end int) error {
	b := t.data[start:end]
	semicolon := bytes.IndexByte(b, ';')
	if semicolon < 0 {
		semicolon = len(b)
	}
	if err := r.value(t, t.where, start, start+semicolon, percentIn(b[:semicolon]), ""); err != nil {
		return err
	}
	if semicolon == len(b) {
		return nil
	}
	matrix := r.slice(t, start+semicolon+1, end)
	defer r.drop()
	matrix.step, matrix.handed = "matrix", true
	return r.walkForm(matrix)
}

func percentIn(b []byte) *view {
	if bytes.IndexByte(b, '%') < 0 {
		return nil
	}
	return percentView
}

// query reads the pairs of the query.
func (r *reading) query(req *http.Request, query string) error {
	if query == "" {
		return nil
	}
	b := &root{bytes: []byte(query), put: func(masked string) { setQuery(req, masked) }}
	t := r.rooted(finding.At(finding.Query, "", 0), b, "")
	defer r.drop()
	t.kind, t.open = formKind, true
	return r.read(t)
}

func setQuery(req *http.Request, query string) {
	path, _, _ := strings.Cut(targetOf(req), "?")
	if req.RequestURI != "" {
		req.RequestURI = path + "?" + query
	}
	u := *req.URL
	u.RawQuery = query
	req.URL = &u
}

// host reads the host as the client wrote it.
func (r *reading) host(req *http.Request) error {
	return r.whole(finding.At(finding.Header, "host", 0), &root{bytes: []byte(req.Host), fixed: true}, "", false)
}

// headers reads names and values of header or trailer fields.
func (r *reading) headers(h http.Header, part finding.Part) error {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	sort.Strings(names) // so that a request is always read in the same order
	for i, name := range names {
		at := finding.At(part, name, i+1)
		if len(name) >= shortest {
			if err := r.whole(at, &root{bytes: []byte(name), fixed: true}, "", false); err != nil {
				return err
			}
		}
		values := h[name]
		for j := range values {
			if err := r.header(at, name, values, j); err != nil {
				return err
			}
		}
	}
	r.split.flush(r)
	return nil
}

// header reads one field line.
func (r *reading) header(at finding.Location, name string, values []string, j int) error {
	b := &root{bytes: []byte(values[j]), put: func(masked string) { values[j] = masked }}
	if len(values[j]) < shortest && name != "Cookie" {
		r.split.add(r, &place{at: at, name: name}, nil, b.bytes, false)
		return nil
	}
	if name == "Cookie" && at.Part() == finding.Header {
		return r.cookies(b)
	}
	t := r.rooted(at, b, name)
	defer r.drop()
	t.whole = true
	r.split.add(r, t.where, t, t.data, false)
	return r.read(t)
}

// cookies reads the pairs of a Cookie field. A quoted value is read with its quotes; they are no part of a number.
func (r *reading) cookies(b *root) error {
	t := r.rooted(finding.At(finding.Cookie, "", 0), b, "")
	defer r.drop()
	r.ids++
	w := &cookieWalker{text: t, id: r.ids}
	for at := 0; at < len(t.data); {
		end := len(t.data)
		if n := bytes.IndexByte(t.data[at:], ';'); n >= 0 {
			end = at + n
		}
		w.index++
		if err := r.cookie(w, at, end); err != nil {
			return err
		}
		at = end + 1
	}
	r.split.flush(r)
	t.complete, t.kind = true, plain
	r.scan(t)
	return nil
}

func (r *reading) cookie(w *cookieWalker, start, end int) error {
	for start < end && w.text.data[start] == ' ' {
		start++
	}
	b := w.text.data[start:end]
	equals := bytes.IndexByte(b, '=')
	w.field = string(b[:max(equals, 0)])
	if err := r.name(w.text, w, start, start+max(equals, 0), percentIn(b[:max(equals, 0)]), ""); err != nil {
		return err
	}
	from, to := start+equals+1, end
	if to-from >= 2 && w.text.data[from] == '"' && w.text.data[to-1] == '"' {
		from, to = from+1, to-1
	}
	return r.value(w.text, w, from, to, percentIn(w.text.data[from:to]), "")
}

// cookieWalker is the place of the cookie at hand.
type cookieWalker struct {
	text  *text
	field string
	index int
	id    int
}

func (w *cookieWalker) location() finding.Location {
	return finding.At(finding.Cookie, w.field, w.index)
}
func (w *cookieWalker) label() string  { return w.field }
func (w *cookieWalker) container() int { return w.id }
func (w *cookieWalker) nearby() bool   { return false }

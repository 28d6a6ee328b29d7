package inspect

import (
	"bytes"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// head reads everything of a request but its body.
func (r *reading) head(req *http.Request) error {
	path, query, _ := strings.Cut(targetOf(req), "?")
	if err := r.sealed(finding.Method, "", 0, req.Method); err != nil {
		return err
	}
	if err := r.path(path); err != nil {
		return err
	}
	if err := r.query(req, query); err != nil {
		return err
	}
	if err := r.sealed(finding.Header, "host", 0, req.Host); err != nil {
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

// bytesOf is the bytes of s without a copy. Nothing writes to them: what masks a root writes to a copy of it.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// quiet reports whether no reading of a text can hold a number, or a piece of one.
func quiet(b []byte) bool {
	return len(b) < shortest || survey(b) == 0 && !manyDigits(b)
}

// sealed reads what stands by itself and cannot be masked.
func (r *reading) sealed(part finding.Part, name string, index int, value string) error {
	if quiet(bytesOf(value)) {
		return nil
	}
	t := r.rooted(&place{part, name, index}, &root{bytes: bytesOf(value), fixed: true})
	defer r.drop()
	t.where = &nameless{t.where}
	return r.read(t)
}

// rooted is the text of a root.
func (r *reading) rooted(at *place, b *root) *text {
	t := r.child(nil)
	t.root, t.where, t.data, t.size = b, at, b.bytes, len(b.bytes)
	return t
}

// path reads the path whole, segment by segment, and its matrix parameters. Nothing in it can be masked: another path is
// another resource.
func (r *reading) path(path string) error {
	if quiet(bytesOf(path)) {
		return nil
	}
	t := r.rooted(&place{part: finding.Path}, &root{bytes: bytesOf(path), fixed: true})
	defer r.drop()
	for at := 0; at <= len(path); {
		end := at + len(path[at:])
		if n := strings.IndexByte(path[at:], '/'); n >= 0 {
			end = at + n
		}
		if !numbersParcel(path, at, end) {
			if err := r.segment(t, at, end); err != nil {
				return err
			}
		}
		at = end + 1
	}
	r.split.flush(r)
	t.claims = t.claims[:0] // the path as a whole is read as if nothing had been handed out
	t.kind = plain
	if err := r.overSlashes(t); err != nil {
		return err
	}
	return r.read(t)
}

// mostSegments is where base64 that goes on over slashes may begin at the latest.
const mostSegments = 8

// overSlashes reads base64 that has slashes of its own, for a shop whose last parameter takes the rest of the path. The
// segments before it are characters of base64 too: by itself it is read from the start of each.
func (r *reading) overSlashes(t *text) error {
	at := 0
	for range mostSegments {
		n := bytes.IndexByte(t.data[at:], '/')
		if n < 0 {
			return nil
		}
		if at += n + 1; bytes.IndexByte(t.data[at:], '/') >= 0 && holdsToken(t.data[at:]) {
			if err := r.block(t, at, len(t.data), false, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// numbersParcel reports a segment that its neighbours name: a parcel behind track, or the project of an error report
// (Sentry's POST /api/PROJECT/envelope/). By itself it would be a bare number; the whole path is read all the same.
func numbersParcel(path string, start, end int) bool {
	if end-start < shortest || !allDigits(bytesOf(path[start:end])) {
		return false
	}
	before := path[:max(start-1, 0)]
	before = before[strings.LastIndexByte(before, '/')+1:]
	after, _, _ := strings.Cut(strings.TrimPrefix(path[end:], "/"), "/")
	switch before {
	case "track", "tracking":
		return true
	case "api":
		return slices.Contains(reports, after)
	default:
		return false
	}
}

// reports are what Sentry's clients send to a project.
var reports = []string{"envelope", "store", "minidump", "security", "unreal"}

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
	if quiet(bytesOf(query)) {
		return nil
	}
	b := &root{bytes: bytesOf(query), put: func(masked string) { setQuery(req, masked) }}
	t := r.rooted(&place{part: finding.Query}, b)
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

// headers reads names and values of header or trailer fields.
func (r *reading) headers(h http.Header, part finding.Part) error {
	r.names = r.names[:0]
	for name := range h {
		r.names = append(r.names, name)
	}
	slices.Sort(r.names) // so that a request is always read in the same order
	for i, name := range r.names {
		if err := r.headerName(part, name, i+1); err != nil {
			return err
		}
		values := h[name]
		for j := range values {
			if err := r.header(part, name, i+1, values, j); err != nil {
				return err
			}
		}
	}
	r.split.flush(r)
	return nil
}

// headerName reads the name of a field whole, and each row of digits in it by itself: what stands around a number in a
// name are the words of other names, or one that somebody glued to it.
func (r *reading) headerName(part finding.Part, name string, index int) error {
	if err := r.sealed(part, name, index, name); err != nil || !manyDigits(bytesOf(name)) {
		return err
	}
	for row := range strings.FieldsFuncSeq(name, func(c rune) bool { return c != '-' && c != '.' && (c < '0' || c > '9') }) {
		if row = strings.Trim(row, "-."); row == name {
			continue
		}
		if err := r.sealed(part, name, index, row); err != nil {
			return err
		}
	}
	return nil
}

// byteRange is the value of Range or Content-Range (RFC 9110 sections 14.2 and 14.4) as players and downloads send it; rangesOf is
// the ranges in it.
var (
	byteRange = regexp.MustCompile(`^bytes[= ]\d{1,11}-\d{1,11}(?:, ?\d{1,11}-\d{1,11})*(?:/(\d{1,11}))?$`)
	rangesOf  = regexp.MustCompile(`(\d+)-(\d+)`)
)

// isByteRange reports such a value that is in order: none of its numbers has the digits of a card.
func isByteRange(value string) bool {
	m := byteRange.FindStringSubmatch(value)
	if m == nil {
		return false
	}
	before := -1
	for _, one := range rangesOf.FindAllStringSubmatch(value, -1) {
		first, last := atoi(one[1]), atoi(one[2])
		if first <= before || first >= last || m[1] != "" && last >= atoi(m[1]) {
			return false
		}
		before = last
	}
	return true
}

func atoi(digits string) (n int) {
	n, _ = strconv.Atoi(digits) // of digits alone, or nothing
	return n
}

// header reads one field line.
func (r *reading) header(part finding.Part, name string, index int, values []string, j int) error {
	value := bytesOf(values[j])
	if (name == "Range" || name == "Content-Range") && isByteRange(values[j]) {
		return nil
	}
	switch piece := allDigits(value); {
	case len(value) < shortest && (piece || otherDigit(value)):
		r.split.add(r, &place{part, name, index}, nil, value, false)
		return nil
	case len(value) <= longestForeign && (piece || otherDigit(value)):
		r.split.add(r, &place{part, name, index}, nil, value, false)
	case name != "Cookie" || j == 0: // the lines of Cookie are one list (RFC 9113 section 8.2.3)
		r.split.flush(r)
	}
	folded := foldedToken(value)
	if quiet(value) && !folded && (name != "Cookie" || len(values) == 1) {
		return nil
	}
	b := &root{bytes: value, put: func(masked string) { values[j] = masked }}
	if name == "Cookie" && part == finding.Header {
		return r.cookies(b)
	}
	t := r.rooted(&place{part, name, index}, b)
	defer r.drop()
	t.whole, t.folded = true, folded
	return r.read(t)
}

// cookies reads the pairs of a Cookie field. A quoted value is read with its quotes; they are no part of a number.
func (r *reading) cookies(b *root) error {
	t := r.rooted(&place{part: finding.Cookie}, b)
	defer r.drop()
	w := &cookieWalker{text: t}
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
	r.split.up = nil // the next line may go on with the pieces of this one, whose text is dropped
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
	w.field = b[:max(equals, 0)]
	if err := r.name(w.text, w, start, start+max(equals, 0), percentIn(b[:max(equals, 0)]), ""); err != nil {
		return err
	}
	from, to := start+equals+1, end
	if to-from >= 2 && w.text.data[from] == '"' && w.text.data[to-1] == '"' {
		from, to = from+1, to-1
	}
	if err := r.value(w.text, w, from, to, percentIn(w.text.data[from:to]), ""); err != nil {
		return err
	}
	if value := w.text.data[from:to]; bytes.IndexByte(value, '+') < 0 || !holdsToken(value) && !manyDigits(value) {
		return nil
	}
	return r.readAgain(w.text, w, from, to, formView, false) // PHP takes a plus for a space, others for a character of base64
}

// cookieWalker is the place of the cookie at hand.
type cookieWalker struct {
	text  *text
	field []byte
	index int
}

func (w *cookieWalker) location() finding.Location {
	return finding.At(finding.Cookie, string(w.field), w.index)
}
func (w *cookieWalker) label() string  { return string(w.field) }
func (w *cookieWalker) container() int { return int(finding.Cookie) }
func (w *cookieWalker) nearby() bool   { return false }

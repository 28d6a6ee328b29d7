package inspect

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/inspect/carrier"
)

// file reads content as a shop would that was handed a file: by what its bytes say, then by its name.
func (r *reading) file(t *text, name string) error {
	format := carrier.Sniff(t.data, name)
	if t.kind == multipartKind && t.boundary != "" && bytes.HasPrefix(t.data, []byte("--"+t.boundary)) {
		format = carrier.None // one of its parts, near its beginning or its end, looks like all of it
	}
	if format == carrier.None || format == carrier.Media {
		if t.kind == unknown && namesTable(name) {
			t.kind = csvKind
		}
		return r.read(t)
	}
	err := carrier.Walk(format, t.data, name, r, func(ct carrier.Text) error { return r.carried(t, ct) })
	switch {
	case err == nil:
		t.packed = len(t.data) // what is behind the packed bytes was handed over too
	case !unreadable(err):
		return err
	case t.view == base64View && !signed(t.data), t.guess, t.cut && errors.Is(err, carrier.ErrBroken):
		// any bytes may begin with two that are a signature: these are not the format; or we broke it ourselves
	default:
		if err := r.lenient(t.where, len(t.data), err); err != nil {
			return err
		}
	}
	t.kind = plain // what is no text of its format may still be read as one
	return r.read(t)
}

// bodyOf reads a body: through its content codings, then as its type says.
func (r *reading) bodyOf(b *root, h http.Header) error {
	t := r.rooted(&place{part: finding.Body}, b)
	defer r.drop()
	t.open, t.whole = true, loneNumber(b.bytes)
	codings, err := codingsOf(h)
	if err != nil {
		return err
	}
	contentType := ""
	if types := h["Content-Type"]; len(types) > 0 {
		contentType = types[0]
	}
	if len(codings) == 0 {
		return r.typed(t, contentType, "")
	}
	return r.coded(t, codings, contentType)
}

// loneNumber reports a body that is a value by itself: no more digits than a number has, and neither a letter nor a mark of
// structure.
func loneNumber(b []byte) bool {
	digits := 0
	for _, c := range b[:min(len(b), longestSensitive)] {
		if c-'0' < 10 {
			digits++
		}
	}
	return len(b) <= longestSensitive && digits <= mostParts && !holdsLetter(b) && !bytes.ContainsAny(b, "=&{}[]<>\"'")
}

// coded undoes the codings, the last applied first. There is no way back from what they make. The coded bytes are read
// as they are too: a shop that knows nothing of codings does, and a few bytes of any text decode by chance.
func (r *reading) coded(t *text, codings []string, contentType string) error {
	last := len(codings) - 1
	if last < 0 {
		return r.typed(t, contentType, "")
	}
	out, rest, err := decodeCoding(codings[last], t.data, &r.budget)
	if err != nil {
		return err
	}
	r.opened(codings[last])
	c := r.child(t)
	c.view, c.size, c.data, c.step, c.root, c.open = carrierView, t.size, out, codings[last], nil, true
	err = r.coded(c, codings[:last], contentType)
	r.drop()
	clear(out)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		r.note(codings[last] + ": bytes behind the coded ones")
	}
	asItIs := r.slice(t, 0, len(t.data))
	defer r.drop()
	asItIs.packed = len(t.data) - len(rest)
	return r.read(asItIs)
}

// unreadable reports whether a carrier could not be read, as against an inspection that ended early.
func unreadable(err error) bool {
	return errors.Is(err, carrier.ErrBroken) || errors.Is(err, carrier.ErrOpaque) || errors.Is(err, carrier.ErrEncrypted)
}

// signed reports a signature long enough not to be met by chance.
func signed(b []byte) bool {
	for _, s := range [...]string{"PK\x03\x04", "7z\xbc\xaf", "Rar!", "\xd0\xcf\x11\xe0", "%PDF", "\xfd7zX"} {
		if bytes.HasPrefix(b, []byte(s)) {
			return true
		}
	}
	return false
}

// carrierView is a carrier: there is no way back from its texts.
var carrierView = &view{}

// carried reads one text of a carrier.
func (r *reading) carried(t *text, ct carrier.Text) error {
	c := r.child(t)
	defer r.drop()
	c.view, c.size, c.data, c.step = carrierView, t.size, ct.Data, ct.View
	c.root, c.escapes, c.blocks, c.open, c.noisy = nil, 0, t.blocks, false, false
	c.where = &member{locator: t.where, name: ct.Name, id: r.entries}
	r.opened(ct.View)
	switch {
	case ct.Type != "":
		return r.typed(c, ct.Type, ct.Name)
	case ct.File:
		return r.file(c, ct.Name)
	case ct.Whole:
		return r.leaf(c)
	default:
		c.whole = false
		return r.read(c)
	}
}

// member is the place of a text inside a carrier: the carrier's, with a name of its own.
type member struct {
	locator
	name string
	id   int
}

func (m *member) label() string  { return m.name }
func (m *member) container() int { return -1 - m.id }

// typed reads content whose type was declared: the type picks the first walker and the charset, and is believed no
// further than that.
func (r *reading) typed(t *text, contentType, name string) error {
	declared, err := typeOf(contentType)
	if err != nil {
		return err
	}
	cs := declared.charset
	t.kind, t.boundary = declared.kind, declared.boundary
	if !cs.wide {
		defer func(before charset) { r.charset = before }(r.charset)
		r.charset = cs
	}
	if cs.wide || cs.conceals(t.data) {
		if err := r.transcoded(t, cs); err != nil {
			return err
		}
	}
	if cs.wide {
		t.kind = unknown // and as bytes: a reader that does not know the charset sees those
		return r.read(t)
	}
	return r.file(t, name)
}

// transcoded reads content whole in its charset, structure and all.
func (r *reading) transcoded(t *text, cs charset) error {
	c, err := r.through(t, 0, len(t.data), cs.view, "charset")
	if err != nil {
		return err
	}
	c.kind, c.boundary, c.open, c.whole = t.kind, t.boundary, t.open, t.whole
	err = r.read(c)
	r.close(c)
	return err
}

// declared is what a Content-Type says.
type declared struct {
	kind     kind
	charset  charset
	boundary string
}

// typeOf reads a Content-Type. Odd spelling is read as leniently as shops read it; parameters that two readers take
// differently are refused.
func typeOf(contentType string) (d declared, err error) {
	media, rest, _ := strings.Cut(contentType, ";")
	d.kind = kindOfMedia(strings.ToLower(strings.TrimSpace(media)))
	seen := map[string]bool{}
	for _, p := range parameters(rest) {
		name, _, continued := strings.Cut(p.name, "*")
		if name != "boundary" && name != "charset" {
			continue
		}
		if continued || seen[name] {
			return d, fmt.Errorf("parameter %s: %w", name, errFraming)
		}
		seen[name] = true
		if name == "boundary" {
			d.boundary = p.value
			continue
		}
		var ok bool
		if d.charset, ok = charsetOf(p.value); !ok {
			return d, errCharset
		}
	}
	return d, nil
}

func kindOfMedia(media string) kind {
	_, sub, _ := strings.Cut(media, "/")
	switch {
	case media == "application/x-www-form-urlencoded":
		return formKind
	case strings.HasPrefix(media, "multipart/"):
		return multipartKind
	case strings.HasSuffix(sub, "json"), media == "application/csp-report", media == "application/json5", strings.HasSuffix(sub, "json-seq"):
		return jsonKind
	case strings.HasSuffix(sub, "xml"), media == "text/html", sub == "soap+xml", sub == "vnd.wap.wml":
		return xmlKind
	case media == "text/csv", media == "text/tab-separated-values", media == "application/csv":
		return csvKind
	case strings.HasSuffix(sub, "msgpack"), sub == "messagepack":
		return msgpackKind
	case strings.HasSuffix(sub, "cbor"):
		return cborKind
	case strings.HasSuffix(sub, "bson"):
		return bsonKind
	case strings.HasPrefix(sub, "grpc-web-text"):
		return grpcTextKind
	case strings.HasPrefix(sub, "grpc"), sub == "connect+proto":
		return grpcKind
	case strings.Contains(sub, "protobuf"), sub == "proto", sub == "x-proto":
		return protobufKind
	}
	return unknown
}

// parameter is one parameter of a header.
type parameter struct{ name, value string }

// parameters reads what follows the first semicolon of a header, quoted strings and all, as leniently as shops do.
func parameters(s string) (list []parameter) {
	for s != "" {
		var name, value string
		s = strings.TrimLeft(s, " \t;\r\n")
		end := strings.IndexAny(s, "=;")
		if end < 0 {
			end = len(s)
		}
		name, s = strings.ToLower(strings.TrimSpace(s[:end])), s[end:]
		if strings.HasPrefix(s, "=") {
			value, s = parameterValue(strings.TrimLeft(s[1:], " \t"))
		}
		if name != "" {
			list = append(list, parameter{name, value})
		}
	}
	return list
}

func parameterValue(s string) (value, rest string) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexByte(s, ';')
		if end < 0 {
			end = len(s)
		}
		return strings.TrimSpace(s[:end]), s[end:]
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			return b.String(), s[i+1:]
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), ""
}

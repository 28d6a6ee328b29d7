package inspect

import (
	"bytes"
)

// kind is the structure a text is walked by.
type kind uint8

// The kinds. A text of unknown kind is sniffed.
const (
	unknown kind = iota
	plain        // words: no structure
	formKind
	jsonKind
	multipartKind
	xmlKind
	csvKind
	msgpackKind
	cborKind
	protobufKind
	grpcKind
	grpcTextKind // grpc-web in base64
	bsonKind
	urlKind
)

// structure walks a text by its declared kind, and by what its bytes look like where that leads nowhere.
func (r *reading) structure(t *text) error {
	if t.nested > mostNested {
		return nil
	}
	if err := r.walk(t, t.kind); err != nil || t.complete || t.kind == plain {
		return err
	}
	looks := sniffKind(t.data)
	switch {
	case t.number:
		return nil // walked already
	case looks == unknown:
		if at := tableIn(t.data); at >= 0 {
			return r.walkTable(t, at)
		}
		return r.walkBehind(t)
	case looks != t.kind:
		return r.walk(t, looks)
	}
	return nil
}

// longestGuard is how far behind the start of a text its JSON may begin: a comment, the call of JSONP, or what keeps a
// script from running it.
const longestGuard = 64

// walkBehind walks the JSON that begins within a text, where a number in it says its value by an exponent: whatever else
// it holds, the raw reading shows.
func (r *reading) walkBehind(t *text) error {
	at := bytes.IndexAny(t.data[:min(len(t.data), longestGuard)], "[{")
	if at < 0 || !hasExponent(t.data[at:]) {
		return nil
	}
	return r.within(t, at, r.walkJSON)
}

// within hands out the values of a structure that begins at a place of t, whose other bytes the raw reading shows.
func (r *reading) within(t *text, at int, walk func(*text) (bool, error)) error {
	c := r.slice(t, at, len(t.data))
	defer r.drop()
	c.handed = true
	_, err := walk(c)
	r.split.flush(r)
	for _, claim := range c.claims {
		t.claims = append(t.claims, span{claim.start + at, claim.end + at})
	}
	return err
}

// hasExponent reports an e between a digit and what may be an exponent.
func hasExponent(b []byte) bool {
	for i := 1; i+1 < len(b); i++ {
		if b[i]|0x20 == 'e' && (b[i-1]-'0' < 10 || b[i-1] == '.') && (b[i+1]-'0' < 10 || b[i+1] == '-' || b[i+1] == '+') {
			return true
		}
	}
	return false
}

// walk hands out the values of a text read as one kind.
func (r *reading) walk(t *text, k kind) (err error) {
	before := len(t.claims)
	switch k {
	case formKind:
		err, t.complete = r.walkForm(t), t.kind == formKind && looksLikeForm(t.data) // others may be labelled so
	case jsonKind:
		t.complete, err = r.walkJSON(t)
		r.split.flush(r)
		if !t.complete && err == nil && t.kind == jsonKind {
			r.note("json: malformed, raw reading as well")
		}
	case urlKind:
		err = r.walkURL(t)
	case multipartKind:
		t.complete, err = r.walkMultipart(t)
	case xmlKind:
		t.complete, err = r.walkXML(t)
	case csvKind:
		t.complete, err = r.walkCSV(t)
	case msgpackKind, cborKind, protobufKind, grpcKind, grpcTextKind, bsonKind:
		t.complete, err = r.walkPacked(t, k)
	}
	if before > 0 && len(t.claims) > before {
		sortSpans(t.claims)
	}
	return err
}

// sniffKind is the structure a text looks like.
func sniffKind(b []byte) kind {
	if looksLikeBSON(b) {
		return bsonKind
	}
	b = bare(b)
	if len(b) < 2 {
		return unknown
	}
	switch c := b[0]; {
	case c == '{' || c == '[':
		return jsonKind
	case c == '"' && stringEnd(b, 1) == len(b)-1:
		return jsonKind
	case c == '<':
		return xmlKind
	case c-'0' < 10 && beginsWithNumber(b):
		return jsonKind
	case c == '-' && b[1] == '-' && bytes.Contains(b[:min(len(b), 1024)], []byte("ontent-")):
		return multipartKind
	case looksLikeURL(b):
		return urlKind
	case looksLikeForm(b):
		return formKind
	}
	return unknown
}

// bare is a text without what may stand before it: blanks, and a byte order mark or, from two encoders, several.
func bare(b []byte) []byte {
	for mark := []byte("\uFEFF"); bytes.HasPrefix(b, mark); {
		b = b[len(mark):]
	}
	return bytes.TrimLeft(b, " \t\r\n")
}

// looksLikeURL reports whether a text is a URL or a path with a query or fragment, whose names then speak for its values,
// or with escapes in it.
func looksLikeURL(b []byte) bool {
	head := b[:min(len(b), 12)]
	if b[0] != '/' && !bytes.Contains(head, []byte("://")) {
		return false
	}
	return bytes.IndexAny(b, "?#%") > 0 && !bytes.ContainsAny(b, " <>\"\n")
}

// walkURL hands out the pairs of a URL's query and fragment; what stands before them is left to the raw reading, but for
// base64 in its segments.
func (r *reading) walkURL(t *text) error {
	end := len(t.data)
	if n := bytes.IndexByte(t.data, '#'); n >= 0 {
		end = n
	}
	if err := r.segmentsOf(t); err != nil {
		return err
	}
	if n := bytes.IndexByte(t.data[:end], '?'); n >= 0 && !bytes.HasSuffix(bytes.TrimRight(t.data[:n], "/"), []byte("facebook.com/watch")) {
		if err := r.pairsOf(t, n+1, end); err != nil {
			return err
		}
	}
	return r.pairsOf(t, min(end+1, len(t.data)), len(t.data))
}

// segmentsOf reads the base64 of each segment by itself where it has escapes: an escaped slash is one of its characters,
// the others are not.
func (r *reading) segmentsOf(t *text) error {
	path := t.data
	if n := bytes.IndexAny(path, "?#"); n >= 0 {
		path = path[:n]
	}
	for at := 0; at < len(path); {
		end := at + len(path[at:])
		if n := bytes.IndexByte(path[at:], '/'); n >= 0 {
			end = at + n
		}
		if bytes.IndexByte(path[at:end], '%') >= 0 && holdsToken(path[at:end]) {
			if err := r.readAgain(t, t.where, at, end, percentView, true); err != nil {
				return err
			}
		}
		at = end + 1
	}
	return nil
}

// pairsOf hands out data[start:end] as pairs, if it is any.
func (r *reading) pairsOf(t *text, start, end int) error {
	if bytes.IndexByte(t.data[start:end], '=') < 0 {
		return nil
	}
	query := r.slice(t, start, end)
	defer r.drop()
	query.step, query.open, query.handed = "url", false, true
	err := r.walkForm(query)
	for _, c := range query.claims {
		t.claims = append(t.claims, span{c.start + start, c.end + start})
	}
	return err
}

package inspect

import (
	"bytes"
	"regexp"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/pan"
)

// formWalker walks the pairs of application/x-www-form-urlencoded, a query or a list of matrix parameters.
type formWalker struct {
	*reading
	text    *text
	field   span // the name
	index   int
	id      int
	checked bool // beside is known
	beside  bool
}

// walkForm hands out the pairs of t. Both separators count: & everywhere, and ; where a name and = follow it.
func (r *reading) walkForm(t *text) error {
	r.ids++
	w := &formWalker{reading: r, text: t, id: r.ids}
	for at := 0; at <= len(t.data); {
		end := at + pairEnd(t.data[at:])
		w.index++
		if err := w.pair(at, end); err != nil {
			return err
		}
		at = end + 1
	}
	r.split.flush(r)
	w.merge()
	return nil
}

// mostMerged is how many pairs are looked at for one parameter that is given again and again.
const mostMerged = 256

// merge reads what a shop sees that joins the values of a repeated parameter, wherever they stand: the pairs under the
// first card's name that has digits alone, in order.
func (w *formWalker) merge() {
	if w.index < 3 || w.index > mostMerged || !manyDigits(w.text.data) {
		return
	}
	first := ""
	w.ids++
	id := w.id
	w.id = w.ids
	for at := 0; at <= len(w.text.data); {
		end := at + pairEnd(w.text.data[at:])
		name, value, ok := bytes.Cut(w.text.data[at:end], []byte("="))
		if ok && len(value) > 0 && len(value) <= longestOne && allDigits(value) {
			w.field = span{at, at + len(name)}
			label := w.fieldName()
			if first == "" && pan.IsCardName(label) {
				first = label
			}
			if first != "" && pan.SameStem(first, label) {
				w.split.add(w.reading, w, w.text, value, false)
			}
		}
		at = end + 1
	}
	w.split.flush(w.reading)
	w.id = id
}

// pairEnd is the length of the pair at the start of b.
func pairEnd(b []byte) int {
	for i, c := range b {
		if c == '&' || c == ';' && namedPair(bytes.TrimPrefix(b[i+1:], []byte("+"))) { // or a blank, as cookies have it, that PHP escaped
			return i
		}
	}
	return len(b)
}

// namedPair reports whether a name of ordinary characters and an equals sign begin b: then the ; before it separates.
func namedPair(b []byte) bool {
	for i, c := range b[:min(len(b), 64)] {
		if c == '=' {
			return i > 0
		}
		if !isWord(b[i:i+1]) && bytes.IndexByte([]byte("_-.[]%"), c) < 0 {
			return false
		}
	}
	return false
}

func (w *formWalker) pair(start, end int) error {
	b := w.text.data[start:end]
	equals := bytes.IndexByte(b, '=')
	if equals < 0 {
		w.field = span{start, start}
		return w.value(w.text, w, start, end, w.viewOf(b), "form")
	}
	w.field = span{start, start + equals}
	if err := namesCharset(b[:equals], b[equals+1:]); err != nil {
		return err
	}
	if err := w.name(w.text, w, start, start+equals, w.viewOf(b[:equals]), "form"); err != nil {
		return err
	}
	if err := w.value(w.text, w, start+equals+1, end, w.viewOf(b[equals+1:]), "form"); err != nil {
		return err
	}
	if plus := bytes.IndexByte(b[equals+1:], '+'); plus < 0 || !holdsToken(b[equals+1:]) {
		return nil
	}
	return w.readAgain(w.text, w, start+equals+1, end, percentView, true) // decodeURIComponent takes a plus for one of base64
}

// readAgain reads a value, or only the base64 in it, through the view of those to whom a plus is what it is not to others.
func (r *reading) readAgain(up *text, w locator, start, end int, v *view, tokens bool) error {
	t, err := r.through(up, start, end, v, "form")
	if err != nil {
		return err
	}
	defer r.close(t)
	t.where, t.whole, t.open, t.handed = w, true, false, true
	t.escapes++
	t.tokens = tokens
	return r.read(t)
}

// holdsToken reports a run of base64 characters as long as a number's.
func holdsToken(b []byte) bool {
	run := 0
	for _, c := range b {
		if sextets[c] >= padding {
			run = 0
		} else if run++; run == shortestToken {
			return true
		}
	}
	return false
}

// namesCharset refuses a form that says in its _charset_ field (HTML, 4.10.21.5) that it is written in what we do not read.
func namesCharset(name, value []byte) error {
	if string(name) != "_charset_" {
		return nil
	}
	if cs, ok := charsetOf(string(value)); !ok || cs.wide || cs.dense {
		return errCharset
	}
	return nil
}

func (w *formWalker) viewOf(b []byte) *view {
	if bytes.IndexByte(b, '%') < 0 && bytes.IndexByte(b, '+') < 0 {
		return nil
	}
	return formView
}

func (w *formWalker) location() finding.Location {
	if !w.text.open {
		return w.text.where.location()
	}
	return finding.At(w.text.where.location().Part(), w.fieldName(), w.index)
}

func (w *formWalker) fieldName() string {
	return string(unescape(nil, w.text.data[w.field.start:w.field.end], nil, percents|plusses))
}

func (w *formWalker) label() string {
	if w.field.start == w.field.end {
		return w.text.where.label()
	}
	name := w.fieldName()
	if (name == "o" || name == "p") && tunnel.Match(w.text.data) {
		return "sentry_id"
	}
	return name
}

// tunnel is the query with which the Next.js of a shop hands reports on to sentry.io: the numbers of its organisation and project,
// the same in every one.
var tunnel = regexp.MustCompile(`^o=450\d{13}&p=450\d{13}(?:&r=[a-z]{2})?$`)

func (w *formWalker) container() int { return w.id }

// nearby looks at the names of all pairs, once.
func (w *formWalker) nearby() bool {
	if !w.checked {
		w.checked = true
		for pair := range bytes.SplitSeq(w.text.data[:min(len(w.text.data), 4*window)], []byte("&")) {
			if name, value, ok := bytes.Cut(pair, []byte("=")); ok && len(name) < 64 {
				w.beside = w.beside || sensitiveField(unescape(nil, name, nil, percents|plusses), unescape(nil, value[:min(len(value), 64)], nil, percents|plusses))
			}
		}
	}
	return w.beside
}

// looksLikeForm reports whether a text that did not say so is pairs: names of ordinary characters, no blanks, and an
// equals sign in the first.
func looksLikeForm(b []byte) bool {
	first, _, _ := bytes.Cut(b, []byte("&"))
	name, _, ok := bytes.Cut(first, []byte("="))
	switch {
	case bytes.Contains(b, []byte("=3D")):
		return false // an equals sign in quoted-printable: words, not pairs
	case len(first) == len(b) && bytes.IndexByte(bytes.TrimRight(b, "="), '=') < 0:
		return false // the padding of base64
	}
	if !ok || len(name) == 0 || len(name) > 128 || !namedPair(append(bytes.Clone(name), '=')) {
		return false
	}
	for _, c := range b {
		if c <= ' ' || c == '<' || c == '>' || c == '"' || c == '{' || c == 0x7F {
			return false
		}
	}
	return true
}

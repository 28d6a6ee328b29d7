package inspect

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/pan"
)

// jsonWalker walks one or more JSON documents (RFC 8259), newline-delimited or not, without building anything. It keeps
// every occurrence of a duplicate name, takes a trailing comma, and stops at what it does not understand.
type jsonWalker struct {
	*reading
	text   *text
	at     int
	frames []jsonFrame
}

// jsonFrame is one array or object around the value at hand.
type jsonFrame struct {
	object  bool
	start   int
	index   int  // of the element or member, from 0
	key     span // of the member, quotes excluded
	id      int
	filled  bool // something stands since the last comma
	checked bool // sensitive is known
	beside  bool
	asked   bool // title is known
	title   string
}

// mostDepth is how deep arrays and objects may nest; jsontext has the same bound.
const mostDepth = 10000

// walkJSON hands out the values of t. It reports whether all of t was understood.
func (r *reading) walkJSON(t *text) (complete bool, err error) {
	w := &jsonWalker{reading: r, text: t}
	if bytes.HasPrefix(t.data, []byte("\xEF\xBB\xBF")) {
		w.at = 3
	}
	for documents, scalars := 0, false; ; documents++ {
		w.blank()
		if w.at == len(t.data) {
			return documents == 1 || documents > 1 && !scalars, nil // words and numbers side by side, or in brackets, may be a text
		}
		scalars = scalars || t.data[w.at] != '{'
		if ok, err := w.document(); !ok || err != nil {
			return false, err
		}
	}
}

func (w *jsonWalker) blank() {
	for w.at < len(w.text.data) {
		switch w.text.data[w.at] {
		case ' ', '\t', '\r', '\n', 0x1E: // RS separates the texts of RFC 7464
			w.at++
		default:
			return
		}
	}
}

// document walks one value with all that is in it, without recursion: depth is the sender's choice.
func (w *jsonWalker) document() (ok bool, err error) {
	if ok, err := w.one(); !ok || err != nil {
		return ok, err
	}
	for len(w.frames) > 0 {
		w.blank()
		if w.at == len(w.text.data) {
			return false, nil
		}
		f := &w.frames[len(w.frames)-1]
		switch c := w.text.data[w.at]; {
		case c == ',' && f.filled:
			w.at++
			f.index++
			f.filled = false
		case f.object && c == '}' || !f.object && c == ']':
			w.at++
			w.frames = w.frames[:len(w.frames)-1]
		case f.filled:
			return false, nil
		case f.object && c == '"':
			f.filled = true
			if ok, err = w.member(f); !ok || err != nil {
				return ok, err
			}
		case f.object:
			return false, nil
		default:
			f.filled = true
			if ok, err = w.one(); !ok || err != nil {
				return ok, err
			}
		}
	}
	return true, nil
}

// member walks a name, its colon, and what its value begins with.
func (w *jsonWalker) member(f *jsonFrame) (ok bool, err error) {
	start, end, escaped, ok := w.quoted()
	if !ok {
		return false, nil
	}
	f.key = span{start, end}
	if err := w.name(w.text, w, start, end, w.viewOf(escaped), "json"); err != nil {
		return false, err
	}
	w.blank()
	if w.at == len(w.text.data) || w.text.data[w.at] != ':' {
		return false, nil
	}
	w.at++
	w.blank()
	return w.one()
}

func (w *jsonWalker) viewOf(escaped bool) *view {
	if escaped {
		return jsonView
	}
	return nil
}

// one walks a scalar, or enters an array or object.
func (w *jsonWalker) one() (ok bool, err error) {
	if w.at == len(w.text.data) {
		return false, nil
	}
	switch c := w.text.data[w.at]; {
	case c == '{' || c == '[':
		if len(w.frames) == mostDepth {
			return false, nil
		}
		w.ids++
		w.frames = append(w.frames, jsonFrame{object: c == '{', start: w.at, id: w.ids})
		w.at++
		return true, nil
	case c == '"':
		start, end, escaped, ok := w.quoted()
		if !ok {
			return false, nil
		}
		return true, w.value(w.text, w, start, end, w.viewOf(escaped), "json")
	case c == '-' || c-'0' < 10:
		return w.literal()
	default:
		return w.word(), nil
	}
}

// quoted passes over a string; start and end leave its quotes out.
func (w *jsonWalker) quoted() (start, end int, escaped, ok bool) {
	start = w.at + 1
	if end = stringEnd(w.text.data, start); end < 0 {
		return 0, 0, false, false
	}
	w.at = end + 1
	return start, end, bytes.IndexByte(w.text.data[start:end], '\\') >= 0, true
}

// word passes over true, false and null.
func (w *jsonWalker) word() bool {
	for _, word := range [...]string{"true", "false", "null"} {
		if bytes.HasPrefix(w.text.data[w.at:], []byte(word)) {
			w.at += len(word)
			return true
		}
	}
	return false
}

// literal hands a number out twice: as it is written, and by its value where it is written with a point or exponent.
func (w *jsonWalker) literal() (ok bool, err error) {
	start := w.at
	for w.at < len(w.text.data) && strings.IndexByte("+-.0123456789eE", w.text.data[w.at]) >= 0 {
		w.at++
	}
	return true, w.reading.numeral(w.text, w, start, w.at, "json")
}

// location is the RFC 6901 pointer of the value at hand.
func (w *jsonWalker) location() finding.Location {
	if !w.text.open {
		return w.text.where.location()
	}
	var pointer strings.Builder
	for i := range w.frames {
		pointer.WriteByte('/')
		if f := &w.frames[i]; f.object {
			pointer.WriteString(pointerEscape.Replace(w.key(f)))
		} else {
			pointer.WriteString(strconv.Itoa(f.index))
		}
	}
	at := w.text.where.location()
	if at.Part() != finding.Body {
		return at
	}
	return finding.At(finding.Body, pointer.String(), 0)
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

func (w *jsonWalker) key(f *jsonFrame) string {
	return spelled(w.text.data[f.key.start:f.key.end])
}

// spelled is the inside of a string with its escapes undone.
func spelled(b []byte) string {
	if bytes.IndexByte(b, '\\') < 0 {
		return string(b)
	}
	return string(unescape(nil, b, nil, backslashes))
}

// label is the nearest name around the value, with the one above it where it says too little by itself.
func (w *jsonWalker) label() string {
	name := ""
	for i := len(w.frames) - 1; i >= 0; i-- {
		f := &w.frames[i]
		if !f.object {
			continue
		}
		if title := w.titled(f); name == "" && title != "" {
			return title
		}
		key := w.key(f)
		if name == "" {
			if name = key; !generic(name) {
				return name
			}
			continue
		}
		return key + "." + name
	}
	if name == "" {
		return w.text.where.label()
	}
	return name
}

// generic reports whether a name says nothing by itself, so that the name above it speaks: {"card": {"number": …}},
// {"card": {"first": …, "last": …}}.
func generic(name string) bool {
	switch strings.ToLower(name) {
	case "number", "num", "no", "value", "val", "v", "n", "code", "code128", "raw", "text", "data", "content", "string", "input", "formatted":
		return true
	}
	return pan.Numbers(name)
}

// container is the array or object around the value at hand. An object that holds a piece stands for its value:
// [{"part":"4111"},…] and [{"name":"part1","value":"4111"},…] are siblings as ["4111",…] are.
func (w *jsonWalker) container() int {
	n := len(w.frames)
	if n == 0 {
		return 0
	}
	f := &w.frames[n-1]
	if n > 1 && f.object && !w.frames[n-2].object && w.holdsPiece(f) {
		return w.frames[n-2].id
	}
	return f.id
}

// holdsPiece reports an object whose value at hand is a piece by its title, by the name of the list that the object is in, or
// by its own name where it is the only member.
func (w *jsonWalker) holdsPiece(f *jsonFrame) bool {
	if title := w.titled(f); title != "" {
		return namesPiece(title)
	}
	key := w.key(f)
	if generic(key) && namesPiece(w.label()) {
		return true
	}
	return f.index == 0 && w.closes() && namesPiece(key)
}

// closes reports an object that ends behind the value at hand.
func (w *jsonWalker) closes() bool {
	rest := bytes.TrimLeft(w.text.data[w.at:min(len(w.text.data), w.at+16)], " \t\r\n")
	return len(rest) > 0 && rest[0] == '}'
}

// window is how many bytes around the start of a container are searched for its other names.
const window = 4 << 10

// nearby looks at the names of the members beside the value, once an object.
func (w *jsonWalker) nearby() bool {
	for i := len(w.frames) - 1; i >= 0; i-- {
		f := &w.frames[i]
		if !f.object {
			continue
		}
		if !f.checked {
			f.checked, f.beside = true, w.members(f.start+1, sensitiveField)
		}
		return f.beside
	}
	return false
}

// members shows the members of the object whose inside begins at start, each name with what stands behind it, until one
// is what was looked for.
func (w *jsonWalker) members(start int, sought func(name, after []byte) bool) bool {
	b := w.text.data[start:min(start+window, len(w.text.data))]
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return false
			}
		case '"':
			end := stringEnd(b, i+1)
			if end < 0 {
				return false
			}
			after := bytes.TrimLeft(b[end+1:], " \t\r\n")
			if depth == 0 && len(after) > 0 && after[0] == ':' && sought(b[i+1:end], after) {
				return true
			}
			i = end
		}
	}
	return false
}

// stringEnd is where the quote stands that ends the string whose inside begins at i; -1 if there is none.
func stringEnd(b []byte, i int) int {
	for i < len(b) {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return -1
		}
		end := i + n
		slashes := 0
		for end-slashes-1 >= i && b[end-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return end
		}
		i = end + 1
	}
	return -1
}

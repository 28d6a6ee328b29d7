package inspect

import (
	"bytes"
	"strings"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// xmlWalker walks XML, SOAP, SVG and HTML without deciding which: tags are told from text the way a browser does, an
// element that is not closed is no fault, and nothing is fetched.
type xmlWalker struct {
	*reading
	text     *text
	at       int
	elements []element
	declared map[string][]byte // general entities of the internal subset
	tag      string            // of the tag whose attributes are read
	attr     string            // name of the attribute at hand, empty in text
	attrs    int               // the attributes of the tag at hand
	piece    int               // where the piece of a tag at hand begins
	loose    int               // the one that digits follow as if they were a name; -1: none does
	broken   bool              // tags do not match, or the text ends in one
	from     int               // where the text at hand begins
	heads    []span            // of the columns of the table at hand
	row      int               // of it
	column   int
	looked   int // up to where names of authentication data were looked for
	named    int // behind the last of them
}

// element is one open element.
type element struct {
	name   string // without its prefix
	named  string // what its name or key attribute says
	title  span   // the text of a child that names the value beside it
	id     int
	joins  bool // the text of its children may be one number in pieces
	inline bool // one of HTML that names nothing
}

// walkXML hands out text, attributes, comments, instructions and declarations of t.
func (r *reading) walkXML(t *text) (complete bool, err error) {
	w := &xmlWalker{reading: r, text: t}
	if !startsMarkup(t.data) {
		return false, nil
	}
	for w.at < len(t.data) {
		start := w.at
		n := bytes.IndexByte(t.data[start:], '<')
		if n < 0 {
			n = len(t.data) - start
		}
		w.at = start + n
		if err := w.words(start, w.at); err != nil {
			return false, err
		}
		if err := w.markup(); err != nil {
			return false, err
		}
	}
	r.split.flush(r)
	if err := r.acrossTags(t); err != nil {
		return false, err
	}
	return !w.broken && len(w.elements) == 0, nil
}

func startsMarkup(b []byte) bool {
	b = bare(b)
	return len(b) > 2 && b[0] == '<' && (b[1] == '?' || b[1] == '!' || isWord(b[1:2]))
}

// words hands out the text between two tags.
func (w *xmlWalker) words(start, end int) error {
	b := w.text.data[start:end]
	trimmed := bytes.TrimSpace(b)
	if len(trimmed) == 0 {
		return nil
	}
	start += bytes.Index(b, trimmed)
	if n := len(w.elements); n > 1 && xmlTitles[w.elements[n-1].name] {
		w.elements[n-2].title = span{start, start + len(trimmed)}
	}
	w.from = start
	w.head(start, start+len(trimmed))
	return w.content(start, start+len(trimmed))
}

// content hands out text whose entities are not yet undone.
func (w *xmlWalker) content(start, end int) error {
	b := w.text.data[start:end]
	if bytes.IndexByte(b, '&') < 0 {
		return w.value(w.text, w, start, end, nil, "xml")
	}
	if len(w.declared) > 0 {
		if err := w.expanded(start, end); err != nil {
			return err
		}
	}
	return w.value(w.text, w, start, end, entityView, "xml")
}

// markup passes over what begins with < at the place in hand.
func (w *xmlWalker) markup() error {
	b := w.text.data[w.at:]
	switch {
	case len(b) < 2:
		w.at += len(b)
		w.broken = w.broken || len(b) > 0
		return nil
	case bytes.HasPrefix(b, []byte("<!--")):
		return w.enclosed(4, "-->")
	case bytes.HasPrefix(b, cdata):
		return w.enclosed(len(cdata), string(cdataEnd))
	case b[1] == '?':
		return w.instruction()
	case b[1] == '!':
		return w.declaration()
	case b[1] == '/':
		return w.closeTag()
	case isWord(b[1:2]) && (b[1] > '9') || b[1] == '_' || b[1] == ':' || b[1] >= 0x80:
		return w.openTag()
	default: // a < of the text
		w.at++
		return nil
	}
}

// enclosed hands out what stands between a mark of n bytes and its end.
func (w *xmlWalker) enclosed(n int, mark string) error {
	start := w.at + n
	length := bytes.Index(w.text.data[start:], []byte(mark))
	if length < 0 {
		w.broken = true
		length = len(w.text.data) - start
		mark = ""
	}
	w.at, w.from = start+length+len(mark), start
	return w.value(w.text, w, start, start+length, nil, "xml")
}

// instruction reads <?…?>, of <?xml also the charset: one that we do not read is refused whatever the header said.
func (w *xmlWalker) instruction() error {
	if w.at <= 3 {
		cs, ok := xmlCharset(w.text.data[w.at:])
		if !ok {
			return errCharset
		}
		if w.charset.view == nil && !cs.wide {
			w.charset = cs
		}
	}
	return w.enclosed(2, "?>")
}

// xmlCharset is the charset that an XML declaration at the start of b names; false if it is one that we do not read.
func xmlCharset(b []byte) (charset, bool) {
	if !bytes.HasPrefix(b, []byte("<?xml")) {
		return charset{}, true
	}
	head, _, _ := bytes.Cut(b[:min(len(b), 200)], []byte("?>"))
	_, label, ok := strings.Cut(string(head), "encoding")
	if !ok {
		return charset{}, true
	}
	label = strings.TrimLeft(label, " \t=")
	if len(label) > 1 {
		label, _, _ = strings.Cut(label[1:], label[:1])
	}
	return charsetOf(label)
}

// declaredIn is the charset that a document names itself.
func declaredIn(b []byte) charset {
	cs, _ := xmlCharset(bare(b))
	return cs
}

func (w *xmlWalker) closeTag() error {
	b := w.text.data[w.at:]
	n := bytes.IndexByte(b, '>')
	if n < 0 {
		w.at, w.broken = len(w.text.data), true
		return nil
	}
	name := localName(bytes.TrimSpace(b[2:n]))
	w.at += n + 1
	for i := len(w.elements) - 1; i >= max(0, len(w.elements)-16); i-- {
		if w.elements[i].name == name {
			w.broken = w.broken || i != len(w.elements)-1
			w.elements = w.elements[:i]
			return nil
		}
	}
	w.broken = true
	return nil
}

func (w *xmlWalker) location() finding.Location { return w.text.where.location() }

// mostInline is how many elements of HTML are looked beyond for the one that names a text: a name is asked for every number.
const mostInline = 64

// label is the name of the attribute or element at hand; layout says nothing, so what is around it speaks.
func (w *xmlWalker) label() string {
	if w.attr != "" {
		if generic(w.attr) {
			return w.tag + "." + w.attr
		}
		return w.attr
	}
	if name := w.beside(); name != "" {
		return name
	}
	for i := len(w.elements) - 1; i >= max(0, len(w.elements)-mostInline); i-- {
		switch e := &w.elements[i]; {
		case e.inline:
			continue
		case e.named != "":
			return e.named
		case i > 0 && xmlTitled[e.name] && w.titleOf(&w.elements[i-1]) != "":
			return w.titleOf(&w.elements[i-1])
		case generic(e.name) && i > 0:
			return w.elements[i-1].name + "." + e.name
		default:
			return e.name
		}
	}
	return w.text.where.label()
}

// container is the element around the one whose text is at hand, or the tag around the attribute: its children, or
// attributes, may be a number in pieces.
func (w *xmlWalker) container() int {
	n := len(w.elements)
	if w.attr != "" {
		return w.attrs
	}
	if n == 0 || !w.elements[n-1].joins {
		w.ids++
		return w.ids // nothing joins it
	}
	if n == 1 {
		return 0
	}
	return w.elements[n-2].id
}

// nearby reports a name of authentication data in the bytes around the value. As values follow one another, what was looked
// through for the one before is not looked through again.
func (w *xmlWalker) nearby() bool {
	from, to := max(0, w.at-window/4), min(len(w.text.data), w.at+window/4)
	if w.looked < from || w.looked > to {
		w.looked, w.named = from, 0
	}
	w.lookOn(to)
	return w.named > from
}

// lookOn goes on looking for names of authentication data, up to an offset: behind what begins a tag or an attribute,
// before what ends it.
func (w *xmlWalker) lookOn(to int) {
	b := w.text.data[:to]
	for w.looked < to {
		start := w.looked
		if w.looked++; !blankOr(b[start], "<") {
			continue
		}
		start++
		end := start
		for end < to && end-start < longestSAD && !blankOr(b[end], "<>=/") {
			end++
		}
		switch {
		case end == to: // it may go on: the next look begins with it
			w.looked = start - 1
			return
		case end-start >= 3 && end-start < longestSAD && (b[end] == '>' || b[end] == '=') && sensitiveField(b[start:end], w.text.data[end:]):
			w.named = end
		}
		w.looked = end
	}
}

// longestSAD is more bytes than the name of a field for authentication data has in XML.
const longestSAD = 32

package inspect

import (
	"bytes"
	"slices"
	"strings"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/pan"
)

// root is bytes of the request as they are forwarded: where masking lands.
type root struct {
	bytes []byte
	fixed bool // never rewritten: the method, the path
	put   func(masked string)
}

// edit is bytes of a root and what is written over them; never longer or shorter than what was there.
type edit struct {
	root *root
	at   int
	with []byte
}

// locator knows where in the request a text stands. It is asked only when something was found.
type locator interface {
	location() finding.Location
	label() string  // name of the value, as pan judges it; empty if it has none
	container() int // the same for the values of one container, and for them alone
	nearby() bool   // a sibling is a card's expiry, verification value or holder
}

// place is a locator that stands still.
type place struct {
	part  finding.Part
	name  string // in its address, and of the value
	index int
}

func (p *place) location() finding.Location { return finding.At(p.part, p.name, p.index) }
func (p *place) label() string              { return p.name }
func (p *place) container() int             { return int(p.part) }
func (p *place) nearby() bool               { return false }

// text is one reading of some bytes: either a slice of the text above it, or what a view made of such a slice.
type text struct {
	data     []byte
	up       *text
	root     *root  // nil behind a carrier that has no way back
	from     int    // where up.data holds it
	size     int    // how many bytes of up.data it was read from
	view     *view  // nil: a slice
	step     string // its word in Views
	kind     kind   // what it was declared to be
	boundary string // of a multipart body, as declared
	where    locator
	guess    bool // escapes were undone that its format does not have: bytes that only look like escapes were changed

	marks    []int32 // of a view: for each byte of data the first byte of the source it came from, and one for the end
	masked   []byte  // of a block view: data with what was masked so far
	alphabet string  // of the base64 that masked is written in
	sextets  []int32 // of base64: where some of its characters stand
	claims   []span  // slices of data that were handed out as values, in order
	sights   *sights // what views made of all of it before

	complete bool  // the structure of data was read to its end
	charged  int64 // memory held for data
	lent     bool  // by nobody's share
	cut      bool  // data ends where a piece of base64 does and not the whole
	whole    bool  // data is exactly the value of its name
	drawing  bool  // data is coordinates, many of them
	number   bool  // data is a number literal, without quotes
	across   bool  // of data only what tags stand in the midst of was not judged before
	tokens   bool  // of data only its base64 was not judged before
	packed   int   // how many bytes of data a coding made that was undone
	piece    bool  // of a run of base64 that was read as a whole before
	folded   bool  // base64 in it may have been folded where it is no more to be seen
	sealed   bool  // no stand-in would leave the syntax whole
	handed   bool  // up handed it out as a value
	measured bool  // up handed it out by the length before it
	open     bool  // values in it have addresses of their own
	escapes  uint8
	seams    uint8
	noisy    bool // noise, or made of it
	blocks   uint8
	nested   uint8
}

// span is a half-open range of bytes.
type span struct{ start, end int }

func (s span) within(o span) bool { return o.start <= s.start && s.end <= o.end }

// mostly reports whether two ranges are the same number, though a quantum of base64 may widen them and touch a neighbour.
func (s span) mostly(o span) bool {
	shared := min(s.end, o.end) - max(s.start, o.start)
	return 2*shared > min(s.end-s.start, o.end-o.start)
}

func (s span) overlaps(o span) bool { return s.start < o.end && o.start < s.end }

// Named is what pan asks of a text whose name matters. A payment's reference number stands beside its expiry date too.
func (t *text) Named() (name string, cardNearby bool) {
	name = t.where.label()
	return name, (!pan.IsIDName(name) || pan.IsAccountName(name)) && t.where.nearby()
}

// source is the bytes of the text above that t was read from.
func (t *text) source() []byte { return t.up.data[t.from : t.from+t.size] }

// rewrite makes data[at:] read as with, written in the encoding of every layer above; false means there is no way back.
func (t *text) rewrite(edits []edit, at int, with []byte) ([]edit, bool) {
	switch {
	case t.root == nil || t.sealed:
		return edits, false
	case t.up == nil:
		return append(edits, edit{t.root, at, with}), !t.root.fixed
	case t.view == nil:
		return t.up.rewrite(edits, t.from+at, with)
	default:
		return t.view.rewrite(t, edits, at, with)
	}
}

// lift is where a range of t.data stands in the text above it.
func (t *text) lift(s span) (span, bool) {
	switch {
	case t.view == nil:
		return span{t.from + s.start, t.from + s.end}, true
	case t.view.lift != nil:
		l := t.view.lift(t, s)
		return span{t.from + l.start, t.from + l.end}, true
	case t.trace():
		return span{t.from + int(t.marks[s.start]), t.from + int(t.marks[s.end])}, true
	default:
		return span{}, false
	}
}

// trace makes the marks of a view's text, once.
func (t *text) trace() bool {
	if t.marks == nil && t.view.decode != nil {
		t.marks = make([]int32, 0, len(t.data)+1)
		t.view.decode(nil, t.source(), &t.marks)
		t.marks = append(t.marks, int32(t.size))
	}
	return len(t.marks) == len(t.data)+1
}

// origin is where a range of t.data stands in the bytes of its root; false if there is no way back, or if the range was
// already handed out as a value of its own by a text it passes through. What was read from base64 depends on all of the
// block before it: a value that holds the range and not the block's start was decoded otherwise, or not at all.
func (t *text) origin(s span) (at span, known, claimed bool) {
	for reach := s; t.up != nil; t = t.up {
		next, ok := t.lift(s)
		if !ok {
			return span{}, false, false
		}
		if t.across && !t.brokenByTags(reach) {
			return span{}, false, true
		}
		switch {
		case t.view == base64View:
			reach = span{t.from, next.end}
		case reach == s:
			reach = next
		default:
			reach, _ = t.lift(reach)
		}
		if s = next; !t.handed && t.up.claimed(reach) {
			return span{}, false, true
		}
	}
	return s, true, false
}

// brokenByTags reports whether a tag, or the end of CDATA, stood in the midst of a range of a text that was read without
// its markup.
func (t *text) brokenByTags(s span) bool {
	b := t.up.data[t.from+int(t.marks[s.start]) : t.from+int(t.marks[s.end-1])]
	return bytes.IndexByte(b, '<') >= 0 || bytes.Contains(b, cdataEnd)
}

// claimed reports whether s was handed out as a value, or straddles values of a structure that was read to its end.
func (t *text) claimed(s span) bool {
	i, _ := slices.BinarySearchFunc(t.claims, s.start, func(c span, at int) int {
		if c.end <= at {
			return -1
		}
		return 1
	})
	if i == len(t.claims) || !s.overlaps(t.claims[i]) {
		return false
	}
	return t.complete || s.within(t.claims[i])
}

// steps is the readings it took to come here, outermost first.
func (t *text) steps() []string {
	var words []string
	for ; t != nil; t = t.up {
		if t.step != "" {
			words = append(strings.Fields(t.step), words...)
		}
	}
	return words
}

func sortSpans(s []span) {
	slices.SortFunc(s, func(a, b span) int { return a.start - b.start })
}

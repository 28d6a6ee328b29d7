package inspect

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// inlineElement is the elements of HTML that do not part what stands around them.
var inlineElement = set("a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub sup time tspan tt u var wbr")

// layout is the elements that hold cells, items and paragraphs: what stands in them side by side is a list.
var layout = set("td th tr li p div option dd dt span a b i h1 h2 h3 h4 h5 h6 pre text tspan")

// voidElement is the elements of HTML that never close.
var voidElement = set("area base br col embed hr img input link meta source track wbr")

func set(words string) map[string]bool {
	s := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		s[word] = true
	}
	return s
}

// markupView reads marked-up text as a person sees it: what does not part words is gone, other tags stay as they are.
// seamlessView reads it as a program does that takes the text alone: there a line break is nothing, nor is any tag in the
// midst of a word.
var (
	markupView   = &view{decode: withoutMarkup(false), encode: besideMarkup}
	seamlessView = &view{decode: withoutMarkup(true), encode: besideMarkup}
)

func besideMarkup(unit, with []byte) ([]byte, bool) {
	size := len(with)
	if unit[0] == '&' {
		_, size = entity(nil, unit)
		written, ok := escapeAs(unit[:size], with)
		return append(written, unit[size:]...), ok
	}
	return append(bytes.Clone(with), unit[min(size, len(unit)):]...), true // with what was dropped behind it
}

// acrossTags looks for numbers that tags, comments or entities stand in the midst of. What lies within one value was
// already judged there.
func (r *reading) acrossTags(t *text) error {
	if t.seams >= t.mostSeams() || !digitsAroundTags(t.data) {
		return nil
	}
	if err := r.without(t, markupView); err != nil || !breaksWord(t.data) {
		return err
	}
	return r.without(t, seamlessView)
}

// without reads a text through a view that drops markup.
func (r *reading) without(t *text, v *view) error {
	c, err := r.through(t, 0, len(t.data), v, "markup")
	if err != nil {
		return err
	}
	defer r.close(c)
	if c.seams++; t.noisy {
		c.escapes++ // a pass like any other
	}
	c.handed, c.across, c.whole, c.kind, c.where = true, true, false, plain, &nameless{t.where}
	if r.sighted(t, c) {
		return nil
	}
	return r.read(c)
}

// digitsAroundTags reports whether a tag stands between two digits anywhere, or in the midst of a word as long as the
// base64 of a number, or a comment, instruction or CDATA mark in the midst of words.
func digitsAroundTags(b []byte) bool {
	last := bytes.LastIndexByte(b, '>') + 1
	for i := 1; i < len(b); i++ {
		if b[i] != '<' && !marksEnd(b, i) {
			continue
		}
		if i+1 < len(b) && (b[i+1] == '!' || b[i+1] == '?') && b[i-1] != '>' && !blankOr(b[i-1], "") {
			return true
		}
		digit, before := digitBefore(b, i), wordBefore(b[:i])
		if !digit && before == 0 {
			continue
		}
		n := tagsSize(b[i:], last-i)
		if n == 0 {
			return false
		}
		if i += n - 1; digit && digitBehind(b, i+1) {
			return true
		}
		if behind := wordBehind(b[i+1:]); behind > 0 && before+behind >= shortest {
			return true
		}
	}
	return false
}

// tagsSize is the length of the tags and marks that begin b, one directly behind the other; zero if the first does not
// end, which it does before the offset last. What stands between the two marks of CDATA is text.
func tagsSize(b []byte, last int) (size int) {
	for size < len(b) {
		n := 0
		switch {
		case bytes.HasPrefix(b[size:], cdata):
			n = len(cdata)
		case marksEnd(b, size):
			n = len(cdataEnd)
		case b[size] == '<' && size < last:
			n = bytes.IndexByte(b[size:last], '>') + 1
		}
		if n == 0 {
			return size
		}
		size += n
	}
	return size
}

// The marks of CDATA (XML 1.0 section 2.7).
var cdata, cdataEnd = []byte("<![CDATA["), []byte("]]>")

// marksEnd reports the end of CDATA at b[i:].
func marksEnd(b []byte, i int) bool { return b[i] == ']' && bytes.HasPrefix(b[i:], cdataEnd) }

// breaksWord reports whether a tag stands in the midst of a word or of a character.
func breaksWord(b []byte) bool {
	last := bytes.LastIndexByte(b, '>') + 1
	for i := 1; i < len(b); i++ {
		if b[i] != '<' && !marksEnd(b, i) || !ofWord(b[i-1]) {
			continue
		}
		n := tagsSize(b[i:], last-i)
		if n == 0 {
			return false
		}
		before, digits := wordBefore(b[:i]), b[i-1]-'0' < 10
		i += n - 1
		behind := wordBehind(b[i+1:])
		if behind > 0 && (before+behind >= shortest || digits && b[i+1]-'0' < 10 || !utf8.RuneStart(b[i+1])) {
			return true
		}
	}
	return false
}

// wordBefore and wordBehind are how many bytes at the end or start of b, up to as many as a number has, are characters of
// an escape or of base64, digits of any script, or parts of a character that was torn.
func wordBefore(b []byte) (n int) {
	for n < min(len(b), shortest) && ofWord(b[len(b)-1-n]) {
		r, size := utf8.DecodeLastRune(b[:len(b)-n])
		if size > 1 && !unicode.IsDigit(r) {
			break
		}
		n += size
	}
	return n
}

func wordBehind(b []byte) (n int) {
	for n < min(len(b), shortest) && ofWord(b[n]) {
		r, size := utf8.DecodeRune(b[n:])
		if size > 1 && !unicode.IsDigit(r) {
			break
		}
		n += size
	}
	return n
}

func ofWord(c byte) bool {
	return sextets[c] <= padding || c >= 0x80 || c == '%' || c == '&' || c == '#' || c == ';' || c == '\\'
}

func digitBefore(b []byte, i int) bool {
	for i--; i >= 0 && (blankOr(b[i], "-") || b[i] == '>'); i-- {
	}
	return i >= 0 && (b[i]-'0' < 10 || b[i] == ';' || b[i] == ']' || b[i] >= 0x80)
}

func digitBehind(b []byte, i int) bool {
	for ; i < len(b) && blankOr(b[i], "-<&#/!["); i++ {
	}
	return i < len(b)
}

// withoutMarkup drops what does not part words: comments, instructions, CDATA marks, inline elements, elements without
// content, and any tag that stands directly between two digits. A line break becomes one, unless the reading
// is seamless: that drops it and each tag in the midst of a word.
func withoutMarkup(seamless bool) func(dst, src []byte, marks *[]int32) []byte {
	return func(dst, src []byte, marks *[]int32) []byte {
		for i := 0; i < len(src); {
			n, size := len(dst), 1
			switch c := src[i]; {
			case c == '&':
				dst, size = entity(dst, src[i:])
			case c == '<':
				dst, size = tag(dst, src, i, seamless)
			case marksEnd(src, i):
				size = len(cdataEnd)
			default:
				dst = append(dst, c)
			}
			mark(marks, dst, n, i)
			i += size
		}
		return dst
	}
}

// tag reads what begins with < at i. A tag that stays is given as its first byte, which parts numbers like the whole.
func tag(dst, src []byte, i int, seamless bool) ([]byte, int) {
	b := src[i:]
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		return dst, through(b, "-->")
	case bytes.HasPrefix(b, cdata):
		return dst, len(cdata)
	case bytes.HasPrefix(b, []byte("<?")):
		return dst, through(b, "?>")
	}
	size := through(b, ">")
	name := strings.ToLower(localName(bytes.TrimLeft(b[1:max(1, nameEnd(b))], "/")))
	direct := i > 0 && src[i-1]-'0' < 10 && i+size < len(src) && src[i+size]-'0' < 10
	switch {
	case seamless && (name == "br" || withinWord(dst, b)):
		return dst, size
	case name == "br":
		return append(dst, '\n'), size
	case direct, inlineElement[name], size > 2 && b[size-2] == '/' && !voidElement[name]:
		return dst, size
	default:
		return append(dst, '<'), size
	}
}

// longestTags is more bytes of tags than stand within a word.
const longestTags = 256

// withinWord reports tags at the start of b that stand directly behind a word that was read and before another. Digits on
// both sides of one cell's end and the next one's start are two numbers.
func withinWord(read, b []byte) bool {
	if len(read) == 0 || !ofWord(read[len(read)-1]) {
		return false
	}
	b = b[:min(len(b), longestTags)] // each of them asks anew
	size := tagsSize(b, len(b))
	if size == len(b) || !ofWord(b[size]) {
		return false
	}
	cells := size > through(b, ">") && b[1] == '/'
	return !cells || !allDigits(read[len(read)-1:]) || !allDigits(b[size:size+1])
}

func nameEnd(b []byte) int {
	i := 1
	if len(b) > 1 && b[1] == '/' {
		i++
	}
	for i < len(b) && !blankOr(b[i], "/>") {
		i++
	}
	return i
}

// through is the length of b up to and with mark, all of b if there is none.
func through(b []byte, mark string) int {
	if n := bytes.Index(b, []byte(mark)); n >= 0 {
		return n + len(mark)
	}
	return len(b)
}

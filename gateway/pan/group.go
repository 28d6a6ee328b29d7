package pan

import (
	"encoding/binary"
	"unicode/utf8"
)

// The bounds of what may stand between two groups of one number. They make every decision local, which is what lets a
// stream come to the same result as the whole.
const (
	maxMarks  = 3   // characters that are neither space nor invisible
	maxSpaces = 6   // spaces
	maxGap    = 128 // bytes, invisible characters included
	maxRun    = 40  // digits counted in one group; longer runs are all alike
)

// gap is what stands between two groups of digits, small enough to be handed on in one piece: its kind in the upper half,
// then its flags, then its mark. The zero gap is none: the group begins a chain.
type gap uint64

// The flags of a gap.
const (
	rowGap    gap = 1 << (8 + iota) // holds a tab or a line end
	commaGap                        // holds a comma
	wideSpace                       // holds a space above ASCII
	gapFlags  = rowGap | commaGap | wideSpace
)

func newGap(kind uint32, mark byte) gap { return gap(kind)<<32 | gap(mark) }

// kind is equal for equal separators: every space is the same, every dash is the same.
func (g gap) kind() uint32 { return uint32(g >> 32) }

// mark is the first character if it is ASCII, '-' for any dash, 0 for another.
func (g gap) mark() byte  { return byte(g) }
func (g gap) row() bool   { return g&rowGap != 0 }
func (g gap) comma() bool { return g&commaGap != 0 }

// like reports the same separator. A tab is a space, but one that parts cells: it goes on no list of spaces. Nor does a
// no-break space: who types it within a number parts that from other numbers by blanks.
func (g gap) like(other gap) bool {
	return g.kind() == other.kind() && (g.mark() == '\t') == (other.mark() == '\t') && (g^other)&wideSpace == 0
}

// and is the gap with one more character, where last is the kind of the one before: spaces in a row are one.
func (g gap) and(one gap, last uint32) gap {
	kind, mark := g.kind(), g.mark()
	if kind == 0 {
		mark = one.mark()
	}
	if one.kind() != ' ' || last != ' ' {
		kind = kind*31 + one.kind()
	}
	return newGap(kind, mark) | (g|one)&gapFlags
}

// group is digits with nothing visible between them.
type group struct {
	start, end int // bytes, from the first digit to behind the last
	n          int // digits, at most maxRun
	plain      bool
	checked    bool // its check digit is known to hold
	before     gap
}

// reader cuts a text into groups.
type reader struct {
	text    []byte
	single  *[256]gap // what one character between two digits is
	pos     int       // behind the last group read
	next    gap       // what stands before the group at pos, if chained
	chained bool
	wide    int // bytes of the digit at pos, if it is known to be no ASCII
	seek    seeker
	stretch int // end of the stretch in hand: behind it the next is sought
}

// read gives the next group, or false at the end of the text. Each character is looked at once; groups that stand alone and
// have too few digits for a number are passed over.
func (r *reader) read(g *group) bool {
	for {
		chained := r.chained
		if !chained && !r.advance() {
			return false
		}
		g.start, g.before, g.checked = r.pos, r.next, false
		end, behind, at, size := r.digits(g)
		if behind != 0 {
			r.gap(end, behind, at, size)
			return true
		}
		if r.pos, r.chained = at+size, false; chained || g.n >= shortest {
			return true
		}
	}
}

// digits reads a group: digits of any script, and invisible characters among them, which count as nothing. It gives the
// group's end, and what the first character behind it is, where it stands and its bytes.
func (r *reader) digits(g *group) (end int, behind gap, at, size int) {
	text, i, n, plain := r.text, r.pos, 0, true
	if r.wide > 0 {
		i, n, plain, r.wide = i+r.wide, 1, false, 0
	}
	for end = i; i < len(text) && i <= end+maxGap; i += size {
		b := text[i]
		if b-'0' <= 9 {
			if size = 1; i+1 < len(text) && text[i+1]-'0' <= 9 {
				size = digitRun(text[i:])
			}
			n, plain, end = n+size, plain && i == end, i+size
			continue
		}
		behind, size = r.single[b], 1
		if behind == severalBytes {
			behind, size = glyph(text, i)
		}
		switch behind {
		case aDigit:
			n, plain, end = n+1, false, i+size
			continue
		case unseenGap:
			continue
		}
		g.n, g.end, g.plain = min(n, maxRun), end, plain
		return end, behind, i, size
	}
	g.n, g.end, g.plain = min(n, maxRun), end, plain
	return end, 0, i, 0
}

// gap reads on from the character behind a group that ended: what stands between, and whether a group of the same chain
// begins behind it.
func (r *reader) gap(end int, one gap, i, size int) {
	text := r.text
	var g gap
	var last uint32
	marks, spaces := 0, 0
	r.chained = false
	for one != 0 {
		if one.kind() == ' ' {
			spaces++
		} else {
			marks++
		}
		if last == one.kind() && masking(last) || marks > maxMarks || spaces > maxSpaces {
			break
		}
		g, last = g.and(one, last), one.kind()
		for {
			if i += size; i >= len(text) || i > end+maxGap {
				r.pos = i
				return
			}
			one, size = r.single[text[i]], 1
			if one == severalBytes {
				one, size = glyph(text, i)
			}
			if one != unseenGap {
				break
			}
		}
		if one == aDigit {
			if r.pos, r.next, r.chained = i, g, true; size > 1 {
				r.wide = size
			}
			return
		}
	}
	r.pos = i + size
}

// chain gives the groups of a chain while they are ASCII digits, as nearly all are.
func (r *reader) chain(groups []group) (n int) {
	text, pos, next := r.text, r.pos, r.next
	for n < len(groups) && pos+9 < len(text) && text[pos]-'0' <= 9 {
		size := 1
		if text[pos+1]-'0' <= 9 {
			if size = leadingDigits(binary.LittleEndian.Uint64(text[pos:])); size == 8 {
				size += digitRun(text[pos+8:])
			}
		}
		end := pos + size
		if end+1 >= len(text) {
			break
		}
		one, width := r.single[text[end]], 1
		if one == severalBytes {
			one, width = glyph(text, end)
		}
		if one == aDigit || one == unseenGap {
			break
		}
		g := &groups[n]
		g.start, g.end, g.n, g.plain, g.checked, g.before = pos, end, min(size, maxRun), true, false, next
		n++
		if pos, next = end+width, one; one != 0 && pos < len(text) && text[pos]-'0' <= 9 {
			continue // nearly always
		}
		r.gap(end, one, end, width)
		if pos, next = r.pos, r.next; !r.chained || r.wide > 0 {
			break
		}
	}
	r.pos, r.next = pos, next
	return n
}

// advance goes on to the next digit that begins a chain, or reports that there is none.
func (r *reader) advance() bool {
	r.next = 0
	for r.pos = seekDigit(r.text, r.pos, r.stretch); r.pos >= r.stretch; r.pos = seekDigit(r.text, r.pos, r.stretch) {
		start, end, ok := r.seek.next()
		if !ok {
			return false
		}
		r.pos, r.stretch = max(r.pos, start), end
	}
	return true
}

// fullWidth reports a text that begins with one of the digits U+FF10 to U+FF19.
func fullWidth(text []byte) bool {
	return len(text) >= 3 && text[0] == 0xEF && text[1] == 0xBC && text[2]-0x90 <= 9
}

// What a character may be to a reader beside the gap that it makes: none, which parts numbers, or one of these.
const (
	aDigit       gap = 1 << (16 + iota)
	unseenGap        // counts as nothing
	severalBytes     // the first byte of a character that only all its bytes tell
)

// glyph is what the character of several bytes at i is to a reader, and its bytes. A byte that is no UTF-8 is a letter of the
// code pages: all that begin characters are.
func glyph(text []byte, i int) (gap, int) {
	switch rest := text[i:]; {
	case rest[0] < 0xE0:
		if len(rest) > 1 && continuation(rest[1]) {
			return ofTwoBytes[twoByteRune(rest)], 2
		}
	case rest[0] < 0xF0:
		if len(rest) > 2 {
			if r, ok := threeBytes(rest); ok {
				return gapOf(classOf(r), r), 3
			}
		}
	default:
		if r, size := decodeRune(rest); size > 1 {
			return gapOf(classOf(r), r), size
		}
	}
	return 0, 1
}

// ofTwoBytes is what each character below U+0800 is to a reader.
var ofTwoBytes = gapsOfTwoBytes()

func gapsOfTwoBytes() (t [1 << 11]gap) {
	for r := rune(utf8.RuneSelf); int(r) < len(t); r++ {
		t[r] = gapOf(classOf(r), r)
	}
	return t
}

// gapOf is what one character above ASCII is to a reader.
func gapOf(c class, code rune) gap {
	if c.isDigit() {
		return aDigit
	}
	switch c {
	case invisible:
		return unseenGap
	case space:
		return newGap(' ', ' ') | wideSpace
	case dash:
		return newGap('-', '-')
	case other:
		return newGap(uint32(code), 0)
	}
	return 0
}

// inValues and inDocuments are what each character of one byte alone makes of two groups that it stands between; the zero
// gap parts them, or is told by the bytes behind it.
var inValues, inDocuments = gaps(false), gaps(true)

func gaps(document bool) (t [256]gap) {
	for b, c := range ascii {
		switch b := byte(b); {
		case c.isDigit():
			t[b] = aDigit
		case c == space && b == '\t':
			t[b] = newGap(' ', b) | rowGap
		case c == space && b != ' ':
			t[b] = newGap(' ', ' ') | rowGap
		case c == space:
			t[b] = newGap(' ', ' ')
		case c == dash:
			t[b] = newGap('-', b)
		case b == ',' && !document:
			t[b] = newGap(',', b) | commaGap
		case c == other && b != '%' && !(document && parts(b)): // nobody types a percent sign between groups: it begins an escape
			t[b] = newGap(uint32(b), b)
		}
	}
	for b := utf8.RuneSelf; b < len(t); b++ {
		switch {
		case alone(byte(b)):
			t[b] = gapOf(codePage(byte(b)), rune(b))
		case byte(b)|1 != cyrillicLead: // a letter of any encoding
			t[b] = severalBytes
		}
	}
	return t
}

// parts reports the ASCII marks that part values in documents: JSON, CSV, forms, XML.
func parts(b byte) bool {
	switch b {
	case ',', ';', '&', '=', '{', '}', '[', ']', '<', '>', '?':
		return true
	}
	return false
}

// masking reports the marks that, repeated, stand for digits that were taken out.
func masking(code uint32) bool {
	switch code {
	case '*', '#', 0x2022, 0x2026, 0x25CF, 0xFF0A, 0xD7, 0x2A2F, 0x25AA, 0x2588:
		return true
	}
	return false
}

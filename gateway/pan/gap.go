package pan

import "unicode/utf8"

// gap is what stands between two groups of digits, small enough to be handed on in one piece: its kind in the upper half,
// then its flags, then its mark. The zero gap is none: the group begins a chain.
type gap uint64

// The flags of a gap.
const (
	rowGap    gap = 1 << (8 + iota) // holds a tab or a line end
	commaGap                        // holds a comma
	wideSpace                       // holds a space above ASCII
	tabFirst                        // begins with a tab
	maskMark                        // begins with one that is masking
)

const (
	gapFlags = rowGap | commaGap | wideSpace // of a gap if any of its characters has them
	likeness = 0xFFFFFFFF<<32 | wideSpace | tabFirst
)

func newGap(kind uint32, mark byte) gap {
	g := gap(kind)<<32 | gap(mark)
	if masking(kind) {
		g |= maskMark
	}
	return g
}

// kind is equal for equal separators: every space is the same, every dash is the same.
func (g gap) kind() uint32 { return uint32(g >> 32) }

// mark is the first character if it is ASCII, '-' for any dash, 0 for another.
func (g gap) mark() byte  { return byte(g) }
func (g gap) row() bool   { return g&rowGap != 0 }
func (g gap) comma() bool { return g&commaGap != 0 }

// like reports the same separator. A tab is a space, but one that parts cells: it goes on no list of spaces. Nor does a
// no-break space: who types it within a number parts that from other numbers by blanks.
func (g gap) like(other gap) bool {
	return (g^other)&likeness == 0
}

// and is the gap with one more character, where last is the kind of the one before: spaces in a row are one.
func (g gap) and(one gap, last uint32) gap {
	kind := g.kind()
	if last != ' ' || one.kind() != ' ' {
		kind = max(kind*31+one.kind(), 1) // zero is no gap
	}
	return gap(kind)<<32 | g&(tabFirst|maskMark|0xFF) | (g|one)&gapFlags
}

// repeats reports a character that is masking and has its like before it.
func (g gap) repeats(last uint32) bool { return g&maskMark != 0 && g.kind() == last }

// What a character may be to a reader beside the gap that it makes: none, which parts numbers, or one of these.
const (
	aDigit       gap = 1 << (16 + iota) // with its value
	unseenGap                           // counts as nothing
	severalBytes                        // the first byte of a character that only all its bytes tell
	special      = aDigit | unseenGap | severalBytes
)

func (g gap) isDigit() bool { return g&aDigit != 0 }
func (g gap) value() byte   { return byte(g) }

// glyph is what the character of several bytes at i is to a reader, and its bytes. A byte that is no UTF-8 is a letter of the
// code pages: all that begin characters are.
func glyph(text []byte, i int) (gap, int) {
	switch rest := text[i:]; {
	case rest[0] < 0xE0:
		if len(rest) > 1 && continuation(rest[1]) {
			return ofTwoBytes[twoByteRune(rest)], 2
		}
	case rest[0] < 0xF0:
		if len(rest) < 3 {
			break
		}
		if r, ok := threeBytes(rest); ok {
			return gapOf(classAbove(r), r), 3
		}
	case len(rest) > 3:
		if r, ok := fourBytes(rest); ok {
			return gapOf(classAbove(r), r), 4
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
	if c == other {
		return newGap(uint32(code), 0)
	}
	return ofClass[c]
}

// ofClass is what the characters of each class but other are to a reader: letters and what parts numbers are no gap.
var ofClass = gapsOfClasses()

func gapsOfClasses() (t [256]gap) {
	for v := range class(10) {
		t[digit|v] = aDigit | gap(v)
	}
	t[invisible], t[space], t[dash] = unseenGap, newGap(' ', ' ')|wideSpace, newGap('-', '-')
	return t
}

// inValues and inDocuments are what each character of one byte alone makes of two groups that it stands between; the zero
// gap parts them, or is told by the bytes behind it.
var inValues, inDocuments = gaps(false), gaps(true)

func gaps(document bool) (t [256]gap) {
	for b, c := range ascii {
		switch b := byte(b); {
		case c.isDigit():
			t[b] = aDigit | gap(c.value())
		case c == space && b == '\t':
			t[b] = newGap(' ', b) | rowGap | tabFirst
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

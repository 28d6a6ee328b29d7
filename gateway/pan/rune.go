package pan

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"
)

// class is what a character is to the scanner; a digit carries its value in the low four bits.
type class uint8

const (
	other     class = 0x00 // any symbol or punctuation: part of a separator
	digit     class = 0x10
	letter    class = 0x20
	space     class = 0x30
	invisible class = 0x40 // counts as nothing
	dash      class = 0x50
	barrier   class = 0x60 // never part of a separator: quotes, control bytes
)

func (c class) isDigit() bool { return c&0xF0 == digit }
func (c class) value() byte   { return byte(c & 0x0F) }

// classAt is the class of the character at i and how many bytes it takes. A byte that is no UTF-8 is read as the
// code pages of the region have it.
func classAt(text []byte, i int) (class, int) {
	switch b := text[i]; {
	case b < utf8.RuneSelf:
		return ascii[b], 1
	case alone(b):
		return codePage(b), 1
	}
	r, size := decodeRune(text[i:])
	if size == 1 {
		return codePage(text[i]), 1
	}
	return classAbove(r), size
}

// decodeRune is utf8.DecodeRune (RFC 3629 section 4), quicker for what scripts and their digits are written in, and for bytes
// that are no UTF-8.
func decodeRune(text []byte) (rune, int) {
	if len(text) == 0 {
		return utf8.RuneError, 0
	}
	switch b := text[0]; {
	case b < utf8.RuneSelf:
		return rune(b), 1
	case alone(b):
	case b < 0xE0:
		if len(text) > 1 && continuation(text[1]) {
			return twoByteRune(text), 2
		}
	case b < 0xF0:
		if len(text) > 2 {
			if r, ok := threeBytes(text); ok {
				return r, 3
			}
		}
	case len(text) > 3:
		if r, ok := fourBytes(text); ok {
			return r, 4
		}
	}
	return utf8.RuneError, 1
}

// alone reports a byte above ASCII that begins no character.
func alone(b byte) bool { return b-utf8.RuneSelf < lowestLead-utf8.RuneSelf || b > 0xF4 }

// twoBytes reports a text of two bytes at least that begins with a character of two.
func twoBytes(text []byte) bool {
	return text[0]-lowestLead <= 0xDF-lowestLead && continuation(text[1])
}

func twoByteRune(text []byte) rune { return rune(text[0]&0x1F)<<6 | rune(text[1]&0x3F) }

// threeBytes is the character of three bytes that a text of as many at least begins with, the first of them E0 to EF; false if there
// is none.
func threeBytes(text []byte) (rune, bool) {
	rest := rune(binary.LittleEndian.Uint16(text[1:3]))
	r := rune(text[0]&0x0F)<<12 | rest&0x3F<<6 | rest>>8&0x3F
	const no = 1<<0 | 1<<(0xD800>>11) // two bytes would do, or surrogates
	return r, rest&0xC0C0 == 0x8080 && no>>(r>>11&31)&1 == 0
}

// fourBytes is the same of four bytes, the first of them F0 or more.
func fourBytes(text []byte) (rune, bool) {
	x := rune(binary.BigEndian.Uint32(text))
	r := x>>6&0x1C0000 | x>>4&0x3F000 | x>>2&0xFC0 | x&0x3F
	return r, x&0x08C0C0C0 == 0x00808080 && uint32(r-0x10000) < 0x100000
}

// fullWidth reports a text that begins with one of the digits U+FF10 to U+FF19.
func fullWidth(text []byte) bool {
	return len(text) >= 3 && text[0] == 0xEF && text[1] == 0xBC && text[2]-0x90 <= 9
}

// decodeLastRune is utf8.DecodeLastRune, quicker for the same characters.
func decodeLastRune(text []byte) (rune, int) {
	n := len(text)
	if n == 0 {
		return utf8.RuneError, 0
	}
	i := n - 1
	for stop := max(0, n-utf8.UTFMax); i > stop && continuation(text[i]); i-- {
	}
	if r, size := decodeRune(text[i:]); i+size == n {
		return r, size
	}
	return utf8.RuneError, 1
}

// continuation reports a byte that goes on a character.
func continuation(b byte) bool { return b&0xC0 == 0x80 }

// codePage is the class of a byte above 127 that is not UTF-8: windows-1251 and Latin-1 agree on the no-break space
// and on letters from C0 up; dashes and the middle dot are windows-1251's.
func codePage(b byte) class {
	switch {
	case b == 0xA0:
		return space
	case b == 0x96 || b == 0x97 || b == 0xAD:
		return dash
	case b >= 0xC0:
		return letter
	default:
		return other
	}
}

// ascii is the class of each ASCII character.
var ascii = asciiClasses()

func asciiClasses() (t [128]class) {
	for b := range t {
		switch {
		case '0' <= b && b <= '9':
			t[b] = digit | class(b-'0')
		case 'a' <= b|0x20 && b|0x20 <= 'z':
			t[b] = letter
		case b == ' ' || '\t' <= b && b <= '\r':
			t[b] = space
		case b == '-':
			t[b] = dash
		case b < ' ' || b == 0x7F || b == '"' || b == '\'' || b == '`':
			t[b] = barrier
		}
	}
	return t
}

// classOf is the class of one character.
func classOf(r rune) class {
	if r < utf8.RuneSelf {
		return ascii[r&0x7F]
	}
	return classAbove(r)
}

// classAbove is the class of one character above ASCII.
func classAbove(r rune) class {
	return pages[pageOf[uint32(r)>>6&0x7FFF]][r&0x3F]
}

// page is the classes of 64 characters.
type page [64]class

// pages is the pages that differ, the first of them of symbols alone, and pageOf which of them each 64 characters of Unicode have.
// Many have the same, those of letters alone: there are 330, and room for what Unicode will add.
var pages, pageOf = classPages()

func classPages() (pages [512]page, pageOf [0x8000]uint16) {
	t := make([]*page, len(pageOf))
	set := func(lo, hi, stride rune, c func(r rune) class) {
		for r := lo; r <= hi; r += stride {
			if r < utf8.RuneSelf {
				continue
			}
			if t[r>>6] == nil {
				t[r>>6] = new(page)
			}
			t[r>>6][r&0x3F] = c(r)
		}
	}
	paint := func(rt *unicode.RangeTable, c class) {
		for _, g := range rt.R16 {
			set(rune(g.Lo), rune(g.Hi), rune(g.Stride), func(rune) class { return c })
		}
		for _, g := range rt.R32 {
			set(rune(g.Lo), rune(g.Hi), rune(g.Stride), func(rune) class { return c })
		}
	}
	paint(unicode.L, letter)
	paint(unicode.N, letter) // fractions, Roman numerals: not digits unless listed below
	paint(unicode.M, invisible)
	paint(unicode.Cf, invisible)
	paint(unicode.Cc, barrier)
	paint(unicode.White_Space, space)
	paint(unicode.Pd, dash)
	for _, r := range invisibleToo {
		set(r, r, 1, func(rune) class { return invisible })
	}
	set(0x2212, 0x2212, 1, func(rune) class { return dash })
	for _, z := range zeros() {
		set(z, z+9, 1, func(r rune) class { return digit | class(r-z) })
	}
	for _, s := range compatibility {
		set(s.from, s.from+rune(s.last-s.first), 1, func(r rune) class { return digit | class(r-s.from) + class(s.first) })
	}
	known := map[page]uint16{{}: 0}
	for at, p := range t {
		if p == nil {
			continue
		}
		n, ok := known[*p]
		if !ok {
			n = uint16(len(known))
			known[*p], pages[n] = n, *p
		}
		pageOf[at] = n
	}
	return pages, pageOf
}

// invisibleToo is Hangul fillers: they draw nothing although Unicode counts them letters.
var invisibleToo = []rune{0x115F, 0x1160, 0x3164, 0xFFA0}

// zeros is the zero of every decimal block of Unicode: the ranges of category Nd are whole blocks of ten.
func zeros() (z []rune) {
	for _, g := range unicode.Nd.R16 {
		for r := rune(g.Lo); r <= rune(g.Hi); r += 10 {
			z = append(z, r)
		}
	}
	for _, g := range unicode.Nd.R32 {
		for r := rune(g.Lo); r <= rune(g.Hi); r += 10 {
			z = append(z, r)
		}
	}
	return z
}

// compatibility is the digits that are not category Nd but that people and NFKC read as digits.
var compatibility = []struct {
	from        rune
	first, last byte
}{
	{0x2070, 0, 0}, {0x00B9, 1, 1}, {0x00B2, 2, 3}, {0x2074, 4, 9}, // superscripts
	{0x2080, 0, 9},                                                 // subscripts
	{0x24EA, 0, 0}, {0x2460, 1, 9}, {0x24FF, 0, 0}, {0x2776, 1, 9}, // circled, negative circled
	{0x24F5, 1, 9}, {0x2780, 1, 9}, {0x278A, 1, 9}, // double circled, dingbats
	{0x1F10B, 0, 0}, {0x1F10C, 0, 0}, // dingbat circled zeros
	{0x2474, 1, 9}, {0x2488, 1, 9}, {0x1F100, 0, 0}, {0x1F101, 0, 9}, // in brackets, with full stop, with comma
}

// zeroOf is the zero of the block that the digit r belongs to. Compatibility digits without a zero of the same
// length in their own block are given one that has it.
func zeroOf(r rune) rune {
	if unicode.Is(unicode.Nd, r) {
		return r - rune(classOf(r).value())
	}
	switch utf8.RuneLen(r) {
	case 2:
		return 0x0660 // Arabic-Indic zero
	case 3:
		return 0x24EA // circled zero
	default:
		return 0x1F10B // circled zero, sans-serif
	}
}

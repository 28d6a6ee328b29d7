package pan

import (
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
	text = text[i:]
	switch {
	case len(text) > 1 && twoBytes(text):
		return classOf(twoByteRune(text)), 2
	case text[0] < 0xE0:
		return codePage(text[0]), 1
	}
	r, size := decodeRune(text)
	if r == utf8.RuneError && size <= 1 {
		return codePage(text[0]), 1
	}
	return classOf(r), size
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
	case len(text) > 3 && continuation(text[1]) && continuation(text[2]) && continuation(text[3]) && (b != 0xF0 || text[1] >= 0x90) && (b != 0xF4 || text[1] < 0x90):
		return rune(b&0x07)<<18 | rune(text[1]&0x3F)<<12 | rune(text[2]&0x3F)<<6 | rune(text[3]&0x3F), 4
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

// threeBytes is the character of three bytes that a text of three bytes at least begins with; false if there is none.
func threeBytes(text []byte) (rune, bool) {
	r := rune(text[0]&0x0F)<<12 | rune(text[1]&0x3F)<<6 | rune(text[2]&0x3F)
	return r, text[0]&0xF0 == 0xE0 && continuation(text[1]) && continuation(text[2]) && r >= 0x800 && r>>11 != 0xD800>>11
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
	if page := pages[uint32(r)>>8&0x1FFF]; page != nil {
		return page[r&0xFF]
	}
	return other
}

// pages is the class of every character above ASCII, 256 to a page; a page of symbols alone is nil.
var pages = classPages()

func classPages() (t [0x2000]*[256]class) {
	set := func(lo, hi, stride rune, c func(r rune) class) {
		for r := lo; r <= hi; r += stride {
			if r < utf8.RuneSelf {
				continue
			}
			page := t[r>>8]
			if page == nil {
				page = new([256]class)
				t[r>>8] = page
			}
			page[r&0xFF] = c(r)
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
	return t
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

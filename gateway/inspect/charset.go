package inspect

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// charset is how the characters of a text are written. The zero charset is UTF-8.
type charset struct {
	view  *view // nil: as UTF-8, or so close to it that digits are the same
	wide  bool  // digits are not single bytes: nothing can be read before the view was opened
	dense bool  // digits may be single bytes, or several that show none
}

// conceals reports bytes that the charset may make digits of though they show none.
func (c charset) conceals(b []byte) bool {
	if !c.dense || len(b) < shortest {
		return false
	}
	for _, b := range b {
		if b >= utf8.RuneSelf || b == escapeSequence {
			return true
		}
	}
	return false
}

// escapeSequence begins what switches the character set in ISO 2022.
const escapeSequence = 0x1B

// misspelled is names of charsets that programs write and the WHATWG does not list, without their dashes.
var misspelled = map[string]string{
	"win1251": "windows-1251", "windows1251": "windows-1251", "cp1251": "windows-1251", "win1252": "windows-1252", "windows1252": "windows-1252",
	"latin1": "iso-8859-1", "koi8r": "koi8-r", "koi8u": "koi8-u",
}

// charsetOf is the charset of a label; false means that we do not read it, and so nobody behind us may.
func charsetOf(label string) (charset, bool) {
	label = strings.ToLower(strings.Trim(label, " \t\"'"))
	compact := strings.NewReplacer("-", "", "_", "").Replace(label)
	switch compact {
	case "", "utf8", "utf8mb4", "utf8sig", "usascii", "ascii", "binary":
		return charset{}, true
	case "utf16", "utf16le", "ucs2", "unicode", "iso10646ucs2":
		return charset{view: wideView(2, false), wide: true}, true
	case "utf16be", "unicodefffe":
		return charset{view: wideView(2, true), wide: true}, true
	case "utf32", "utf32le", "ucs4":
		return charset{view: wideView(4, false), wide: true}, true
	case "utf32be":
		return charset{view: wideView(4, true), wide: true}, true
	}
	if known, ok := misspelled[compact]; ok {
		label = known
	}
	e, err := htmlindex.Get(label) // the names of the WHATWG: no UTF-7, no EBCDIC
	if err != nil || e == encoding.Replacement {
		return charset{}, false
	}
	if m, ok := e.(*charmap.Charmap); ok {
		return charset{view: charmapView(m)}, true
	}
	return charset{view: multibyteView(e), dense: true}, true
}

// charmapView reads a code page of one byte a character.
func charmapView(m *charmap.Charmap) *view {
	return &view{
		grows: 3,
		decode: func(dst, src []byte, marks *[]int32) []byte {
			for i, b := range src {
				n := len(dst)
				dst = utf8.AppendRune(dst, m.DecodeByte(b))
				mark(marks, dst, n, i)
			}
			return dst
		},
		encode: func(unit, with []byte) ([]byte, bool) {
			r, size := utf8.DecodeRune(with)
			b, ok := m.EncodeRune(r)
			return []byte{b}, ok && size == len(with) && len(unit) == 1
		},
	}
}

// multibyteView reads a charset of East Asia, which has no way back: what is found there is blocked.
func multibyteView(e encoding.Encoding) *view {
	return &view{
		grows: 3,
		decode: func(dst, src []byte, marks *[]int32) []byte {
			out, _ := e.NewDecoder().Bytes(src) // bytes that mean nothing become U+FFFD
			return append(dst, out...)
		},
		lift: func(t *text, _ span) span { return span{0, t.size} },
		rewriting: func(_ *text, edits []edit, _ int, _ []byte) ([]edit, bool) {
			return edits, false
		},
	}
}

// wideView reads UTF-16 or UTF-32 in units of width bytes; a byte order mark turns the order.
func wideView(width int, big bool) *view {
	return &view{
		grows: 2, foreign: true,
		decode: func(dst, src []byte, marks *[]int32) []byte {
			big := big
			for i := 0; i+width <= len(src); {
				n, size := len(dst), width
				r := wideRune(src[i:i+width], big)
				if i == 0 && byteOrderMark(src[:width], !big) {
					big = !big
				} else if utf16.IsSurrogate(r) && width == 2 && i+4 <= len(src) {
					if pair := utf16.DecodeRune(r, wideRune(src[i+2:i+4], big)); pair != utf8.RuneError {
						r, size = pair, 4
					}
				}
				dst = utf8.AppendRune(dst, r)
				mark(marks, dst, n, i)
				i += size
			}
			return dst
		},
		encode: func(unit, with []byte) ([]byte, bool) { return wideAs(unit, with, width) },
	}
}

func byteOrderMark(unit []byte, big bool) bool { return wideRune(unit, big) == 0xFEFF }

func wideRune(unit []byte, big bool) rune {
	var n uint32
	for i := range unit {
		if big {
			n = n<<8 | uint32(unit[i])
		} else {
			n = n<<8 | uint32(unit[len(unit)-1-i])
		}
	}
	if n > utf8.MaxRune {
		return utf8.RuneError
	}
	return rune(n)
}

// wideAs writes one rune over unit, in the byte order the high byte of unit shows: what is masked is a digit, and its
// stand-in is of the same block.
func wideAs(unit, with []byte, width int) ([]byte, bool) {
	r, size := utf8.DecodeRune(with)
	if size != len(with) || len(unit) != width || r > 0xFFFF {
		return nil, false
	}
	out := make([]byte, width)
	if big := unit[0] == byte(r>>(8*(width-1))); big {
		out[width-2], out[width-1] = byte(r>>8), byte(r)
	} else {
		out[0], out[1] = byte(r), byte(r>>8)
	}
	return out, true
}

// guessWide recognises UTF-16 and UTF-32 that say so by a byte order mark or by the pattern of their zeros.
func guessWide(b []byte) *view {
	switch {
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE, 0, 0}):
		return wideView(4, false)
	case bytes.HasPrefix(b, []byte{0, 0, 0xFE, 0xFF}):
		return wideView(4, true)
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		return wideView(2, false)
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return wideView(2, true)
	}
	var zeros [4]int
	head := b[:min(len(b)&^3, 256)]
	for i, c := range head {
		if c == 0 {
			zeros[i&3]++
		}
	}
	n := len(head) / 4
	most := n * 3 / 4 // most characters are of the first block, or digits
	switch {
	case n < 2:
		return nil
	case zeros[1] > most && zeros[2] > most && zeros[3] > most && zeros[0] < n/4:
		return wideView(4, false)
	case zeros[0] > most && zeros[1] > most && zeros[2] > most && zeros[3] < n/4:
		return wideView(4, true)
	case zeros[1]+zeros[3] > n && zeros[0]+zeros[2] <= n/4:
		return wideView(2, false)
	case zeros[0]+zeros[2] > n && zeros[1]+zeros[3] <= n/4:
		return wideView(2, true)
	}
	if big, ok := wideRun(b); ok {
		return wideView(2, big)
	}
	return nil
}

// longestHalfEmpty bounds what is tried on slight evidence: longer are recordings and pictures.
const longestHalfEmpty = 1 << 20

// widePlaces reports on which places of a text the zeros of UTF-16 stand, even ones and odd ones: of four characters of
// the first block in a row.
func widePlaces(b []byte) (found [2]bool) {
	if len(b) > longestHalfEmpty {
		return found
	}
	found = halfEmpty(b[:min(len(b), 256)])
	var run [2]int
	for i, c := range b {
		p := i & 1
		switch {
		case c != 0:
			run[p] = 0
		case run[1-p] > 0: // two zeros side by side are neither's
			run = [2]int{}
		default:
			run[p]++
			found[p] = found[p] || run[p] == 4
		}
	}
	return found
}

// halfEmpty reports the places that the zeros of a text stand on, where the others have none: they may be few, with most
// of its characters of another script.
func halfEmpty(b []byte) (found [2]bool) {
	var zeros [2]int
	for i, c := range b {
		if c == 0 {
			zeros[i&1]++
		}
	}
	for p, n := range zeros {
		found[p] = n >= 4 && zeros[1-p] == 0
	}
	return found
}

// wideRun is the byte order of UTF-16 that has hardly a zero, as digits of another script have none: there every second
// byte is that of their block, which no other text holds in a row.
func wideRun(b []byte) (big, ok bool) {
	const high, top = 0xFF00FF00FF00FF00, 0x8000800080008000
	var last [2]byte // the block of the units before, in either order
	for i := 0; i+8 <= len(b); i += 8 {
		units := binary.LittleEndian.Uint64(b[i:])
		for order, u := range [2]uint64{units & high, units << 8 & high} {
			block := byte(0)
			if paired(u) {
				block = surrogates
			}
			if ((u^u<<1)|(u^u<<2))&top == 0 { // digits and what parts them have three bits alike
				block = blockOf(u)
			}
			if block != 0 && block == last[order] {
				return order == 1, true
			}
			last[order] = block
		}
	}
	return false, false
}

// surrogates stands for the block of characters that are written as a pair of units.
const surrogates = 0xD8

// paired reports two pairs of surrogates in four units.
func paired(u uint64) bool {
	const halves, first, second = 0xFC00FC00FC00FC00, 0xDC00D800DC00D800, 0xD800DC00D800DC00
	return u&halves == first || u&halves == second
}

// blockOf is the high byte that most of four units share while the others are of the first block; zero if none is.
func blockOf(u uint64) (block byte) {
	n := 0
	for shift := 8; shift < 64; shift += 16 {
		switch c := byte(u >> shift); {
		case c == 0:
			continue
		case block != 0 && c != block:
			return 0
		default:
			block = c
			n++
		}
	}
	if n < 3 {
		return 0
	}
	return block
}

// zeroFree reads bytes without the zero bytes among them: UTF-16 inside something else, whichever way it is turned.
var zeroFree = &view{
	decode: func(dst, src []byte, marks *[]int32) []byte {
		for i, b := range src {
			if b != 0 {
				n := len(dst)
				dst = append(dst, b)
				mark(marks, dst, n, i)
			}
		}
		return dst
	},
	encode: firstOf,
}

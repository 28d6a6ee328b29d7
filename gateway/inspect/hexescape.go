package inspect

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// The views of a backslash before hexadecimal digits, which scripts take for an octal escape or for nothing: of style
// sheets, up to six digits and a blank (CSS Syntax 3, section 4.3.7), and of PHP's escaped strings, two (unserialize, S:).
var (
	styleView  = hexEscapeView(6, true)
	serialView = hexEscapeView(2, false)
)

func hexEscapeView(most int, closed bool) *view {
	return &view{
		decode: func(dst, src []byte, marks *[]int32) []byte {
			for i := 0; i < len(src); {
				n := len(dst)
				digits, size := hexEscape(src[i:], most, closed)
				if digits == 0 {
					dst = append(dst, src[i])
				} else {
					dst = utf8.AppendRune(dst, hexEscaped(src[i+1:i+1+digits]))
				}
				mark(marks, dst, n, i)
				i += size
			}
			return dst
		},
		encode: func(unit, with []byte) ([]byte, bool) {
			r, size := utf8.DecodeRune(with)
			digits, _ := hexEscape(unit, most, closed)
			switch {
			case digits == 0:
				return with, len(unit) == 1 && len(with) == 1
			case size != len(with):
				return nil, false
			}
			return fill(unit, 1, 1+digits, uint64(r), 16)
		},
	}
}

// hexEscape is how many digits the escape that begins b has, and its length with the blank that closes it; no digits if
// there is none, or one of a character that is no digit anywhere.
func hexEscape(b []byte, most int, closed bool) (digits, size int) {
	if b[0] != '\\' {
		return 0, 1
	}
	for digits < most && digits+1 < len(b) && hexDigit(b[digits+1]) < 16 {
		digits++
	}
	if digits < 2 || b[1] > '9' && b[1]|0x20 != 'f' {
		return 0, 1
	}
	size = digits + 1
	if rest := b[size:]; closed && bytes.HasPrefix(rest, []byte("\r\n")) {
		size += 2
	} else if closed && len(rest) > 0 && sextets[rest[0]] == blank {
		size++
	}
	return digits, size
}

func hexEscaped(digits []byte) rune {
	n, err := strconv.ParseUint(string(digits), 16, 32)
	if err != nil || n > utf8.MaxRune {
		return utf8.RuneError
	}
	return rune(n)
}

// hexEscapes reports an escape that style sheets, or PHP, may take for a digit of a number.
func hexEscapes(b []byte) bool {
	for i := 0; i+2 < len(b); i++ {
		if b[i] != '\\' {
			continue
		}
		if digits, _ := hexEscape(b[i:], 6, false); digits > 0 {
			return true
		}
	}
	return false
}

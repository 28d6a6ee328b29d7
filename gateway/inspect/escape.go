package inspect

import (
	"bytes"
	"html"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// escaping says which escapes a reading undoes.
type escaping uint8

const (
	percents    escaping = 1 << iota // %34, %u0034
	plusses                          // + for a space
	backslashes                      // \u0034, \x34, \u{34}, \/ and the short ones
	entities                         // &#52;, &#x34;, &nbsp;
	scripts                          // \064, as in JavaScript, C and quoted cookies; \p, which is p there
)

// The readings of escapes. lenient is what a text is tried with that did not say how it is written: an escape of any kind
// is undone in one pass, what is no escape stands for itself.
var (
	formView    = escapeView(percents | plusses)
	percentView = escapeView(percents)
	jsonView    = escapeView(backslashes)
	entityView  = escapeView(entities)
	lenientView = escapeView(percents | backslashes | entities)
	scriptView  = escapeView(percents | backslashes | entities | scripts)
	outerView   = escapeView(percents | backslashes)
	outerScript = escapeView(percents | backslashes | scripts)
)

func escapeView(e escaping) *view {
	return &view{
		decode: func(dst, src []byte, marks *[]int32) []byte { return unescape(dst, src, marks, e) },
		encode: escapeAs,
	}
}

// unescape undoes every escape of the given kinds once.
func unescape(dst, src []byte, marks *[]int32, e escaping) []byte {
	for i := 0; i < len(src); {
		n, size := len(dst), 1
		switch c := src[i]; {
		case c == '%' && e&percents != 0:
			dst, size = percentEscape(dst, src[i:])
		case c == '+' && e&plusses != 0:
			dst = append(dst, ' ')
		case c == '\\' && e&scripts != 0 && i+1 < len(src) && needless(src[i+1]) && longEscapeSize(src[i:]) == 0:
			dst, size = append(dst, src[i+1]), 2
		case c == '\\' && e&scripts != 0 && octalSize(src[i:]) > 0:
			size = octalSize(src[i:])
			octal, _ := strconv.ParseUint(string(src[i+1:i+size]), 8, 8)
			dst = utf8.AppendRune(dst, rune(octal))
		case c == '\\' && e&backslashes != 0:
			dst, size = backslashEscape(dst, src[i:])
		case c == '&' && e&entities != 0:
			dst, size = entity(dst, src[i:])
		case marks == nil:
			size = plainRun(src[i:])
			dst = append(dst, src[i:i+size]...)
		default:
			dst = append(dst, c)
		}
		mark(marks, dst, n, i)
		i += size
	}
	return dst
}

// plainRun is how many bytes at the start of src begin no escape of any kind; at least one.
func plainRun(src []byte) int {
	for i := 1; i < len(src); i++ {
		switch src[i] {
		case '%', '+', '\\', '&':
			return i
		}
	}
	return len(src)
}

// percentEscape reads %34 or %u0034 (the old escape of JavaScript, which IIS and some PHP code still undo).
func percentEscape(dst, src []byte) ([]byte, int) {
	if len(src) >= 3 {
		if b, ok := hexByte(src[1:3]); ok {
			if c, ok := overlong(b, src[3:]); ok {
				return append(dst, c), 6
			}
			if b == 0xE0 && bytes.HasPrefix(src[3:], []byte("%80")) {
				if c, ok := overlong(0xC0, src[6:]); ok {
					return append(dst, c), 9 // in three bytes, as %E0%80%B4
				}
			}
			return append(dst, b), 3
		}
		if len(src) >= 6 && src[1]|0x20 == 'u' {
			if r, ok := hexRune(src[2:6]); ok {
				return utf8.AppendRune(dst, r), 6
			}
		}
	}
	return append(dst, '%'), 1
}

// overlong reads an ASCII character written as two bytes of UTF-8, as %C0%B4: no encoder does that, and old decoders
// still take it.
func overlong(b byte, rest []byte) (byte, bool) {
	if b&0xFE != 0xC0 || len(rest) < 3 || rest[0] != '%' {
		return 0, false
	}
	c, ok := hexByte(rest[1:3])
	return b<<6 | c&0x3F, ok && c&0xC0 == 0x80
}

// backslashEscape reads the escapes of JSON (RFC 8259 section 7) and JavaScript. A backslash before anything else stands
// for what follows, as in JavaScript; before a digit for itself: \4 is octal to some and a digit to others.
func backslashEscape(dst, src []byte) ([]byte, int) {
	if len(src) < 2 {
		return append(dst, '\\'), 1
	}
	switch c := src[1]; c {
	case 'u':
		return unicodeEscape(dst, src)
	case 'U':
		return longEscape(dst, src)
	case 'x':
		if bracedSize(src) > 0 {
			return unicodeEscape(dst, src)
		}
		if len(src) >= 4 {
			if b, ok := hexByte(src[2:4]); ok {
				if r, size := escapedBytes(src); size > 0 {
					return utf8.AppendRune(dst, r), size
				}
				return utf8.AppendRune(dst, rune(b)), 4
			}
		}
		return append(dst, '\\'), 1
	case 'n', 'r', 't', 'b', 'f', 'v':
		return append(dst, "\n\r\t\b\f\v"[bytes.IndexByte([]byte("nrtbfv"), c)]), 2
	case '"', '\\', '/', '\'':
		return append(dst, c), 2
	case '\r', '\n':
		return dst, continuedLine(src)
	default:
		return append(dst, '\\'), 1
	}
}

// escapedBytes reads a character that is written as \xEF\xBC\x94, the bytes of its UTF-8 one by one: so C, PHP and Python
// write what JavaScript writes as \uFF14. The size is zero if the bytes are none.
func escapedBytes(src []byte) (r rune, size int) {
	var b []byte
	for i := 0; i+4 <= len(src) && len(b) < utf8.UTFMax && src[i] == '\\' && src[i+1] == 'x'; i += 4 {
		c, ok := hexByte(src[i+2 : i+4])
		if !ok {
			break
		}
		b = append(b, c)
	}
	if r, n := utf8.DecodeRune(b); n > 1 {
		return r, 4 * n
	}
	return 0, 0
}

// continuedLine is the length of a backslash at the end of a line and of the blanks the next begins with (YAML 1.2.2,
// section 7.3.1; scripts keep the blanks).
func continuedLine(src []byte) int {
	i := 2
	if src[1] == '\r' && i < len(src) && src[i] == '\n' {
		i++
	}
	for i < len(src) && (src[i] == ' ' || src[i] == '\t') {
		i++
	}
	return i
}

// longEscapeSize is the length of the escape \U00000034 of Python, C and Go that begins b, zero if there is none.
func longEscapeSize(b []byte) int {
	const size = len(`\U00000034`)
	if len(b) < size || b[1] != 'U' {
		return 0
	}
	for _, c := range b[2:size] {
		if hexDigit(c) > 15 {
			return 0
		}
	}
	return size
}

func longEscape(dst, src []byte) ([]byte, int) {
	size := longEscapeSize(src)
	if size == 0 {
		return append(dst, '\\'), 1
	}
	n, err := strconv.ParseUint(string(src[2:size]), 16, 32)
	if err != nil || n > utf8.MaxRune {
		return append(dst, '\\'), 1
	}
	return utf8.AppendRune(dst, rune(n)), size
}

// needless reports a character that a backslash does nothing to in a script.
func needless(c byte) bool {
	return (c|0x20)-'a' < 26 && bytes.IndexByte([]byte("nrtbfvux"), c) < 0 || c == '_' || c == '+' || c == '-' || c == '='
}

// octalSize is the length of the octal escape of an ASCII character that begins b, zero if there is none.
func octalSize(b []byte) int {
	n := 1
	for n < len(b) && n < 4 && b[n]&^7 == '0' {
		n++
	}
	if n < 3 || n == 4 && b[1] > '1' {
		return 0
	}
	return n
}

// bracedSize is the length of the escape \u{34} or \x{34} that begins b, zero if there is none.
func bracedSize(b []byte) int {
	if len(b) < len(`\u{0}`) || b[2] != '{' || b[1] != 'u' && b[1] != 'x' {
		return 0
	}
	end := bytes.IndexByte(b[:min(len(b), 12)], '}')
	if end <= 3 {
		return 0
	}
	if n, err := strconv.ParseUint(string(b[3:end]), 16, 32); err != nil || n > utf8.MaxRune {
		return 0
	}
	return end + 1
}

// unicodeEscape reads \u0034, a surrogate pair of two of them, or \u{34}.
func unicodeEscape(dst, src []byte) ([]byte, int) {
	if end := bracedSize(src); end > 0 {
		n, _ := strconv.ParseUint(string(src[3:end-1]), 16, 32)
		return utf8.AppendRune(dst, rune(n)), end
	}
	if len(src) < 6 {
		return append(dst, '\\'), 1
	}
	r, ok := hexRune(src[2:6])
	if !ok {
		return append(dst, '\\'), 1
	}
	if utf16.IsSurrogate(r) && len(src) >= 12 && src[6] == '\\' && src[7] == 'u' {
		if low, ok := hexRune(src[8:12]); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return utf8.AppendRune(dst, pair), 12
			}
		}
	}
	return utf8.AppendRune(dst, r), 6
}

// bareAmpersand is a reference to what begins another one, without its semicolon: HTML's oldest names need none.
var bareAmpersand = []byte("&amp#")

// entity reads a character reference of HTML or XML; browsers and PHP take numeric ones without the semicolon too.
func entity(dst, src []byte) ([]byte, int) {
	if len(src) > 2 && src[1] == '#' {
		base, i := 10, 2
		if src[2]|0x20 == 'x' {
			base, i = 16, 3
		}
		start := i
		for i < len(src) && i < start+12 && hexDigit(src[i]) < base {
			i++
		}
		n, err := strconv.ParseUint(string(src[start:i]), base, 32)
		if err != nil || n > utf8.MaxRune {
			return append(dst, '&'), 1
		}
		if n < ' ' && (n > 0xFF || sextets[n] != blank) && i < len(src) && (src[i] == '&' || src[i] == '%' || src[i] == '\\') {
			return append(dst, '&'), 1 // an escape among its digits: nobody means the control character
		}
		if i < len(src) && src[i] == ';' {
			i++
		}
		return utf8.AppendRune(dst, rune(n)), i
	}
	if bytes.HasPrefix(src, bareAmpersand) {
		return append(dst, '&'), len(bareAmpersand) - 1
	}
	for _, blank := range bareBlanks {
		if n := len(blank.name); bytes.HasPrefix(src, blank.name) && n < len(src) && src[n]-'0' <= 9 {
			return utf8.AppendRune(dst, blank.is), n
		}
	}
	if end := bytes.IndexByte(src[:min(len(src), 34)], ';'); end > 1 && isWord(src[1:end]) {
		if s := html.UnescapeString(string(src[:end+1])); s[0] != '&' || s == "&" {
			return append(dst, s...), end + 1
		}
	}
	return append(dst, '&'), 1
}

// bareBlanks is the references to blanks that browsers read without a semicolon (HTML, section 13.2.5.73): 4111&nbsp1111.
var bareBlanks = [...]struct {
	name []byte
	is   rune
}{{[]byte("&nbsp"), 0xA0}, {[]byte("&shy"), 0xAD}}

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	default:
		return 99
	}
}

func hexByte(b []byte) (byte, bool) {
	high, low := hexDigit(b[0]), hexDigit(b[1])
	return byte(high<<4 | low), high < 16 && low < 16
}

func hexRune(b []byte) (rune, bool) {
	high, ok := hexByte(b[:2])
	low, fits := hexByte(b[2:4])
	return rune(high)<<8 | rune(low), ok && fits
}

func isWord(b []byte) bool {
	for _, c := range b {
		if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z') {
			return false
		}
	}
	return true
}

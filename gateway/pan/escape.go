package pan

import (
	"bytes"
	"unicode/utf8"
)

// readPercent reads one percent escape (RFC 3986 section 2.1) for a survey.
func readPercent(text []byte) (kind, int) {
	switch {
	case len(text) >= 6 && text[1]|0x20 == 'u' && isHex(text[2:6]): // the old escape of JavaScript
		return character(hexRune(text[2:6])), 6
	case len(text) < 3 || !hexDigit(text[1]) || !hexDigit(text[2]):
		return between, 1
	}
	return escapedByte(text[1:3], text[3:]), 3
}

// escapedByte is the kind of the byte that two hexadecimal digits stand for, before rest.
func escapedByte(hex, rest []byte) kind {
	b := hexValue(hex[0])<<4 | hexValue(hex[1])
	if b == '&' && refers(rest) || b == '#' && len(rest) > 1 && (rest[0]-'0' <= 9 || rest[0]|0x20 == 'x' && hexDigit(rest[1])) {
		return suspect
	}
	return needless(b)
}

// refers reports what goes on with a reference behind its ampersand: what the reference stands for, the view shows.
func refers(rest []byte) bool {
	for _, begin := range []string{"#", "%23", "=23", `\u0023`, "amp"} {
		if bytes.HasPrefix(rest, []byte(begin)) {
			return true
		}
	}
	return false
}

// needless is the kind of a byte that an escape stands for. Nobody who means well escapes an ASCII letter or digit: it
// may be one of base64, or of another escape.
func needless(b byte) kind {
	if alnum(b) {
		return suspect
	}
	return decoded(b)
}

// decoded is the kind of a byte that an escape stands for; what may begin another escape is believed at once.
func decoded(b byte) kind {
	switch {
	case b == '%' || b == '\\':
		return suspect
	case b == '&' || b == '=':
		return digital // may begin a digit's escape
	case b == 0xD0 || b == 0xD1:
		return nothing
	case b >= 0xC2:
		return digital // perhaps the first byte of a wide digit
	case b >= 0x80 || b == 0:
		return unseen
	}
	return kinds[b]
}

// character is the kind of a character that an escape stands for; half of a surrogate pair may be a digit.
func character(r rune) kind {
	switch c := classOf(r); {
	case r < 0x80:
		return needless(byte(r))
	case c.isDigit() || 0xD800 <= r && r < 0xE000:
		return digital
	case c == invisible:
		return unseen
	case c == letter || c == barrier:
		return nothing
	}
	return between
}

// hexRune is the value of four hexadecimal digits.
func hexRune(text []byte) (r rune) {
	for _, b := range text {
		r = r<<4 | rune(hexValue(b))
	}
	return r
}

func hexValue(b byte) byte {
	if b-'0' <= 9 {
		return b - '0'
	}
	return b | 0x20 - 'a' + 10
}

// readBackslash reads one escape of JSON or JavaScript (RFC 8259 section 7, ECMA-262 section 12.9.4).
func readBackslash(text []byte) (kind, int) {
	if len(text) < 2 {
		return between, 1
	}
	switch c := text[1]; {
	case (c == 'u' || c == 'x') && len(text) > 2 && text[2] == '{':
		return braced(text)
	case c == 'U' && len(text) >= 10 && isHex(text[2:10]):
		return character(hexRune(text[2:10])), 10
	case c == 'u' && len(text) >= 6 && isHex(text[2:6]):
		if r := hexRune(text[2:6]); r != '&' || !refers(text[6:]) {
			return character(r), 6
		}
		return suspect, 6
	case c == 'x' && len(text) >= 4 && isHex(text[2:4]):
		return escapedByte(text[2:4], text[4:]), 4 // of UTF-8, in C, PHP and Python
	case c-'0' <= 7:
		return digital, 2 // octal
	case c == '\\':
		return suspect, 2
	case c == 'n' || c == 'r' || c == 't' || c == 'b' || c == 'f' || c == 'v' || c == '/' || c == '\r' || c == '\n':
		return between, 2
	}
	return between, 1
}

// braced reads \u{34} or \x{34}; the bounds are those of whoever undoes it.
func braced(text []byte) (kind, int) {
	end := 3
	for end < len(text) && end < 11 && hexDigit(text[end]) {
		end++
	}
	if end == 3 || end == len(text) || text[end] != '}' {
		return between, 1
	}
	return character(hexRune(text[3:end])), end + 1
}

// readEntity reads one character reference of HTML or XML for a survey.
func readEntity(text []byte) (kind, int) {
	if len(text) < 4 {
		return between, 1
	}
	if text[1] == '#' {
		return reference(text)
	}
	if end := entityEnd(text, 1); end > 0 && end <= len(text) && text[end-1] == ';' {
		if string(text[:end]) == "&amp;" {
			return suspect, end
		}
		return between, end
	}
	for _, blank := range [...]string{"&nbsp", "&shy"} { // which browsers read without a semicolon
		if n := len(blank); n < len(text) && string(text[:n]) == blank && text[n]-'0' <= 9 {
			return between, n
		}
	}
	return between, 1
}

// reference reads a numeric character reference.
func reference(text []byte) (kind, int) {
	end := entityEnd(text, 2)
	n, base, i := 0, 10, 2
	if text[2]|0x20 == 'x' {
		base, i = 16, 3
	}
	for ; i < end && hexDigit(text[i]) && n < utf8.RuneSelf; i++ {
		n = n*base + int(hexValue(text[i]))
	}
	if n < utf8.RuneSelf && alnum(byte(n)) {
		return suspect, end
	}
	return digital, end
}

// entityEnd is the end of the letters and digits from i on, with their semicolon.
func entityEnd(text []byte, i int) int {
	for stop := i + 32; i < len(text) && i < stop && alnum(text[i]); {
		i++
	}
	if i < len(text) && text[i] == ';' {
		i++
	}
	return i
}

// readQuoted reads one escape of quoted-printable (RFC 2045 section 6.7) for a survey.
func readQuoted(text []byte) (kind, int) {
	switch {
	case len(text) >= 2 && (text[1] == '\n' || text[1] == '\r'):
		return between, 2
	case len(text) >= 3 && isHex(text[1:3]):
		if b := hexValue(text[1])<<4 | hexValue(text[2]); b != '&' || !refers(text[3:]) {
			return decoded(b), 3
		}
		return suspect, 3
	}
	return between, 1
}

// readNUL passes over the empty half of a UTF-16 or UTF-32 character.
func readNUL(text []byte) (kind, int) {
	n := 1
	for n < 3 && n < len(text) && text[n] == 0 {
		n++
	}
	return unseen, n
}

// hexDigits is the shortest hexadecimal that can hold twelve digits: two for one.
const hexDigits = 24

// tokenKind is the evidence of one run of base64 characters. Digits in base64 always make capitals: their first six
// bits are M, N or O.
func tokenKind(token []byte) (found Evidence) {
	for _, b := range token {
		if b-'A' <= 25 {
			found = Base64
			break
		}
	}
	for i := hexDigits - 1; i < len(token); i += hexDigits {
		if !hexDigit(token[i]) {
			continue
		}
		start, end := i, i+1
		for start > 0 && i-start < hexDigits && hexDigit(token[start-1]) {
			start--
		}
		for end < len(token) && hexDigit(token[end]) {
			end++
		}
		if hexOfDigits(token[start:end]) {
			return found | HexRun
		}
		i = end
	}
	return found
}

// hexOfDigits reports hexadecimal in which twelve bytes are ASCII digits, 30 to 39.
func hexOfDigits(hex []byte) bool {
	var threes [2]int
	for i, b := range hex {
		if b == '3' {
			threes[i&1]++
		}
	}
	return len(hex) >= hexDigits && max(threes[0], threes[1]) >= shortest
}

func tokenByte(b byte) bool { return tokens[b] }

// tokens is the characters of base64 and base64url (RFC 4648 sections 4 and 5).
var tokens = tokenBytes()

func tokenBytes() (t [256]bool) {
	for _, b := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_") {
		t[b] = true
	}
	return t
}

package inspect

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/cappertrophy/panwall/gateway/pan"
)

// survey is the evidence of a text: what its bytes show, what they show beside an escape, and UTF-16 without a zero.
func survey(b []byte) pan.Evidence {
	e := pan.Survey(b)
	if e&(pan.Digits|pan.Wide) != 0 || e&pan.Percent == 0 && bytes.IndexByte(b, '%') >= 0 || e&pan.Backslash == 0 && bytes.IndexByte(b, '\\') >= 0 {
		e |= glued(b)
	}
	if e&pan.NUL == 0 && len(b) >= 2*shortest {
		if _, ok := wideRun(b); ok {
			e |= pan.NUL
		}
	}
	if e&pan.Entity == 0 && (bytes.Contains(b, bareAmpersand) || escapedTags(b)) {
		e |= pan.Entity
	}
	if e&pan.QuotedPrintable == 0 && quotedToken(b) {
		e |= pan.QuotedPrintable
	}
	if ebcdic(b) {
		e |= mainframe
	}
	if e&pan.Base64 == 0 {
		if _, ok := spacedToken(b); ok {
			e |= pan.Base64
		}
	}
	return e
}

// escapedTags reports digits before and behind tags that are escaped as text: 4111&lt;/b&gt; &lt;b&gt;1111, of an editor's HTML in
// another document.
func escapedTags(b []byte) bool {
	end := bytes.LastIndex(b, escapedClose)
	if end < 0 {
		return false
	}
	before := false
	for i := 0; i < end && !before; {
		n := bytes.Index(b[i:end], escapedOpen)
		if n < 0 {
			return false
		}
		before = i+n > 0 && b[i+n-1]-'0' <= 9
		i += n + len(escapedOpen)
	}
	for ; before && end >= 0; end = bytes.LastIndex(b[:end], escapedClose) {
		if behind := end + len(escapedClose); behind < len(b) && b[behind]-'0' <= 9 {
			return true
		}
	}
	return false
}

// escapedOpen and escapedClose are how the beginning and the end of a tag are escaped.
var escapedOpen, escapedClose = []byte("&lt;"), []byte("&gt;")

// spacedToken reports where characters of base64 begin, as many as a number has, that have blanks among them and nothing
// else behind them: decoders pass over blanks wherever they stand, as a folded header line leaves them. Of short texts one
// other character may stand among them too, again and again: the decoders of MIME (RFC 2045 section 6.8), PHP, Node and
// Python pass over what is none of theirs.
func spacedToken(b []byte) (start int, ok bool) {
	if start = bytes.IndexByte(b[:min(len(b), longestHead)], ','); start < 0 || !bytes.HasPrefix(b, []byte("data:")) {
		start = -1
	}
	start++
	size, blanks, litter, capital := 0, 0, 0, false
	mark := byte(0)
	for i, c := range b[start:] {
		switch v := sextets[c]; {
		case v < padding:
			size++
			capital = capital || v < 26
		case v == blank:
			blanks++
		case v == padding && len(b)-start-i <= 4:
		case v == padding || len(b) > longestFolded || mark != 0 && mark != c:
			return 0, false
		default:
			mark = c
			litter++
		}
	}
	if litter > 0 {
		return start, size >= shortestToken && capital && litter <= size+4 && blanks <= size/8
	}
	return start, size >= shortestToken && blanks > 0 && capital
}

// foldedToken reports blanks in the midst of characters of base64, as many as a number has, in a short text: each may be
// what a folded line left (RFC 9112 section 5.2), within whatever holds the base64.
func foldedToken(b []byte) bool {
	if len(b) > longestFolded || bytes.IndexByte(b, ' ') < 0 {
		return false
	}
	size, blanks, capital := 0, 0, false
	for _, c := range b {
		switch v := sextets[c]; {
		case v < padding:
			size++
			capital = capital || v < 26
		case v == blank && size > 0:
			blanks++
		default:
			size, blanks, capital = 0, 0, false
		}
		if size >= shortestToken && blanks > 0 && capital {
			return true
		}
	}
	return false
}

// longestHead is more than stands before the comma of a data URI (RFC 2397).
const longestHead = 128

// glued reports escapes of other characters whose last digits touch a number's first: in %224111… the raw bytes show a
// longer run, and only the view shows where the number, or the base64 that holds it, begins. An escape may also stand in
// the midst of base64.
func glued(b []byte) (e pan.Evidence) {
	for i := 0; i < len(b); i++ {
		n := bytes.IndexAny(b[i:], "%\\=")
		if n < 0 {
			return e
		}
		i += n
		size, row := escapeSize(b[i:])
		if size == 0 {
			continue
		}
		behind := b[i+size : min(len(b), i+size+2*shortest)]
		switch {
		case manyDigits(behind), otherDigit(behind), strewn(behind), row != pan.QuotedPrintable && tokenAt(behind), continues(b, i),
			b[i] == '\\' && octalSize(b[i:]) > 0 && touches(b, i, i+size), inToken(b, i, size):
			e |= row
		}
	}
	return e
}

// otherDigit reports a digit of another script than ours at the start of b.
func otherDigit(b []byte) bool {
	r, _ := utf8.DecodeRune(b)
	return r >= 0x80 && unicode.IsNumber(r) // superscripts and circled digits too
}

// strewn reports digits at the start of b with other characters than ours behind each: keycaps, or what draws nothing
// between them, so that twelve stand further apart. Fewer than three are met by chance in any bytes.
func strewn(b []byte) bool {
	for range 3 {
		if len(b) < 2 || b[0]-'0' >= 10 || b[1] < utf8.RuneSelf {
			return false
		}
		for b = b[1:]; len(b) > 0 && b[0] >= utf8.RuneSelf; {
			r, size := utf8.DecodeRune(b)
			if r == utf8.RuneError {
				return false
			}
			b = b[size:]
		}
	}
	return true
}

// continues reports an escape of a further byte of a character whose first bytes stand before it as they are.
func continues(b []byte, i int) bool {
	if b[i] != '%' || i == 0 || b[i-1] < 0x80 {
		return false
	}
	c, _ := hexByte(b[i+1 : i+3])
	return c&0xC0 == 0x80
}

// tokenAt reports whether as many characters of base64 begin b as a number has.
func tokenAt(b []byte) bool {
	return len(b) >= shortestToken && tokenSize(b[:shortestToken]) == shortestToken
}

// tokenSize is how many characters of base64 begin b.
func tokenSize(b []byte) (n int) {
	for n < len(b) && sextets[b[n]] < padding {
		n++
	}
	return n
}

// touches reports a character of base64 on either side of b[start:end].
func touches(b []byte, start, end int) bool {
	return start > 0 && sextets[b[start-1]] < padding || end < len(b) && sextets[b[end]] < padding
}

// inToken reports an escape of a character of base64, or a needless one, that characters of base64 stand around, as many
// as a number has.
func inToken(b []byte, at, size int) bool {
	if b[at] == '=' {
		return false
	}
	padded := false
	if b[at] == '%' {
		c, _ := hexByte(b[at+1 : at+3])
		if sextets[c] > padding && c != '\r' && c != '\n' {
			return false
		}
		padded = sextets[c] == padding
	}
	before := 0
	for before < min(at, shortestToken) && sextets[b[at-1-before]] < padding {
		before++
	}
	if padded {
		return before == shortestToken
	}
	if before == 0 {
		return false
	}
	next := at + size
	for n := 0; n < shortestToken && next < len(b) && goesOn(b[next:]) > 0; n++ {
		next += goesOn(b[next:]) // often several stand side by side
	}
	behind := tokenSize(b[next:min(len(b), next+shortestToken)])
	return behind > 0 && before+behind+1 >= shortestToken
}

// goesOn is the length of the escape that begins b if base64 may go on with it: of one of its characters, or of a line end.
func goesOn(b []byte) int {
	switch {
	case b[0] == '\\' && len(b) >= 2 && (b[1] == 'r' || b[1] == 'n'):
		return 2
	case b[0] != '%' || len(b) < 3:
		return 0
	}
	if c, ok := hexByte(b[1:3]); ok && (sextets[c] < padding || c == '\r' || c == '\n') {
		return 3
	}
	return 0
}

// quotedToken reports base64 as long as a number's in which two characters, or a line end, are written in
// quoted-printable. One alone may be a form's a=41.
func quotedToken(b []byte) bool {
	for i := bytes.IndexByte(b, '='); i >= 0; {
		end, escapes := quotedRun(b, i)
		start := i
		for start > 0 && i-start < shortestToken && sextets[b[start-1]] < padding {
			start--
		}
		if escapes > 1 && end-start >= shortestToken {
			return true
		}
		from := max(end, i+1)
		n := bytes.IndexByte(b[from:], '=')
		if n < 0 {
			return false
		}
		i = from + n
	}
	return false
}

// quotedRun is where base64 that is written in quoted-printable from i on ends, and how many escapes it has. A line end
// that means nothing counts for two.
func quotedRun(b []byte, i int) (end, escapes int) {
	for i < len(b) {
		switch {
		case sextets[b[i]] < padding:
			i++
		case b[i] != '=':
			return i, escapes
		case softBreak(b[i:]) > 0:
			i += softBreak(b[i:])
			escapes += 2
		case i+3 <= len(b) && quotesToken(b[i+1:i+3]):
			i += 3
			escapes++
		default:
			return i, escapes
		}
	}
	return i, escapes
}

func quotesToken(hex []byte) bool {
	c, ok := hexByte(hex)
	return ok && sextets[c] < padding
}

// escapeSize is the length of the escape that begins b, zero if there is none.
func escapeSize(b []byte) (int, pan.Evidence) {
	switch {
	case b[0] == '%' && len(b) >= 3 && isHexByte(b[1:3]):
		return 3, pan.Percent
	case b[0] == '\\' && bracedSize(b) > 0:
		return bracedSize(b), pan.Backslash
	case b[0] == '\\' && longEscapeSize(b) > 0:
		return longEscapeSize(b), pan.Backslash
	case b[0] == '\\' && len(b) > 6 && b[1] == 'u' && isHexByte(b[2:4]) && isHexByte(b[4:6]):
		return 6, pan.Backslash
	case b[0] == '\\' && len(b) > 4 && b[1] == 'x' && isHexByte(b[2:4]):
		return 4, pan.Backslash
	case b[0] == '\\' && octalSize(b) > 0:
		return octalSize(b), pan.Backslash
	case b[0] == '\\' && len(b) > 2:
		return 2, pan.Backslash
	case b[0] == '=' && len(b) > 3 && (bytes.HasPrefix(b[1:], []byte("3D")) || bytes.HasPrefix(b[1:], []byte("22")) || bytes.HasPrefix(b[1:], []byte("3A"))):
		return 3, pan.QuotedPrintable
	default:
		return 0, 0
	}
}

package inspect

import (
	"bytes"

	"github.com/cappertrophy/panwall/gateway/pan"
)

// survey is the evidence of a text: what its bytes show, what they show beside an escape, and UTF-16 without a zero.
func survey(b []byte) pan.Evidence {
	e := pan.Survey(b)
	if e&pan.Digits != 0 || e&pan.Percent == 0 && bytes.IndexByte(b, '%') >= 0 || e&pan.Backslash == 0 && bytes.IndexByte(b, '\\') >= 0 {
		e |= glued(b)
	}
	if e&pan.NUL == 0 && len(b) >= 2*shortest {
		if _, ok := wideRun(b); ok {
			e |= pan.NUL
		}
	}
	return e
}

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
		case manyDigits(behind), row == pan.Percent && tokenAt(behind),
			b[i] == '\\' && octalSize(b[i:]) > 0 && touches(b, i, i+size), inToken(b, i, size):
			e |= row
		}
	}
	return e
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
	if b[at] == '%' {
		c, _ := hexByte(b[at+1 : at+3])
		if sextets[c] >= padding {
			return false
		}
	}
	before := 0
	for before < min(at, shortestToken) && sextets[b[at-1-before]] < padding {
		before++
	}
	behind := tokenSize(b[at+size : min(len(b), at+size+shortestToken)])
	return b[at] != '=' && before > 0 && behind > 0 && before+behind+1 >= shortestToken
}

// escapeSize is the length of the escape that begins b, zero if there is none.
func escapeSize(b []byte) (int, pan.Evidence) {
	switch {
	case b[0] == '%' && len(b) > 3 && isHexByte(b[1:3]):
		return 3, pan.Percent
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

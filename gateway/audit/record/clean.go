package record

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// Name is a name that a client may have chosen, fit for a record: as it is when it cannot carry a card number,
// else "other".
func Name(s string) string {
	if s == "" || finding.Showable(s) {
		return s
	}
	return "other"
}

// Words is text of ours or of staff, fit for a record: control, invisible and line-breaking characters become '?', and
// the digits of any chain of twelve or more, whatever stands between them but letters, become '*'. Staff paste
// what they should not. It is at most limit bytes long.
func Words(s string, limit int) string {
	s = strings.ToValidUTF8(s, "?")
	if plain(s) && len(s) <= limit {
		return s
	}
	runes := []rune(s)
	start, digits := 0, 0
	for i, r := range runes {
		switch {
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			runes[i] = '?'
		case unicode.IsNumber(r):
			if digits == 0 {
				start = i
			}
			digits++
		case unicode.In(r, unicode.Latin, unicode.Cyrillic): // some letters of other scripts cannot be seen
			digits = 0
		}
		if digits == maxChain {
			mask(runes[start : i+1])
		} else if digits > maxChain {
			mask(runes[i : i+1])
		}
	}
	return cut(string(runes), limit)
}

// maxChain is how many digits make a chain too long: a card number has at least twelve.
const maxChain = 12

func mask(runes []rune) {
	for i, r := range runes {
		if unicode.IsNumber(r) {
			runes[i] = '*'
		}
	}
}

// plain reports whether s is so harmless that Words has nothing to do: printable ASCII with few digits.
func plain(s string) bool {
	digits := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c > '~':
			return false
		case '0' <= c && c <= '9':
			digits++
		}
	}
	return digits < maxChain
}

// cut shortens s to limit bytes without splitting a character.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

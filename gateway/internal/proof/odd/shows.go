package odd

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Shows reports whether a reading gives the number away: all its digits, in any script, in one run or in groups as they
// are printed and typed, with the same separator between them all, and no letter or digit before or behind. It knows
// nothing of how panwall looks.
func Shows(text, number string) bool {
	if number == "" || len(text) < len(number) {
		return false
	}
	runes := []rune(norm.NFKC.String(text))
	for i, r := range runes {
		if digit(r) == int(number[0]-'0') && (i == 0 || !touches(runes[i-1])) && shownAt(runes[i:], number) {
			return true
		}
	}
	return false
}

func touches(r rune) bool { return digit(r) >= 0 || unicode.IsLetter(r) }

// shapes are the sizes of the groups that numbers come in.
var shapes = []string{"4444", "465", "464", "88", "4c", "c4"}

func shownAt(runes []rune, number string) bool {
	var shape strings.Builder
	group, gap, first, at := 0, "", "", 0
	for _, r := range runes {
		d := digit(r)
		switch {
		case at == len(number):
			return !touches(r) && shaped(shape.String(), group)
		case d == int(number[at]-'0'):
			if gap != "" {
				if first == "" {
					first = gap
				}
				if gap != first {
					return false
				}
				shape.WriteString(strconv.FormatInt(int64(group), 36))
				group, gap = 0, ""
			}
			at++
			group++
		case d >= 0 || !separates(r) || len(gap) > 8:
			return false
		case !unicode.Is(unicode.Cf, r):
			gap += string(r)
		}
	}
	return at == len(number) && shaped(shape.String(), group)
}

// shaped reports whether groups of these sizes, and a last one, are a number and not a row of them.
func shaped(before string, last int) bool {
	return before == "" || slices.Contains(shapes, before+strconv.FormatInt(int64(last), 36))
}

// digit is the value of a decimal digit of any script, -1 for anything else.
func digit(r rune) int {
	if r < 0x80 {
		if r >= '0' && r <= '9' {
			return int(r - '0')
		}
		return -1
	}
	if !unicode.Is(unicode.Nd, r) {
		return -1
	}
	zero := r
	for unicode.Is(unicode.Nd, zero-1) && r-zero < 9 { // the ten of a script stand together
		zero--
	}
	return int(r - zero)
}

func separates(r rune) bool {
	switch r {
	case ' ', '-', '.', '/', '_', '·', '\t', '\u00A0', '\u2212', '\u200B':
		return true
	}
	return unicode.In(r, unicode.Zs, unicode.Pd, unicode.Cf)
}

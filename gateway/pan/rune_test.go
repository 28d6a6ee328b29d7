package pan

import (
	"slices"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Every character above ASCII has the class that its category in Unicode gives it, but for the digits and fillers that the
// package lists itself.
func TestClassesFollowUnicode(t *testing.T) {
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		got, want := classOf(r), other
		switch {
		case got.isDigit() || slices.Contains(invisibleToo, r):
			continue
		case unicode.Is(unicode.Nd, r):
			want = digit
		case unicode.In(r, unicode.L, unicode.N):
			want = letter
		case unicode.In(r, unicode.M, unicode.Cf):
			want = invisible
		case unicode.Is(unicode.White_Space, r):
			want = space
		case unicode.Is(unicode.Cc, r):
			want = barrier
		case unicode.Is(unicode.Pd, r) || r == '\u2212':
			want = dash
		}
		if got != want {
			t.Errorf("%U is of class %#x, want %#x", r, got, want)
		}
	}
}

package pan

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
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

// What is quicker than the standard library comes to the same, on any bytes.
func TestQuickReadersAgreeWithTheLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	atoms := []string{"1", "4111", "a", "Z", " ", "<", "\n", "ж", "№", "４", "💳", "\x80", "\xbf", "\xc1", "\xd0", "\xe4", "\xed\xa0\x80", "\xf0\x82\x82\xac", "\xf4\x90\x80\x80", "\xf8"}
	for range 200_000 {
		var b bytes.Buffer
		for range r.IntN(12) {
			b.WriteString(atoms[r.IntN(len(atoms))])
		}
		text := b.Bytes()[min(r.IntN(2), b.Len()):]
		gotRune, gotSize := decodeRune(text)
		if want, size := utf8.DecodeRune(text); gotRune != want || gotSize != size {
			t.Fatalf("%q begins with %U of %d bytes, not %U of %d", text, want, size, gotRune, gotSize)
		}
		gotRune, gotSize = decodeLastRune(text)
		if want, size := utf8.DecodeLastRune(text); gotRune != want || gotSize != size {
			t.Fatalf("%q ends with %U of %d bytes, not %U of %d", text, want, size, gotRune, gotSize)
		}
		for _, c := range []byte{'<', '\n', 0xD0, '1'} {
			if got, want := lastByte(text, c), bytes.LastIndexByte(text, c); got != want {
				t.Fatalf("the last %q of %q is at %d, not %d", c, text, want, got)
			}
		}
		isDigit := func(r rune) bool { return '0' <= r && r <= '9' }
		start, n := nextDigits(text, 0, len(text))
		want := bytes.IndexFunc(text, isDigit)
		if want < 0 {
			want = len(text)
		}
		behind := len(text[want:]) - len(bytes.TrimLeft(text[want:], "0123456789"))
		if start != want || min(n, 8) != min(behind, 8) {
			t.Fatalf("%q has %d digits at %d, not %d at %d", text, behind, want, n, start)
		}
	}
}

// What a reader of groups takes for characters of several bytes are those of the library, whatever bytes stand for them.
func TestGlyphsAreTheLibrarys(t *testing.T) {
	last := []byte{0x00, 0x3F, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF}
	for lead := lowestLead; lead <= 0xFF; lead++ {
		for second := range 256 {
			for third := range 256 {
				for _, fourth := range last {
					text := []byte{byte(lead), byte(second), byte(third), fourth}
					r, size := utf8.DecodeRune(text)
					want := gap(0) // a letter of the code pages
					if size > 1 {
						want = gapOf(classOf(r), r)
					}
					if got, n := glyph(text, 0); got != want || n != size {
						t.Fatalf("%x is %#x of %d bytes, not %#x of %d", text, want, size, got, n)
					}
				}
			}
		}
	}
}

// The first letter and the first digit of a text are those of a reader that goes from character to character.
func TestFirstsAreThoseOfCharacters(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	atoms := []string{" ", "-", "#", "\u200b", "–", "💳", "\x80", "\xbf", "\xa0", "\xe2\x81", "\xf0\x9d", "\xed\xa0\x80", "\uf517", "\u00a0", "1", "٤", "４", "①", "𝟒", "²", "a", "Z", "ж", "é", "字", "\xe4", "\xff"}
	first := func(text []byte, is func(class) bool) int {
		for i := 0; i < len(text); {
			c, size := classAt(text, i)
			if is(c) {
				return i
			}
			i += size
		}
		return len(text)
	}
	for range 200_000 {
		var b bytes.Buffer
		few := 1 + r.IntN(len(atoms))
		for range r.IntN(30) {
			b.WriteString(atoms[r.IntN(few)])
		}
		text := b.Bytes()
		if got, want := firstLetter(text), first(text, func(c class) bool { return c == letter }); got != want {
			t.Fatalf("the first letter of %q is at %d, not %d", text, want, got)
		}
		if got, _, _ := seekDigit(text, 0, len(text)); got != first(text, class.isDigit) {
			t.Fatalf("the first digit of %q is at %d, not %d", text, first(text, class.isDigit), got)
		}
	}
}

// Every digit above ASCII is found among eight bytes by its first, wherever it stands.
func TestLeadsOfDigits(t *testing.T) {
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		if !classOf(r).isDigit() {
			continue
		}
		for at := range 8 {
			text := utf8.AppendRune(bytes.Repeat([]byte("a"), at), r)
			text = append(text, "aaaaaaa"...)
			if leads(binary.LittleEndian.Uint64(text))>>(8*at+7)&1 == 0 || !leadsDigit(text, at) {
				t.Fatalf("%U begins no digit at %d", r, at)
			}
		}
	}
}

package pan

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"unicode/utf8"
)

// randomText is bytes of one of several mixtures, so that every class and every border comes up.
func randomText(r *rand.Rand, n int) []byte {
	mixtures := []string{"", "0123456789 -.a", "0123456789", "\x00\x82\xff4O\x14", "4% =&\\1\"", "4\u00a01\u200bж"}
	from := mixtures[r.IntN(len(mixtures))]
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
		if from != "" {
			b[i] = from[r.IntN(len(from))]
		}
	}
	return b
}

func TestFastClassifierIsTheReference(t *testing.T) {
	if !haveAVX2 {
		t.Skip("LOUD SKIP: this machine has no AVX2; only the reference is tested")
	}
	r := rand.New(rand.NewPCG(9, 9))
	for range 2000 {
		text := randomText(r, 64*(1+r.IntN(chunk)))
		var fast, slow masks
		marks := fast.fast(text, len(text)/64)
		if want := slow.slow(text, len(text)/64); marks != want || fast != slow {
			t.Fatalf("%q: marks %x, want %x", text, marks, want)
		}
	}
}

// stretches is the reference of seeker: every stretch, found byte by byte.
func stretches(text []byte, survey bool) (found [][2]int) {
	s := seeker{text: text, survey: survey}
	for i := 0; i < len(text); i++ {
		end, digits := i, 0
		for ; end < len(text) && !s.parts(end); end++ {
			digits += int(byteClasses[text[end]].digit | byteClasses[text[end]].shift)
		}
		if digits >= shortest {
			found = append(found, [2]int{i, end})
		}
		i = end
	}
	return found
}

// withoutAVX2 runs f as on a machine that has none.
func withoutAVX2(f func()) {
	had := haveAVX2
	haveAVX2 = false
	defer func() { haveAVX2 = had }()
	f()
}

// A seeker may skip a stretch only where its digits lie further apart than the scanner joins them.
func TestSeekerSkipsNothingThatMatters(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	for i := range 20_000 {
		text := randomText(r, r.IntN(3000))
		if seek := func() { seekerSkips(t, text, i%2 == 0) }; i%3 == 0 {
			withoutAVX2(seek)
		} else {
			seek()
		}
	}
}

func seekerSkips(t *testing.T, text []byte, survey bool) {
	t.Helper()
	var got [][2]int
	s := seeker{text: text, survey: survey}
	for start, end, ok := s.next(); ok; start, end, ok = s.next() {
		got = append(got, [2]int{start, end})
	}
	for _, want := range stretches(text, survey) {
		if len(got) > 0 && got[0] == want {
			got = got[1:]
			continue
		}
		if plainEvidence(text[want[0]:want[1]]) != 0 {
			t.Fatalf("skipped %q, survey %v", text[want[0]:want[1]], survey)
		}
	}
	if len(got) > 0 {
		t.Fatalf("%v is no stretch of %q, survey %v", got[0], text, survey)
	}
}

func TestSparseNumbersAreSeen(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11))
	for range 2000 {
		var b bytes.Buffer
		b.Write(bytes.Repeat([]byte("a"), r.IntN(130)))
		for range 12 {
			b.WriteString(digitsOf(r, 1))
			b.Write(bytes.Repeat([]byte(" "), 6))
			b.WriteString("---"[:r.IntN(4)])
		}
		b.Write(bytes.Repeat([]byte("a"), r.IntN(130)))
		if !MayHold(b.Bytes()) {
			t.Fatalf("missed %q", b.Bytes())
		}
	}
}

// Bytes are read as characters as the library reads them.
func TestRunesAreTheLibrarys(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11))
	leads := []byte{0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xD0, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF}
	follow := []byte{0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2}
	for range 200_000 {
		text := []byte{leads[r.IntN(len(leads))], follow[r.IntN(len(follow))], follow[r.IntN(len(follow))], follow[r.IntN(len(follow))]}[:1+r.IntN(4)]
		got, size := decodeRune(text)
		if want, n := utf8.DecodeRune(text); got != want || size != n {
			t.Fatalf("%x: %x of %d bytes, want %x of %d", text, got, size, want, n)
		}
	}
}

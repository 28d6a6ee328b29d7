package pan

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// soup is a long text in which every kind of match, long runs and chains that never end come at random.
func soup(r *rand.Rand, size int) []byte {
	parts := []string{
		"4111111111111111", "4111 1111 1111 1111", " ", ", ", "\n", "-", "lorem ipsum ", "заказ ", "карта ", `"yclid":"`, `"card":"`, `"`, "12/28 123 ", "４１１１",
		"\u200b", "1", "1 ", "4-", "0123456789", ".", ";4111111111111111=28121011234?", "%B4111111111111111^A/B^28121011234?", "eyJUeXBlIjoiQ2xvdWRDYXJk", "KZ56 ", "4.111111111111111E15",
		"1200\t3400\t5600\t7800\n", "4111\t1111\t1111\t1111\n", "1200  3400  5600\n", "4111  1111  1111  1111\n", "4111;1111;1111;1111\n", "\t", "<b>id</b> ", "nomer zakaza ",
	}
	var b bytes.Buffer
	for b.Len() < size {
		p := parts[r.IntN(len(parts))]
		for range 1 + r.IntN(3)*r.IntN(30)*r.IntN(30) {
			b.WriteString(p)
		}
	}
	return b.Bytes()
}

func TestPiecesOfAnySizeFindWhatTheWholeFinds(t *testing.T) {
	s := scanner(t)
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 60 {
		text := soup(r, 100_000)
		for _, name := range []string{"", "card_number"} {
			want := s.Scan(nil, Text{Data: text, Name: name})
			for _, size := range []int{1 + r.IntN(40), 4096, 1 + r.IntN(100_000)} {
				if got := streamed(s, text, name, size); !slices.Equal(got, want) {
					t.Fatalf("round %d: pieces of %d gave %d matches, the whole %d", round, size, len(got), len(want))
				}
			}
		}
	}
}

func TestStreamHoldsBackNoMoreThanItSays(t *testing.T) {
	st := NewStream(scanner(t), "")
	text := soup(rand.New(rand.NewPCG(5, 6)), 300_000)
	var fed, safe int64
	for piece := range slices.Chunk(text, 777) {
		for _, m := range st.Feed(nil, piece) {
			if int64(m.Start) < safe {
				t.Fatalf("a match at %d, after %d was called safe", m.Start, safe)
			}
		}
		fed += int64(len(piece))
		if safe = st.Safe(); safe > fed || fed-safe > HoldBack {
			t.Fatalf("%d bytes fed, %d safe", fed, safe)
		}
	}
}

// Numbers may be as long as their digits and all the invisible characters between them.
func TestPiecesOfStretchedNumbers(t *testing.T) {
	s := scanner(t)
	stretched := func(digits string) string {
		var b strings.Builder
		for _, d := range digits {
			if b.WriteRune(d); d >= '0' && d <= '9' {
				b.WriteString(strings.Repeat("\u200b", 42))
			}
		}
		return b.String()
	}
	const long = "6205 5000 0000 0000 004"
	for _, tc := range []struct{ name, before, number, behind string }{
		{"", "", stretched("4111 1111 1111 1111 " + long + " " + long), " y"},
		{"card_number", stretched("7-12345678901234567-"), stretched("4") + "111-1111-1111-1111-5", "\ny "},
		{"card_number", stretched("7-1234567890123456789012345-"), stretched("4") + "111-1111-1111-1111-5", "\ny "},
	} {
		const first = HoldBack - lookRight          // where the first decision ends
		for at := first - 60; at < first+60; at++ { // where the number begins
			text := strings.Repeat("x", at-len(tc.before)-1) + "\n" + tc.before + tc.number + strings.Repeat(tc.behind, 9000)
			want := s.Scan(nil, Text{Data: []byte(text), Name: tc.name})
			for _, size := range []int{1, 977} {
				if got := streamed(s, []byte(text), tc.name, size); !slices.Equal(got, want) {
					t.Fatalf("at %d in pieces of %d: %d matches, the whole has %d", at, size, len(got), len(want))
				}
			}
		}
	}
}

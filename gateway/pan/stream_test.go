package pan

import (
	"bytes"
	"math/rand/v2"
	"slices"
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

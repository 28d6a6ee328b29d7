package pan

import (
	"bytes"
	"slices"
	"testing"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// seeds is texts of every shape the scanner knows, for both fuzzers.
var seeds = []string{
	"4111111111111111", "4111 1111 1111 1111 12/28 123", "card: 5555-5555-5555-4444", "３７８２８２２４６３１０００５", "4\u200b111111111111111",
	"%B4111111111111111^A/B^28121011234?", ";4111111111111111=28121011234?", "4.111111111111111E15", "41111111111111111228123",
	"KZ58 4111 1111 1111 1111", "12345678-4111-4111-8111-411111111111", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "\xa04111\xa01111\xa01111\xa01111",
	"eyJUeXBlIjoiQ2xvdWRDYXJk", `{"card":"4111111111111111","exp":"12/28"}`, "4111\r\n1111\r\n1111\r\n1111", "VISA4111111111111111KZT", "2200.0000.0000.0004",
	`{"order_id":4539578763621486.` + "\u0664", "id=4539578763621486!\xd9&", "<id>4539578763621486?\u00a0", "gid:453957876362148612_4539578763621486:ru", "card_id: \"4539578763621486|12/28|123\"",
	"номер 4539578763621486, карта 4111-1111-1111-1111", "заказ №4539 5787 6362 1486 exp 12/28 cvv 123", "cc4111111111111111\u200b", `s:16:"4539578763621486";`, "{\"cards\":[[4539578763621486,12,28],[5555555555554444,11,27]]}",
	"9.99999999999999999999999999999999999999999-9<<<<<<<<", "9 9 99999999999999999999999999999999999999999 4111 1111 1111 1111",
}

// streamed is what a Stream finds in the text cut into pieces of the given size.
func streamed(s *Scanner, text []byte, name string, size int) []Match {
	st := NewStream(s, name)
	var found []Match
	for piece := range slices.Chunk(text, max(1, size)) {
		found = st.Feed(found, piece)
	}
	return st.Close(found)
}

func FuzzScan(f *testing.F) {
	for i, seed := range seeds {
		f.Add([]byte(seed), []string{"", "card", "yclid", "comment"}[i%4], i%2 == 0, uint16(i))
	}
	s := scanner(f)
	f.Fuzz(func(t *testing.T, text []byte, name string, whole bool, cut uint16) {
		end := 0
		for _, m := range s.Scan(nil, Text{Data: text, Name: name, Whole: whole}) {
			if m.Start < end || m.Start >= m.End || m.End > len(text) {
				t.Fatalf("match at %d-%d of %d, after %d", m.Start, m.End, len(text), end)
			}
			end = m.End
			checkPolicy(t, s, text, m)
		}
		want := s.Scan(nil, Text{Data: text, Name: name})
		if got := streamed(s, text, name, int(cut)); !slices.Equal(got, want) {
			t.Fatalf("pieces of %d gave %d matches, the whole %d", cut, len(got), len(want))
		}
	})
}

// checkPolicy fails the test if an acting number has no brand, or breaks its range's Luhn policy.
func checkPolicy(t *testing.T, s *Scanner, text []byte, m Match) {
	t.Helper()
	if !m.Confidence.Acts() || m.Kind != finding.PAN && m.Kind != finding.Track {
		return
	}
	var digits []byte
	m.Digits(text, func(start, _ int) {
		c, _ := classAt(text, start)
		digits = append(digits, c.value())
	})
	if m.facts&exponentForm != 0 {
		return
	}
	digits = digits[:m.Length]
	r := s.table.look(digits, luhnValid(digits))
	if r == nil || m.Brand == "" || r.luhn == Required && !luhnValid(digits) {
		t.Fatalf("an acting match of %d digits breaks its range's policy: %v", m.Length, m.Reasons())
	}
}

func FuzzMask(f *testing.F) {
	for i, seed := range seeds {
		f.Add([]byte(seed), []string{"", "card", "cvv", "comment"}[i%4], i%2 == 0)
	}
	s := scanner(f)
	f.Fuzz(func(t *testing.T, text []byte, name string, whole bool) {
		masked := bytes.Clone(text)
		in := Text{Data: masked, Name: name, Whole: whole}
		found := s.Scan(nil, in)
		for _, m := range found {
			if m.Kind != finding.Cryptogram {
				Mask(masked, m)
			}
		}
		if len(masked) != len(text) {
			t.Fatal("masking changed the length")
		}
		for _, m := range s.Scan(nil, in) {
			for _, old := range found {
				if m.Kind != finding.Cryptogram && m.Start < old.End && old.Start < m.End && m.Confidence.Acts() {
					t.Fatalf("a masked %s is found again as %s: %v", old.Kind, m.Kind, m.Reasons())
				}
			}
		}
	})
}

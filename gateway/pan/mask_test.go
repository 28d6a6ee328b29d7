package pan

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cappertrophy/panwall/gateway/finding"
)

func TestMask(t *testing.T) {
	s := scanner(t)
	for claim, tc := range map[string]struct{ text, want string }{
		"ASCII digits":              {"a 4111-1111-1111-1111 b", "a ****-****-****-**** b"},
		"full-width digits":         {"４１１１１１１１１１１１１１１１", strings.Repeat("＊", 16)},
		"another script's own zero": {"٤١١١١١١١١١١١١١١١", strings.Repeat("٠", 16)},
		"digits and what follows":   {"4111111111111111 12/28 123", "**************** **/** ***"},
		"all of a track":            {";4111111111111111=28121011234?", ";****************=***********?"},
		"invisible characters stay": {"4\u200b111111111111111", "*\u200b***************"},
	} {
		text := []byte(tc.text)
		for _, m := range s.Scan(nil, Text{Data: text, Name: "q", Whole: true}) {
			Mask(text, m)
		}
		if string(text) != tc.want {
			t.Errorf("%s: got %q, want %q", claim, text, tc.want)
		}
	}
}

func TestStandInsKeepTheLengthAndAreNoNumber(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		in := StandIn(r)
		c := classOf(r)
		if !c.isDigit() {
			if in != r {
				t.Fatalf("%U is no digit and became %U", r, in)
			}
			continue
		}
		if utf8.RuneLen(in) != utf8.RuneLen(r) || classOf(in).isDigit() && classOf(in).value() != 0 {
			t.Errorf("the stand-in of %U is %U", r, in)
		}
	}
}

func TestNumberCannotBePrinted(t *testing.T) {
	text := []byte("4111 1111 1111 1111")
	n := Match{End: len(text), Length: 16}.Number(text)
	if n.Len() != 16 || n != (Match{End: len(text), Length: 16}).Number([]byte("4111-1111-1111-1111")) || n == (Number{}) {
		t.Error("equal numbers are not equal")
	}
	var all strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%o", "%T%v", "%08d", "%c", "%U"} {
		fmt.Fprintf(&all, verb+"\n", n)
		fmt.Fprintf(&all, verb+"\n", &n)
		fmt.Fprintf(&all, verb+"\n", []Number{n})
	}
	b, err := json.Marshal(map[string]any{"n": n, "p": &n})
	if err != nil {
		t.Fatal(err)
	}
	all.Write(b)
	if got := strings.ReplaceAll(all.String(), "%!", ""); strings.ContainsAny(got, "0123456789") {
		t.Errorf("a digit was printed: %s", got)
	}
}

func TestReasonsHoldNoDigitOfTheNumber(t *testing.T) {
	s := scanner(t)
	for _, name := range []string{"card_number", "card4111111111111111", "card 4111 1111 1111 1111"} {
		for _, m := range s.Scan(nil, Text{Data: []byte("4111 1111 1111 1111"), Name: name, Whole: true}) {
			if words := strings.Join(m.Reasons(), ", "); strings.Contains(words, "1111") || strings.Contains(words, "411") {
				t.Errorf("reasons of %s: %s", m.Kind, words)
			}
		}
	}
	m := s.Scan(nil, Text{Data: []byte("4111 1111 1111 1111"), Name: "card_number", Whole: true})[0]
	want := "16 digits, visa range, Luhn holds, typed in a card's groups, field name card_number"
	if got := strings.Join(m.Reasons(), ", "); got != want || m.Confidence != finding.Certain {
		t.Errorf("got %s: %s", m.Confidence, got)
	}
}

package pan

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// What is barren is never found, in a card's own field either.
func TestBarrenValuesHoldNoNumber(t *testing.T) {
	s := scanner(t)
	r := rand.New(rand.NewPCG(7, 11))
	barren := 0
	for i := range 300_000 {
		value := digitsOf(r, 13+i%4)
		switch i % 8 {
		case 4, 5:
			value = ean(r)
		case 6:
			value = uuid(r)
		case 7: // with few letters, and with the prefix of a card
			value = fmt.Sprintf("4%s-%s-%s-%s-%s%c%s", digitsOf(r, 7), digitsOf(r, 4), digitsOf(r, 4), digitsOf(r, 4), digitsOf(r, 5), 'a'+rune(r.IntN(6)), digitsOf(r, 6))
		}
		if !s.Barren([]byte(value)) {
			continue
		}
		barren++
		if found := s.Scan(nil, Text{Data: []byte(value), Name: "card_number", Whole: true, CardNearby: true}); len(found) > 0 {
			t.Fatalf("a barren value of %d bytes holds %v", len(value), found[0].Reasons())
		}
	}
	if barren < 100_000 {
		t.Errorf("only %d values were barren", barren)
	}
	for _, value := range []string{"", "4111111111111111", "4242424242424242", "378282246310005", "4222222222222", "004111111111111", "41111111-1111-1111-1111-111111111111"} {
		if s.Barren([]byte(value)) {
			t.Errorf("%d bytes are barren", len(value))
		}
	}
}

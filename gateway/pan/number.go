package pan

import "fmt"

// numberMask is what a Number shows whatever is asked of it.
const numberMask = "[card number]"

// Number is the digits of a card number while they must be held: in a test, or between finding and checking.
// It cannot be printed: every verb, String, and JSON and text marshalling give one fixed mask without digits.
type Number struct {
	digits [longest]byte // values 0 to 9
	n      int
}

// Number is the number of a match found in text.
func (m Match) Number(text []byte) (n Number) {
	m.Digits(text, func(start, _ int) {
		if c, _ := classAt(text, start); n.n < min(m.Length, longest) {
			n.digits[n.n] = c.value()
			n.n++
		}
	})
	return n
}

// Len is how many digits the number has.
func (n Number) Len() int { return n.n }

// String is the mask.
func (n Number) String() string { return numberMask }

// GoString is the mask, for %#v.
func (n Number) GoString() string { return numberMask }

// Format writes the mask for every verb and flag; without it %d or %x would reach the digits by reflection.
func (n Number) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(numberMask)) }

// MarshalText is the mask.
func (n Number) MarshalText() ([]byte, error) { return []byte(numberMask), nil }

// MarshalJSON is the mask as a JSON string.
func (n Number) MarshalJSON() ([]byte, error) { return []byte(`"` + numberMask + `"`), nil }

package pan

import (
	"strconv"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// reason is one fact that spoke for or against a match.
type reason uint32

const (
	luhnHolds reason = 1 << iota
	luhnFails
	luhnUnknown
	typedInGroups
	digitsApart
	foreignDigits
	cardName
	cardWords
	cardNearby
	idName
	idWords
	weakRange
	magneticStripe
	gluedTail
	besideNumber
	sensitiveName
	cryptogramHead
	splitSiblings
	oddGroups
	exponentForm
	paddedZeros
	crowded
)

// reasonWords are in the order in which a person wants to read them.
var reasonWords = [...]string{
	"Luhn holds", "Luhn fails", "the range has no known check digit", "typed in a card's groups",
	"every digit apart", "digits of another script", "a card's field name", "a card's words before it",
	"a card's other fields beside it", "an identifier's field name", "an identifier's words before it",
	"a range or length that needs a card's context", "the shape of a magnetic stripe",
	"expiry or verification value glued to it", "beside a card number", "a field name for it",
	"the head of a CloudPayments cryptogram", "joined from neighbouring fields", "odd groups", "written as a float", "filled up with zeros", "one of very many such numbers",
}

// Reasons says in words why the match is what it is: "16 digits", "visa range", "Luhn holds", "field name card_number".
// No word holds a digit of the number; a field name is quoted only if it cannot hide one.
func (m Match) Reasons() []string {
	var words []string
	if m.Length > 0 {
		words = append(words, strconv.Itoa(m.Length)+" digits")
	}
	if m.Brand != "" {
		words = append(words, m.Brand+" range")
	}
	for i, w := range reasonWords {
		switch fact := reason(1) << i; {
		case m.facts&fact == 0:
		case fact&(cardName|idName|sensitiveName) != 0 && finding.Showable(m.name):
			words = append(words, "field name "+m.name)
		default:
			words = append(words, w)
		}
	}
	return words
}

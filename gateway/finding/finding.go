// Package finding holds the words that several rooms share: where something was found (Location), what it
// was (Kind), how sure we are (Confidence), and the three together (Finding).
//
// Nothing in this package can carry a digit of a card number: a Finding describes a number, never holds it,
// and a Location shows a client's own name only if that name cannot hide one.
package finding

import (
	"fmt"
	"slices"
)

// Kind says what was found. The zero Kind is no finding at all.
type Kind uint8

// The kinds, in the words of rules (`find:`) and records.
const (
	_          Kind = iota
	PAN             // primary account number
	Track           // magnetic stripe track 1 or 2, holding a PAN
	CVV             // card verification value (CVV2, CVC2, CID) in a field of that name
	PIN             // PIN or PIN block in a field of that name
	Expiry          // expiry date beside a card; masked with it, never acted on alone
	Cryptogram      // CloudPayments card cryptogram: encrypted, so not a PAN, but a surprise in a widget-only shop
)

var kindNames = [...]string{PAN: "pan", Track: "track", CVV: "cvv", PIN: "pin", Expiry: "expiry", Cryptogram: "cryptogram"}

// String is the word used in rules and records.
func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindNames) {
		return "none"
	}
	return kindNames[k]
}

// ParseKind reads the word used in rules.
func ParseKind(s string) (Kind, error) {
	if i := slices.Index(kindNames[1:], s); i >= 0 {
		return Kind(i + 1), nil
	}
	return 0, fmt.Errorf("unknown kind of finding %q", s)
}

// Confidence says how sure we are that a finding is what its Kind says.
type Confidence uint8

// The confidences, weakest first. The zero value finds nothing.
const (
	None     Confidence = iota
	Possible            // counted, never acted on
	Likely              // acted on
	Certain             // acted on
)

var confidenceNames = [...]string{None: "none", Possible: "possible", Likely: "likely", Certain: "certain"}

// String is the word used in rules and records.
func (c Confidence) String() string {
	if int(c) >= len(confidenceNames) {
		return "none"
	}
	return confidenceNames[c]
}

// Acts reports whether a finding of this confidence changes what happens to a request.
func (c Confidence) Acts() bool { return c >= Likely }

// ParseConfidence reads the word used in rules.
func ParseConfidence(s string) (Confidence, error) {
	if i := slices.Index(confidenceNames[1:], s); i >= 0 {
		return Confidence(i + 1), nil
	}
	return None, fmt.Errorf("unknown confidence %q", s)
}

// Finding is one thing found in one place of a request or message.
type Finding struct {
	At         Location
	Kind       Kind
	Brand      string // a name of the card table ("visa"), empty for kinds that have no brand
	Length     int    // digits in the number; zero for kinds that have no number
	Confidence Confidence
	Reasons    []string // why, in words that hold no digit of the number: "16 digits", "visa range", "Luhn holds"
	Views      []string // the readings it took to see it, outermost first: "json", "base64", "percent"
	Split      bool     // joined from several siblings
	Maskable   bool     // false: no same-length stand-in exists here, so redact becomes block
}

package cases

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
)

// published are the numbers that providers publish for tests. No others may stand in a case: a file of rules is read by
// many, and a real number in it would be where it must never be.
var published = map[string]string{
	"visa-16":       "4111111111111111",    // developers.cloudpayments.ru, test cards: no 3-D Secure
	"visa-16-3ds":   "4242424242424242",    // the same: with 3-D Secure
	"visa-16-poor":  "4012888888881881",    // the same: 3-D Secure, insufficient funds
	"mastercard-16": "5555555555554444",    // the same: with 3-D Secure
	"mastercard-5":  "5105105105105100",    // the same: 3-D Secure, insufficient funds
	"mastercard-no": "5200828282828210",    // the same: no 3-D Secure
	"mastercard-2":  "2223003122003222",    // docs.stripe.com/testing: Mastercard 2-series
	"mir-16":        "2200000000000004",    // developers.cloudpayments.ru, test cards: with 3-D Secure
	"mir-16-poor":   "2202202202202200",    // the same: 3-D Secure, insufficient funds
	"mir-16-no":     "2200000022222222",    // the same: no 3-D Secure
	"amex-15":       "378282246310005",     // docs.stripe.com/testing
	"discover-16":   "6011111111111117",    // docs.stripe.com/testing
	"diners-14":     "38520000023237",      // developer.paypal.com, test card numbers
	"jcb-16":        "3566002020360505",    // docs.stripe.com/testing
	"unionpay-16":   "6200000000000005",    // docs.stripe.com/testing
	"unionpay-19":   "6205500000000000004", // docs.stripe.com/testing
}

// Names are the cards that a case can name.
func Names() []string { return slices.Sorted(maps.Keys(published)) }

// Published reports whether digits are a published test number.
func Published(digits string) bool {
	for _, n := range published {
		if n == digits {
			return true
		}
	}
	return false
}

var cardMark = regexp.MustCompile(`\{([a-z]+-[0-9]+[a-z0-9-]*)(?: ([0-9][0-9 .+/_-]*[0-9]))?\}`)

// expand writes out the cards that a text names. What stands between two groups stands between them in the number:
// {visa-16 4-4-4-4} has dashes, {visa-16 4 4 4 4} spaces.
func expand(text string) (string, error) {
	var fault error
	out := cardMark.ReplaceAllStringFunc(text, func(mark string) string {
		m := cardMark.FindStringSubmatch(mark)
		digits, known := published[m[1]]
		if !known {
			fault = fmt.Errorf("no published test card is called %s; %s", strictyaml.Quote(m[1]), strictyaml.Suggest(m[1], Names()))
			return mark
		}
		grouped, err := group(digits, m[2])
		if err != nil {
			fault = fmt.Errorf("%s: %w", strictyaml.Quote(mark), err)
		}
		return grouped
	})
	return out, fault
}

// group parts digits as shape says.
func group(digits, shape string) (string, error) {
	if shape == "" {
		return digits, nil
	}
	var b strings.Builder
	rest := digits
	for shape != "" {
		n := len(shape) - len(strings.TrimLeft(shape, "0123456789"))
		var size int
		if _, err := fmt.Sscanf(shape[:n], "%d", &size); err != nil || size < 1 || size > len(rest) {
			return "", fmt.Errorf("the groups do not add up to %d digits", len(digits))
		}
		b.WriteString(rest[:size])
		rest, shape = rest[size:], shape[n:]
		n = len(shape) - len(strings.TrimLeft(shape, " .+/_-"))
		b.WriteString(shape[:n])
		shape = shape[n:]
	}
	if rest != "" {
		return "", fmt.Errorf("the groups do not add up to %d digits", len(digits))
	}
	return b.String(), nil
}

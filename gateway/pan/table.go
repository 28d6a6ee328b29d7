package pan

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
)

// Luhn says what a network promises of the last digit of its numbers (ISO/IEC 7812-1 annex B).
type Luhn uint8

// The promises. The zero value is Required: a row that says nothing is held to the check.
const (
	Required Luhn = iota
	Absent
	Unknown
)

// Tier says how much a range needs before a number in it acts.
type Tier uint8

// The tiers. The zero value is C, so that a row nobody judged needs a card's field before it can refuse anybody.
const (
	C Tier = iota // acts only in a card's context
	B             // acts in a card's context or typed in a card's groups
	A             // acts on prefix, length and check digit alone
)

// The bounds of a number: ISO/IEC 7812-1 allows 19 digits, and the oldest Maestro cards have 12.
const (
	shortest = 12
	longest  = 19
)

// Row is one range of issuer identification numbers.
type Row struct {
	Brand    string // "visa": lower case, as shown in records
	From, To string // first and last prefix, inclusive, of one length from 1 to 8 digits
	Lengths  []int  // digits a number may have, 12 to 19
	Luhn     Luhn
	Tier     Tier
	Source   string // where the range is published
	Date     string // when that was read, YYYY-MM-DD
}

// span is a Row made ready for comparison: both ends as eight digits.
type span struct {
	brand    string
	from, to uint32
	lengths  uint32 // bit n: n digits are allowed
	luhn     Luhn
	tier     Tier
}

// Table finds the range a number lies in. It is immutable and safe for concurrent use.
// The zero Table knows no card and finds nothing: build one with NewTable.
type Table struct {
	lengths [10000]uint32 // by the first four digits: lengths allowed by any range there
	lenient [10000]uint32 // the same of the ranges that promise no check digit
	spans   [10000][]span // by the first four digits: best tier first, then narrowest
}

var brandName = regexp.MustCompile(`^[a-z][a-z0-9-]{1,31}$`)

// NewTable is the shipped rows and those given. It says what is wrong with the first bad row.
func NewTable(rows ...Row) (*Table, error) {
	t := &Table{}
	for _, r := range append(Shipped(), rows...) {
		s, err := r.span()
		if err != nil {
			return nil, fmt.Errorf("reading row %s %s-%s: %w", r.Brand, r.From, r.To, err)
		}
		for p := s.from / 10000; p <= s.to/10000; p++ {
			t.lengths[p] |= s.lengths
			if s.luhn != Required {
				t.lenient[p] |= s.lengths
			}
			t.spans[p] = append(t.spans[p], s)
		}
	}
	for _, spans := range t.spans {
		slices.SortStableFunc(spans, func(a, b span) int {
			return cmp.Or(cmp.Compare(b.tier, a.tier), cmp.Compare(a.to-a.from, b.to-b.from))
		})
	}
	return t, nil
}

func (r Row) span() (span, error) {
	s := span{brand: r.Brand, luhn: r.Luhn, tier: r.Tier}
	switch {
	case !brandName.MatchString(r.Brand):
		return s, fmt.Errorf("brand %q is not a lower-case word", r.Brand)
	case len(r.From) == 0 || len(r.From) > 8:
		return s, fmt.Errorf("a prefix has 1 to 8 digits")
	case len(r.From) != len(r.To):
		return s, fmt.Errorf("the two prefixes differ in length")
	case r.From > r.To:
		return s, fmt.Errorf("the first prefix is above the last")
	case len(r.Lengths) == 0:
		return s, fmt.Errorf("a row needs lengths")
	case r.Luhn > Unknown:
		return s, fmt.Errorf("unknown Luhn policy %d", r.Luhn)
	case r.Tier > A:
		return s, fmt.Errorf("unknown tier %d", r.Tier)
	}
	for _, n := range r.Lengths {
		if n < shortest || n > longest {
			return s, fmt.Errorf("a number of %d digits; %d to %d are allowed", n, shortest, longest)
		}
		s.lengths |= 1 << n
	}
	for i := range 8 {
		from, to := byte('0'), byte('9')
		if i < len(r.From) {
			from, to = r.From[i], r.To[i]
		}
		if from < '0' || from > '9' || to < '0' || to > '9' {
			return s, fmt.Errorf("a prefix is digits only")
		}
		s.from, s.to = s.from*10+uint32(from-'0'), s.to*10+uint32(to-'0')
	}
	return s, nil
}

// look finds the best range for digits (values 0 to 9): with a valid check digit any range, best tier first; without
// one only a range that does not promise it. The second result is false where no range fits at all.
func (t *Table) look(digits []byte, luhn bool) (span, bool) {
	first := prefix8(digits)
	var failed span
	found := false
	for _, s := range t.spans[first/10000] {
		if first < s.from || first > s.to || s.lengths>>len(digits)&1 == 0 {
			continue
		}
		if luhn || s.luhn != Required {
			return s, true
		}
		if !found {
			failed, found = s, true
		}
	}
	return failed, found
}

// prefix8 is the first eight of at least twelve digits.
func prefix8(digits []byte) (p uint32) {
	for _, d := range digits[:8] {
		p = p*10 + uint32(d)
	}
	return p
}

// twice is a digit doubled and its own digits added, the step of the Luhn sum.
var twice = [10]uint8{0, 2, 4, 6, 8, 1, 3, 5, 7, 9}

// luhnValid reports whether the last digit checks the others (ISO/IEC 7812-1 annex B).
func luhnValid(digits []byte) bool {
	sum, i := uint(0), len(digits)-1
	for ; i > 0; i -= 2 {
		sum += uint(digits[i]) + uint(twice[digits[i-1]])
	}
	if i == 0 {
		sum += uint(digits[0])
	}
	return sum%10 == 0
}

// luhnHoldsIn is luhnValid of ASCII digits, eight at a time.
func luhnHoldsIn(text []byte) bool {
	const ones, fours = 0x0001000100010001, 0x000F000F000F000F
	sum := uint64(0)
	for ; len(text) >= 8; text = text[:len(text)-8] {
		x := binary.LittleEndian.Uint64(text[len(text)-8:])
		twice := (x & fours) << 1 // every second digit from the right, each alone in sixteen bits
		carry := (twice + 6*ones) >> 4 & ones
		sum += ((twice - 9*carry) + (x >> 8 & fours)) * ones >> 48
	}
	for i := len(text) - 1; i >= 0; i-- {
		d := text[i] - '0'
		if (len(text)-i)&1 == 0 {
			d = twice[d]
		}
		sum += uint64(d)
	}
	return sum%10 == 0
}

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
	at    [10000]uint16 // by the first four digits: which of the heads
	heads []head
}

// head is what all numbers of the same four digits have in common. Thousands of prefixes share one, so that all of them
// stay in the nearest cache.
type head struct {
	lengths uint32  // allowed by any range
	lenient uint32  // the same of the ranges that promise no check digit
	spans   []span  // best tier first, then narrowest
	sure    [2]sure // the first span of numbers whose check digit does not hold, and of those whose does
}

// sure is, by length, one more than which span all numbers that begin so are in first; zero if it takes more digits to tell.
type sure [longest + 1]uint8

var brandName = regexp.MustCompile(`^[a-z][a-z0-9-]{1,31}$`)

// NewTable is the shipped rows and those given. It says what is wrong with the first bad row.
func NewTable(rows ...Row) (*Table, error) {
	var spans [10000][]span
	for _, r := range append(Shipped(), rows...) {
		s, err := r.span()
		if err != nil {
			return nil, fmt.Errorf("reading row %s %s-%s: %w", r.Brand, r.From, r.To, err)
		}
		for p := s.from / 10000; p <= s.to/10000; p++ {
			spans[p] = append(spans[p], s)
		}
	}
	t := &Table{}
	for p, same := range spans {
		t.at[p] = t.head(uint32(p), same)
	}
	return t, nil
}

// head is the place of the head with these spans, which numbers of this prefix share.
func (t *Table) head(prefix uint32, spans []span) uint16 {
	slices.SortStableFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(b.tier, a.tier), cmp.Compare(a.to-a.from, b.to-b.from))
	})
	sure := [2]sure{surely(prefix, spans, false), surely(prefix, spans, true)}
	i := slices.IndexFunc(t.heads, func(h head) bool { return h.sure == sure && slices.Equal(h.spans, spans) })
	if i < 0 {
		i = len(t.heads)
		h := head{spans: spans, sure: sure}
		for _, s := range spans {
			h.lengths |= s.lengths
			if s.luhn != Required {
				h.lenient |= s.lengths
			}
		}
		t.heads = append(t.heads, h)
	}
	return uint16(i)
}

// surely is the first of the spans that has numbers of this prefix and each length, if it has all of them; where the check digit does
// not hold, of those that promise none.
func surely(prefix uint32, spans []span, luhn bool) (first sure) {
	for n := shortest; n <= longest; n++ {
		i := slices.IndexFunc(spans, func(s span) bool { return s.lengths>>n&1 != 0 && (luhn || s.luhn != Required) })
		if i >= 0 && i < 0xFF && spans[i].from <= prefix*10000 && spans[i].to >= prefix*10000+9999 {
			first[n] = uint8(i + 1)
		}
	}
	return first
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

// of is the head of numbers that begin with these four digits, ASCII or values. What is no digit begins no number.
func (t *Table) of(digits []byte) *head {
	if p := prefix4(digits); p < uint32(len(t.at)) {
		if i := int(t.at[p]); i < len(t.heads) {
			return &t.heads[i]
		}
	}
	return &rangeless
}

// rangeless is the head of what begins no number, and of every number in the zero Table.
var rangeless head

// allows reports whether a number of n digits may begin so.
func (h *head) allows(n int) bool { return h.lengths>>(n&31)&1 != 0 }

// forgives reports whether a number of n digits that begins so needs no check digit.
func (h *head) forgives(n int) bool { return h.lenient>>(n&31)&1 != 0 }

// look finds the best range for digits (values 0 to 9): with a valid check digit any range, best tier first; without
// one only a range that does not promise it. It is nil where no range fits at all.
func (t *Table) look(digits []byte, luhn bool) *span { return t.of(digits).look(digits, luhn) }

// look is the same among the ranges of the head.
func (h *head) look(digits []byte, luhn bool) (found *span) {
	sure := &h.sure[0]
	if luhn {
		sure = &h.sure[1]
	}
	if i := sure[len(digits)]; i > 0 {
		return &h.spans[i-1] // nearly always
	}
	first := prefix8(digits)
	for i := range h.spans {
		s := &h.spans[i]
		if first < s.from || first > s.to || s.lengths>>len(digits)&1 == 0 {
			continue
		}
		if luhn || s.luhn != Required {
			return s
		}
		if found == nil {
			found = s
		}
	}
	return found
}

// prefix4 is the number that four digits make, ASCII or values.
func prefix4(digits []byte) uint32 {
	x := binary.LittleEndian.Uint32(digits) & 0x0F0F0F0F
	x = (x*10 + x>>8) & 0x00FF00FF
	return (x*100 + x>>16) & 0xFFFF
}

// prefix8 is the number that eight digits make, ASCII or values.
func prefix8(digits []byte) uint32 { return prefix4(digits)*10000 + prefix4(digits[4:]) }

// luhnValid reports whether the last digit checks the others (ISO/IEC 7812-1 annex B), of nine to twenty-four digits, ASCII
// or values, sixteen at a time.
func luhnValid(digits []byte) bool {
	n := len(digits)
	last, first := binary.LittleEndian.Uint64(digits[n-8:n]), binary.LittleEndian.Uint64(digits[:8])<<(uint(-8*n)&63)
	if n <= 16 {
		return luhnSum(first, last)%10 == 0
	}
	return (luhnSum(first, 0)+luhnSum(binary.LittleEndian.Uint64(digits[n-16:n-8]), last))%10 == 0
}

// luhnSum is what sixteen digits add to the sum, of which every second one counts twice, from the last but one on: the highest byte
// of each eight is their last digit.
func luhnSum(first, last uint64) uint64 {
	const even = 0x000F000F000F000F
	twice := (first&even | last&even<<8) << 1
	carry := (twice + 6*everyOne) >> 4 & everyOne
	once := first>>8&even | last&(even<<8)
	return (twice - 9*carry + once) * everyOne >> 56
}

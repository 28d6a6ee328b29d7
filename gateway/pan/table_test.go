package pan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// made is a number of n digits that begins with prefix; its last digit satisfies the Luhn check, or misses it by off.
func made(r *rand.Rand, prefix string, n int, off byte) string {
	digits := make([]byte, n)
	for i := range digits {
		digits[i] = byte(r.IntN(10))
		if i < len(prefix) {
			digits[i] = prefix[i] - '0'
		}
	}
	for d := range byte(10) {
		if digits[n-1] = d; luhnValid(digits) {
			digits[n-1] = (d + off) % 10
			break
		}
	}
	for i := range digits {
		digits[i] += '0'
	}
	return string(digits)
}

// spelled is the ways in which every number must be found, by a sentence.
func spelled(n string) map[string]string {
	fours := func(sep string) string {
		sizes := []int{4, 4, 4, 4, 4}
		if len(n) == 14 || len(n) == 15 {
			sizes = []int{4, 6, 5}
		}
		var parts []string
		rest := n
		for _, size := range sizes {
			size = min(size, len(rest))
			parts = append(parts, rest[:size])
			rest = rest[size:]
		}
		return strings.Trim(strings.Join(parts, sep), sep)
	}
	wide := strings.Map(func(d rune) rune { return d - '0' + '０' }, n)
	m := map[string]string{"bare": n, "with zero-width spaces": strings.Join(strings.Split(n, ""), "\u200b"), "full-width": wide}
	if len(n) >= 14 {
		for sentence, sep := range map[string]string{"with spaces": " ", "with dashes": "-", "with dots": ".", "with no-break spaces": "\u00a0"} {
			m[sentence] = fours(sep)
		}
	}
	return m
}

func TestEveryRangeAndLengthIsFound(t *testing.T) {
	s := scanner(t)
	r := rand.New(rand.NewPCG(7, 8))
	for _, row := range Shipped() {
		for _, n := range row.Lengths {
			for _, prefix := range []string{row.From, row.To, prefixWithin(r, row), prefixWithin(r, row)} {
				for _, name := range []string{"card_number", "data"} {
					number := made(r, prefix, n, 0)
					for number[3] == '0' && number[7] == '0' && number[11] == '0' {
						number = made(r, prefix, n, 0) // in fours such a number is a list of prices: one card in ten thousand
					}
					checkRow(t, s, row, name, number, true)
					checkRow(t, s, row, name, made(r, prefix, n, 1+byte(r.IntN(9))), false)
				}
			}
		}
	}
}

// prefixWithin is a prefix of the row, chosen at random.
func prefixWithin(r *rand.Rand, row Row) string {
	from, _ := strconv.Atoi(row.From)
	to, _ := strconv.Atoi(row.To)
	return fmt.Sprintf("%0*d", len(row.From), from+r.IntN(to-from+1))
}

// checkRow scans one number of a row in every spelling and fails the test where it acts but must not, or the reverse.
func checkRow(t *testing.T, s *Scanner, row Row, name, number string, luhn bool) {
	t.Helper()
	inCard := name == "card_number"
	for how, text := range spelled(number) {
		acts, longer := false, false
		for _, m := range s.Scan(nil, Text{Data: []byte(text), Name: name, Whole: true}) {
			acts = acts || m.Confidence.Acts() && m.Kind == finding.PAN
			longer = longer || m.Length != len(number)
		}
		want := row.Tier == A || inCard
		if !luhn {
			want = inCard && unchecked(s, number)
			if longer {
				continue // another number with its own check digit begins the same way
			}
		}
		switch {
		case row.Tier == B && !inCard, row.Tier == C && !inCard && luhn:
			continue // by grouping, or by a row of a better tier
		case acts != want:
			t.Errorf("%s %s-%s, %d digits %s in %s, Luhn %v: acts is %v", row.Brand, row.From, row.To, len(number), how, name, luhn, acts)
		}
	}
}

// unchecked reports whether some range of the number has no check digit.
func unchecked(s *Scanner, number string) bool {
	var digits []byte
	for _, d := range []byte(number) {
		digits = append(digits, d-'0')
	}
	r := s.table.look(digits, false)
	return r != nil && r.luhn != Required
}

func TestBadRowsAreRefused(t *testing.T) {
	good := Row{Brand: "test", From: "7", To: "7", Lengths: []int{16}}
	for claim, tc := range map[string]struct {
		change func(*Row)
		want   string
	}{
		"no brand":                {func(r *Row) { r.Brand = "" }, "lower-case word"},
		"prefixes differ":         {func(r *Row) { r.To = "77" }, "differ in length"},
		"prefix is no number":     {func(r *Row) { r.From, r.To = "7a", "7b" }, "digits only"},
		"prefixes in wrong order": {func(r *Row) { r.To = "6" }, "above the last"},
		"prefix is too long":      {func(r *Row) { r.From, r.To = "777777777", "777777777" }, "1 to 8 digits"},
		"no lengths":              {func(r *Row) { r.Lengths = nil }, "needs lengths"},
		"a length of 20":          {func(r *Row) { r.Lengths = []int{20} }, "12 to 19"},
		"an unknown policy":       {func(r *Row) { r.Luhn = 9 }, "Luhn policy"},
		"an unknown tier":         {func(r *Row) { r.Tier = 9 }, "tier"},
	} {
		row := good
		tc.change(&row)
		if _, err := NewTable(row); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", claim, err, tc.want)
		}
	}
	table, err := NewTable(good)
	if err != nil {
		t.Fatal(err)
	}
	number := made(rand.New(rand.NewPCG(1, 1)), "7", 16, 0)
	if got := acting(NewScanner(table), Text{Data: []byte(number), Name: "card", Whole: true}); got != "pan:test" {
		t.Errorf("an added row found %q", got)
	}
}

func TestZeroTableFindsNothing(t *testing.T) {
	if m := NewScanner(&Table{}).Scan(nil, Text{Data: []byte("4111111111111111"), Name: "card", Whole: true}); len(m) > 0 {
		t.Error("a table without rows found a card")
	}
}

func TestEveryRowIsSourcedAndDated(t *testing.T) {
	for _, r := range Shipped() {
		if r.Source == "" || len(r.Date) != len("2006-01-02") {
			t.Errorf("row %s %s has no source or date", r.Brand, r.From)
		}
	}
}

// The range that four digits tell is the one that all of them do: the first that has the number, of those that promise no check
// digit where it does not hold, if one does.
func TestLookIsTheFirstThatFits(t *testing.T) {
	table, err := NewTable(Row{Brand: "lenient", From: "40", To: "49", Lengths: []int{15, 16}, Luhn: Unknown}, Row{Brand: "narrow", From: "41111", To: "41119", Lengths: []int{16}, Luhn: Absent})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 1))
	for range 300_000 {
		digits := digitValues([]byte(digitsOf(r, shortest+r.IntN(longest-shortest+1))))
		h, luhn := table.of(digits), r.IntN(2) == 0
		var fit []*span
		for i := range h.spans {
			if s, first := &h.spans[i], prefix8(digits); first >= s.from && first <= s.to && s.lengths>>len(digits)&1 != 0 {
				fit = append(fit, s)
			}
		}
		var want *span
		if len(fit) > 0 {
			want = fit[max(0, slices.IndexFunc(fit, func(s *span) bool { return luhn || s.luhn != Required }))]
		}
		if got := h.look(digits, luhn); got != want {
			t.Fatalf("%d digits, check digit %t: %v, not %v", len(digits), luhn, got, want)
		}
	}
}

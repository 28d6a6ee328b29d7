package pan

import (
	"strings"
	"testing"
)

func TestJoin(t *testing.T) {
	s := scanner(t)
	for claim, tc := range map[string]struct {
		names, parts string
		want         bool
	}{
		"four fields of four":              {"cc1 cc2 cc3 cc4", "4111 1111 1111 1111", true},
		"an array of four":                 {"card[] card[] card[] card[]", "4242 4242 4242 4242", true},
		"JSON pointers":                    {"/pan/0 /pan/1 /pan/2 /pan/3", "5555 5555 5555 4444", true},
		"neutral names":                    {"n1 n2 n3 n4", "4111 1111 1111 1111", true},
		"twelve and four":                  {"a1 a2", "411111111111 1111", true},
		"an American Express card":         {"c1 c2 c3", "3782 822463 10005", true},
		"one digit a field":                {strings.TrimSpace(strings.Repeat("d1 ", 16)), "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", true},
		"full-width digits":                {"n1 n2 n3 n4", "４１１１ １１１１ １１１１ １１１１", true},
		"CloudPayments' first and last":    {"CardFirstSix CardLastFour", "411111 1111", false},
		"names that differ":                {"a b c d", "4111 1111 1111 1111", false},
		"a list of prices":                 {"price1 price2 price3 price4", "4111 1111 1111 1111", false},
		"a list of identifiers":            {"ids ids ids ids", "4111 1111 1111 1111", false},
		"goods that were compared":         {"compare[] compare[] compare[] compare[]", "4111 1111 1111 1111", false},
		"options of a product":             {"option[227] option[228] option[229] option[230]", "4111 1111 1111 1111", false},
		"brands of a filter":               {"brand[] brand[] brand[] brand[]", "4111 1111 1111 1111", false},
		"four questions of a strange form": {"q1 q2 q3 q4", "4111 1111 1111 1111", true},
		"answers to sixteen questions":     {strings.TrimSpace(strings.Repeat("q1 ", 16)), "5 5 5 5 5 5 5 5 5 5 5 5 4 4 4 4", false},
		"goods that were viewed":           {"viewedProducts0 viewedProducts1 viewedProducts2 viewedProducts3", "4111 1111 1111 1111", false},
		"a list longer than a card":        {"n1 n2 n3 n4 n5", "4111 1111 1111 1111 1234", false},
		"a part with a letter":             {"n1 n2 n3 n4", "4111 111a 1111 1111", false},
		"a check digit that fails":         {"n1 n2 n3 n4", "4111 1111 1111 1112", false},
		"six and ten":                      {"n1 n2", "411111 1111111111", false},
		"a range that needs a card's name": {"n1 n2 n3 n4", "6000 0000 0000 0007", false},
		"one part":                         {"n", "4111111111111111", false},
	} {
		var parts [][]byte
		for p := range strings.FieldsSeq(tc.parts) {
			parts = append(parts, []byte(p))
		}
		m, ok := s.Join(strings.Fields(tc.names), parts)
		if ok != tc.want || ok && (!m.Confidence.Acts() || m.Brand == "") {
			t.Errorf("%s: joined is %v (%v)", claim, ok, m.Reasons())
		}
	}
}

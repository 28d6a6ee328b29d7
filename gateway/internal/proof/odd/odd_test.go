package odd

import (
	"reflect"
	"testing"
)

func TestACaseIsAlwaysTheSame(t *testing.T) {
	for n := range uint64(500) {
		if a, b := Make(3, n), Make(3, n); !reflect.DeepEqual(a, b) {
			t.Fatalf("case %d: %s and %s", n, a.About(), b.About())
		}
	}
}

func TestShows(t *testing.T) {
	const number = "4111111111111111"
	for claim, tc := range map[string]struct {
		text string
		want bool
	}{
		"alone":                            {number, true},
		"in words":                         {"card " + number + ".", true},
		"in groups":                        {"4111 1111 1111 1111", true},
		"with invisible characters":        {"4111\u200b1111\u200b1111\u200b1111", true},
		"in full-width digits":             {"４１１１１１１１１１１１１１１１", true},
		"in Devanagari":                    {"४१११११११११११११११", true},
		"in a longer run":                  {number + "1", false},
		"behind letters":                   {"x" + number, false},
		"in groups nobody types":           {"41111 11111111 111", false},
		"in groups with different marks":   {"4111 1111-1111.1111", false},
		"parted by commas":                 {"4111,1111,1111,1111", false},
		"masked":                           {"411111******1111", false},
		"another number":                   {"4242424242424242", false},
		"in the middle of a list of words": {"a, " + number + ", b", true},
	} {
		if got := Shows(tc.text, number); got != tc.want {
			t.Errorf("%s: %v", claim, got)
		}
	}
}

func TestShrinkKeepsWhatFails(t *testing.T) {
	c := &Case{Method: "POST", Target: "/long/path?with=query", Fields: [][2]string{{"A", "1"}, {"B", "2"}}, Body: []byte("much around the needle that fails")}
	small := Shrink(c, 500, func(d *Case) bool {
		return Shows(string(d.Body), "") || string(d.Body) != "" && contains(d.Body, "needle")
	})
	if string(small.Body) != "needle" || len(small.Fields) != 0 || small.Target != "/" {
		t.Errorf("left over: %s %q %v", small.Target, small.Body, small.Fields)
	}
}

func contains(b []byte, s string) bool {
	for i := range b {
		if len(b)-i >= len(s) && string(b[i:i+len(s)]) == s {
			return true
		}
	}
	return false
}

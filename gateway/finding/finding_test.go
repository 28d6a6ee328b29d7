package finding

import (
	"fmt"
	"testing"
)

func TestAddresses(t *testing.T) {
	for claim, tc := range map[string]struct {
		at   Location
		want string
	}{
		"the raw body":                         {At(Body, "", 0), "body"},
		"a form field":                         {At(Body, "comment", 1), "body:comment"},
		"a JSON pointer":                       {At(Body, "/items/0/note", 1), "body:/items/0/note"},
		"a header is lower case":               {At(Header, "Referer", 1), "header:referer"},
		"a file":                               {At(BodyFile, "photo", 1), "body:file(photo)"},
		"a name with six digits is a position": {At(Query, "q411111", 3), "query:#3"},
		"a number in fours is a position":      {At(Cookie, "4111-1111-1111-1111", 2), "cookie:#2"},
		"a Cyrillic name is a position":        {At(Body, "карта", 4), "body:#4"},
		"a pointer hides only what it must":    {At(Body, "/a/4111111111111111/b", 1), "body:/a/#2/b"},
	} {
		if got := tc.at.String(); got != tc.want {
			t.Errorf("%s: got %s, want %s", claim, got, tc.want)
		}
		if got := fmt.Sprintf("%#v", tc.at); got != tc.want {
			t.Errorf("%s: %%#v printed %s, want %s", claim, got, tc.want)
		}
	}
}

func TestPatterns(t *testing.T) {
	for claim, tc := range map[string]struct {
		pattern string
		at      Location
		want    bool
	}{
		"a part means all of it":          {"query", At(Query, "q", 1), true},
		"body means its files too":        {"body", At(BodyFile, "photo", 1), true},
		"a name means that name":          {"body:comment", At(Body, "comment", 1), true},
		"a star stands for any run":       {"body:/items/*/note", At(Body, "/items/0/note", 1), true},
		"another name is not meant":       {"cookie:sid", At(Cookie, "sid2", 1), false},
		"a file pattern is for files":     {"body:file(*)", At(Body, "photo", 1), false},
		"a real name matches even hidden": {"query:карта", At(Query, "карта", 1), true},
		"headers match in any case":       {"header:Referer", At(Header, "REFERER", 1), true},
	} {
		p, err := ParsePattern(tc.pattern)
		if err != nil {
			t.Fatalf("%s: %v", claim, err)
		}
		if got := p.Match(tc.at); got != tc.want {
			t.Errorf("%s: %s on %s: got %v", claim, tc.pattern, tc.at, got)
		}
	}
	for _, bad := range []string{"", "headers", "query:", "path:x", "body:file(x"} {
		if p, err := ParsePattern(bad); err == nil && bad != "body:file(x" {
			t.Errorf("%q was read as a pattern: %+v", bad, p)
		}
	}
	if (Pattern{}).Match(At(Method, "", 0)) {
		t.Error("the zero pattern matches")
	}
}

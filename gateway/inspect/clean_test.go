package inspect

import (
	"net/url"
	"testing"

	"github.com/cappertrophy/panwall/gateway/visit"
)

// acting is a test of whether a request would be refused or masked.
func acting(t *testing.T) func(raw string) bool {
	i, rules := New(Options{}), shipped(t)
	return func(raw string) bool {
		t.Helper()
		r, v, ok := parsed(t, raw, &visit.Visit{Rules: rules})
		if !ok {
			t.Fatalf("not a request: %q", raw)
		}
		d, err := i.Request(t.Context(), v, r)
		defer d.Release()
		return err != nil || d.Acting
	}
}

// A piece of base64 behind one of its + or /, or a line of it, may begin in the midst of a name: the whole has told what
// the number is.
func TestPiecesOfBase64(t *testing.T) {
	acts := acting(t)
	folded := func(s string) string {
		b := b64(s)
		return b[:76] + "\r\n" + b[76:]
	}
	for claim, test := range map[string]struct {
		text func(string) string
		want bool
	}{
		"a name with a + in it":  {func(n string) string { return b64(`{"НомерЗаказа":"` + n + `","x":1}`) }, false},
		"words with a + in them": {func(n string) string { return b64(`Здравствуйте, номер заказа ` + n) }, false},
		"a name at the end of a line": {func(n string) string {
			return folded(`{"name":"Aigul","city":"Almaty","street":"Abay 12","barcode":"` + n + `"}`)
		}, false},
		"a card behind a +":               {func(n string) string { return b64(`{"Примечание":"` + n + `","x":1}`) }, true},
		"a card in a piece of its own":    {func(n string) string { return "YWJj/" + b64(n) }, true},
		"a card in a line of its own":     {func(n string) string { return b64("id") + "\r\n" + b64("pay "+n+" please") }, true},
		"a card behind a piece of digits": {func(n string) string { return "MTIz/" + b64(n) }, true},
	} {
		for _, n := range []string{visa, master} {
			text := test.text(n)
			for _, raw := range []string{form("s=" + url.QueryEscape(text)), jsons(encoded(object{"s": text})), get("/?s=" + url.QueryEscape(text))} {
				if got := acts(raw); got != test.want {
					t.Errorf("%s: acts %v in %q", claim, got, raw)
				}
			}
		}
	}
}

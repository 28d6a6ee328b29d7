package inspect

import (
	"testing"

	"github.com/cappertrophy/panwall/gateway/visit"
)

// Two encodings one in the other, each of which is seen through by itself.

// A stand-in for one byte of a character cannot be written over the escape that the whole character was.
func TestMaskInPiecesOfAnEscapeIsNoPanic(t *testing.T) {
	i := New(Options{})
	for claim, raw := range map[string]string{
		"circled digits in a form in JSON": jsons(`{"c":"a=1&note=x+` + escapedRunes(circled(visa)) + `&b=2"}`),
		"full width in a form in JSON":     jsons(`{"c":"a=1&note=x+` + escapedRunes(fullWidth(visa)) + `&b=2"}`),
	} {
		r, v, ok := parsed(t, raw, &visit.Visit{Rules: redacting(t)})
		if !ok {
			t.Fatalf("%s: not a request", claim)
		}
		d, err := i.Request(t.Context(), v, r)
		if err == nil && !d.Acting {
			t.Errorf("%s: not found", claim)
		}
		d.Release()
	}
}

// circled is each digit in a circle; no circled zero is among the numbers here.
func circled(s string) string { return script(s, 0x245F) }

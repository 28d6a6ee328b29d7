package inspect

import (
	"unicode/utf8"

	"github.com/cappertrophy/panwall/gateway/pan"
)

// standIn is what a digit is masked with, as many bytes long as the digit.
func standIn(digit []byte) []byte {
	r, _ := utf8.DecodeRune(digit)
	return utf8.AppendRune(nil, pan.StandIn(r))
}

// maskNumber makes a number literal one followed by zeros: it stays a number of the same length, and is no card, since
// no range begins with 10.
func maskNumber(t *text) (edits []edit, ok bool) {
	first := true
	for i, c := range t.data {
		if c == 'e' || c == 'E' {
			break // an exponent may stay: it carries no digit of the number
		}
		if c < '0' || c > '9' || c == '0' && first {
			continue
		}
		with := []byte{'0'}
		if first {
			with[0], first = '1', false
		}
		if edits, ok = t.rewrite(edits, i, with); !ok {
			return nil, false
		}
	}
	return edits, true
}

// apply writes the edits over copies of their roots.
func apply(edits []edit) map[*root][]byte {
	masked := map[*root][]byte{}
	for _, e := range edits {
		b := masked[e.root]
		if b == nil {
			b = append([]byte(nil), e.root.bytes...)
			masked[e.root] = b
		}
		copy(b[e.at:], e.with)
	}
	return masked
}

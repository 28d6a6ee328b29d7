package inspect

import (
	"golang.org/x/text/encoding/charmap"

	"github.com/cappertrophy/panwall/gateway/pan"
)

// mainframe is the evidence of EBCDIC in a text that did not declare it, one more bit beside those of package pan. Where
// it is declared, the request is refused.
const mainframe pan.Evidence = 1 << 15

// ebcdic reports as many digits of EBCDIC in a row as a number has, F0 to F9. In UTF-8 they begin nothing that stands
// twice in a row, in the code pages they are letters of which no word has so many.
func ebcdic(b []byte) bool {
	for i := shortest - 1; i < len(b); i += shortest {
		if b[i]-0xF0 >= 10 {
			continue
		}
		start, end := i, i+1
		for start > 0 && b[start-1]-0xF0 < 10 {
			start--
		}
		for end < len(b) && b[end]-0xF0 < 10 {
			end++
		}
		if end-start >= shortest {
			return true
		}
	}
	return false
}

// ebcdicView reads code page 037; the digits are the same in all of them.
var ebcdicView = charmapView(charmap.CodePage037)

func (r *reading) openMainframe(t *text, _ pan.Evidence) error {
	return r.openView(t, 0, len(t.data), ebcdicView, "ebcdic")
}

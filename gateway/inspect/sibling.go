package inspect

import (
	"bytes"
	"slices"
	"strings"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/pan"
)

// Bounds of a number that was split into fields: one digit a field at most, and at least two fields.
const (
	mostParts  = 19
	longestOne = 13

	longestForeign = 4 * longestOne // bytes, of digits of another script
)

// siblings gathers consecutive values of one container that hold digits alone and whose names differ by a number at most.
type siblings struct {
	container int
	names     []string
	parts     [][]byte
	bytes     []byte // holds parts, so that texts can be dropped
	where     finding.Location
	up        *text // that holds them; in use as long as they are
	run       int   // how many values in a row, kept or not
	total     int
	between   int // other fields among them
}

// add takes the next value of the document in order; whatever does not go on with the run ends it. Most values are told
// by their length alone, before anybody is asked for their name.
func (s *siblings) add(r *reading, w locator, up *text, data []byte, number bool) {
	if s.run > 0 && besidePiece(w, s.container) {
		return
	}
	b := data
	if n := len(b); n > 0 && (b[0] <= ' ' || b[n-1] <= ' ') {
		b = bytes.TrimSpace(b)
	}
	if foreign := [longestOne]byte{}; otherDigit(b) && len(b) <= longestForeign {
		b, _ = pan.Plain(foreign[:0], b)
	}
	if len(b) == 0 || len(b) > longestOne || !allDigits(b) || s.run == 0 && !opens(len(b)) {
		if !s.waits(w) {
			s.flush(r)
		}
		return
	}
	container, name := w.container(), w.label()
	if s.run > 0 && (container != s.container || !pan.SameStem(s.names[len(s.names)-1], name)) {
		if s.waits(w) {
			return
		}
		s.flush(r)
	}
	if number && !pan.IsCardName(name) {
		return // lists of numbers are ids, prices and sizes; a card's groups are strings, or under a card's name
	}
	if s.run == 0 {
		s.container, s.where, s.up = container, w.location(), up
	}
	s.run++
	s.total += len(b)
	if s.run <= mostParts {
		from := len(s.bytes)
		s.bytes = append(s.bytes, b...)
		s.names = append(s.names, name)
		s.parts = append(s.parts, s.bytes[from:])
	}
}

// mostBetween is how many other fields may stand among the pieces of a card.
const mostBetween = 4

// waits reports two pieces or more under a card's name that are not yet a number, and counts the value at hand as another field
// of the same container that stands among them: cc1, cc2, exp, cc3, cc4.
func (s *siblings) waits(w locator) bool {
	if s.run < 2 || s.total >= shortest || s.between == mostBetween || !pan.IsCardName(s.names[0]) || w.container() != s.container {
		return false
	}
	s.between++
	return true
}

// joined reports whether a number in pieces was already found to begin here.
func (r *reading) joined(at finding.Location) bool {
	return slices.ContainsFunc(r.found, func(f found) bool { return f.Split && f.At == at })
}

// opens reports whether a number in pieces may begin with one of n digits.
func opens(n int) bool { return n < 10 || n == 12 }

// flush ends a run and judges it.
func (s *siblings) flush(r *reading) {
	if s.run == 0 {
		return
	}
	if s.run >= 2 && s.run <= mostParts && s.total >= shortest && s.total <= mostParts+longestOne {
		m, ok := r.scanner.Join(s.names, s.parts)
		if !ok {
			m, ok = s.underCard(r)
		}
		if !ok {
			m, ok = s.amidst(r)
		}
		if ok && !r.joined(s.where) {
			r.keep(found{Finding: finding.Finding{
				At: s.where, Kind: m.Kind, Brand: m.Brand, Length: m.Length, Confidence: m.Confidence,
				Reasons: m.Reasons(), Views: s.up.steps(), Split: true,
			}})
		}
	}
	clear(s.bytes)
	*s = siblings{names: s.names[:0], parts: s.parts[:0], bytes: s.bytes[:0]}
}

// pieces are names of what one input of several holds. Words that also name codes, sizes and options are none.
var pieces = set("p part piece block group segment seg chunk d digit digits g")

// namesPiece reports the name of a piece of something, or of a card; card_id is the name of our own numbers.
func namesPiece(name string) bool {
	name = strings.ToLower(name)
	return pieces[strings.TrimRight(name, "0123456789")] || pan.IsCardName(name) && !namesIDs(name)
}

// namesIDs reports a name that ends in id, whatever its plural or number.
func namesIDs(name string) bool {
	return strings.HasSuffix(strings.TrimRight(strings.ToLower(name), "s[]0123456789"), "id")
}

// underCard judges pieces of any size under a card's name: what stands there in pieces was meant as one number.
func (s *siblings) underCard(r *reading) (pan.Match, bool) {
	if name := s.names[0]; !pan.IsCardName(name) || namesIDs(name) {
		return pan.Match{}, false // card_id[] is a list of our own numbers
	}
	found := r.scanner.Scan(nil, pan.Text{Data: s.bytes, Name: s.names[0], Whole: true})
	for _, m := range found {
		if m.Kind == finding.PAN && m.Confidence.Acts() && m.Start == 0 && m.End == len(s.bytes) {
			return m, true
		}
	}
	return pan.Match{}, false
}

// amidst judges four pieces in numbered fields with one more before or behind them, such as a sum or a verification value:
// n1=4111&n2=1111&n3=1111&n4=1111&n5=123. A fifth of four digits is one of a list.
func (s *siblings) amidst(r *reading) (pan.Match, bool) {
	const four = 4
	if s.run != four+1 || s.names[0] == s.names[1] {
		return pan.Match{}, false
	}
	from := 0
	if len(s.parts[0]) != four {
		from = 1
	}
	if other := s.parts[(from+four)%s.run]; len(other) == four {
		return pan.Match{}, false
	}
	return r.scanner.Join(s.names[from:from+four], s.parts[from:from+four])
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

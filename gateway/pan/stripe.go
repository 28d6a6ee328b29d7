package pan

import (
	"bytes"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// track finds the number of a magnetic stripe (ISO/IEC 7813): behind the PAN stands '=' (track 2), 'D' (EMV tag 57) or
// '^' and the holder's name (track 1), then the expiry as YYMM. The match reaches to the end of the stripe's digits:
// all of it is authentication data. One of these marks stands behind the group in hand.
func (w *walk) track() bool {
	g := &w.groups[w.at]
	text := w.text.Data
	start, rest, digits := g.start, g.end+1, w.values.of(g, g.n)
	if g.n > longest {
		if start = taggedStripe(text, g); start == 0 {
			return false
		}
		digits = text[start:g.end]
	}
	named := text[g.end] == '^'
	if named {
		name := bytes.IndexByte(text[rest:min(len(text), rest+longestHolder)], '^')
		if name < 0 {
			return false
		}
		rest += name + 1
	}
	if rest+4 > len(text) || !allDigits(text[rest:rest+4]) || !month(two(text[rest+2:])) || named && !holder(text[g.end+1:rest-1]) {
		return false
	}
	head := w.table.of(digits)
	if !head.allows(len(digits)) {
		return false
	}
	luhn := luhnValid(digits)
	s := head.look(digits, luhn)
	end := stripeEnd(text, rest)
	if s == nil || !luhn && s.luhn == Required || !distinct(digits) || start == g.start && !stripeBounds(text, start, end) {
		return false
	}
	w.best = Match{Start: start, End: end, Kind: finding.Track, Brand: s.brand, Length: len(digits), Confidence: finding.Certain, facts: magneticStripe}
	if luhn {
		w.best.facts |= luhnHolds
	} else {
		w.best.facts |= luhnUnknown
		w.best.Confidence = finding.Likely
	}
	return true
}

// taggedStripe is where the number begins in a run of digits that holds EMV tag 57 and its length before it (EMV Book 3,
// annex A), zero if it does not.
func taggedStripe(text []byte, g *group) int {
	if text[g.end]|0x20 != 'd' || !g.kept.plain() {
		return 0
	}
	for n := 13; n <= longest; n++ {
		at := g.end - n
		if at-4 < g.start || text[at-4] != '5' || text[at-3] != '7' {
			continue
		}
		if length := int(hexValue(text[at-2])<<4 | hexValue(text[at-1])); length >= (n+8)/2 && length <= 19 {
			return at
		}
	}
	return 0
}

// longestHolder is how many bytes behind the mark before it the one behind the holder's name is looked for: the name has 26 characters
// at most, some of two bytes perhaps.
const longestHolder = 33

// holder reports the name of a card's holder: not empty, without control characters.
func holder(name []byte) bool {
	for _, b := range name {
		if b < ' ' {
			return false
		}
	}
	return len(name) > 0
}

// stripeEnd is the end of the discretionary digits.
func stripeEnd(text []byte, i int) int {
	for n := 0; n < 64 && i < len(text) && text[i]-'0' <= 9; n++ {
		i++
	}
	return i
}

// stripeBounds reports that the stripe is no part of a longer token: before it nothing, a sentinel or the format code
// B; behind it no letter but the padding F.
func stripeBounds(text []byte, start, end int) bool {
	if start > 0 && alnum(text[start-1]) {
		if text[start-1] != 'B' && text[start-1] != 'b' || start > 1 && alnum(text[start-2]) {
			return false
		}
	}
	for n := 0; n < 16 && end < len(text) && text[end]|0x20 == 'f'; n++ {
		end++
	}
	return end == len(text) || !alnum(text[end])
}

// longestTail is how many digits of an expiry date and verification value may be glued to a number.
const longestTail = 9

// Zeros that may stand before a number, twenty digits being the widest common field, and digits that it has at least then.
const (
	longestPadding = 6
	leastPadded    = 14
)

// stripeMark reports what stands behind the number of a magnetic stripe.
func stripeMark(b byte) bool { return b == '=' || b == '^' || b == 'D' || b == 'd' }

// gluedTo is the lengths of numbers to which something may be glued, the likeliest first.
var gluedTo = [...]int{16, 15, 19, 18, 14}

// glued finds a number with its expiry or verification value typed on without a space, in a card's field or after a
// card's words alone: anywhere else a long run of digits is no card, whatever it begins with.
func (w *walk) glued() {
	g := &w.groups[w.at]
	if g.n > longest+longestTail || w.best.Confidence.Acts() {
		return
	}
	digits := w.values.of(g, g.n)
	head := w.table.of(digits)
	for _, n := range gluedTo {
		if n+2 > len(digits) || !head.allows(n) {
			continue
		}
		fits := rest(digits[n:])
		if !fits && len(digits) > n+2 || !luhnValid(digits[:n]) || !distinct(digits[:n]) || !fits && !w.monthCut(g, digits[n:]) {
			continue
		}
		s := head.look(digits[:n], true)
		if s == nil || s.tier == C {
			continue
		}
		why := crowded
		if !w.look(g.start) {
			if why = cardName; !w.standsAlone(g.start, g.end, whole, g.n) || !w.notFraction(g.start, g.end) || !w.notToken(g.start, g.end) || !w.cardish(g) {
				continue
			}
		}
		w.best = Match{Start: g.start, End: g.end, Kind: finding.PAN, Brand: s.brand, Length: n, Confidence: finding.Likely,
			facts: luhnHolds | gluedTail | why, name: w.text.Name}
		return
	}
}

// padded finds a number that a program filled up with zeros on its left, as some do with whatever is long and all
// digits. Other numbers are filled up too, so that it acts in a card's field or after a card's words alone.
func (w *walk) padded() {
	g := &w.groups[w.at]
	if g.n <= leastPadded {
		return
	}
	zeros := 0
	for zeros < longestPadding && zeros < g.n && w.text.Data[g.start+zeros] == '0' {
		zeros++
	}
	number := group{start: g.start + zeros, end: g.end, n: g.n - zeros}
	if !g.kept.plain() || zeros == 0 || number.n < leastPadded || number.n > longest || w.best.Confidence > finding.None || w.text.Data[number.start] == '0' {
		return
	}
	text := w.text.Data
	digits := text[number.start:number.end]
	if !w.table.of(digits).allows(number.n) || !luhnValid(digits) {
		return
	}
	s := w.table.look(digits, true)
	if s == nil || s.tier != A || !distinct(digits) {
		return
	}
	crowd := w.look(g.start)
	if !crowd && (!w.standsAlone(g.start, g.end, whole, g.n) || !w.notFraction(g.start, g.end) || !w.notToken(g.start, g.end)) {
		return
	}
	w.best = Match{Start: number.start, End: g.end, Kind: finding.PAN, Brand: s.brand, Length: number.n, Confidence: finding.Possible,
		facts: luhnHolds | paddedZeros}
	why := crowded
	if !crowd {
		why = cardName
	}
	if crowd || w.cardish(g) {
		w.best.Confidence = finding.Likely
		w.best.facts |= why
		w.best.name = w.text.Name
	}
}

func (w *walk) cardish(g *group) bool {
	return w.context(g.start, g.end).standing == ofCard
}

// monthCut reports a month at the end of a run that a separator and a year follow: …11112/28.
func (w *walk) monthCut(g *group, d []byte) bool {
	return len(d) == 2 && month(d[0]*10+d[1]) && yearBehind(w.text.Data, g.end) > 0
}

// rest reports digits that may follow a number: a verification value, or an expiry date and perhaps the value.
func rest(d []byte) bool {
	return len(d) == 3 || len(d) >= 4 && len(d) <= longestTail && plausibleExpiry(d)
}

// exponent finds a number written as a float: 4.111111111111111E15, as spreadsheets and JSON writers do.
func (w *walk) exponent() {
	if end := w.groups[w.at].end; end >= len(w.text.Data) || w.text.Data[end] != '.' {
		return
	}
	if w.at+1 >= w.n || w.groups[w.at].n != 1 || !w.groups[w.at].kept.plain() {
		return
	}
	a, b, text := &w.groups[w.at], &w.groups[w.at+1], w.text.Data
	if b.start != a.end+1 || text[a.end] != '.' || b.n < shortest-1 || b.n > longest-1 || !b.kept.plain() || b.end >= len(text) || text[b.end]|0x20 != 'e' {
		return
	}
	i := b.end + 1
	if i < len(text) && text[i] == '+' {
		i++
	}
	if i+2 > len(text) || !allDigits(text[i:i+2]) || i+2 < len(text) && alnum(text[i+2]) {
		return
	}
	n := int(two(text[i:])) + 1
	if n < 14 || n > longest || n < b.n+1 {
		return
	}
	var buf [longest]byte
	c := candidate{groups: 1, digits: buf[:n], shape: whole}
	copy(c.digits, w.values.of(a, a.n+b.n))
	c.head = w.table.of(c.digits)
	if !w.promises(&c) {
		return
	}
	s := w.ranged(&c)
	if s == nil || !w.standsAlone(a.start, a.start, whole, n) {
		return
	}
	m := Match{Start: a.start, End: i + 2}
	m.set(&c, s)
	m.facts |= exponentForm
	switch {
	case !w.look(a.start):
		w.weigh(&m, &c)
	case c.luhn || w.standing().card():
		m.inCrowd(w.text.Name)
	}
	if m.Confidence > w.best.Confidence {
		w.best = m
	}
}

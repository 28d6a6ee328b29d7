package pan

import "github.com/cappertrophy/panwall/gateway/finding"

// reach is how many bytes behind a number its expiry date and verification value are looked for.
const reach = 64

// place is bytes of the text; the zero place is nowhere.
type place struct{ start, end int }

// details is what follows a number.
type details struct{ expiry, cvv place }

// tail appends the expiry date and the verification value that stand right behind a number.
func (w *walk) tail(dst []Match, end int) []Match {
	d := w.following(end)
	if d.expiry.end > 0 {
		dst = append(dst, Match{Start: d.expiry.start, End: d.expiry.end, Kind: finding.Expiry, Confidence: finding.Likely, facts: besideNumber})
		w.free = d.expiry.end
	}
	if d.cvv.end > 0 {
		dst = append(dst, Match{Start: d.cvv.start, End: d.cvv.end, Kind: finding.CVV, Confidence: finding.Likely, facts: besideNumber})
		w.free = max(w.free, d.cvv.end)
	}
	return dst
}

// following is what follows a number that ends at end, read once.
func (w *walk) following(end int) details {
	if w.detailsAt != end {
		w.details, w.detailsAt = detail(w.text.Data, end), end
	}
	return w.details
}

// detail reads what follows a number: 12/28 123, |12|2028|123, 1228 123, срок 12/28 cvv 123.
func detail(text []byte, from int) (d details) {
	limit := min(len(text), from+reach)
	i := from
	for i < limit && d.cvv.end == 0 {
		start := i + untilDigit(text[i:limit])
		end := start + digitRun(text[start:min(len(text), start+8)])
		if start == limit || end-start > 4 {
			return d
		}
		between := text[i:start]
		switch n := end - start; {
		case n < 2:
			return d
		case n == 2 && (d.expiry.end > 0 || !month(two(text[start:]))):
			return d // neither, whatever the words say
		case d.expiry.end == 0 && i == from && letters(between) > 0 && !speaks(between, expiryWords) && !speaks(between, cvvWords):
			return d
		case d.expiry.end == 0 && n == 2:
			end = yearBehind(text, end)
			if end == 0 {
				return d
			}
			d.expiry = place{start, end}
		case d.expiry.end == 0 && n == 4 && expiryDigits(text[start:end]):
			d.expiry = place{start, end}
		case n > 2 && (d.expiry.end > 0 && len(between) <= 3 && letters(between) == 0 || speaks(between, cvvWords)):
			d.cvv = place{start, end}
		default:
			return d
		}
		i = end
	}
	return d
}

// yearBehind is the end of a year of two or four digits behind a month and one separator, zero if there is none.
func yearBehind(text []byte, i int) int {
	for n := 0; n < 3 && i < len(text) && text[i]-'0' > 9; n++ {
		if alnum(text[i]) {
			return 0
		}
		i++
	}
	end := i
	for end < len(text) && end-i <= 4 && text[end]-'0' <= 9 {
		end++
	}
	switch end - i {
	case 2:
		if year(two(text[i:])) {
			return end
		}
	case 4:
		if two(text[i:]) == 20 && year(two(text[i+2:])) {
			return end
		}
	}
	return 0
}

// expiryDigits reports four ASCII digits that are an expiry date without a separator.
func expiryDigits(b []byte) bool {
	return plausibleExpiry([]byte{b[0] - '0', b[1] - '0', b[2] - '0', b[3] - '0'})
}

func two(b []byte) byte { return (b[0]-'0')*10 + b[1] - '0' }

func letters(b []byte) (n int) {
	for i := 0; i < len(b); {
		c, size := classAt(b, i)
		if c == letter {
			n++
		}
		i += size
	}
	return n
}

// The words that introduce what follows a number.
var (
	expiryWords = map[string]bool{"exp": true, "expiry": true, "expires": true, "expiration": true, "valid": true, "thru": true, "date": true, "срок": true, "действия": true, "до": true, "действительна": true, "годна": true, "мерзімі": true, "дейін": true, "expdate": true, "till": true}
	cvvWords    = map[string]bool{"cvv": true, "cvc": true, "cvn": true, "csc": true, "код": true, "code": true, "цвв": true, "цвц": true, "security": true}
)

func speaks(b []byte, vocabulary map[string]bool) bool {
	words := wordReader{text: b}
	for w, ok := words.next(); ok; w, ok = words.next() {
		if vocabulary[string(w)] {
			return true
		}
	}
	return false
}

package pan

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cappertrophy/panwall/gateway/finding"
)

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
func (w *walk) following(end int) *details {
	if w.detailsAt != end {
		w.detailsAt = end
		w.details.read(w.text.Data, end)
	}
	return &w.details
}

// read takes in what follows a number that ends at from: 12/28 123, |12|2028|123, 1228 123, срок 12/28 cvv 123.
func (d *details) read(text []byte, from int) {
	*d = details{}
	limit := min(len(text), from+reach)
	for i := from; i < limit && d.cvv.end == 0; {
		start, n := nextDigits(text, i, limit)
		if n < 2 || n > 4 || n == 2 && (d.expiry.end > 0 || !month(two(text[start:]))) {
			return // neither, whatever the words say
		}
		between, end := text[i:start], start+n
		date := n == 2 || n == 4 && d.expiry.end == 0 && expiryDigits(text[start:end])
		if n == 2 {
			if end = yearBehind(text, end); end == 0 {
				return
			}
		}
		beside := d.expiry.end > 0 && len(between) <= 3
		if !date && !beside && !maySayCVV(between) {
			return // neither a date nor right behind one, and no word for a verification value
		}
		said := introductions(between, date || beside)
		switch {
		case date && said == lettered:
			return
		case date:
			d.expiry = place{start, end}
		case beside && said == 0 || said&ofCVV != 0:
			d.cvv = place{start, end}
		default:
			return
		}
		i = end
	}
}

// nextDigits is where ASCII digits begin from i on and before the limit, and how many of them stand there, eight if they may be
// more; none if the limit is reached.
func nextDigits(text []byte, i, limit int) (start, n int) {
	start = limit
	if i+8 > len(text) {
		start = i + untilDigit(text[i:limit])
	} else if digits := asciiDigits(binary.LittleEndian.Uint64(text[i : i+8])); digits != 0 { // as nearly always
		start = min(limit, i+bits.TrailingZeros64(digits)/8)
	} else if i+8 < limit {
		start = i + 8 + untilDigit(text[i+8:limit])
	}
	switch {
	case start == limit:
		return start, 0
	case start+8 <= len(text):
		return start, leadingDigits(binary.LittleEndian.Uint64(text[start : start+8]))
	}
	return start, digitRun(text[start:]) // fewer, at the end of the text
}

// yearBehind is the end of a year of two or four digits behind a month and one separator, zero if there is none.
func yearBehind(text []byte, i int) int {
	start, n := nextDigits(text, i, min(len(text), i+4))
	for _, b := range text[i:start] {
		if alnum(b) {
			return 0
		}
	}
	if n == 2 && year(two(text[start:])) || n == 4 && two(text[start:]) == 20 && year(two(text[start+2:])) {
		return start + n
	}
	return 0
}

// expiryDigits reports four ASCII digits that are an expiry date without a separator.
func expiryDigits(b []byte) bool { return plausible(two(b), two(b[2:])) }

func two(b []byte) byte { return (b[0]-'0')*10 + b[1] - '0' }

// introduction is what the text before an expiry date or a verification value holds.
type introduction uint8

const (
	lettered introduction = 1 << iota // a letter
	ofExpiry                          // a word for an expiry date
	ofCVV                             // a word for a verification value
)

// maySayCVV reports a text that has letters enough in a row for a word for a verification value, behind one that begins such a word.
func maySayCVV(b []byte) bool {
	letters := 0
	for _, c := range b {
		switch {
		case beginnings[c] == ofWord:
			if letters == 0 && !beginsCVV[c] {
				continue
			}
			if letters++; letters == leastWord {
				return true
			}
		case !continuation(c):
			letters = 0
		}
	}
	return false
}

// beginsCVV is the first bytes of the words for a verification value.
var beginsCVV = firstsOfCVV()

func firstsOfCVV() (t [256]bool) {
	for w, says := range introducers {
		if says == ofCVV {
			t[w[0]], t[strings.ToUpper(w)[0]] = true, true
		}
	}
	return t
}

// introductions is what a text holds of them; a letter that is in no word is found only where any letter matters.
func introductions(b []byte, anyLetter bool) (found introduction) {
	for i := 0; i < len(b); {
		switch beginnings[b[i]] {
		case noLetter:
			i++
		case ofWord:
			if end := i + wordEnd(b[i:]); end > i {
				if found |= lettered; end-i >= leastWord {
					found |= introduced(b[i:end])
				}
				i = end
				continue
			}
			fallthrough
		default:
			if !anyLetter || found&lettered != 0 {
				i++ // within a character no word begins
				continue
			}
			c, size := classAt(b, i)
			if c == letter {
				found |= lettered
			}
			i += size
		}
	}
	return found
}

// beginnings is what each byte begins.
var beginnings = beginningsOfBytes()

type beginning uint8

const (
	noLetter beginning = iota
	ofWord             // of Latin or Cyrillic letters, U+0400 to U+04FF
	ofLetter           // perhaps
)

func beginningsOfBytes() (t [256]beginning) {
	for i := range t {
		switch {
		case i < utf8.RuneSelf && ascii[i] == letter, i&^3 == 0xD0:
			t[i] = ofWord
		case i >= 0xC0:
			t[i] = ofLetter
		}
	}
	return t
}

// wordEnd is how many bytes of Latin and Cyrillic letters a text begins with.
func wordEnd(b []byte) (n int) {
	for n < len(b) && beginnings[b[n]] == ofWord {
		if b[n] < utf8.RuneSelf {
			n++
			continue
		}
		if n+1 == len(b) || !continuation(b[n+1]) {
			break
		}
		n += 2
	}
	return n
}

// introducers is the words that introduce something behind a number, in small letters.
var introducers = map[string]introduction{
	"exp": ofExpiry, "expiry": ofExpiry, "expires": ofExpiry, "expiration": ofExpiry, "valid": ofExpiry, "thru": ofExpiry, "validthru": ofExpiry, "date": ofExpiry,
	"expdate": ofExpiry, "expirydate": ofExpiry, "till": ofExpiry,
	"срок": ofExpiry, "действия": ofExpiry, "до": ofExpiry, "действительна": ofExpiry, "годна": ofExpiry, "мерзімі": ofExpiry, "дейін": ofExpiry,
	"cvv": ofCVV, "cvc": ofCVV, "cvn": ofCVV, "csc": ofCVV, "код": ofCVV, "code": ofCVV, "cvvcode": ofCVV, "cvccode": ofCVV, "цвв": ofCVV, "цвц": ofCVV,
	"security": ofCVV, "securitycode": ofCVV,
}

// leastWord is how many bytes each of them has at least, and how many letters each for a verification value.
const leastWord = 3

// introducer is a word and what it introduces.
type introducer struct {
	word string
	says introduction
}

// introducing is these words by what tells most of them apart.
var introducing = byEnds()

func byEnds() (t [256][]introducer) {
	for w, says := range introducers {
		_, first := utf8.DecodeRuneInString(w)
		capitals := strings.ToUpper(w)
		for _, word := range [...]string{w, capitals, w[:first] + capitals[first:], capitals[:first] + w[first:]} {
			if i := ends([]byte(word)); !slices.Contains(t[i], introducer{w, says}) {
				t[i] = append(t[i], introducer{w, says})
			}
		}
	}
	return t
}

// ends is a number that equal words of Latin or Cyrillic letters share, but for capitals of some: of the bytes that tell the first
// letter and the last, and of their length, multiplied so that other words hardly ever have it.
func ends(word []byte) byte {
	n := len(word)
	first := word[0]
	if first >= utf8.RuneSelf {
		first = word[1]
	}
	return (first|0x20)*3 ^ (word[n-1]|0x20)*5 ^ byte(n)*37
}

// introduced is what a word of Latin and Cyrillic letters introduces behind a number.
func introduced(word []byte) introduction {
	for _, i := range introducing[ends(word)] {
		if sameLetters(i.word, word) {
			return i.says
		}
	}
	return 0
}

// sameLetters reports a word of Latin and Cyrillic letters, U+0400 to U+04FF, that is this one but for capitals.
func sameLetters(small string, word []byte) bool {
	if len(small) != len(word) {
		return false
	}
	for i, b := range word {
		switch {
		case b < utf8.RuneSelf:
			if b|0x20 != small[i] {
				return false
			}
		case !continuation(b):
			if small[i] < utf8.RuneSelf || lower(twoByteRune(word[i:])) != twoByteRune([]byte(small[i:i+2])) {
				return false
			}
		}
	}
	return true
}

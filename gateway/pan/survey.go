package pan

import (
	"bytes"
	"encoding/binary"
)

// Evidence is a set of readings under which a text could hold a card, by what its raw bytes show. The zero Evidence
// is none: under no reading of the published list does the text hold a number, whatever it is called.
type Evidence uint16

// The evidence, one bit a view.
const (
	Digits          Evidence = 1 << iota // twelve ASCII digits that nothing parts
	Wide                                 // bytes above 127 that may be digits, separators or invisible among digits
	Percent                              // %XX that may be a digit, a separator or another percent sign
	Backslash                            // \u, \x and octal escapes, escaped line ends
	Entity                               // &#NN; &#xHH; &name;
	Base64                               // sixteen characters of base64 or base64url in a row
	QuotedPrintable                      // =HH and soft line breaks
	NUL                                  // UTF-16 or UTF-32
	HexRun                               // digits written as pairs of hexadecimal digits
)

// MayHold reports whether Scan may find a number in a text as it stands. False is exact: there is none.
func MayHold(text []byte) bool {
	s := seeker{text: text}
	for start, end, ok := s.next(); ok; start, end, ok = s.next() {
		if plainEvidence(text[start:end]) != 0 {
			return true
		}
	}
	return false
}

// Survey says which readings of a text could hold a number, in one quick look that allocates nothing. It may name a
// view in vain, never miss one. A number split over several fields is no matter of one text: see Join.
func Survey(text []byte) (found Evidence) {
	s := seeker{text: text, survey: true}
	for start, end, ok := s.next(); ok; start, end, ok = s.next() {
		stretch := text[start:end]
		if found&Digits == 0 || found&Wide == 0 && !isASCII(stretch) {
			found |= plainEvidence(stretch)
		}
		if found&NUL == 0 && bytes.IndexByte(stretch, 0) >= 0 && sawNUL(stretch) {
			found |= NUL
		}
	}
	found |= s.found
	for _, v := range escapes {
		if s.marks&v.bit != 0 && announced(text, v) {
			found |= v.evidence
		}
	}
	if found&NUL == 0 && wideText(text) {
		found |= NUL
	}
	return found
}

// wideText reports a text that is UTF-16 or UTF-32 by its byte order mark or by where its zeros stand: whatever it hides,
// an escape or markup, is told once it was decoded.
func wideText(text []byte) bool {
	if bytes.HasPrefix(text, []byte{0xFF, 0xFE}) || bytes.HasPrefix(text, []byte{0xFE, 0xFF}) {
		return true
	}
	first := bytes.IndexByte(text, 0)
	if first < 0 {
		return false
	}
	head := text[first : first+min(len(text)-first, 64)]
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i&1]++
		}
	}
	return max(zeros[0], zeros[1]) >= len(head)/4 // half of what is ASCII in UTF-16
}

func isASCII(text []byte) bool {
	for len(text) >= 8 {
		if binary.LittleEndian.Uint64(text)&0x8080808080808080 != 0 {
			return false
		}
		text = text[8:]
	}
	for _, b := range text {
		if b >= 0x80 {
			return false
		}
	}
	return true
}

// view is a reading of a text that is announced by a mark.
type view struct {
	evidence Evidence
	mark     byte
	bit      uint8 // of the marks that classify gives
	read     func(text []byte) (kind, int)
}

var escapes = [...]view{
	{Percent, '%', markPercent, readPercent},
	{Backslash, '\\', markBackslash, readBackslash},
	{Entity, '&', markAmpersand, readEntity},
	{QuotedPrintable, '=', markEquals, readQuoted},
}

// spread is how many bytes before an escape the number it belongs to may begin.
const spread = 2 << 10

// announced reports whether the escapes of a view could make a number. Most escapes spell letters: only around those
// that do not is the text read.
func announced(text []byte, v view) bool {
	for i, read := 0, 0; ; {
		if i >= len(text) {
			return false
		}
		if text[i] != v.mark { // one escape often stands beside another
			n := bytes.IndexByte(text[i:], v.mark)
			if n < 0 {
				return false
			}
			i += n
		}
		k, size := v.read(text[i:])
		if k != digital && k != suspect && (size == 1 || k == nothing || k == unseen && v.mark == '%' || !digitBefore(text[:i])) {
			i += size
			continue
		}
		from := i
		for from > read && i-from < spread && (text[from-1] >= 0x80 || kinds[text[from-1]] != nothing) {
			from--
		}
		enough, end := escaped(text, from, i, v)
		if enough {
			return true
		}
		i, read = end, end
	}
}

// escaped reads from one offset on, until digits that nothing parts, some of them or their separators escaped, are
// enough for a number, or until behind the escape at something parts them; where reading ended.
func escaped(text []byte, from, at int, v view) (enough bool, end int) {
	var t tally
	seen := false
	for i := from; i < len(text); {
		b := text[i]
		k, size := kinds[b], 1
		switch {
		case b == v.mark:
			if k, size = v.read(text[i:]); k == suspect {
				return true, i
			}
			seen = seen || size > 1 || v.mark == 0
		case b >= 0x80:
			k, size = wideKind(text, i)
		}
		i += size
		if k == unseen {
			continue
		}
		if t.add(k) && seen {
			return true, i
		}
		if t.digits == 0 && k == nothing {
			if seen = false; i > at {
				return false, i
			}
		}
	}
	return false, len(text)
}

// sawNUL reports digits of UTF-16 or UTF-32 in a stretch.
func sawNUL(stretch []byte) bool {
	enough, _ := escaped(stretch, 0, len(stretch), view{read: readNUL})
	return enough
}

// digitBefore reports a digit at the end of the text, but for separators.
func digitBefore(text []byte) bool {
	for i := len(text) - 1; i >= 0 && i >= len(text)-maxMarks-maxSpaces-1; i-- {
		switch k := kinds[text[i]]; {
		case k == digital || text[i] >= 0x80:
			return true
		case k == nothing:
			return false
		}
	}
	return false
}

// kind is what a byte or an escape is to a survey.
type kind uint8

const (
	nothing kind = iota // parts numbers
	digital
	between // may stand between digits
	unseen  // draws nothing
	suspect // another escape within: believed at once
)

// tally counts digits that nothing parts.
type tally struct{ digits, marks int }

// add counts one more character and reports whether the digits are enough for a number.
func (t *tally) add(k kind) bool {
	switch k {
	case digital:
		t.digits++
		t.marks = 0
	case between:
		if t.marks++; t.marks > maxMarks+maxSpaces {
			t.digits = 0
		}
	default:
		t.digits = 0
	}
	return t.digits >= shortest
}

// kinds is the kind of every byte; bytes above 127 are looked at as characters.
var kinds = byteKinds()

func byteKinds() (t [256]kind) {
	for b := range 128 {
		switch c := ascii[b]; {
		case c.isDigit():
			t[b] = digital
		case c == space || c == dash || c == other:
			t[b] = between
		}
	}
	return t
}

// plainEvidence reads the text as it stands: digits and what is above 127 among them.
func plainEvidence(text []byte) (found Evidence) {
	if len(text) <= longest+maxMarks && isASCII(text) && count(text) >= shortest {
		return Digits // too short for digits to lie too far apart
	}
	var t tally
	ascii, wide := false, false
	for i := 0; i < len(text); {
		b := text[i]
		k, size := kinds[b], 1
		switch {
		case k == digital:
			ascii = true
			size = digitRun(text[i:])
			t.digits += size - 1
		case b >= 0x80 || b-0x10 <= 9:
			k, size = wideKind(text, i)
			wide = wide || k != nothing
		}
		if i += size; k == unseen {
			continue
		}
		if t.add(k) {
			before := found
			found |= evidenceOf(ascii, wide)
			if found == Digits|Wide || found == Digits && before == 0 && isASCII(text[i:]) {
				return found // there is no more to be seen
			}
		}
		if t.digits == 0 {
			ascii, wide = false, false
		}
	}
	return found
}

// count is how many ASCII digits a text holds.
func count(text []byte) (n int) {
	for _, b := range text {
		n += int(byteClasses[b].digit)
	}
	return n
}

func evidenceOf(ascii, wide bool) (e Evidence) {
	if ascii {
		e |= Digits
	}
	if wide {
		e |= Wide
	}
	return e
}

// wideKind is the kind of the character at i, and its bytes. Digits of UTF-16 and
// of Shift-JIS that are written without a NUL or an ASCII digit are known by their bytes.
func wideKind(text []byte, i int) (kind, int) {
	b := text[i]
	switch {
	case b < 0x80: // 0x10 to 0x19
		if i > 0 && text[i-1] == 0xFF || i+1 < len(text) && text[i+1] == 0xFF {
			return digital, 1 // UTF-16 FF10 to FF19
		}
		return nothing, 1
	case b == 0xD0 || b == 0xD1:
		return nothing, 1 // Cyrillic letters
	case b == 0xFF:
		return unseen, 1
	case fullWidth(text[i:]):
		return digital, 3
	case b == 0x82 && i+1 < len(text) && text[i+1]-0x4F <= 9:
		return digital, 2 // Shift-JIS full-width digits
	}
	switch c, size := classAt(text, i); {
	case c.isDigit():
		return digital, size
	case c == invisible:
		return unseen, size
	case c == letter || c == barrier:
		return nothing, size
	default:
		return between, size
	}
}

package pan

import (
	"bytes"
)

// identifier reports what stands around a number and is written so around no card: a number of Sentry's or of a platform's,
// a serial number or an account, a trade item's number, a picture's name, a publisher.
func identifier(text []byte, start, end int) bool {
	if sentry(text, start, end) {
		return true
	}
	if start == 0 {
		return false
	}
	before := text[:start]
	switch telling[text[start-1]] {
	case address:
		return (end-start != 16 || leadsToPost(before)) && platform(text, start) || serialMark(before)
	case serial:
		return serialMark(before)
	case bracket:
		return tradeItem(text, start, end)
	case named:
		return pictured(text, start, end) || publisher(before)
	}
	return false
}

// tells is what may stand before a number, as its last byte tells.
type tells uint8

const (
	address tells = 1 + iota // or a serial number's mark
	serial                   // the mark of a serial number or an account, or what parts it from its number
	bracket                  // of a trade item
	named                    // a picture or a publisher
)

var telling = [256]tells{
	'/': address, ':': address, '=': address,
	'n': serial, 'N': serial, 0xBD: serial, 0x9D: serial, 0x81: serial, 0xA1: serial, // the last bytes of н, Н, с and С
	' ': serial, '.': serial, '#': serial,
	')': bracket,
	'_': named, '-': named,
}

// marks are abbreviations for a serial number and for an account, with the stroke that parts words elsewhere.
var marks = [...]string{"s/n", "с/н", "р/с", "л/с", "к/с"}

// serialMark reports text that ends in one of the marks.
func serialMark(text []byte) bool {
	b := text[max(0, len(text)-12):]
	for len(b) > 0 && introduces(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	n := len(b)
	if n < 3 || !(b[n-2] == '/' && b[n-1]|0x20 == 'n') && !(b[n-3] == '/' && b[n-2]|1 == cyrillicLead) {
		return false // no letter of theirs behind a stroke
	}
	for _, mark := range marks {
		n := len(b) - len(mark)
		if n >= 0 && bytes.EqualFold(b[n:], []byte(mark)) && (n == 0 || !alnum(b[n-1]) && !isLetter(runeAt(b, lastRune(b, n)))) {
			return true
		}
	}
	return false
}

// introduces reports what stands between such a mark and its number.
func introduces(b byte) bool { return b == ' ' || b == ':' || b == '.' || b == '#' || b == '=' }

// publisher reports text that ends in what begins the sixteen digits of a site or app in Google's advertising.
func publisher(text []byte) bool {
	return bytes.HasSuffix(text, []byte("ca-pub-")) || bytes.HasSuffix(text, []byte("ca-app-pub-"))
}

// tradeItem reports a number behind an application identifier in brackets (GS1 General Specifications, section 3.2): the
// number of a parcel or an article, whose check digit must hold, or what stands with one: (01)04600682000235(21)….
func tradeItem(text []byte, start, end int) bool {
	if start < len("(00)") {
		return false
	}
	open := lastByte(text[max(0, start-len("(8004)")):start], '(')
	if open < 0 {
		return false
	}
	open += max(0, start-len("(8004)"))
	key := text[open+1 : start-1]
	if len(key) < 2 || !allDigits(key) {
		return false
	}
	switch string(key) {
	case "00":
		return end-start == 18 && checkedGS1(text[start:end])
	case "01", "02":
		return end-start == 14 && checkedGS1(text[start:end])
	}
	article := bytes.LastIndex(text[max(0, open-nearby):open], []byte("(01)"))
	if article < 0 {
		return false
	}
	article += max(0, open-nearby) + len("(01)")
	return article+14 <= open && checkedGS1(text[article:article+14])
}

// checkedGS1 reports digits whose last is the check digit of all GS1 keys (General Specifications, section 7.9).
func checkedGS1(b []byte) bool {
	sum := 0
	for i, c := range b {
		if c-'0' > 9 {
			return false
		}
		sum += int(c-'0') * (1 + 2*((len(b)-1-i)&1))
	}
	return sum%10 == 0
}

// cameras are what the names of pictures begin with that a telephone makes. None of these names has sixteen digits in a row,
// as nearly all cards have.
var cameras = [...]string{"img", "dsc", "pxl", "vid", "photo", "image"}

// messenger begins the names of pictures that came by Facebook's messenger, whose numbers may have sixteen digits.
var messenger = [...]string{"received"}

// pictures are how such names end.
var pictures = [...]string{".jpg", ".jpeg", ".png", ".webp", ".heic", ".mp4"}

// pictured reports a number in the name of a picture: behind a camera's word, or one of several as Facebook
// and Instagram write them, 44987_4111_5222_n.jpg.
func pictured(text []byte, start, end int) bool {
	if start < 2 {
		return false
	}
	i := end
	for i < len(text) && i < end+2*longestToken && (text[i] == '_' || text[i]-'0' <= 9) {
		i++
	}
	last := text[end:i]
	if i > end && i < len(text) && text[i-1] == '_' && text[i]-'a' <= 25 {
		i++
	}
	if i == len(text) || text[i] != '.' || !begins(text[i:], pictures[:]...) {
		return false
	}
	before := text[max(0, start-1-longestToken) : start-1]
	return longDigits(last) || longDigits(before) || endsInWord(before, messenger[:]) || end-start != 16 && endsInWord(before, cameras[:])
}

func endsInWord(b []byte, words []string) bool {
	for _, c := range words {
		n := len(b) - len(c)
		if n >= 0 && bytes.EqualFold(b[n:], []byte(c)) && (n == 0 || !alnum(b[n-1])) {
			return true
		}
	}
	return false
}

// begins reports a text that begins with one of the words, whatever their case.
func begins(text []byte, words ...string) bool {
	for _, w := range words {
		if len(text) >= len(w) && bytes.EqualFold(text[:len(w)], []byte(w)) {
			return true
		}
	}
	return false
}

// longDigits reports eight digits in a row.
func longDigits(text []byte) bool {
	n := 0
	for _, b := range text {
		if b-'0' > 9 {
			n = 0
		} else if n++; n == 8 {
			return true
		}
	}
	return false
}

// serialisedKey is the key of a number in what PHP serialises, an array's member or a variable of a session:
// "order_id";s:16:"4111, "order_id";i:4111, order_id|i:4111.
func serialisedKey(text []byte, start int) ([]byte, bool) {
	i := start
	if i > 2 && text[i-1] == '"' && text[i-2] == ':' { // a string, its length before it
		for i -= 2; i > max(0, start-longestKey) && text[i-1]-'0' <= 9; i-- {
		}
	}
	if i < 2 || text[i-1] != ':' || text[i-2] != 's' && text[i-2] != 'i' && text[i-2] != 'd' {
		return nil, false
	}
	rest := text[max(0, i-2-longestKey) : i-2]
	if before, ok := bytes.CutSuffix(rest, []byte(`";`)); ok {
		open := lastByte(before, '"')
		return before[open+1:], open >= 0
	}
	before, ok := bytes.CutSuffix(rest, []byte("|"))
	if !ok {
		return nil, false
	}
	from := len(before)
	for from > 0 && keyBytes[before[from-1]] {
		from--
	}
	return before[from:], from < len(before)
}

// linking reports a key that passes on what the word before it says, or says something only together with it: номер in
// "серийный номер: 4111", заказа in "номер заказа: 4111", № in "накладная №: 4111", 2 in "IMEI 2: 4111".
func linking(text []byte, start int, key []byte) bool {
	if text[start-1] == '"' {
		return false
	}
	from := start - len(key)
	for marks := 0; from >= 2 && len(key) > 0 && (text[from] != key[0] || !bytes.HasPrefix(text[from:], key)); from-- {
		if marks++; marks > 3 {
			return false
		}
	}
	if from < 2 || text[from-1] != ' ' || bytes.IndexByte(text[from+len(key):start], '"') >= 0 {
		return false
	}
	if r, _ := decodeLastRune(text[:from-1]); !isLetter(r) && r != '.' {
		return false
	}
	if len(key) == 1 && key[0]-'0' <= 9 {
		return true
	}
	if string(key) == "№" {
		return true
	}
	words := wordReader{text: key}
	w, ok := words.next()
	says := meaning(w)
	return ok && (says == saysNumber || says == saysOrder) && len(w) == len(bytes.TrimRight(key, "."))
}

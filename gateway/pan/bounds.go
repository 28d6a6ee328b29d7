package pan

import (
	"bytes"
	"unicode/utf8"
)

// longestToken is how many bytes of a word touching a number are read; what is longer is a token, not a word.
const longestToken = 32

// bounded reports whether the candidate stands on its own: not a part of a longer token, number, list or table.
func (w *walk) bounded(c *candidate) bool {
	start, end := w.groups[w.at].start, w.groups[w.at+c.groups-1].end
	if c.shape == whole && w.apparent(start, end) {
		return !(len(c.digits) == 18 && w.kazakhAccount(start))
	}
	if !w.standsAlone(start, end, c.shape, len(c.digits)) {
		return false
	}
	if c.shape == whole {
		return w.notFraction(start, end) && w.notToken(start, end) && !(len(c.digits) == 18 && w.kazakhAccount(start))
	}
	return w.notListed(c)
}

// apparent reports a run between two characters of which neither makes it a part of anything, as nearly all are.
func (w *walk) apparent(start, end int) bool {
	text := w.text.Data
	return start > 0 && end < len(text) && bounding[text[start-1]] && bounding[text[end]]
}

// bounding is the ASCII characters beside which a whole run of digits stands on its own: no letter, and no mark of
// fractions, tokens and decimals.
var bounding = boundingBytes()

func boundingBytes() (t [256]bool) {
	for b, c := range ascii {
		t[b] = c != letter && !c.isDigit() && b != '.' && b != '-' && b != ','
	}
	return t
}

// standsAlone reports whether no letter touches a number of so many digits, or only a word does: VISA4111…, 4111…KZT.
func (w *walk) standsAlone(start, end int, s shape, digits int) bool {
	text := w.text.Data
	if word, ok := wordBefore(text, start); word < start {
		if !ok || !escape(text, word, start) && !plainWord(text[word:start], s, digits) && !w.abbreviation(word, start, end) && !formatCode(text[:start]) {
			return false
		}
	}
	word, ok := wordAfter(text, end)
	return word == end || ok && plainWord(text[end:word], s, 0) || opensDetail(text[end:])
}

// formatCode reports text that ends with the start of track 1 (ISO/IEC 7813): groups may have blanks on it.
func formatCode(before []byte) bool { return bytes.HasSuffix(before, []byte("%B")) }

// kazakhAccount reports that the digits at start are those of an IBAN of Kazakhstan, however its country is written:
// kz56…, KZ 56…, or with the Cyrillic letters of the same sound.
func (w *walk) kazakhAccount(start int) bool {
	before := w.text.Data[max(0, start-8):start]
	for n := len(before); n > 0 && (before[n-1] == ' ' || before[n-1] == '+'); n-- {
		before = before[:n-1]
	}
	n := len(before)
	if n < len("kz") {
		return false
	}
	switch before[n-1] {
	case 'z', 'Z':
		if n -= len("kz"); before[n]|0x20 != 'k' {
			return false
		}
	case 0xB7, 0x97: // the last bytes of з and З
		if n -= len("кз"); n < 0 || before[n+2] != 0xD0 || !bytes.EqualFold(before[n:], []byte("кз")) {
			return false
		}
	default:
		return false // as nearly always
	}
	return n == 0 || !alnum(before[n-1]) && !isLetter(runeAt(before, lastRune(before, n)))
}

func runeAt(text []byte, i int) rune {
	r, _ := decodeRune(text[i:])
	return r
}

// lastRune is where the character before i begins; invisible ones are passed over.
func lastRune(text []byte, i int) int {
	for stop := max(0, i-maxGap); i > stop; {
		if text[i-1] < utf8.RuneSelf {
			return i - 1
		}
		r, size := decodeLastRune(text[:i])
		if i -= size; classOf(r) != invisible {
			return i
		}
	}
	return i
}

// wordBefore is where the letters that end at i begin; false if a digit stands before them or they are too many.
func wordBefore(text []byte, i int) (int, bool) {
	j := i
	for stop := max(0, i-longestToken); j > stop; {
		r, size := rune(text[j-1]), 1
		if r >= utf8.RuneSelf {
			r, size = decodeLastRune(text[:j])
		}
		if !isLetter(r) {
			return j, !classOf(r).isDigit()
		}
		j -= size
	}
	return j, j == 0
}

// wordAfter is where the letters that begin at i end; false if a digit stands behind them or they are too many.
func wordAfter(text []byte, i int) (int, bool) {
	j := i
	for stop := i + longestToken; j < len(text) && j < stop; {
		r, size := rune(text[j]), 1
		if r >= utf8.RuneSelf {
			r, size = decodeRune(text[j:])
		}
		if !isLetter(r) {
			return j, !classOf(r).isDigit()
		}
		j += size
	}
	return j, j == len(text)
}

// escape reports one letter behind a backslash: the raw reading of "\n4111…".
func escape(text []byte, word, start int) bool {
	if start-word != 1 || word == 0 || text[word-1] != '\\' {
		return false
	}
	switch text[word] {
	case 'n', 'r', 't', 'b', 'f', 'v':
		return true
	}
	return false
}

// plainWord reports a word that is no hexadecimal, no country of an IBAN (ISO 13616: two capital letters, then two
// check digits and up to thirty characters) or beginning of a vehicle's number, and at groups no single letter: a drawing's
// M4000 1000 4500 2000.
func plainWord(word []byte, shape shape, digits int) bool {
	if isHex(word) || shape != whole && utf8.RuneCount(word) == 1 {
		return false
	}
	if digits == vehicle-len(word) && len(word) == 3 {
		return word[0] > 'Z' || word[1] > 'Z' || word[2] > 'Z' || meaning(lowered(nil, word)) == saysCard
	}
	return digits < 18 || utf8.RuneCount(word) != 2 || word[0] > 'Z' || word[1] > 'Z'
}

// vehicle is the length of a vehicle's number (ISO 3779), of which the first three say who made it.
const vehicle = 17

// abbreviates reports "cc", which people write for a credit card although it is hexadecimal.
func abbreviates(word []byte) bool {
	return len(word) == 2 && word[0]|0x20 == 'c' && word[1]|0x20 == 'c'
}

// abbreviation reports that the word before a number is "cc" and that they are no part of a UUID or a span.
func (w *walk) abbreviation(word, start, end int) bool {
	text := w.text.Data
	return abbreviates(text[word:start]) && (word == 0 || text[word-1] != '-') && (end == len(text) || text[end] != '-')
}

// opensDetail reports text that begins with the word for an expiry date or a verification value.
func opensDetail(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	switch text[0] | 0x20 {
	case 'e':
		return begins(text, "exp")
	case 'c':
		return begins(text, "cv")
	case 0xF1, 0xF0: // the first bytes of с and д, with the bit that makes Latin letters small
		return begins(text, "срок", "до")
	}
	return false
}

// notFraction reports that a whole run is no part of a float or of a dotted identifier.
func (w *walk) notFraction(start, end int) bool {
	text := w.text.Data
	if start > 0 && text[start-1] == '.' && (start < 2 || !wordy(text[:start-1])) {
		return false
	}
	if w.text.Whole && decimal(text[:start], end-start) && len(bytes.TrimRight(text[end:], " %\r\n")) == 0 && !w.standing().card() {
		return false
	}
	if end+1 < len(text) && text[end] == '.' && text[end+1]-'0' <= 9 {
		n := 0
		zeros := true
		for i := end + 1; i < len(text) && text[i]-'0' <= 9 && (n <= 2 || zeros && n < longest); i++ {
			zeros = zeros && text[i] == '0'
			n++
		}
		return n <= 2 || zeros
	}
	return true
}

// decimal reports a value that begins with a number and a comma as the decimal sign, before n more digits: 0,4539… or
// 2,0712865899522903, as spreadsheets write them in Russian. A double has seventeen digits at most.
func decimal(before []byte, n int) bool {
	whole, ok := bytes.CutSuffix(before, []byte(","))
	whole = bytes.TrimPrefix(whole, []byte("-"))
	return ok && len(whole) > 0 && allDigits(whole) && (string(whole) == "0" || whole[0] != '0' && len(whole)+n <= 17)
}

// wordy reports text that ends in a letter or a closing mark: a full stop behind it ends a sentence. A colon is none:
// minified JavaScript writes {x:.4539…}.
func wordy(text []byte) bool {
	r, _ := decodeLastRune(text)
	return isLetter(r) || r == ')' || r == '.' || r == '!' || r == 0xBB
}

// leastHex is the shortest group of a UUID or a span: shorter is a letter or a word that happens to be hexadecimal.
const leastHex = 4

// notToken reports that no dash joins a whole run to hexadecimal: UUIDs, traceparent, b3.
func (w *walk) notToken(start, end int) bool {
	text := w.text.Data
	if start > 1 && text[start-1] == '-' && start-1 != w.last {
		i := start - 1
		for i > 0 && start-i <= longestToken && alnum(text[i-1]) {
			i--
		}
		token := text[i : start-1]
		word := len(token) < leastHex && (i == 0 || text[i-1] != '-')
		if isHex(token) && !(len(token) <= 4 && allDigits(token)) && !word {
			return false
		}
	}
	if end+1 < len(text) && text[end] == '-' {
		i := end + 1
		for i < len(text) && i-end <= longestToken && alnum(text[i]) {
			i++
		}
		token := text[end+1 : i]
		word := len(token) < leastHex && (i == len(text) || text[i] != '-') && (start == 0 || text[start-1] != '-' || start == 2)
		return !isHex(token) || allDigits(token) || word
	}
	return true
}

func alnum(b byte) bool { return b < utf8.RuneSelf && (ascii[b] == letter || ascii[b].isDigit()) }

func allDigits(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 {
			return false
		}
	}
	return true
}

func (w *walk) letterAt(i int) bool {
	text := w.text.Data
	if i >= len(text) || text[i] < utf8.RuneSelf {
		return i < len(text) && ascii[text[i]] == letter
	}
	return isLetter(runeAt(text, i))
}

// dateAt reports that the group at i, of digits d, is the year of a date: its month and day are parted by another mark than
// the groups before it.
func (w *walk) dateAt(i int, d []byte) bool {
	if len(d) != 4 || d[0] != 2 || d[1] != 0 || i+2 >= w.n || w.groups[i+1].n != 2 || w.groups[i+2].n != 2 {
		return false
	}
	between := w.groups[i+1].before
	return between != 0 && !between.like(w.groups[i].before) && between.like(w.groups[i+2].before)
}

// plausibleExpiry reports digits that begin with MMYY or YYMM of a card in use.
func plausibleExpiry(d []byte) bool {
	if len(d) < 4 {
		return false
	}
	return plausible(d[0]*10+d[1], d[2]*10+d[3])
}

// plausible reports a month and a year, or the other way round.
func plausible(a, b byte) bool { return month(a) && year(b) || year(a) && month(b) }

func month(v byte) bool { return v-1 <= 12-1 }
func year(v byte) bool  { return v-20 <= 45-20 }

// notTable reports that the groups are no cells of a table, whatever words stand before them, and that dots, commas and
// line ends join only what they may.
func (w *walk) notTable(c *candidate) bool {
	dotless, alike := c.shape == grouped, w.groups[w.at].before != 0 && !c.shape.isOdd()
	if !dotless && !alike {
		return true
	}
	first := w.groups[w.at+1].before.kind()
	if dotless && first == '.' {
		return false
	}
	for i := w.at + 2; i < w.at+c.groups; i++ {
		if kind := w.groups[i].before.kind(); kind != first && (alike || kind == '.') {
			return false
		}
	}
	return true
}

// notCells reports that line ends and tabs join the groups of a document only where a card's name or words say so.
func (w *walk) notCells(c *candidate) bool {
	if w.text.Whole || w.standing().card() {
		return true
	}
	for i := 1; i < c.groups; i++ {
		if b := w.groups[w.at+i].before; b.row() && (b.mark() == '\t' || c.shape != typical) {
			return c.shape == typical && w.wordsBefore(w.groups[w.at].start) == ofCard
		}
	}
	return true
}

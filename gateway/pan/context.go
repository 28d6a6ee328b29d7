package pan

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// nearby is how many characters before a number are read for words: Datadog reads 30, Purview 300; what stands
// further away in shop traffic speaks of another field.
const nearby = 40

// context is what the surroundings of a number make of it.
type context struct {
	standing standing
	facts    reason
}

// standing is what the field's own name says, looked up once.
func (w *walk) standing() standing {
	if !w.known {
		w.ask()
	}
	return w.own
}

func (w *walk) ask() {
	w.known = true
	w.text.ask()
	w.own = standingOf(w.text.Name)
	if w.text.CardNearby {
		w.own = ofCard
	}
}

// context reads the surroundings in the order in which they are believed: the field's own name, a key written right
// before the number, a word that touches it, the words before it.
func (w *walk) context(start, end int) context {
	if !w.follows(start) {
		w.told = w.read(start, end)
	}
	return w.told
}

// follows reports a number that only a separator parts from the match before: what was read of that one holds for both.
func (w *walk) follows(start int) bool {
	if w.last < 0 || start-w.last > 4 {
		return false
	}
	for _, b := range w.text.Data[w.last:start] {
		if b >= utf8.RuneSelf || alnum(b) || b == '=' || b == '&' || b == ':' {
			return false
		}
	}
	return true
}

// read looks at the surroundings of a number. An identifier has no expiry date and verification value behind it.
func (w *walk) read(start, end int) context {
	ctx := w.around(start, end)
	if ctx.standing.id() {
		if d := w.following(end); d.expiry.end > 0 && d.cvv.end > 0 {
			return context{ofCard, besideNumber}
		}
	}
	return ctx
}

func (w *walk) around(start, end int) context {
	own := w.standing()
	switch {
	case w.text.CardNearby:
		return context{ofCard, cardNearby}
	case own.card():
		return context{own, cardName}
	case own.id() && w.text.Whole && w.alone(start, end):
		return context{own, idName}
	}
	text := w.text.Data
	if identifier(text, start, end) {
		return context{ofID, idWords}
	}
	key, ok := serialisedKey(text, start)
	if !ok {
		key, ok = keyBefore(text, compound(text, start))
	}
	if ok && !linking(text, start, key) && !(text[start-1] == '>' && IsLayout(key)) {
		s := w.saysKey(key)
		if s.card() {
			return context{s, cardWords}
		}
		if s == ofAccount && w.wordsBefore(start) == ofCard { // номер карточного счета: 4111…
			return context{ofCard, cardWords}
		}
		if s.id() && valueEnds(text, end) {
			return context{s, idWords}
		}
		return w.detailed(end)
	}
	if s := w.wordsBefore(start); s != neutral {
		if s.card() {
			return context{s, cardWords}
		}
		return context{s, idWords}
	}
	return w.detailed(end)
}

// detailed is a card where an expiry date and verification value follow the number, else neutral.
func (w *walk) detailed(end int) context {
	if w.following(end).expiry.end > 0 {
		return context{ofCard, besideNumber}
	}
	return context{}
}

// alone reports whether the value holds nothing but the number and the marks of identifiers, of which no more than a few
// may stand behind it.
func (w *walk) alone(start, end int) bool {
	text := w.text.Data
	if end < len(text) && len(text)-start > 4*longestToken {
		return false
	}
	if w.letter == 0 {
		w.letter = 1 + firstLetter(text)
	}
	return w.letter > start && firstLetter(text[end:]) == len(text)-end
}

// firstLetter is the offset of the first letter, or the length of a text that has none.
func firstLetter(text []byte) (i int) {
	for {
		if i += untilLetter(text[i:]); i == len(text) {
			return i
		}
		if beginnings[text[i]] == noLetter {
			i++
			continue
		}
		c, size := classAt(text, i)
		if c == letter {
			return i
		}
		i += size
	}
}

// compound is where an identifier of several numbers begins whose last is at start: page_post.
func compound(text []byte, start int) int {
	i := start
	if i < 2 || text[i-1] != '_' || text[i-2]-'0' > 9 {
		return start
	}
	for i > 0 && start-i < 2*longestToken && (text[i-1]-'0' <= 9 || text[i-1] == '_') {
		i--
	}
	return i
}

// keyBefore is the key a number is the value of in JSON, forms, XML and their like: "key":"4111, key=4111, <key>4111.
func keyBefore(text []byte, start int) ([]byte, bool) {
	i, marks, assigned := start, 0, false
	xml := false
	for ; i > 0 && marks < 6; marks++ {
		switch b := text[i-1]; {
		case b == '=' || b == ':':
			assigned = true
		case b == '>' && marks == 0:
			assigned, xml = true, true
		case b == '"' || b == '\'' || b == '\\' || b == ' ' || b == '[':
		default:
			marks = 6
			continue
		}
		i--
	}
	if !assigned {
		return nil, false
	}
	end := i
	from := max(0, end-longestKey)
	if xml {
		if open := lastByte(text[from:end], '<'); open >= 0 {
			name := text[from+open+1 : end]
			if n := bytes.IndexByte(name, ' '); n > 0 {
				name = name[:n]
			}
			return name, len(name) > 0
		}
	}
	for i > from && keyBytes[text[i-1]] {
		i--
	}
	if i > 0 && end < len(text) && text[i-1] == ' ' && text[end] == '"' { // a key of several words
		if open := from + lastByte(text[from:end], '"'); open >= from && !bytes.ContainsAny(text[open+1:end], ":,={}\n") {
			i = open + 1
		}
	}
	return text[i:end], i < end
}

// keyBytes is what keys are made of.
var keyBytes = bytesOfKeys()

func bytesOfKeys() (t [256]bool) {
	for i := range t {
		b := byte(i)
		t[b] = alnum(b) || b >= utf8.RuneSelf || b == '_' || b == '-' || b == '.' || b == '[' || b == ']' || b == '%'
	}
	return t
}

// valueEnds reports whether a written value ends at i, or behind the other numbers of an identifier of several.
func valueEnds(text []byte, i int) bool {
	if i < len(text) && text[i] == '_' {
		for stop := i + 2*longestToken; i < len(text) && i < stop && (text[i] == '_' || text[i]-'0' <= 9); {
			i++
		}
	}
	if i >= len(text) {
		return true
	}
	switch text[i] {
	case '"', '\'', '\\', ',', ';', '&', '}', ']', '<', '\r', '\n', '\t', ' ', '#', ')':
		return true
	case '|': // parts of a cookie, but an expiry date behind a card
		return i+1 == len(text) || text[i+1]-'0' > 9
	case '.', '!', '?': // a sentence
		if i++; i == len(text) || text[i] == '"' || text[i] == '\\' || text[i] == '<' {
			return true
		}
		c, _ := classAt(text, i)
		return c == space
	case ':': // a list of keys and values, as Metrika's pu:4111:en:utf-8
		return i+1 < len(text) && text[i+1]|0x20-'a' <= 25
	}
	return false
}

// wordsBefore is what the characters before a number say. A card is believed anywhere among them, unless another kind
// of card is named; an identifier only as the last word before the number, since it speaks for one number alone.
// What stands before the match before spoke of that one; a card's words hold for the numbers behind it too.
func (w *walk) wordsBefore(start int) standing {
	text, h := w.text.Data, &w.heard
	if w.wordsNear(start) {
		h.until(text, start)
	}
	near := func(end int) bool { return end > max(w.last, 0) && h.near(text, start, end) }
	card := near(h.card) || w.told.standing == ofCard && w.last >= 0 && h.near(text, start, w.last)
	last, behind := says0, h.last.end
	switch {
	case h.abbreviation == start && start > 0:
		card, last = true, saysCard
	case near(h.last.with):
		last = h.last.says
	case near(behind):
		last = h.last.alone
	}
	switch rest := text[behind:start]; {
	case last == saysOrder && (bytes.IndexByte(rest, '#') >= 0 || bytes.Contains(rest, []byte("№"))):
		last = saysID
		fallthrough
	case last == saysID:
		if !holdsNumber(rest, true) {
			return ofID
		}
	case last == saysAccount && !holdsNumber(rest, false):
		return ofID
	}
	if card && !near(h.other) {
		return ofCard
	}
	return neutral
}

// holdsNumber reports a digit of any script behind a word. One that counts the things of a kind, if they are counted, is
// none: IMEI2, "IMEI 2:". Accounts are not: people may call their cards so.
func holdsNumber(rest []byte, counted bool) bool {
	i, _, wide := seekDigit(rest, 0, len(rest))
	if counted && i < len(rest) && counts(rest, i) {
		i, _, _ = seekDigit(rest, i+max(wide, 1), len(rest))
	}
	return i < len(rest)
}

// counts reports that the digit at i tells which of several things is meant.
func counts(rest []byte, i int) bool {
	if i+1 == len(rest) {
		return i == 0
	}
	return i == 0 && rest[1]-'0' > 9 || i == 1 && rest[0] == ' ' && rest[2] == ':'
}

// charactersBefore is where the characters begin that are near a number at start: forty of them, which are forty bytes where it is
// no UTF-8.
func charactersBefore(text []byte, start int) int {
	stop, i, n := max(0, start-utf8.UTFMax*nearby), start, nearby
	for i-8 >= stop {
		x := binary.LittleEndian.Uint64(text[i-8:])
		continuing := x &^ (x << 1) & tops
		if continuing&(continuing<<8)&(continuing<<16)&(continuing<<24) != 0 {
			return max(0, start-nearby) // no character has four such bytes
		}
		beginning := 8 - bits.OnesCount64(continuing)
		if beginning >= n {
			break
		}
		n, i = n-beginning, i-8
	}
	for ; n > 0 && i > stop; i-- {
		if !continuation(text[i-1]) {
			n--
		}
	}
	return i
}

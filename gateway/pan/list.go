package pan

import (
	"bytes"
	"unicode/utf8"
)

// notListed reports that the separators of the candidate do not go on to further groups, letters or an IBAN's head.
func (w *walk) notListed(c *candidate) bool {
	first, inner, end := &w.groups[w.at], w.groups[w.at+1].before, w.at+c.groups
	before, behind := false, false // a group of the same list
	if first.before != 0 {
		prev := &w.groups[w.at-1]
		if prev.n == 2 && (w.afterCountry(prev.start) || w.kazakhAccount(prev.start)) {
			return false
		}
		same := first.before.like(inner) && prev.end != w.last && !w.yearAt(w.at-1)
		before = same && (prev.n >= 3 || c.shape == apart || addresses(inner.mark()) || enumerates(inner))
		if before && !joinsCards(inner.mark()) || // which amongOthers would say, whatever follows
			same && joins(inner.mark()) && w.letterAt(lastRune(w.text.Data, prev.start)) {
			return false
		}
	} else if joins(inner.mark()) && w.letterAcross(first.start, inner.mark()) {
		return false
	}
	if end < w.n && w.groups[end].before != 0 {
		next, same := &w.groups[end], w.groups[end].before.like(inner)
		if same && joins(inner.mark()) && w.letterAt(next.end) {
			return false
		}
		behind = same && (next.n >= 4 || c.shape == apart || addresses(inner.mark()) || enumerates(inner) && w.goesOn(end)) && !w.expiryFollows(c, end)
	} else if joins(inner.mark()) && w.letterBehind(w.groups[end-1].end, inner.mark()) {
		return false
	}
	return !before && !behind || c.shape == typical && w.amongOthers(c, before, behind)
}

// amongOthers reports a card's groups that are no part of the list they seem to be in, because the groups around them
// are of another size (4111 1111 1111 1111 15000), a second card, or one number after a card's words.
func (w *walk) amongOthers(c *candidate, before, behind bool) bool {
	first, inner, end := &w.groups[w.at], w.groups[w.at+1].before, w.at+c.groups
	own := w.standing() == ofCard
	if !joinsCards(inner.mark()) || inner.mark() != ' ' && !own || listLike(c.digits, first.n, true) {
		return false
	}
	if own && w.fewAround(end) {
		return true
	}
	if inner.mark() != ' ' {
		return false
	}
	if before && w.groups[w.at-1].n == first.n {
		return !behind && w.spokenOf(w.at-1, c.groups+1)
	}
	if !behind || w.groups[end].n != first.n || !before && c.groups == 3 {
		return true
	}
	if w.cardsFrom(end, inner.kind()) || !before && w.spokenOf(w.at, c.groups+1) {
		return true
	}
	last := end+1 >= w.n || w.groups[end+1].before.kind() != inner.kind()
	return last && w.context(first.start, w.groups[end-1].end).standing == ofCard
}

// joinsCards reports the separators of cards that people type.
func joinsCards(mark byte) bool { return mark == ' ' || mark == '-' }

// mostAround is how many groups may follow a card's in its own field: a year and a value, a sum and an expiry date.
const mostAround = 3

// fewAround reports a chain with no more around a card's groups, which end at end, than belongs to it.
func (w *walk) fewAround(end int) bool {
	if prev := &w.groups[max(w.at-1, 0)]; w.groups[w.at].before != 0 && prev.before != 0 && prev.n <= longest {
		return false // what is before a longer one is too far away
	}
	for i := end; i < w.n && w.groups[i].before != 0; i++ {
		if i-end == mostAround {
			return false
		}
	}
	return true
}

// spokenOf reports a card's four groups with one more at either end of which words speak: "заказ 1234 4111 1111 1111 1111",
// "4111 1111 1111 1111 1500 тг". Numbers of a list have their name once, and the groups of an account their currency.
func (w *walk) spokenOf(i, groups int) bool {
	text, end := w.text.Data, i+groups
	if groups != 5 || w.groups[i].before != 0 || end < w.n && w.groups[end].before != 0 {
		return false
	}
	if d := w.values.of(&w.groups[i], 8); currencies[string(d[5:8])] {
		return false
	}
	w.spent += spokenCost
	before := leadIn(text[:w.groups[i].start])
	from, ok := wordBefore(text, before)
	if ok && wordOfNothing(text[from:before]) {
		return true
	}
	behind := w.groups[end-1].end
	if behind < len(text) && text[behind] == ' ' {
		behind++
	}
	to, ok := wordAfter(text, behind)
	return ok && wordOfNothing(text[behind:to])
}

// leadIn is where the word before a number ends that a blank, a colon or a number sign may part from it.
func leadIn(text []byte) int {
	for _, mark := range [...]string{" ", "#", "№", ":", ".", " "} {
		text = bytes.TrimSuffix(text, []byte(mark))
	}
	return len(text)
}

// currencies is what the sixth to eighth digits of an account of twenty are in Russia, as values: rouble, dollar, euro,
// tenge, yuan.
var currencies = map[string]bool{"\x08\x01\x00": true, "\x06\x04\x03": true, "\x08\x04\x00": true, "\x09\x07\x08": true, "\x03\x09\x08": true, "\x01\x05\x06": true}

// cardsFrom reports that what seemed to be a list goes on with a card of its own and ends there, or with two: nobody's
// prices and sizes are cards line after line.
func (w *walk) cardsFrom(i int, kind uint32) bool {
	for found := 0; found < 2; found++ {
		groups := w.cardAt(i)
		if groups == 0 {
			return false
		}
		if i += groups; i >= w.n || w.groups[i].before.kind() != kind || w.groups[i].n != 4 {
			return true
		}
	}
	return true
}

// cardAt is how many groups from i on are a card that acts by itself in the groups printed on it, zero if they are none.
func (w *walk) cardAt(i int) int {
	packed := w.sizesAt(i)
	for _, n := range [...]int{4, 3, 5} {
		if grouping(packed, n) != typical {
			continue
		}
		if w.strong(w.values.of(&w.groups[i], digitsIn(packed, n))) {
			return n
		}
	}
	return 0
}

// yearAt reports that the group at i is the year of a date or of an expiry date before a number: 22.11.2026, 12/2028.
func (w *walk) yearAt(i int) bool {
	g := &w.groups[i]
	if g.n != 4 || g.before.like(w.groups[i+1].before) {
		return false
	}
	switch g.before.mark() {
	case '.', '/', '-':
		d := w.values.of(g, g.n)
		return d[0] == 2 && d[1] == 0
	}
	return false
}

// expiryFollows reports an expiry date typed in the same spaces as the number.
func (w *walk) expiryFollows(c *candidate, end int) bool {
	inner := w.groups[w.at+1].before
	return c.shape == typical && (w.groups[w.at].before == 0 || w.groups[w.at].before.row()) && !inner.comma() && inner.mark() != ';' && w.expiryBehind(end)
}

// addresses reports the separators of network addresses, versions and dotted identifiers: a card's groups end with them.
func addresses(mark byte) bool { return mark == ':' || mark == '.' }

// enumerates reports the separators of lists: numbers of any size may stand in one, and a card's groups begin none of
// those in whose midst they would be.
func enumerates(g gap) bool { return g.comma() || g.mark() == ';' || g.mark() == '|' }

// goesOn reports a list that goes on behind the group at i, which is no expiry date.
func (w *walk) goesOn(i int) bool {
	return i+1 < w.n && w.groups[i+1].before.like(w.groups[i].before) && w.following(w.groups[i-1].end).expiry.end == 0
}

// joins reports the separators that also join the parts of identifiers.
func joins(mark byte) bool { return mark == '-' || mark == '.' || mark == ':' || mark == '_' }

// afterCountry reports two capital letters right before i.
func (w *walk) afterCountry(i int) bool {
	text := w.text.Data
	if i < 2 || text[i-1]-'A' > 25 || text[i-2]-'A' > 25 {
		return false
	}
	return i == 2 || !alnum(text[i-3])
}

// letterAcross reports a letter or digit before the mark that stands before i, unless it is the word for a card.
func (w *walk) letterAcross(i int, mark byte) bool {
	text := w.text.Data
	if i < 2 || text[i-1] != mark || !isLetter(runeAt(text, lastRune(text, i-1))) {
		return false
	}
	word, ok := wordBefore(text, i-1)
	return !ok || !wordOfNothing(text[word:i-1])
}

// letterBehind reports a letter behind the mark that stands at i.
func (w *walk) letterBehind(i int, mark byte) bool {
	text := w.text.Data
	if i+1 >= len(text) || text[i] != mark || !isLetter(runeAt(text, i+1)) || opensDetail(text[i+1:]) {
		return false
	}
	word, ok := wordAfter(text, i+1)
	return !ok || !wordOfNothing(text[i+1:word])
}

// wordOfNothing reports a word that a person may have joined to a card number by a dash: none that is hexadecimal, and
// none that names a gift card's code or an identifier.
func wordOfNothing(word []byte) bool {
	if utf8.RuneCount(word) < 2 || isHex(word) {
		return false
	}
	var buf [2 * longestToken]byte
	says := meaning(lowered(buf[:0], word))
	return says == says0 || says == saysCard || says == saysOrder || says.links()
}

// expiryBehind reports that the group at i is the expiry date typed behind a number, alone or with the verification
// value, and that no more than that follows.
func (w *walk) expiryBehind(i int) bool {
	d := w.values.of(&w.groups[i], w.groups[i].n)
	if w.dateAt(i, d) || len(d) == 4 && d[0] == 2 && d[1] == 0 && year(d[2]*10+d[3]) && w.chained(i+1) && w.valueOnly(i+1, 3) {
		return true
	}
	if len(d) < 4 || len(d) > 8 || !month(d[0]*10+d[1]) || !plausibleExpiry(d) {
		return false
	}
	return w.valueOnly(i+1, 4)
}

// valueOnly reports that a verification value of at most so many digits is all that the chain goes on with at i, or nothing.
func (w *walk) valueOnly(i, digits int) bool {
	return !w.chained(i) || w.groups[i].n >= 3 && w.groups[i].n <= digits && !w.chained(i+1)
}

// chained reports that the group at i is on the same line and in the same chain as the one before.
func (w *walk) chained(i int) bool {
	return i < w.n && w.groups[i].before != 0 && !w.groups[i].before.row()
}

// enumerated reports groups that the marks of a list part, where identifiers are named or people write of other things
// too: "нужны 4512, 3456, 4123, 4567". A card parted so is all there is in its field. Where identifiers are named they may
// also stand one a line.
func (w *walk) enumerated(c *candidate, m *Match, s standing) bool {
	if c.groups == 1 {
		return false
	}
	between := w.groups[w.at+1].before
	return s.id() && between.row() || enumerates(between) && (s.id() || w.text.Whole && !w.alone(m.Start, m.End)) ||
		w.text.Whole && c.groups == 4 && w.groups[w.at].n == 4 && !joinsCards(between.mark()) && w.ofGoods()
}

// ofGoods reports a name of goods that somebody looked at, looked up once.
func (w *walk) ofGoods() bool {
	if !w.asked {
		w.asked, w.goods = true, holdsWord(w.text.Name, browsed)
	}
	return w.goods
}

// browsed is the words of names that hold the goods that somebody looked at or chose, of four digits each as often as not.
var browsed = map[string]bool{
	"viewed": true, "watched": true, "seen": true, "recent": true, "recently": true, "history": true, "compare": true, "comparison": true,
	"wishlist": true, "favorite": true, "favorites": true, "favourites": true, "fav": true, "liked": true, "cart": true, "basket": true, "products": true, "path": true,
}

// decimals reports a dot within each of two pairs of the groups and another mark between them: 5002.3111 6470.4740.
func (w *walk) decimals(c *candidate) bool {
	return c.groups == 4 && w.groups[w.at+1].before.mark() == '.' && w.groups[w.at+3].before.mark() == '.' && w.groups[w.at+2].before.mark() != '.'
}

// mixed reports commas between some of the groups and other marks between the rest: pairs of coordinates, unless they are a card's
// and all of their value.
func (w *walk) mixed(c *candidate) bool {
	if c.shape == typical && w.text.Whole && w.onlyDigits(w.groups[w.at].start, w.groups[w.at+c.groups-1].end) {
		return false
	}
	for i := w.at + 2; i < w.at+c.groups; i++ {
		if w.groups[i].before.comma() != w.groups[w.at+1].before.comma() {
			return true
		}
	}
	return false
}

// nearIDs is how far apart the least and the greatest of some identifiers may be that were given out about the same time.
const nearIDs = 500

// listLike reports groups that are all round numbers or one less, or near each other, or (if asked) none smaller than the
// one before: prices, sizes, years and the rows somebody chose. Of card numbers one in five thousand is round, one in two
// thousand near, one in twenty-four rises.
func listLike(digits []byte, size int, ordered bool) bool {
	round, below, rising := true, true, true
	before, first, least, most := 0, -1, 0, 0
	for i := 0; i+size <= len(digits); i += size {
		v := 0
		for _, d := range digits[i : i+size] {
			v = v*10 + int(d)
		}
		if first < 0 {
			first, least = v, v
		}
		round, below = round && v%10 == 0, below && v%10 == 9
		rising = rising && v >= before
		least, most = min(least, v), max(most, v)
		before = v
		if !round && !below && !(ordered && rising) && most-least >= nearIDs {
			return false // nearly always, behind two or three
		}
	}
	near := size == 4 && len(digits)%size == 0 && most > least && most-least < nearIDs
	return round || below || near || ordered && rising && before > first
}

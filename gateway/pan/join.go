package pan

import "github.com/cappertrophy/panwall/gateway/finding"

// lists is the words of names that hold lists of amounts, sizes, answers or goods, never a card in pieces.
var lists = map[string]bool{
	"price": true, "prices": true, "qty": true, "quantity": true, "amount": true, "sum": true, "total": true, "rating": true, "ratings": true, "score": true, "stars": true,
	"answer": true, "answers": true, "question": true, "year": true, "years": true, "size": true, "sizes": true, "weight": true, "width": true, "height": true,
	"product": true, "products": true, "item": true, "items": true, "filter": true, "category": true, "categories": true, "viewed": true, "recent": true, "recently": true, "seen": true, "compare": true, "comparison": true,
	"option": true, "options": true, "attribute": true, "attributes": true, "brand": true, "brands": true, "tag": true, "tags": true, "related": true, "stock": true,
	"selected": true, "checked": true, "rows": true, "delete": true, "post": true, "posts": true, "users": true, "media": true, "skus": true, "goods": true, "section": true, "sections": true, "groups": true, "costs": true, "cost": true, "prop": true, "property": true,
	"sort": true, "elements": true, "offer": true, "offers": true, "attachment": true, "attachments": true, "article": true, "articles": true, "color": true, "colors": true,
	"cat": true, "cats": true, "linkcheck": true, "updates": true,
	"survey": true, "quiz": true, "poll": true, "wishlist": true, "favorite": true, "favorites": true, "favourites": true, "cart": true, "basket": true, "цена": true, "год": true, "размер": true, "оценка": true, "кол": true,
}

// questions is the same of lists of single digits: answers from one to five.
var questions = map[string]bool{"q": true}

// Join decides whether consecutive siblings, taken as a whole, are one card number in pieces: names equal up to a
// number or index, every part only digits of any script, in the sizes 4-4-4-4(-x), 12-4, 4-6-5 or one digit each, in a
// range that acts by itself, with its check digit. Six and four, as in CardFirstSix and CardLastFour, never join.
// The match has no place: the caller knows where its parts lie.
func (s *Scanner) Join(names []string, parts [][]byte) (Match, bool) {
	if len(names) != len(parts) || len(parts) < 2 || len(parts) > longest || !alike(names) {
		return Match{}, false
	}
	var buf [maxRun]byte
	digits := buf[:0]
	var groups [longest]group
	for i, part := range parts {
		n := len(digits)
		var ok bool
		if digits, ok = onlyDigits(digits, part); !ok {
			return Match{}, false
		}
		groups[i] = group{n: len(digits) - n, before: gap(min(i, 1))}
	}
	if !joinable(groups[:len(parts)]) || !luhnValid(digits) || !distinct(digits) {
		return Match{}, false
	}
	r := s.table.look(digits, true)
	if r == nil || r.tier != A || r.luhn == Absent {
		return Match{}, false
	}
	return joined(r, names[0], groups[:len(parts)], digits)
}

// joined weighs a number in pieces by the name its parts share.
func joined(r *span, name string, groups []group, digits []byte) (Match, bool) {
	m := Match{Kind: finding.PAN, Brand: r.brand, Length: len(digits), Confidence: finding.Likely, facts: luhnHolds | splitSiblings, name: name}
	if standingOf(name) == ofCard {
		m.Confidence = finding.Certain
		m.facts |= cardName
		return m, true
	}
	listed := IsListName(name) || groups[0].n == 1 && holdsWord(name, questions)
	return m, !listed && !(groups[0].n == 4 && listLike(digits, 4, true))
}

// IsListName reports whether a field of this name is expected to hold several numbers: identifiers, amounts, answers, or
// the goods that somebody looked at.
func IsListName(name string) bool {
	return standingOf(name).id() || holdsWord(name, lists)
}

func holdsWord(name string, vocabulary map[string]bool) bool {
	var buf [longestName]byte
	words := wordReader{text: ending(&buf, name)}
	for w, ok := words.next(); ok; w, ok = words.next() {
		if vocabulary[string(w)] {
			return true
		}
	}
	return false
}

// Plain appends the digits of a text, of whatever script, as ASCII. False: it holds more than a number's digits, blanks and
// what draws nothing.
func Plain(dst, text []byte) ([]byte, bool) {
	from := len(dst)
	digits, ok := onlyDigits(dst, text)
	for i := from; i < len(digits); i++ {
		digits[i] += '0'
	}
	return digits, ok
}

// onlyDigits appends the values of a part, or reports that it is not digits alone.
func onlyDigits(dst, part []byte) ([]byte, bool) {
	for i := 0; i < len(part); {
		c, size := classAt(part, i)
		switch {
		case c.isDigit() && len(dst) < longest:
			dst = append(dst, c.value())
		case c != invisible && c != space:
			return dst, false
		}
		i += size
	}
	return dst, len(part) > 0
}

// joinable reports the sizes in which forms split a number over fields.
func joinable(groups []group) bool {
	if n := len(groups); n <= mostGroups {
		packed := uint32(0)
		for i, g := range groups {
			packed |= uint32(min(g.n, 15)) << (4 * (mostGroups - 1 - i))
		}
		switch {
		case grouping(packed, n) == typical:
			return true
		case n == 2:
			return packed>>12 == 0xC4
		}
		return false
	}
	for _, g := range groups {
		if g.n != 1 {
			return false
		}
	}
	return len(groups) >= 14
}

// alike reports names of one stem.
func alike(names []string) bool {
	for _, name := range names[1:] {
		if !SameStem(names[0], name) {
			return false
		}
	}
	return true
}

// SameStem reports whether two names are equal but for what numbers them: digits (cc1 and cc2, card[0] and card[1]) and, in a
// card's names, ordinals and single letters (cardFirst and cardSecond, card_a and card_b).
func SameStem(a, b string) bool {
	return equalButDigits(a, b) || IsCardName(a) && IsCardName(b) && equalButOrdinals(a, b)
}

func equalButDigits(a, b string) bool {
	for i, j := 0, 0; ; {
		for i < len(a) && a[i]-'0' <= 9 {
			i++
		}
		for j < len(b) && b[j]-'0' <= 9 {
			j++
		}
		if i == len(a) || j == len(b) {
			return i == len(a) && j == len(b)
		}
		if a[i] != b[j] {
			return false
		}
		i++
		j++
	}
}

// ordinals is the words that number the pieces of a card.
var ordinals = map[string]bool{
	"a": true, "b": true, "c": true, "d": true, "e": true, "i": true, "ii": true, "iii": true, "iv": true, "v": true,
	"first": true, "second": true, "third": true, "fourth": true, "fifth": true, "mid": true, "middle": true, "last": true,
	"bin": true, "rest": true, "prefix": true, "suffix": true, "start": true, "end": true, "begin": true, "head": true, "tail": true, "left": true, "right": true,
	"one": true, "two": true, "three": true, "four": true, "five": true, "six": true, "eight": true,
	"первая": true, "вторая": true, "третья": true, "четвертая": true, "четвёртая": true,
}

// Numbers reports a name that says which piece something is and nothing else: "2", "first", "last4", "a".
func Numbers(name string) bool {
	var buf [longestName]byte
	words := wordReader{text: ending(&buf, name)}
	_, more := words.afterOrdinals()
	return name != "" && !more
}

func equalButOrdinals(a, b string) bool {
	var bufs [2][longestName]byte
	first, second := wordReader{text: ending(&bufs[0], a)}, wordReader{text: ending(&bufs[1], b)}
	for {
		v, more := first.afterOrdinals()
		w, also := second.afterOrdinals()
		if !more || !also {
			return more == also
		}
		if string(v) != string(w) {
			return false
		}
	}
}

// afterOrdinals is the next word that is no ordinal.
func (w *wordReader) afterOrdinals() ([]byte, bool) {
	for {
		read, ok := w.next()
		if !ok || !ordinals[string(read)] {
			return read, ok
		}
	}
}

package pan

import "strings"

// standing is what a name or the words before a number make of it.
type standing uint8

const (
	neutral   standing = iota
	ofCard             // a payment card's
	ofCardID           // a card's, but an identifier's too: card_id
	ofID               // an identifier's
	ofAccount          // an account's or a parcel's: written in fours without being a card
)

func (s standing) card() bool { return s == ofCard || s == ofCardID }
func (s standing) id() bool   { return s == ofID || s == ofAccount }

// longestName is how many bytes of a name are read, from its end: names are chosen by clients.
const longestName = 256

// standingOf is what the name of a field says. A name may be a path (order[card][number], /payment/card_number): the
// last segment that says anything decides.
func standingOf(name string) standing {
	if len(name) > longestName {
		name = name[len(name)-longestName:]
	}
	for name != "" {
		var last string
		name, last = cutLast(name)
		if s := segment(last); s != neutral {
			return s
		}
	}
	return neutral
}

// cutLast splits a name before its last path segment.
func cutLast(name string) (head, last string) {
	end := strings.TrimRight(name, "]")
	i := strings.LastIndexAny(end, "/[.")
	if i < 0 {
		return "", end
	}
	return end[:i], end[i+1:]
}

// segment is what one segment of a name says: card before identifier, and another kind of card is no card.
func segment(s string) standing {
	var buf [longestName]byte
	words := wordReader{text: buf[:copy(buf[:], s)]}
	var seen [saysLink + 1]bool
	for w, ok := words.next(); ok; w, ok = words.next() {
		seen[meaning(w)] = true
	}
	switch {
	case seen[saysCard] && !seen[saysOther]:
		if seen[saysID] {
			return ofCardID
		}
		return ofCard
	case seen[saysAccount]:
		return ofAccount
	case seen[saysID]:
		return ofID
	}
	return neutral
}

// IsCardName reports whether a field of this name is expected to hold a payment card's number or belong to one.
func IsCardName(name string) bool { return standingOf(name).card() }

// IsIDName reports whether a field of this name is expected to hold an identifier: a visitor's, a barcode, an account.
func IsIDName(name string) bool { return standingOf(name).id() }

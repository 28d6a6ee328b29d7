package pan

import "bytes"

// standing is what a name or the words before a number make of it.
type standing uint8

const (
	neutral   standing = iota
	ofCard             // a payment card's
	ofCardID           // a card's, but an identifier's too: card_id
	ofID               // an identifier's
	ofAccount          // an account's or a parcel's, which is an identifier too
)

func (s standing) card() bool { return s == ofCard || s == ofCardID }
func (s standing) id() bool   { return s == ofID || s == ofAccount }

// longestName is how many bytes of a name are read, from its end: names are chosen by clients.
const longestName = 256

// standingOf is what the name of a field says.
func standingOf(name string) standing {
	var buf [longestName]byte
	return keyStanding(ending(&buf, name))
}

// ending is the last bytes of a name.
func ending(buf *[longestName]byte, name string) []byte {
	return buf[:copy(buf[:], name[max(0, len(name)-longestName):])]
}

// keyStanding is the same of a key in a text. A name may be a path (order[card][number], /payment/card_number): the
// last segment that says anything decides.
func keyStanding(name []byte) standing {
	for len(name) > 0 {
		var last []byte
		name, last = cutLast(name)
		s, decides := segment(last)
		if s == ofAccount && bytes.HasSuffix(name, customField) {
			return neutral
		}
		if decides {
			return s
		}
	}
	return neutral
}

// customField is before [account][1] in the names of the fields that an OpenCart shop adds to its forms: any of a customer's.
var customField = []byte("custom_field")

// written is the words of fields that people write into, whatever the outer parts of their name say.
var written = map[string]bool{
	"comment": true, "comments": true, "note": true, "notes": true, "message": true, "msg": true, "body": true, "title": true, "subject": true,
	"description": true, "review": true, "question": true, "feedback": true, "memo": true, "remark": true, "remarks": true, "name": true,
	"комментарий": true, "примечание": true, "сообщение": true, "отзыв": true, "вопрос": true, "описание": true,
}

// cutLast splits a name before its last path segment.
func cutLast(name []byte) (head, last []byte) {
	for len(name) > 0 && name[len(name)-1] == ']' {
		name = name[:len(name)-1]
	}
	for i := len(name) - 1; i >= 0; i-- {
		if b := name[i]; b == '/' || b == '[' || b == '.' {
			return name[:i], name[i+1:]
		}
	}
	return nil, name
}

// segment is what one segment of a name says, and whether the outer ones are left unasked: card before identifier, and another
// kind of card is no card.
func segment(s []byte) (standing, bool) {
	if lettersIn(s) == 0 {
		return neutral, false
	}
	if says, ok := wholeNames[string(s)]; ok {
		return says, says != neutral
	}
	words := wordReader{text: s}
	var seen [saysLink + 1]bool
	primary, text := false, false
	for w, ok := words.next(); ok; w, ok = words.next() {
		primary, text = primary || string(w) == "primary", written[string(w)]
		seen[words.says(w)] = true
	}
	switch {
	case primary && seen[saysAccount] && seen[saysNumber] && !seen[saysID]: // ISO/IEC 7812: the PAN
		return ofCard, true
	case seen[saysCard] && !seen[saysOther]:
		if seen[saysID] {
			return ofCardID, true
		}
		return ofCard, true
	case text:
		return neutral, true
	case seen[saysID]:
		return ofID, true
	case seen[saysAccount]:
		return ofAccount, true
	case seen[saysOrder] && seen[saysNumber]:
		return ofID, true
	}
	return neutral, false
}

// IsCardName reports whether a field of this name is expected to hold a payment card's number or belong to one.
func IsCardName(name string) bool { return standingOf(name).card() }

// IsAccountName reports a name of an account, which some payment interfaces call a card: ACCT, accountNumber.
func IsAccountName(name string) bool { return standingOf(name) == ofAccount }

// IsIDName reports whether a field of this name is expected to hold an identifier: a visitor's, a barcode, an account.
func IsIDName(name string) bool { return standingOf(name).id() }

// holdsOrder reports a name that speaks of an order or a reference, though it says no number.
func holdsOrder(name string) bool {
	var buf [longestName]byte
	words := wordReader{text: ending(&buf, name)}
	for w, ok := words.next(); ok; w, ok = words.next() {
		if words.says(w) == saysOrder {
			return true
		}
	}
	return false
}

// NamesID reports words that make an identifier of the number right behind them, as they would in a text.
func NamesID(words string) bool {
	text := []byte(words + " 0")
	w := walk{text: Text{Data: text}, last: -1}
	return w.wordsBefore(len(text)-1).id() || serialMark(text[:len(text)-1])
}

// Package pan finds payment card numbers (PANs) and sensitive authentication data in one text, free of HTTP.
//
// It works on a text at a time and knows nothing of where the text came from but what Text says. Callers decode:
// an escape, an entity or a compressed stream is theirs to undo; digits of every script, separators and invisible
// characters are ours to see through.
package pan

import "github.com/cappertrophy/panwall/gateway/finding"

// Text is one text to look through and what its caller knows of it.
type Text struct {
	// Data is the text, UTF-8 or any bytes: what is not UTF-8 is looked at byte by byte.
	Data []byte
	// Name is the name of the field, header, cookie, JSON key or element the text is the value of; empty if it has none.
	Name string
	// Whole says that Data is exactly the value of Name, so that a name can speak for the number;
	// false for a document, where only the words before a number can.
	Whole bool
	// CardNearby says that a sibling of this value is a card's expiry, CVV or holder, which makes a number here a card.
	CardNearby bool
	// Place, where it is not nil, is asked for Name and CardNearby, and only where they matter: for most texts never.
	Place Place
}

// Place knows what a text is called, which may cost more to find out than to look at the text.
type Place interface {
	// Named is what Text.Name and Text.CardNearby would be.
	Named() (name string, cardNearby bool)
}

// ask settles Name and CardNearby.
func (t *Text) ask() {
	if t.Place != nil {
		t.Name, t.CardNearby = t.Place.Named()
		t.Place = nil
	}
}

// Match is one thing found in a text; it holds no digit of the number. A text of cards alone has one in every line of
// the cache: the fields are in the order that takes least room.
type Match struct {
	Start, End int    // bytes of Text.Data, half open, from the first character of the number to its last
	Brand      string // name in the table; empty where the kind has none
	Length     int    // digits of the number
	Kind       finding.Kind
	Confidence finding.Confidence
	tier       Tier
	facts      reason
	name       string // the field's name, for the facts in which it spoke
}

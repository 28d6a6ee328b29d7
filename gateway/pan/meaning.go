package pan

import (
	"bytes"
	"unicode/utf8"
)

// meaning is what one lower-case word says.
func meaning(w []byte) word {
	if len(w) < 2 || len(w) == 2 && w[0] >= utf8.RuneSelf {
		return says0 // one letter
	}
	for _, e := range vocabularyBy[fingerprint(w)] {
		if e.word == string(w) {
			return e.says
		}
	}
	if len(w) < 4 {
		return says0
	}
	for _, s := range stemsBy[w[0]+w[1]] {
		if bytes.HasPrefix(w, s.stem) {
			return s.says
		}
	}
	if bytes.IndexByte(w, 'd') >= 0 {
		if before, behind, ok := bytes.Cut(w, []byte("card")); ok {
			return cardCompound(before, behind)
		}
		switch last := w[len(w)-1]; {
		case last == 'd' && (bytes.HasSuffix(w, []byte("uid")) || bytes.HasSuffix(w, []byte("clid"))),
			(last == 'd' || last == 's') && endsInID(w):
			return saysID
		}
	}
	switch {
	case w[0] == 'a' && bytes.HasPrefix(w, []byte("account")), w[0] == 't' && bytes.HasPrefix(w, []byte("tracking")), w[0] == 'i' && bytes.HasPrefix(w, []byte("iban")):
		return saysAccount
	}
	return says0
}

// fingerprint is a small number that equal words share: most words of a sentence share theirs with none of the vocabulary.
func fingerprint[T string | []byte](w T) int {
	return (int(w[0])*31 + int(w[1])*7 + int(w[len(w)-1])*3 + len(w)) % buckets
}

// entry is a word and what it says.
type entry struct {
	word string
	says word
}

const buckets = 1024

// vocabularyBy is the vocabulary by fingerprints.
var vocabularyBy = fingerprints()

func fingerprints() (t [buckets][]entry) {
	for w, says := range vocabulary {
		i := fingerprint(w)
		t[i] = append(t[i], entry{w, says})
	}
	return t
}

// stem is the beginning of words and what they say.
type stem struct {
	stem []byte
	says word
}

// stemsBy is the stems by the sum of their first two bytes: the first is the same for most Cyrillic letters.
var stemsBy = sortedStems()

func sortedStems() (t [256][]stem) {
	for _, s := range stems {
		i := s.stem[0] + s.stem[1]
		t[i] = append(t[i], stem{[]byte(s.stem), s.says})
	}
	return t
}

// cardCompound is what a word says that holds "card" between these two.
func cardCompound(before, behind []byte) word {
	if n := len(before); n > 0 {
		switch last := before[n-1]; {
		case endsIn(before, beforeNoCard[last]):
			return says0
		case endsIn(before, beforeOtherCard[last]):
			return saysOther
		}
	}
	for _, b := range behindNoCard {
		if len(behind) >= len(b) && string(behind[:len(b)]) == b {
			return says0
		}
	}
	return saysCard
}

// endsInID reports names run together, like orderid; not words that end so, like paid.
func endsInID(w []byte) bool {
	w, _ = bytes.CutSuffix(w, []byte("s"))
	head, ok := bytes.CutSuffix(w, []byte("id"))
	if !ok || len(head) < 2 {
		return false
	}
	switch string(w) {
	case "paid", "prepaid", "unpaid", "postpaid", "valid", "invalid", "grid", "solid", "android", "avoid", "rapid", "liquid", "fluid", "hybrid", "covid", "plaid", "madrid", "david", "steroid", "humid", "acid", "fraid", "afraid", "raid", "avid", "void", "laid", "maid", "arid", "amid", "quid", "skid", "slid", "braid", "stupid", "vivid", "overpaid", "repaid", "said",
		"rashid", "rachid", "farid", "khalid", "halid", "walid", "hamid", "majid", "navid", "javid", "vahid", "wahid", "sajid", "zaid", "zahid", "junaid", "jamshid", "khurshid",
		"abdulhamid", "abdurashid", "ingrid", "astrid", "sigrid", "reid", "enid", "orchid", "pyramid", "polaroid", "splendid", "rigid", "timid", "candid":
		return false
	}
	return true
}

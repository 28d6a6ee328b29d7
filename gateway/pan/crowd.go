package pan

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// Looking closely at a number takes half a microsecond, for which a text pays with its length. Lists of identifiers can pay: of
// sixteen digits that begin as a card's every tenth has its check digit, which is one number in 170 bytes; in a list of barcodes
// it is one in 175, of a bank's references one in 130, and of visits one in 100, since their nineteen digits are looked at for a
// number with something glued to it too. In a text that cannot, one made of cards' numbers, all are taken for cards. So the time
// that any text takes is bounded.
const (
	patience   = 40 << 10 // bytes that every text has to begin with
	lookCost   = 80       // bytes that a look costs
	letterCost = 4        // and each byte of a letter of the words before the number, if they are read
	mostWords  = 80       // but all of them no more
	keyCost    = 1        // and each byte of its key, if that is none of the last ones
	rowsCost   = 80       // and the rows around it, where it may be cells of theirs
	spokenCost = 40       // and the words at either end of five groups of which four are a card's
)

// look pays for a close look at the number that begins at start, and reports that the text cannot afford it. It pays even then,
// so that where numbers are that dense none is looked at until they are over.
func (w *walk) look(start int) (crowded bool) {
	crowded = w.crowded(start)
	w.spent += lookCost
	return crowded
}

// wordsNear reports whether there may be words near the number that begins at start, the last letter of one forty bytes before it
// at least, and pays for reading them: a word that reaches near is read from its beginning on.
func (w *walk) wordsNear(start int) bool {
	text, from := w.text.Data, max(0, start-nearby)
	letters := lettersIn(text[from:start])
	for i := from; i > max(0, from-longestLetters) && lettersIn(text[i-1:i]) > 0; i-- {
		letters++
	}
	w.spent += min(mostWords, letterCost*letters)
	return letters > 0
}

// crowded reports that too much was spent on looks before start.
func (w *walk) crowded(start int) bool {
	return w.spent > patience+w.base+start
}

// lettersIn is how many bytes of a text are Latin letters or above ASCII.
func lettersIn(text []byte) (n int) {
	for len(text) >= 8 {
		n += bits.OnesCount64(letters(binary.LittleEndian.Uint64(text)))
		text = text[8:]
	}
	for _, b := range text {
		if b >= utf8.RuneSelf || b|0x20-'a' <= 25 {
			n++
		}
	}
	return n
}

// inCrowd judges a number that nobody looked at closely. Its check digit holds, or it is in a card's field, where one that it should
// have and that fails is nobody's typing error.
func (m *Match) inCrowd(name string) {
	if m.facts&luhnFails == 0 {
		m.name, m.Confidence = name, finding.Likely
		m.facts |= crowded
	}
}

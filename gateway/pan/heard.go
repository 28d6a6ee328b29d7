package pan

import "unicode/utf8"

// longestLetters is how many bytes of letters without a break are read as words; what follows of them says nothing.
const longestLetters = 64

// heard is what the words of a text said so far, as much of it as a number behind them may ask. Each word is read once,
// however many numbers stand behind it.
type heard struct {
	words                     wordReader
	letters, stop             int // where the unbroken letters that were read last begin and end
	card, other, abbreviation int // where the last word ends that says so; of cc before a digit
	last                      spoken
	before                    word // what the last word says that is not like "is"
	beforeEnd                 int
	nearFrom, nearTo          int // where the characters begin that matter to a number, and where that begins
}

// spoken is the last word that does not only link others.
type spoken struct {
	says  word
	alone word // without the word before it
	end   int
	with  int // where the word before it ends without which it says less, or end
}

// until reads the words before start, the first character of a number. What it then knows of the characters that matter is
// the same wherever it began.
func (h *heard) until(text []byte, start int) {
	if h.words.pos < start-nearby {
		if from := h.from(text, start); h.words.pos < from {
			h.begin(text, from)
		}
	}
	w := &h.words
	w.text = text[:start]
	for read, ok := w.next(); ok; read, ok = w.next() {
		if inTag(text, w.begin, w.end) {
			h.stop = w.end
			continue
		}
		h.hear(read, w.end < len(text) && text[w.end]-'0' <= 9)
	}
}

// near reports that what ends at end is near a number at start.
func (h *heard) near(text []byte, start, end int) bool {
	if n := start - end; n <= nearby || n > utf8.UTFMax*nearby {
		return n <= nearby // characters have a byte at least
	}
	return end >= h.from(text, start)
}

// from is where the characters begin that matter to a number at start.
func (h *heard) from(text []byte, start int) int {
	if h.nearTo != start {
		h.nearFrom, h.nearTo = charactersBefore(text, start), start
	}
	return h.nearFrom
}

// begin forgets what was heard and goes on at the letters that reach to from.
func (h *heard) begin(text []byte, from int) {
	for n := 0; n < utf8.UTFMax && from > 0 && continuation(text[from]); n++ {
		from--
	}
	at := from
	for at > 0 && from-at <= longestLetters {
		r, size := rune(text[at-1]), 1
		if r >= utf8.RuneSelf {
			r, size = decodeLastRune(text[:at])
		}
		if !isLetter(r) {
			break
		}
		at -= size
	}
	nearFrom, nearTo := h.nearFrom, h.nearTo
	*h = heard{}
	h.words.pos, h.letters, h.stop, h.nearFrom, h.nearTo = at, at, at, nearFrom, nearTo
	if from-at > longestLetters {
		h.letters -= longestLetters // too many, whatever follows
	}
}

// hear takes in the word just read, and whether a digit stands behind it.
func (h *heard) hear(read []byte, digitBehind bool) {
	begin, end := h.words.begin, h.words.end
	if begin != h.stop {
		h.letters = begin
	}
	h.stop = end
	says := says0
	if end-h.letters <= longestLetters {
		says = h.words.says(read)
	}
	if says == saysCard && digitBehind && abbreviates(read) {
		says, h.abbreviation = says0, end // hexadecimal too
	}
	switch {
	case says == saysNumber && h.before == saysOrder:
		h.last = spoken{saysID, says0, end, h.beforeEnd}
	case says == saysOrder && (h.before == saysNumber || h.before == saysID):
		h.last = spoken{saysID, says, end, h.beforeEnd}
	case says == saysAccount && h.before == saysCard && begin-h.beforeEnd <= 1: // карт-счет, card account
		h.last = spoken{saysCard, says, end, h.beforeEnd}
	case !says.links():
		h.last = spoken{says, says, end, end}
	}
	switch says {
	case saysCard:
		h.card = end
	case saysOther:
		h.other = end
	}
	if says != saysLink {
		h.before, h.beforeEnd = says, end
	}
}

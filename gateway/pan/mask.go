package pan

import "unicode/utf8"

// Digits calls visit with the bytes of each digit of the match in text, in order. Text is the Data the match was
// found in; the spans let a caller that decoded map every digit back to the bytes that carried it.
// For a track the digits behind the number are visited too: they are authentication data.
func (m Match) Digits(text []byte, visit func(start, end int)) {
	for i := m.Start; i < m.End && i < len(text); {
		c, size := classAt(text, i)
		if c.isDigit() {
			visit(i, i+size)
		}
		i += size
	}
}

// Mask replaces every digit of the match in place by a stand-in of the same length.
// The text reads as its type did, and scanned again it holds no number there.
func Mask(text []byte, m Match) {
	m.Digits(text, func(start, end int) {
		if end-start == 1 {
			text[start] = '*'
			return
		}
		r, _ := utf8.DecodeRune(text[start:end])
		utf8.EncodeRune(text[start:end], StandIn(r))
	})
}

// StandIn is what a digit is masked with, as many UTF-8 bytes long as the digit: an asterisk for an ASCII digit, the
// full-width asterisk for a full-width digit, the script's own zero for another. What is no digit stands for itself.
func StandIn(r rune) rune {
	c := classOf(r)
	switch {
	case !c.isDigit():
		return r
	case r < utf8.RuneSelf:
		return '*'
	case 0xFF10 <= r && r <= 0xFF19:
		return 0xFF0A
	default:
		return zeroOf(r)
	}
}

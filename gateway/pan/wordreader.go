package pan

import (
	"unicode"
	"unicode/utf8"
)

// wordReader cuts a name or sentence into words in lower case: words end at anything but a letter, and at a change from
// lower to upper case. Of a word longer than 44 bytes the beginning is read.
type wordReader struct {
	text []byte
	pos  int
	buf  [48]byte
}

// next is the next word, good until the one after it, or false at the end.
func (w *wordReader) next() ([]byte, bool) {
	n := 0
	var last rune
	for w.pos < len(w.text) {
		if b := w.text[w.pos]; b < utf8.RuneSelf {
			switch letter := b|0x20-'a' <= 25; {
			case letter && (n == 0 || b >= 'a' || !w.humps(last, w.pos+1)):
				if last = rune(b); n+utf8.UTFMax <= len(w.buf) {
					w.buf[n] = b | 0x20
					n++
				}
			case n > 0:
				return w.buf[:n], true
			}
			w.pos++
			continue
		}
		r, size := decodeRune(w.text[w.pos:])
		switch {
		case !isLetter(r):
			if n > 0 {
				return w.buf[:n], true
			}
			w.pos += size
			continue
		case n > 0 && !smallCyrillic(r) && unicode.IsUpper(r) && w.humps(last, w.pos+size):
			return w.buf[:n], true
		}
		w.pos += size
		last = r
		if n+utf8.UTFMax <= len(w.buf) {
			if !smallCyrillic(r) {
				r = unicode.ToLower(r)
			}
			n += utf8.EncodeRune(w.buf[n:], r)
		}
	}
	return w.buf[:n], n > 0
}

// smallCyrillic reports the small letters of Russian and its neighbours, which need no look at the tables of Unicode.
func smallCyrillic(r rune) bool { return r >= 'а' && r <= 'џ' }

// humps reports that a capital begins a word: behind a small letter, or before one where capitals stood before it.
func (w *wordReader) humps(last rune, behind int) bool {
	if last >= 'a' && last <= 'z' || !unicode.IsUpper(last) {
		return true
	}
	if behind < len(w.text) && w.text[behind] < utf8.RuneSelf {
		return w.text[behind]-'a' <= 25
	}
	next, _ := utf8.DecodeRune(w.text[min(behind, len(w.text)):])
	return isLetter(next) && !unicode.IsUpper(next)
}

func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return r|0x20 >= 'a' && r|0x20 <= 'z'
	}
	return r != utf8.RuneError && classOf(r) == letter
}

package pan

import (
	"encoding/binary"
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// lowerCyrillic is the small letters of U+0400 to U+04FF. Words are compared in Latin and Cyrillic alone: letters of other
// scripts are read as they are.
var lowerCyrillic = smallLetters()

func smallLetters() (t [256]uint16) {
	for i := range t {
		t[i] = uint16(unicode.ToLower(rune(0x400 + i)))
	}
	return t
}

// lower is the small letter of a letter.
func lower(r rune) rune {
	if uint32(r)>>8 == 4 {
		return rune(lowerCyrillic[r&0xFF])
	}
	if r < utf8.RuneSelf && r-'A' >= 0 && r-'A' <= 25 {
		return r | 0x20
	}
	return r
}

// lowered appends a word in small letters, of any script: İ and the Kelvin sign are capitals of Latin letters.
func lowered(dst, word []byte) []byte {
	for i := 0; i < len(word); {
		if b := word[i]; b < utf8.RuneSelf {
			if b-'A' <= 25 {
				b |= 0x20
			}
			dst = append(dst, b)
			i++
			continue
		}
		r, size := decodeRune(word[i:])
		if uint32(r)>>8 != 4 {
			r = unicode.ToLower(r)
		}
		dst = utf8.AppendRune(dst, lower(r))
		i += size
	}
	return dst
}

// wordReader cuts a name or sentence into words in lower case: words end at anything but a letter, and at a change from
// lower to upper case. Of a word longer than 44 bytes the beginning is read.
type wordReader struct {
	text  []byte
	pos   int
	begin int // of the word just read
	end   int
	buf   [48]byte
}

// next is the next word, good until the one after it, or false at the end.
func (w *wordReader) next() ([]byte, bool) {
	n := 0
	var last rune
	for w.pos < len(w.text) {
		if w.text[w.pos] < utf8.RuneSelf {
			var ends bool
			if n, last, ends = w.ascii(n, last); ends {
				return w.buf[:n], true
			}
			continue
		}
		if alone(w.text[w.pos]) {
			w.end = w.pos
			if w.pos++; n > 0 {
				return w.buf[:n], true
			}
			continue
		}
		if rest := w.text[w.pos:]; len(rest) > 1 && twoBytes(rest) {
			if r := twoByteRune(rest); smallCyrillic(r) {
				if n == 0 {
					w.begin = w.pos
				}
				if n+utf8.UTFMax <= len(w.buf) {
					w.buf[n], w.buf[n+1] = rest[0], rest[1]
					n += 2
				}
				w.pos += 2
				last = r
				continue
			}
		}
		r, size := decodeRune(w.text[w.pos:])
		switch {
		case !isLetter(r):
			w.end = w.pos
			if w.pos += size; n > 0 {
				return w.buf[:n], true
			}
			continue
		case n > 0 && isUpper(r) && w.humps(last, w.pos+size):
			w.end = w.pos
			return w.buf[:n], true
		}
		if n == 0 {
			w.begin = w.pos
		}
		w.pos += size
		last = r
		if n+utf8.UTFMax <= len(w.buf) {
			n += utf8.EncodeRune(w.buf[n:], lower(r))
		}
	}
	w.end = w.pos
	return w.buf[:n], n > 0
}

// ascii reads on in ASCII, of which most words are made, with n bytes of a word read and its last letter: until the word
// ends or another character stands.
func (w *wordReader) ascii(n int, last rune) (int, rune, bool) {
	text := w.text
	for i := w.pos; i < len(text); i++ {
		b := text[i]
		switch {
		case b >= utf8.RuneSelf:
			w.pos = i
			return n, last, false
		case b|0x20-'a' > 25:
			if n > 0 {
				w.pos, w.end = i+1, i
				return n, last, true
			}
			i += untilLetter(text[i+1:])
			continue
		case b < 'a' && n > 0 && !(last <= 'Z' && i+1 < len(text) && text[i+1] < 'a') && w.humps(last, i+1):
			w.pos, w.end = i, i
			return n, last, true
		}
		if n == 0 {
			w.begin = i
		}
		if last = rune(b); n <= len(w.buf)-utf8.UTFMax {
			w.buf[n] = b | 0x20
			n++
		}
	}
	w.pos = len(text)
	return n, last, false
}

// untilLetter is how many bytes stand before the first that is a Latin letter or above ASCII, eight at a time; the last few are not
// looked at.
func untilLetter(text []byte) (n int) {
	for ; n+8 <= len(text); n += 8 {
		if of := letters(binary.LittleEndian.Uint64(text[n : n+8])); of != 0 {
			return n + bits.TrailingZeros64(of)/8
		}
	}
	return n
}

// letters is the bytes, of eight, that are Latin letters or above ASCII: the highest bit of each.
func letters(x uint64) uint64 {
	const small = 0x2020202020202020
	y := (x | small) &^ tops
	fromA, aboveZ := y+0x1F1F1F1F1F1F1F1F, y+0x0505050505050505
	return (fromA&^aboveZ | x) & tops
}

// smallCyrillic reports the small letters of Russian and its neighbours, which need no look at the tables of Unicode.
func smallCyrillic(r rune) bool { return r >= 'а' && r <= 'џ' }

// humps reports that a capital begins a word: behind a small letter, or before one where capitals stood before it.
func (w *wordReader) humps(last rune, behind int) bool {
	if !isUpper(last) {
		return true
	}
	next, _ := utf8.DecodeRune(w.text[min(behind, len(w.text)):])
	return isLetter(next) && !isUpper(next)
}

func isUpper(r rune) bool { return lower(r) != r }

// says is what the word just read says. Two letters among digits are part of something hexadecimal, whatever they spell.
func (w *wordReader) says(read []byte) word {
	if abbreviates(read) && w.begin > 0 && w.text[w.begin-1]-'0' <= 9 {
		return says0
	}
	return meaning(read)
}

func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return r|0x20 >= 'a' && r|0x20 <= 'z'
	}
	return r != utf8.RuneError && classOf(r) == letter
}

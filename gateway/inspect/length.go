package inspect

import (
	"encoding/binary"
	"unicode/utf8"
)

// openLengths reads the strings of a binary encoding nobody named (protobuf as octets, Avro, Java, Python): the byte
// before a string may say its length, and may look like a digit or letter of it.
func (r *reading) openLengths(t *text) error {
	if t.measured || t.packed > 0 {
		return nil
	}
	b := t.data
	for i := 0; i+shortest < len(b); i++ {
		for i > 0 && i+shortest < len(b) && printable(binary.LittleEndian.Uint64(b[i-1:])) {
			i += 8
		}
		if i+shortest >= len(b) {
			break
		}
		if i > 1 && ofText[b[i-1]] || sextets[b[i]] >= padding || sextets[b[i+1]] >= padding && b[i+1] < utf8.RuneSelf || !endsBinary(t, i) {
			continue
		}
		for _, n := range [...]int{int(b[i]), int(b[i]) / 2} { // Avro doubles it
			if n < shortest || !standsAlone(b[i+1:], n) {
				continue
			}
			c := r.slice(t, i+1, i+1+n)
			c.handed, c.kind, c.measured = true, unknown, true
			err := r.read(c)
			if r.drop(); err != nil {
				return err
			}
		}
	}
	return nil
}

// printable reports eight bytes of ASCII that a person can see, or blanks between words.
func printable(x uint64) bool {
	const tops, spaces = 0x8080808080808080, 0x2020202020202020
	return (x|(x-spaces))&tops == 0
}

// ofText is the bytes of ASCII texts.
var ofText = bytesOfText()

func bytesOfText() (t [256]bool) {
	for b := range utf8.RuneSelf {
		t[b] = b >= ' ' || sextets[b] == blank
	}
	return t
}

// endsBinary reports that what stands before i is no text, or that t begins there and is no value of a text.
func endsBinary(t *text, i int) bool {
	if i == 0 {
		return t.up == nil && t.open || t.view == base64View
	}
	c := t.data[i-1]
	if c < utf8.RuneSelf {
		return c < ' ' && (i == 1 || sextets[c] != blank) // the first field of protobuf begins as a line does
	}
	if i > 1 && c < 0xC0 && t.data[i-2]&0xE0 == 0xC0 && t.data[i-2] >= 0xC2 {
		return false // a character of two bytes, as most are
	}
	_, size := utf8.DecodeLastRune(t.data[:i])
	return size == 1
}

// standsAlone reports n bytes of text at the start of b that end where b does, or where what follows is no text.
func standsAlone(b []byte, n int) bool {
	if n > len(b) || n < len(b) && b[n] >= ' ' && b[n] < utf8.RuneSelf || !utf8.Valid(b[:n]) {
		return false
	}
	for _, c := range b[:n] {
		if c < ' ' && sextets[c] != blank {
			return false
		}
	}
	return true
}

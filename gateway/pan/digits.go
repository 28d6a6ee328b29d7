package pan

import (
	"encoding/binary"
	"math/bits"
)

// seekDigit is the first byte from i on that begins a digit, or an offset of to or more if none begins before it.
func seekDigit(text []byte, i, to int) int {
	for i < to {
		b := text[i]
		if b-'0' <= 9 {
			return i
		}
		if b < lowestLead {
			i++
			continue
		}
		c, size := classAt(text, i)
		if c.isDigit() {
			return i
		}
		i += size
	}
	return i
}

// digitRun is how many ASCII digits the text begins with, eight at a time.
func digitRun(text []byte) (n int) {
	for n+8 <= len(text) {
		if more := leadingDigits(binary.LittleEndian.Uint64(text[n:])); more < 8 {
			return n + more
		}
		n += 8
	}
	for n < len(text) && text[n]-'0' <= 9 {
		n++
	}
	return n
}

// untilDigit is how many bytes stand before the first ASCII digit of the text, eight at a time.
func untilDigit(text []byte) (n int) {
	const threes, overNine, tops = 0x3030303030303030, 0x7676767676767676, 0x8080808080808080
	for n+8 <= len(text) {
		x := binary.LittleEndian.Uint64(text[n:]) ^ threes
		if digits := ^(x | (x&^tops + overNine)) & tops; digits != 0 {
			return n + bits.TrailingZeros64(digits)/8
		}
		n += 8
	}
	for n < len(text) && text[n]-'0' > 9 {
		n++
	}
	return n
}

// leadingDigits is how many of eight bytes are ASCII digits before another byte, the first of them lowest.
func leadingDigits(x uint64) int {
	const threes, overNine, tops = 0x3030303030303030, 0x7676767676767676, 0x8080808080808080
	x ^= threes
	return bits.TrailingZeros64((x|(x+overNine))&tops) / 8
}

// values appends the values of the digits in text[start:end].
func values(dst []byte, text []byte, g *group) []byte {
	if g.plain {
		for _, b := range text[g.start:min(g.end, g.start+maxRun)] {
			dst = append(dst, b-'0')
		}
		return dst
	}
	for i := g.start; i < g.end; {
		if b := text[i]; b-'0' <= 9 && len(dst) < cap(dst) {
			dst = append(dst, b-'0')
			i++
			continue
		}
		if fullWidth(text[i:]) && len(dst) < cap(dst) {
			dst = append(dst, text[i+2]-0x90)
			i += 3
			continue
		}
		c, size := classAt(text, i)
		if c.isDigit() && len(dst) < cap(dst) {
			dst = append(dst, c.value())
		}
		i += size
	}
	return dst
}

// allValues is the values of the digits of all the groups. Of short ASCII groups eight at a time are stored: what is read
// back in words must have been written in words.
func allValues(buf *[maxRun]byte, text []byte, groups []group) []byte {
	word, at := uint64(0), 0
	for i := range groups {
		g := &groups[i]
		if !g.plain || g.n > 8 || g.start+8 > len(text) {
			return slowValues(buf, text, groups)
		}
		x := binary.LittleEndian.Uint64(text[g.start:]) & 0x0F0F0F0F0F0F0F0F & (1<<(8*g.n) - 1)
		shift := at & 7 * 8
		if word |= x << shift; at&7+g.n >= 8 {
			binary.LittleEndian.PutUint64(buf[at&^7:], word)
			word = x >> (64 - shift)
		}
		at += g.n
	}
	binary.LittleEndian.PutUint64(buf[at&^7:], word)
	return buf[:at]
}

func slowValues(buf *[maxRun]byte, text []byte, groups []group) []byte {
	digits := buf[:0]
	for i := range groups {
		digits = values(digits, text, &groups[i])
	}
	return digits
}

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

// mostValues is how many digits of a group are kept as values: a number with what may be glued to it.
const mostValues = longest + longestTail

// values is the digits of the groups in the window, each as its value, those of one group behind those of the one before. They
// are written while the groups are read, so that a number in several groups, of whatever script, is a slice.
type values struct {
	buf [(window+1)*mostValues + 16]byte
	n   int
}

// word puts the ASCII digits with which eight bytes begin, the first of them lowest, where the values end, and gives how many
// they are. What is not one of them will be gone over.
func (v *values) word(at int, x uint64) int {
	const threes, overNine, tops = 0x3030303030303030, 0x7676767676767676, 0x8080808080808080
	x ^= threes
	binary.LittleEndian.PutUint64(v.buf[at:at+8], x)
	return bits.TrailingZeros64((x|(x+overNine))&tops) / 8
}

// keep takes in the digits of a group of ASCII, if they are not too many.
func (v *values) keep(g *group, text []byte) {
	switch v.n = int(g.at); {
	case g.n < 8 && g.start+8 <= len(text):
		v.n += v.word(v.n, binary.LittleEndian.Uint64(text[g.start:g.start+8]))
	case g.n <= mostValues:
		v.copy(text[g.start:], g.n)
	}
}

// copy takes in n ASCII digits.
func (v *values) copy(text []byte, n int) {
	at := v.n
	for v.n += n; at < v.n && len(text) >= 8; at += 8 {
		v.word(at, binary.LittleEndian.Uint64(text))
		text = text[8:]
	}
	for i := range max(0, v.n-at) {
		v.buf[at+i] = text[i] & 0xF
	}
}

// add takes in one digit of any script.
func (v *values) add(digit gap) {
	v.buf[v.n] = digit.value()
	v.n++
}

// of is the digits of some groups, so many in all, that begin with this one; none of a group that has too many.
func (v *values) of(g *group, digits int) []byte {
	if g.n > mostValues {
		return nil
	}
	return v.buf[g.at : int(g.at)+digits]
}

package pan

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// In each of eight bytes: one, the zero of ASCII, what takes a value above nine to the highest bit, and that bit.
const (
	everyOne = 0x0101010101010101
	threes   = 0x3030303030303030
	overNine = 0x7676767676767676
	tops     = 0x8080808080808080
)

// seekDigit is the first byte from i on that begins a digit, or to if none begins before it. A digit of several bytes is given too,
// and how many they are.
func seekDigit(text []byte, i, to int) (at int, wide gap, size int) {
	for ; i < to && i+8 <= len(text); i += 8 {
		x := binary.LittleEndian.Uint64(text[i : i+8])
		for hits := asciiDigits(x) | leads(x); hits != 0; hits &= hits - 1 {
			hit := i + bits.TrailingZeros64(hits)/8
			switch {
			case hit >= to:
				return to, 0, 0
			case text[hit] < utf8.RuneSelf:
				return hit, 0, 0
			case !leadsDigit(text, hit):
				continue // as nearly always
			}
			if wide, size = glyph(text, hit); wide.isDigit() {
				return hit, wide, size
			}
		}
	}
	for ; i < to; i++ {
		if text[i]-'0' <= 9 {
			return i, 0, 0
		}
		if leadsDigit(text, i) {
			if wide, size = glyph(text, i); wide.isDigit() {
				return i, wide, size
			}
		}
	}
	return to, 0, 0
}

// leadsDigit reports two bytes at i that may begin a digit above ASCII.
func leadsDigit(text []byte, i int) bool {
	return i+1 < len(text) && digitLeads[text[i]]>>(text[i+1]&0x3F)&1 != 0
}

// leads is the bytes among eight that begin characters of several, but for those of the blocks from U+0400 to U+05FF, where no digits
// are: the highest bit of each. What is no character may be among them.
func leads(x uint64) uint64 {
	next := x>>8 | 0x80<<56
	return x & (x << 1) & (x<<2 | ^(x << 3) | x<<4) & next &^ (next << 1) & tops
}

// digitLeads is, by their first byte, the second bytes of the digits above ASCII: the bit of a byte's six lower bits, which other
// bytes share.
var digitLeads = leadsOfDigits()

func leadsOfDigits() (t [256]uint64) {
	for at, n := range pageOf {
		if n == 0 {
			continue
		}
		for i, c := range &pages[n] {
			if c.isDigit() {
				b := utf8.AppendRune(nil, rune(at<<6|i))
				t[b[0]] |= 1 << (b[1] & 0x3F)
			}
		}
	}
	return t
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
	for n+8 <= len(text) {
		if digits := asciiDigits(binary.LittleEndian.Uint64(text[n:])); digits != 0 {
			return n + bits.TrailingZeros64(digits)/8
		}
		n += 8
	}
	for n < len(text) && text[n]-'0' > 9 {
		n++
	}
	return n
}

// lastByte is bytes.LastIndexByte, eight at a time.
func lastByte(text []byte, b byte) int {
	n := len(text)
	for all := uint64(b) * everyOne; n >= 8; n -= 8 {
		x := binary.LittleEndian.Uint64(text[n-8:n]) ^ all
		if equal := ^(x | (x&^tops + ^uint64(tops))) & tops; equal != 0 {
			return n - 1 - bits.LeadingZeros64(equal)/8
		}
	}
	for n--; n >= 0 && text[n] != b; n-- {
	}
	return n
}

// asciiDigits is the digits among eight bytes: the highest bit of each.
func asciiDigits(x uint64) uint64 {
	x ^= threes
	return ^(x | (x&^tops + overNine)) & tops
}

// leadingDigits is how many of eight bytes are ASCII digits before another byte, the first of them lowest.
func leadingDigits(x uint64) int {
	x ^= threes
	return bits.TrailingZeros64((x|(x+overNine))&tops) / 8
}

// mostValues is how many digits of a group are kept as values: a number with what may be glued to it.
const mostValues = longest + longestTail

// values is the digits of the groups in the window, each as its value, those of one group behind those of the one before. They
// are written while the groups are read, so that a number in several groups, of whatever script, is a slice.
type values struct {
	buf [(window+1)*mostValues + 16]byte
	n   uint32 // as an int it is known to be no negative and far from the greatest, which spares a check wherever it is an index
}

// word puts the ASCII digits with which eight bytes begin, the first of them lowest, where the values end, and gives how many
// they are. What is not one of them will be gone over.
func (v *values) word(at uint32, x uint64) int {
	binary.LittleEndian.PutUint64(v.buf[int(at):int(at)+8], x^threes)
	return leadingDigits(x)
}

// mostPlain is how many digits that nothing parts are read at once.
const mostPlain = 24

// run puts the ASCII digits with which the text begins behind the last n of a group, as far as they are kept, and gives how
// many they are.
func (v *values) run(text []byte, n int) (size int) {
	for at := v.n + uint32(n); size+8 <= len(text) && n+size < mostValues; {
		more := v.word(at+uint32(size), binary.LittleEndian.Uint64(text[size:size+8]))
		if size += more; more < 8 {
			return size
		}
	}
	for size < len(text) && text[size]-'0' <= 9 && n+size < mostValues {
		v.buf[int(v.n)+n+size] = text[size] - '0'
		size++
	}
	if n+size < mostValues {
		return size
	}
	return size + digitRun(text[size:])
}

// add puts one digit of any script behind the last n of a group, if it is kept.
func (v *values) add(digit gap, n int) {
	if n < mostValues {
		v.buf[int(v.n)+n] = digit.value()
	}
}

// close ends a group of n digits.
func (v *values) close(g *group, n, end int, flags kept) {
	g.n, g.end, g.kept = min(n, maxRun), end, keptAt(v.n)|flags
	if n <= mostValues {
		v.n += uint32(n)
	}
}

// from is the digits of the groups from this one on.
func (v *values) from(g *group) []byte { return v.buf[g.kept.at():] }

// of is the digits of some groups, so many in all, that begin with this one; none of a group that has too many.
func (v *values) of(g *group, digits int) []byte {
	if g.n > mostValues {
		return nil
	}
	at := int(g.kept.at())
	return v.buf[at : at+digits]
}

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

// allValues is the values of the digits of all the groups. Eight at a time are stored: what is read back in words must
// have been written in words.
func allValues(buf *[maxRun]byte, text []byte, groups []group) []byte {
	n := 0
	for ; n+1 < len(groups) && groups[n].ofFour() && groups[n+1].ofFour(); n += 2 {
		a, b := binary.LittleEndian.Uint32(text[groups[n].start:]), binary.LittleEndian.Uint32(text[groups[n+1].start:])
		binary.LittleEndian.PutUint64(buf[4*n:], (uint64(a)|uint64(b)<<32)&0x0F0F0F0F0F0F0F0F)
	}
	p := packer{buf: buf, at: 4 * n}
	for i := n; i < len(groups); i++ {
		switch g := &groups[i]; {
		case g.plain && g.n <= 8 && g.start+8 <= len(text):
			p.add(binary.LittleEndian.Uint64(text[g.start:])&0x0F0F0F0F0F0F0F0F, g.n)
		case g.plain && g.n <= 16 && g.start+16 <= len(text):
			p.add(binary.LittleEndian.Uint64(text[g.start:])&0x0F0F0F0F0F0F0F0F, 8)
			p.add(binary.LittleEndian.Uint64(text[g.start+8:])&0x0F0F0F0F0F0F0F0F, g.n-8)
		case g.n <= 8:
			p.add(wordOf(text, g), g.n)
		default:
			return slowValues(buf, text, groups)
		}
	}
	return p.done()
}

// ofFour reports four ASCII digits, as most groups are.
func (g *group) ofFour() bool { return g.n == 4 && g.plain }

// packer writes the values of digits in words.
type packer struct {
	buf  *[maxRun]byte
	word uint64 // not yet written
	at   int    // digits so far
}

// add takes the first n of at most eight digits, the first of them lowest.
func (p *packer) add(x uint64, n int) {
	x &= 1<<(8*n) - 1
	shift := p.at & 7 * 8
	if p.word |= x << shift; p.at&7+n >= 8 {
		binary.LittleEndian.PutUint64(p.buf[p.at&^7:], p.word)
		p.word = x >> (64 - shift)
	}
	p.at += n
}

func (p *packer) done() []byte {
	binary.LittleEndian.PutUint64(p.buf[p.at&^7:], p.word)
	return p.buf[:p.at]
}

// wordOf is the values of at most eight digits, the first of them lowest.
func wordOf(text []byte, g *group) (x uint64) {
	for i, shift := g.start, 0; i < g.end; {
		if b := text[i] - '0'; b <= 9 {
			x |= uint64(b) << shift
			shift += 8
			i++
			continue
		}
		c, size := classAt(text, i)
		if c.isDigit() {
			x |= uint64(c.value()) << shift
			shift += 8
		}
		i += size
	}
	return x
}

func slowValues(buf *[maxRun]byte, text []byte, groups []group) []byte {
	digits := buf[:0]
	for i := range groups {
		digits = values(digits, text, &groups[i])
	}
	return digits
}

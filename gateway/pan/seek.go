package pan

import (
	"encoding/binary"
	"math/bits"
)

// seeker walks over the stretches of a text in which a number could stand: bytes that do not part numbers, long enough
// and with digits enough. Everything between is skipped at the speed of classify. A number lies within one stretch.
type seeker struct {
	text  []byte
	masks masks
	base  int    // offset of the chunk in hand
	block int    // next block of it
	count int    // blocks in it
	pos   int    // stretches end behind this offset
	tail  bool   // the chunk in hand is the last, shorter than a block, with padding
	last  uint64 // joined bytes of the block before
	few   int    // digits of the block before
	long  uint64 // tokens of the block before
	marks uint8  // of all that was classified

	brief  bool     // whether there is a stretch is all that is asked
	tokens bool     // look for runs of tokens too
	found  Evidence // in them
	behind int      // end of the last token looked at
}

// sparse is how many digits two neighbouring blocks have at least where twelve stand no further apart than separators
// allow: within 111 bytes, in three blocks at most, of which the middle one holds six.
const sparse = 9

// next is the next stretch, or false at the end of the text.
func (s *seeker) next() (start, end int, ok bool) {
	for {
		for s.block < s.count {
			i := s.block
			joined, digits := s.joined(i), s.dense(i)
			if s.tokens && (s.found&Base64 == 0 || s.found&HexRun == 0 && s.few+digits >= hexDigits) {
				before := s.long
				if i > 0 {
					before = s.masks.tokens[i-1]
				}
				if ends := runs16(s.masks.tokens[i], before); ends != 0 {
					s.token(s.base+64*i, ends)
				}
			}
			if few := s.few; few+digits >= sparse {
				if ends := runs12(joined, s.last); ends != 0 {
					if start, end, ok = s.stretch(i, ends); ok {
						return start, end, true
					}
				}
			}
			if s.block == i { // a stretch may have led further
				s.block, s.last, s.few = i+1, joined, digits
			}
		}
		if !s.load() {
			return 0, 0, false
		}
	}
}

// any reports whether the text has a stretch at all.
func (s *seeker) any() bool {
	if len(s.text) < shortest {
		return false
	}
	s.brief = true
	_, _, ok := s.next()
	return ok
}

// joined is the bytes of a block that do not part numbers, with those whose neighbour makes them digits.
func (s *seeker) joined(i int) uint64 {
	m := &s.masks
	joined, here := m.joined[i], m.shifts[i]
	before, behind := uint64(1)<<63, uint64(1) // in vain, where the neighbour is not in hand
	if i > 0 {
		before = m.shifts[i-1]
	}
	if i+1 < s.count {
		behind = m.shifts[i+1]
	}
	return joined | here<<1 | before>>63 | here>>1 | behind<<63
}

// dense is how many digits a block may hold.
func (s *seeker) dense(i int) int { return bits.OnesCount64(s.masks.digits[i] | s.masks.shifts[i]) }

// stretch is the first stretch that ends behind s.pos and has a run of twelve joined bytes that ends in block i.
func (s *seeker) stretch(i int, ends uint64) (start, end int, ok bool) {
	for ends != 0 {
		e := bits.TrailingZeros64(ends)
		ends &= ends - 1
		at := s.base + 64*i + e
		if at < s.pos || at >= len(s.text) {
			continue
		}
		start, end, digits, known := s.run(i, e)
		if !known {
			if s.parts(at) {
				continue
			}
			start, end, digits = s.spell(at)
		}
		if beyond := end - s.base - 64*i; beyond < 64 {
			ends &= ^uint64(0) << beyond
		} else {
			ends = 0
		}
		s.pos = end
		if digits >= shortest {
			s.resume(end)
			return start, end, true
		}
	}
	return 0, 0, false
}

// run is the run of joined bytes around bit e of block i and how many digits it may hold, known from the masks alone
// where it lies in this block and the one before, away from the borders of the chunk.
func (s *seeker) run(i, e int) (start, end, digits int, known bool) {
	joined := s.joined(i)
	ahead := bits.TrailingZeros64(^(joined >> e))
	behind := bits.LeadingZeros64(^(joined << (63 - e)))
	if i == 0 || e+ahead >= 64 {
		return 0, 0, 0, false
	}
	run := (^uint64(0) >> (64 - ahead - behind + 1)) << (e + 1 - behind)
	digits = bits.OnesCount64((s.masks.digits[i] | s.masks.shifts[i]) & run)
	at := s.base + 64*i
	start, end = at+e+1-behind, at+e+ahead
	if behind <= e {
		return start, min(end, len(s.text)), digits, start >= s.pos
	}
	lead := bits.LeadingZeros64(^s.joined(i - 1))
	if lead == 64 {
		return 0, 0, 0, false
	}
	digits += bits.OnesCount64((s.masks.digits[i-1] | s.masks.shifts[i-1]) >> (64 - lead))
	return start - lead, min(end, len(s.text)), digits, start-lead >= s.pos
}

// spell is the same byte by byte.
func (s *seeker) spell(at int) (start, end, digits int) {
	for start = at; start > s.pos && !s.parts(start-1); start-- {
	}
	for end = start; end < len(s.text) && (!s.brief || digits < shortest); end++ {
		flags := byteFlags[s.text[end]]
		if flags&2 == 0 && s.parts(end) {
			break
		}
		if digits += int(flags & 1); digits == maxRun {
			n := digitRun(s.text[end+1:])
			digits, end = digits+n, end+n
		}
	}
	return start, end, digits
}

// byteFlags is bit 0 for bytes that may be digits, bit 1 for those that do not part numbers.
var byteFlags = flagsOfBytes()

func flagsOfBytes() (t [256]uint8) {
	for b, c := range byteClasses {
		t[b] = uint8(c.digit | c.shift | c.joined<<1)
	}
	return t
}

// digitRun is how many ASCII digits the text begins with, eight at a time.
func digitRun(text []byte) (n int) {
	const sixes, highs, threes = 0x0606060606060606, 0xF0F0F0F0F0F0F0F0, 0x3030303030303030
	for n+8 <= len(text) {
		x := binary.LittleEndian.Uint64(text[n:])
		if x&highs != threes || (x+sixes)&highs != threes {
			break
		}
		n += 8
	}
	for n < len(text) && text[n]-'0' <= 9 {
		n++
	}
	return n
}

// resume goes on behind a stretch.
func (s *seeker) resume(end int) {
	if block := (end - s.base) / 64; block < s.count {
		if block != s.block {
			s.block, s.last, s.few = block, s.joined(block-1), s.dense(block-1)
		}
		return
	}
	s.block, s.last, s.few = s.count, 0, 64
}

// parts reports whether the byte at i parts numbers.
func (s *seeker) parts(i int) bool {
	if byteClasses[s.text[i]].joined != 0 {
		return false
	}
	return (i == 0 || byteClasses[s.text[i-1]].shift == 0) && (i+1 == len(s.text) || byteClasses[s.text[i+1]].shift == 0)
}

// load classifies the next chunk; behind the last whole block the rest is padded with what parts numbers.
func (s *seeker) load() bool {
	from := s.base + 64*s.count
	if !s.tokens && s.pos > from {
		from = s.pos
		s.last = 0
	}
	rest := s.text[min(from, len(s.text)):]
	if s.tail || len(rest) == 0 {
		return false
	}
	if s.count > 0 {
		s.long = s.masks.tokens[s.count-1]
	}
	s.base, s.block = from, 0
	var marks uint8
	if s.count, marks = s.masks.classify(rest); s.count == 0 {
		var padded [64]byte
		for i := copy(padded[:], rest); i < 64; i++ {
			padded[i] = '"'
		}
		s.count, marks = s.masks.classify(padded[:])
		s.tail = true
	}
	s.marks |= marks
	return true
}

// runs12 is the last bits of all runs of twelve, of which the block before may hold the beginning.
func runs12(m, before uint64) uint64 {
	x, y := m&(m<<1|before>>63), before&(before<<1)
	x, y = x&(x<<2|y>>62), y&(y<<2)
	return x & (x<<4 | y>>60) & (x<<8 | y>>56)
}

// runs16 is the last bits of all runs of sixteen.
func runs16(m, before uint64) uint64 {
	x, y := m&(m<<1|before>>63), before&(before<<1)
	x, y = x&(x<<2|y>>62), y&(y<<2)
	x, y = x&(x<<4|y>>60), y&(y<<4)
	return x & (x<<8 | y>>56)
}

// token looks at the runs of base64 characters that end in the block at base.
func (s *seeker) token(base int, ends uint64) {
	for ; ends != 0; ends &= ends - 1 {
		at := base + bits.TrailingZeros64(ends)
		if at < s.behind || at >= len(s.text) || !tokenByte(s.text[at]) {
			continue
		}
		start, end := at, at+1
		for start > s.behind && tokenByte(s.text[start-1]) {
			start--
		}
		for end < len(s.text) && tokenByte(s.text[end]) {
			end++
		}
		s.behind = end
		if end-start >= 16 {
			s.found |= tokenKind(s.text[start:end])
		}
	}
}

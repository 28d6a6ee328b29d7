package pan

import "math/bits"

// seeker walks over the stretches of a text in which a number could stand: bytes that do not part numbers, long enough
// and with digits enough. Everything between is skipped at the speed of the classifier. A number lies within one stretch.
type seeker struct {
	text   []byte
	masks  masks
	base   int    // offset of the chunk in hand
	count  int    // blocks in it
	hot    uint64 // those of them that are still to be looked at
	pos    int    // stretches end behind this offset
	tail   bool   // the chunk in hand is the last, shorter than a block, with padding
	before block  // the last one of the chunk before
	marks  uint8  // of all that was classified

	cut    int      // a stretch may end behind so many bytes once it has digits enough; zero: never
	survey bool     // heed every reading of the text, and look for runs of tokens too
	found  Evidence // in them
	behind int      // end of the last token looked at
}

// block is what its neighbour needs to know of a block.
type block struct {
	joined, tokens uint64
	few            int // digits
}

// sparse is how many digits two neighbouring blocks have at least where twelve stand no further apart than separators
// allow: within 111 bytes, in three blocks at most, of which the middle one holds six.
const sparse = 9

// lowestLead is the first byte that begins a character of several (RFC 3629).
const lowestLead = 0xC2

// cyrillicLead, and the byte below it, begin the letters U+0400 to U+047F, and are letters in the code pages too.
const cyrillicLead = 0xD1

// next is the next stretch, or false at the end of the text.
func (s *seeker) next() (start, end int, ok bool) {
	if !haveAVX2 && !s.survey {
		return s.stride()
	}
	for {
		for s.hot != 0 {
			i := bits.TrailingZeros64(s.hot)
			if s.survey {
				s.lookForTokens(i)
			}
			if start, end, ok = s.stretch(i, s.ends(i)); ok {
				return start, end, true
			}
			s.hot &^= 1 << i
		}
		if !s.load() {
			return 0, 0, false
		}
	}
}

// stride is next where there is no fast classifier: a stretch covers one byte in every twelve, so it looks there first
// and backwards from there.
func (s *seeker) stride() (start, end int, ok bool) {
	for at := s.pos; at+shortest <= len(s.text); {
		i := at + shortest - 1
		for i >= at && (byteFlags[s.text[i]]&plainJoined != 0 || s.text[i] >= lowestLead && !s.parts(i)) {
			i--
		}
		if i >= at {
			at = i + 1
			continue
		}
		start, end, digits := s.spell(at)
		if at, s.pos = end, end; digits >= shortest {
			return start, end, true
		}
	}
	return 0, 0, false
}

// any reports whether the text has a stretch at all, and where the first begins.
func (s *seeker) any() (start int, ok bool) {
	if len(s.text) < shortest {
		return 0, false
	}
	s.cut = 1 // whether there is a stretch is all that is asked
	start, _, ok = s.next()
	return start, ok
}

// ends is the last bits of all runs of twelve joined bytes in a block that has digits enough.
func (s *seeker) ends(i int) uint64 {
	if !s.survey && i > 0 {
		return runs12(s.masks.joined[i], s.masks.joined[i-1]) // which is known to have enough
	}
	before := s.previous(i)
	if before.few+s.dense(i) < sparse {
		return 0
	}
	return runs12(s.joined(i), before.joined)
}

// previous is the block before block i.
func (s *seeker) previous(i int) block {
	if i == 0 {
		return s.before
	}
	return block{s.joined(i - 1), s.masks.tokens[i-1], s.dense(i - 1)}
}

// joined is the bytes of a block that do not part numbers, with those whose neighbour makes them digits.
func (s *seeker) joined(i int) uint64 {
	m := &s.masks
	joined, here := m.joined[i], m.shifts[i]
	if !s.survey {
		return joined
	}
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
	for ends &= s.left(i); ends != 0; {
		e := bits.TrailingZeros64(ends)
		ends &= ends - 1
		at := s.base + 64*i + e
		if at >= len(s.text) {
			break
		}
		start, end, digits, known := s.run(i, e)
		if !known {
			if s.survey && s.parts(at) {
				continue
			}
			start, end, digits = s.spell(at)
		}
		if digits >= shortest {
			s.pos = end
			s.resume(end)
			return start, end, true
		}
		if beyond := end - s.base - 64*i; beyond < 64 {
			ends &= ^uint64(0) << beyond
		} else {
			ends = 0
		}
		if !s.cutAt(end) {
			s.pos = end
		}
	}
	return 0, 0, false
}

// cutAt reports that end is where the chunk in hand ends and a stretch need not.
func (s *seeker) cutAt(end int) bool { return s.cut > 0 && end == s.base+64*s.count }

// run is the run of joined bytes around bit e of block i, from s.pos on, and how many digits it may hold, known from the
// masks alone where it ends within the chunk or may be cut at its end.
func (s *seeker) run(i, e int) (start, end, digits int, known bool) {
	joined := s.joined(i) & s.left(i)
	ahead := bits.TrailingZeros64(^(joined >> e))
	behind := bits.LeadingZeros64(^(joined << (63 - e)))
	at := s.base + 64*i
	run := (^uint64(0) >> (64 - ahead - behind + 1)) << (e + 1 - behind)
	digits = bits.OnesCount64((s.masks.digits[i] | s.masks.shifts[i]) & run)
	start, end = at+e+1-behind, at+e+ahead
	if behind > e {
		n := 0
		if start, n, known = s.leading(i); !known {
			return 0, 0, 0, false
		}
		digits += n
	}
	if e+ahead >= 64 {
		n := 0
		if end, n, known = s.trailing(i); !known {
			return 0, 0, 0, false
		}
		digits += n
	}
	return start, min(end, len(s.text)), digits, true
}

// left is the bytes of a block from s.pos on.
func (s *seeker) left(i int) uint64 { return ^uint64(0) << max(0, s.pos-s.base-64*i) }

// leading is where the run begins that goes on in block i, and its digits before the block; unknown where the chunk
// begins within it.
func (s *seeker) leading(i int) (start, digits int, known bool) {
	for i--; i >= 0; i-- {
		n := bits.LeadingZeros64(^(s.joined(i) & s.left(i)))
		if digits += bits.OnesCount64((s.masks.digits[i] | s.masks.shifts[i]) &^ (^uint64(0) >> n)); n < 64 {
			return s.base + 64*i + 64 - n, digits, true
		}
	}
	return s.base, digits, s.pos == s.base && !s.survey
}

// trailing is where the run ends that reaches to the end of block i, and its digits behind the block.
func (s *seeker) trailing(i int) (end, digits int, known bool) {
	for i++; i < s.count; i++ {
		n := bits.TrailingZeros64(^s.joined(i))
		if digits += bits.OnesCount64((s.masks.digits[i] | s.masks.shifts[i]) &^ (^uint64(0) << n)); n < 64 {
			return s.base + 64*i + n, digits, true
		}
	}
	return s.base + 64*s.count, digits, s.cut > 0
}

// spell is the same byte by byte.
func (s *seeker) spell(at int) (start, end, digits int) {
	joined := uint8(plainJoined)
	if s.survey {
		joined = everJoined
	}
	for start = at; start > s.pos && (byteFlags[s.text[start-1]]&joined != 0 || !s.parts(start-1)); start-- {
	}
	for end = start; end < len(s.text) && (s.cut == 0 || digits < shortest || end-start < s.cut); end++ {
		flags := byteFlags[s.text[end]]
		if flags&joined == 0 && s.parts(end) {
			break
		}
		if digits += int(flags & maybeDigit); digits == maxRun {
			n := digitRun(s.text[end+1:])
			digits, end = digits+n, end+n
		}
	}
	return start, end, digits
}

// The flags of a byte.
const (
	maybeDigit  = 1 << iota // may be a digit, or a part of one
	plainJoined             // parts no numbers, whatever stands beside it
	everJoined              // the same to a survey, which heeds every reading
)

var byteFlags = flagsOfBytes()

func flagsOfBytes() (t [256]uint8) {
	for b, c := range byteClasses {
		if c.digit|c.shift != 0 {
			t[b] |= maybeDigit
		}
		if c.joined != 0 {
			t[b] |= everJoined
		}
		if c.joined != 0 && b != 0 && b != '%' && b < lowestLead {
			t[b] |= plainJoined
		}
	}
	return t
}

// skip passes over what was read up to end.
func (s *seeker) skip(end int) {
	if end > s.pos {
		s.pos = end
		s.resume(end)
	}
}

// resume goes on behind a stretch, which may have been cut before the chunk in hand.
func (s *seeker) resume(end int) {
	if block := max(0, end-s.base) / 64; block < s.count {
		s.hot &= ^uint64(0) << block
		return
	}
	s.hot = 0
}

// parts reports whether the byte at i parts numbers.
func (s *seeker) parts(i int) bool {
	b := s.text[i]
	joined := byteClasses[b].joined != 0
	if s.survey {
		return !joined && (i == 0 || byteClasses[s.text[i-1]].shift == 0) && (i+1 == len(s.text) || byteClasses[s.text[i+1]].shift == 0)
	}
	return !joined || b == 0 || b == '%' || b >= lowestLead && (i+1 == len(s.text) || !continuation(s.text[i+1]))
}

// load classifies the next chunk; behind the last whole block the rest is padded with what parts numbers.
func (s *seeker) load() bool {
	from := s.base + 64*s.count
	if s.count > 0 {
		s.before = s.previous(s.count)
	}
	if !s.survey && s.pos > from {
		from = s.pos
		s.before = block{few: sparse}
	}
	rest := s.text[min(from, len(s.text)):]
	if s.tail || len(rest) == 0 {
		return false
	}
	s.base = from
	if s.classify(rest); s.count == 0 {
		var padded [65]byte
		for i := copy(padded[:], rest); i < len(padded); i++ {
			padded[i] = '"'
		}
		s.classify(padded[:])
		s.tail = true
	}
	return true
}

// classify fills the masks with what the text begins with.
func (s *seeker) classify(text []byte) {
	if !s.survey {
		s.count, s.hot = s.masks.seek(text)
		return
	}
	var marks uint8
	s.count, marks = s.masks.classify(text)
	s.hot = 1<<s.count - 1
	s.marks |= marks
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

// lookForTokens looks for base64 and hexadecimal in block i.
func (s *seeker) lookForTokens(i int) {
	before := s.previous(i)
	if s.found&Base64 != 0 && (s.found&HexRun != 0 || before.few+s.dense(i) < hexDigits) {
		return
	}
	if ends := runs16(s.masks.tokens[i], before.tokens); ends != 0 {
		s.token(s.base+64*i, ends)
	}
}

// token looks at the runs of base64 characters that end in the block at base.
func (s *seeker) token(base int, ends uint64) {
	if s.behind > base {
		ends &= ^uint64(0) << (s.behind - base)
	}
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

package pan

// chunk is how many blocks of 64 bytes are classified at a time.
const chunk = 16

// masks is what the bytes of a chunk are, one bit a byte, one word a block.
type masks struct {
	digits [chunk]uint64 // ASCII digits, and bytes that may begin a wide one
	joined [chunk]uint64 // bytes that do not part numbers
	tokens [chunk]uint64 // characters of base64
	shifts [chunk]uint64 // bytes that make an ASCII neighbour a digit: Shift-JIS, UTF-16 without a NUL
}

// The marks of escapes among the bytes of a chunk.
const (
	markPercent   = 0x10
	markAmpersand = 0x20
	markBackslash = 0x40
	markEquals    = 0x80
)

// byteClass is the bits of one byte in masks and marks.
type byteClass struct {
	digit, joined, token, shift uint64
	mark                        uint8
}

// byteClasses is the class of every byte; classifyAVX2 computes the same.
var byteClasses = classesOfBytes()

func classesOfBytes() (t [256]byteClass) {
	for b := range t {
		c := &t[b]
		c.joined = 1
		switch {
		case b-'0' >= 0 && b-'0' <= 9:
			c.digit = 1
		case b >= 0xC2:
			c.digit = 1
			if b == 0xD0 || b == 0xD1 { // U+0400 to U+047F are letters
				c.joined = 0
			}
		case b > 0 && b < 0x80 && kinds[b] == nothing:
			c.joined = 0
		}
		if tokenByte(byte(b)) || b == '[' || b == ']' {
			c.token = 1
		}
		if b == 0x82 || b == 0xFF {
			c.shift = 1
		}
	}
	t['%'].mark, t['&'].mark, t['\\'].mark, t['='].mark = markPercent, markAmpersand, markBackslash, markEquals
	return t
}

// classify fills the masks of whole blocks of the text, at most a chunk of them, and gives their number and the marks
// among them.
func (m *masks) classify(text []byte) (blocks int, marks uint8) {
	blocks = min(len(text)/64, chunk)
	if blocks == 0 {
		return 0, 0
	}
	if haveAVX2 {
		return blocks, m.fast(text, blocks)
	}
	return blocks, m.slow(text, blocks)
}

// seek fills the digits and the joined bytes of whole blocks of the text, as a scan has them, and gives their number and
// those that are worth a look. Of the last block the byte behind it must be in the text.
func (m *masks) seek(text []byte) (blocks int, hot uint64) {
	if blocks = min((len(text)-1)/64, chunk); blocks <= 0 {
		return 0, 0
	}
	return blocks, m.quick(text, blocks) >> (64 - blocks)
}

// slow is the reference for every machine.
func (m *masks) slow(text []byte, blocks int) (marks uint8) {
	for i := range blocks {
		var digits, joined, tokens, shifts uint64
		for j, b := range text[64*i : 64*i+64] {
			c := &byteClasses[b]
			digits |= c.digit << j
			joined |= c.joined << j
			tokens |= c.token << j
			shifts |= c.shift << j
			marks |= c.mark
		}
		m.digits[i], m.joined[i], m.tokens[i], m.shifts[i] = digits, joined, tokens, shifts
	}
	return marks
}

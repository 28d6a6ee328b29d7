package pan

import (
	"encoding/binary"
	"unicode/utf8"
)

// The bounds of what may stand between two groups of one number. They make every decision local, which is what lets a
// stream come to the same result as the whole.
const (
	maxMarks  = 3   // characters that are neither space nor invisible
	maxSpaces = 6   // spaces
	maxGap    = 128 // bytes, invisible characters included
	maxRun    = 40  // digits counted in one group; longer runs are all alike
)

// gap is what stands between two groups of digits, small enough to be handed on in one piece: its kind in the upper half,
// then its flags, then its mark. The zero gap is none: the group begins a chain.
type gap uint64

// The flags of a gap.
const (
	rowGap   gap = 1 << (8 + iota) // holds a tab or a line end
	commaGap                       // holds a comma
	gapFlags = rowGap | commaGap
)

func newGap(kind uint32, mark byte) gap { return gap(kind)<<32 | gap(mark) }

// kind is equal for equal separators: every space is the same, every dash is the same.
func (g gap) kind() uint32 { return uint32(g >> 32) }

// mark is the first character if it is ASCII, '-' for any dash, 0 for another.
func (g gap) mark() byte  { return byte(g) }
func (g gap) row() bool   { return g&rowGap != 0 }
func (g gap) comma() bool { return g&commaGap != 0 }

// like reports the same separator. A tab is a space, but one that parts cells: it goes on no list of spaces.
func (g gap) like(other gap) bool {
	return g.kind() == other.kind() && (g.mark() == '\t') == (other.mark() == '\t')
}

// and is the gap with one more character, where last is the kind of the one before: spaces in a row are one.
func (g gap) and(one gap, last uint32) gap {
	kind, mark := g.kind(), g.mark()
	if kind == 0 {
		mark = one.mark()
	}
	if one.kind() != ' ' || last != ' ' {
		kind = kind*31 + one.kind()
	}
	return newGap(kind, mark) | (g|one)&gapFlags
}

// group is digits with nothing visible between them.
type group struct {
	start, end int // bytes, from the first digit to behind the last
	n          int // digits, at most maxRun
	plain      bool
	checked    bool // its check digit is known to hold
	before     gap
}

// reader cuts a text into groups.
type reader struct {
	text    []byte
	single  *[256]gap // what one character between two digits is
	pos     int       // behind the last group read
	next    gap       // what stands before the group at pos, if chained
	chained bool
	seek    seeker
	stretch int // end of the stretch in hand: behind it the next is sought
}

// read gives the next group, or false at the end of the text.
func (r *reader) read(g *group) bool {
	if !r.chained && !r.advance() {
		return false
	}
	g.start, g.before = r.pos, r.next
	end := r.pos + digitRun(r.text[r.pos:])
	g.n, g.end, g.plain, g.checked = min(end-r.pos, maxRun), end, true, false
	if end < len(r.text) && r.single[r.text[end]] == 0 {
		if b := r.text[end]; b < utf8.RuneSelf || b|1 == cyrillicLead || alone(b) {
			r.pos, r.chained = end, false // nearly always
			return true
		}
		if r.wide(g) {
			r.pos, r.chained = g.end, false
			return true
		}
	}
	r.pos, r.next, r.chained = r.gap(g.end)
	return true
}

// chain gives the groups of a chain while they are ASCII digits, as nearly all are.
func (r *reader) chain(groups []group) (n int) {
	text, pos, next := r.text, r.pos, r.next
	for n < len(groups) && pos+9 < len(text) && text[pos]-'0' <= 9 {
		size := 1
		if text[pos+1]-'0' <= 9 {
			if size = leadingDigits(binary.LittleEndian.Uint64(text[pos:])); size == 8 {
				size += digitRun(text[pos+8:])
			}
		}
		end := pos + size
		if end+1 >= len(text) {
			break
		}
		one, behind := r.single[text[end]], end+1
		if text[end] >= lowestLead {
			c, wide, width := wideGap(text, end)
			if c.isDigit() || c == invisible {
				break
			}
			one, behind = wide, end+width
		}
		g := &groups[n]
		g.start, g.end, g.n, g.plain, g.checked, g.before = pos, end, min(size, maxRun), true, false, next
		n++
		if pos, next = behind, one; one != 0 && pos < len(text) && text[pos]-'0' <= 9 {
			continue // nearly always
		}
		if pos, next, r.chained = r.gap(end); !r.chained {
			break
		}
	}
	r.pos, r.next = pos, next
	return n
}

// advance goes on to the next digit that begins a chain, or reports that there is none.
func (r *reader) advance() bool {
	r.next = 0
	for r.pos = seekDigit(r.text, r.pos, r.stretch); r.pos >= r.stretch; r.pos = seekDigit(r.text, r.pos, r.stretch) {
		start, end, ok := r.seek.next()
		if !ok {
			return false
		}
		r.pos, r.stretch = max(r.pos, start), end
	}
	return true
}

// wide reads on in a group behind its ASCII digits: those of other scripts, and invisible characters, which count as
// nothing. It reports a character behind them that parts numbers.
func (r *reader) wide(g *group) (parted bool) {
	text, i := r.text, g.end
	hidden := 0 // bytes since the last digit
	for i < len(text) && text[i] >= utf8.RuneSelf && hidden < maxGap {
		if fullWidth(text[i:]) {
			g.n, g.end, hidden, g.plain = min(g.n+1, maxRun), i+3, 0, false
			if i += 3; i < len(text) && text[i]-'0' > 9 {
				continue
			}
			for i < len(text) && text[i]-'0' <= 9 {
				g.n, g.end = min(g.n+1, maxRun), i+1
				i++
			}
			continue
		}
		c, size := classAt(text, i)
		switch i += size; {
		case c.isDigit():
			g.n, g.end, hidden, g.plain = min(g.n+1, maxRun), i, 0, false
		case c == invisible:
			hidden += size
		default:
			return c == letter || c == barrier
		}
		for i < len(text) && text[i]-'0' <= 9 {
			i++
			g.n, g.end, hidden, g.plain = min(g.n+1, maxRun), i, 0, false
		}
	}
	return false
}

// fullWidth reports a text that begins with one of the digits U+FF10 to U+FF19.
func fullWidth(text []byte) bool {
	return len(text) >= 3 && text[0] == 0xEF && text[1] == 0xBC && text[2]-0x90 <= 9
}

// gap reads on from behind a group: where reading goes on, what stands between, and whether a group of the same
// chain begins there.
func (r *reader) gap(i int) (int, gap, bool) {
	var g gap
	var last uint32
	marks, spaces := 0, 0
	for stop := i + maxGap; i < len(r.text) && i <= stop; {
		one, size := r.single[r.text[i]], 1
		if one == 0 && r.text[i] >= lowestLead {
			var c class
			if c, one, size = wideGap(r.text, i); c == invisible {
				i += size
				continue
			}
		}
		if one == 0 {
			return i, g, g != 0 && beginsDigit(r.text, i)
		}
		if one.kind() == ' ' {
			spaces++
		} else {
			marks++
		}
		if last == one.kind() && masking(last) || marks > maxMarks || spaces > maxSpaces {
			return i, 0, false
		}
		g, last = g.and(one, last), one.kind()
		i += size
	}
	return i, 0, false
}

// beginsDigit reports a digit of any script at i.
func beginsDigit(text []byte, i int) bool {
	if text[i] < lowestLead {
		return text[i]-'0' <= 9
	}
	c, _ := classAt(text, i)
	return c.isDigit()
}

// wideGap is what one character above ASCII between two digits is, its class and its bytes.
func wideGap(text []byte, i int) (c class, g gap, size int) {
	code, size := decodeRune(text[i:])
	if code == utf8.RuneError && size <= 1 {
		code, size, c = rune(text[i]), 1, codePage(text[i])
	} else {
		c = classOf(code)
	}
	return c, gapOf(c, code), size
}

// gapOf is what one character above ASCII makes of two groups that it stands between.
func gapOf(c class, code rune) gap {
	switch c {
	case space:
		return newGap(' ', ' ')
	case dash:
		return newGap('-', '-')
	case other:
		return newGap(uint32(code), 0)
	}
	return 0
}

// inValues and inDocuments are what each character of one byte alone makes of two groups that it stands between; the zero
// gap parts them, or is told by the bytes behind it.
var inValues, inDocuments = gaps(false), gaps(true)

func gaps(document bool) (t [256]gap) {
	for b, c := range ascii {
		switch b := byte(b); {
		case c == space && b == '\t':
			t[b] = newGap(' ', b) | rowGap
		case c == space && b != ' ':
			t[b] = newGap(' ', ' ') | rowGap
		case c == space:
			t[b] = newGap(' ', ' ')
		case c == dash:
			t[b] = newGap('-', b)
		case b == ',' && !document:
			t[b] = newGap(',', b) | commaGap
		case c == other && b != '%' && !(document && parts(b)): // nobody types a percent sign between groups: it begins an escape
			t[b] = newGap(uint32(b), b)
		}
	}
	for b := utf8.RuneSelf; b < len(t); b++ {
		if alone(byte(b)) {
			t[b] = gapOf(codePage(byte(b)), rune(b))
		}
	}
	return t
}

// parts reports the ASCII marks that part values in documents: JSON, CSV, forms, XML.
func parts(b byte) bool {
	switch b {
	case ',', ';', '&', '=', '{', '}', '[', ']', '<', '>', '?':
		return true
	}
	return false
}

// masking reports the marks that, repeated, stand for digits that were taken out.
func masking(code uint32) bool {
	switch code {
	case '*', '#', 0x2022, 0x2026, 0x25CF, 0xFF0A, 0xD7, 0x2A2F, 0x25AA, 0x2588:
		return true
	}
	return false
}

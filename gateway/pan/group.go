package pan

import "unicode/utf8"

// The bounds of what may stand between two groups of one number. They make every decision local, which is what lets a
// stream come to the same result as the whole.
const (
	maxMarks  = 3   // characters that are neither space nor invisible
	maxSpaces = 6   // spaces
	maxGap    = 128 // bytes, invisible characters included
	maxRun    = 40  // digits counted in one group; longer runs are all alike
)

// gap is what stands between two groups of digits. The zero gap is none: the group begins a chain.
type gap struct {
	kind  uint32 // equal for equal separators: every space is the same, every dash is the same
	mark  byte   // the first character if it is ASCII, '-' for any dash, 0 for another
	row   bool   // holds a tab or a line end
	comma bool
}

// like reports the same separator. A tab is a space, but one that parts cells: it goes on no list of spaces.
func (g *gap) like(other *gap) bool {
	return g.kind == other.kind && (g.mark == '\t') == (other.mark == '\t')
}

// group is digits with nothing visible between them.
type group struct {
	start, end int // bytes, from the first digit to behind the last
	n          int // digits, at most maxRun
	plain      bool
	before     gap
}

// reader cuts a text into groups.
type reader struct {
	text     []byte
	document bool // commas, quotes and brackets part values
	pos      int  // behind the last group read
	next     gap  // what stands before the group at pos, if chained
	chained  bool
	seek     seeker
	stretch  int // end of the stretch in hand: behind it the next is sought
}

// read gives the next group, or false at the end of the text.
func (r *reader) read(g *group) bool {
	if !r.chained {
		r.next = gap{}
		for r.pos = seekDigit(r.text, r.pos, r.stretch); r.pos >= r.stretch; r.pos = seekDigit(r.text, r.pos, r.stretch) {
			start, end, ok := r.seek.next()
			if !ok {
				return false
			}
			r.pos, r.stretch = max(r.pos, start), end
		}
	}
	g.start, g.before = r.pos, r.next
	end := r.pos + digitRun(r.text[r.pos:])
	if g.n, g.end, g.plain = min(end-r.pos, maxRun), end, true; end < len(r.text) && r.text[end] >= utf8.RuneSelf {
		r.wide(g)
	}
	r.pos, r.next, r.chained = r.gap(g.end)
	return true
}

// wide reads on in a group behind its ASCII digits: those of other scripts, and invisible characters, which count as
// nothing.
func (r *reader) wide(g *group) {
	text, i := r.text, g.end
	hidden := 0 // bytes since the last digit
	for i < len(text) && text[i] >= utf8.RuneSelf && hidden < maxGap {
		if fullWidth(text[i:]) {
			g.n, g.end, hidden, g.plain = min(g.n+1, maxRun), i+3, 0, false
			i += 3
			continue
		}
		c, size := classAt(text, i)
		switch {
		case c.isDigit():
			g.n, g.end, hidden = min(g.n+1, maxRun), i+size, 0
		case c == invisible:
			hidden += size
		default:
			return
		}
		g.plain = false
		i += size
		for i < len(text) && text[i]-'0' <= 9 {
			g.n, g.end, hidden = min(g.n+1, maxRun), i+1, 0
			i++
		}
	}
}

// fullWidth reports a text that begins with one of the digits U+FF10 to U+FF19.
func fullWidth(text []byte) bool {
	return len(text) >= 3 && text[0] == 0xEF && text[1] == 0xBC && text[2]-0x90 <= 9
}

// gap reads on from behind a group: where reading goes on, what stands between, and whether a group of the same
// chain begins there.
func (r *reader) gap(i int) (int, gap, bool) {
	if i+1 < len(r.text) && r.text[i+1]-'0' <= 9 && (r.text[i] == ' ' || r.text[i] == '-') {
		return i + 1, gap{kind: uint32(r.text[i]), mark: r.text[i]}, true // nearly always
	}
	if i < len(r.text) && r.text[i] < utf8.RuneSelf {
		if c := ascii[r.text[i]]; c == letter || c == barrier || r.text[i] == '%' || r.document && parts(r.text[i]) {
			return i, gap{}, false
		}
	}
	var g gap
	from, marks, spaces := i, 0, 0
	var last uint32
	for i < len(r.text) && i-from <= maxGap {
		c, size := classAt(r.text, i)
		var code uint32
		switch c {
		case letter, barrier:
			return i, gap{}, false
		case invisible:
			i += size
			continue
		case space:
			spaces++
			code = ' '
			g.row = g.row || r.text[i] >= '\t' && r.text[i] <= '\r'
		case dash:
			marks++
			code = '-'
		case other:
			marks++
			code = r.code(i, size)
			if r.document && parts(r.text[i]) || last == code && masking(code) || code == '%' {
				return i, gap{}, false // nobody types a percent sign between groups: it begins an escape
			}
			g.comma = g.comma || code == ','
		default: // a digit
			return i, g, g.kind != 0
		}
		if marks > maxMarks || spaces > maxSpaces {
			return i, gap{}, false
		}
		if g.kind == 0 && code < utf8.RuneSelf {
			if g.mark = byte(code); c == space && r.text[i] == '\t' {
				g.mark = '\t'
			}
		}
		if code != ' ' || last != ' ' {
			g.kind = g.kind*31 + code
		}
		last = code
		i += size
	}
	return i, gap{}, false
}

func (r *reader) code(i, size int) uint32 {
	if size == 1 {
		return uint32(r.text[i])
	}
	ch, _ := utf8.DecodeRune(r.text[i:])
	return uint32(ch)
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

// seekDigit is the first byte from i on that begins a digit, or an offset of to or more if none begins before it.
func seekDigit(text []byte, i, to int) int {
	for i < to {
		b := text[i]
		if b-'0' <= 9 {
			return i
		}
		if b < utf8.RuneSelf {
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

// values appends the values of the digits in text[start:end].
func values(dst []byte, text []byte, g group) []byte {
	if g.plain {
		for _, b := range text[g.start:min(g.end, g.start+maxRun)] {
			dst = append(dst, b-'0')
		}
		return dst
	}
	for i := g.start; i < g.end; {
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

package pan

import "encoding/binary"

// The bounds of what may stand between two groups of one number. They make every decision local, which is what lets a
// stream come to the same result as the whole.
const (
	maxMarks  = 3   // characters that are neither space nor invisible
	maxSpaces = 6   // spaces
	maxGap    = 128 // bytes, invisible characters included
	maxRun    = 40  // digits counted in one group; longer runs are all alike
)

// group is digits with nothing visible between them.
type group struct {
	start, end int // bytes, from the first digit to behind the last
	n          int // digits, at most maxRun
	before     gap
	sizes      uint32 // of it and of up to seven groups before it in its chain: see mostGroups
	at         uint16 // where its digits are among the values
	plain      bool
	checked    bool // its check digit is known to hold
}

// reader cuts a text into groups.
type reader struct {
	text    []byte
	values  *values
	single  *[256]gap // what one character between two digits is
	pos     int       // behind the last group read
	begun   bool      // a group begins at pos
	next    gap       // what stands before that
	sizes   uint32    // of the groups of the chain in hand
	wide    int       // bytes of the digit at pos, if it is known to be no ASCII
	digit   gap       // that digit
	mixed   bool      // the group read last was none of those that chain reads
	seek    seeker
	stretch int  // end of the stretch in hand: behind it the next is sought
	dense   bool // the chain in hand is near the one before
	glances int  // how often the next may be looked for nearby before the seeker is asked
}

// read gives the group that begins at pos.
func (r *reader) read(g *group) {
	g.start, g.before, g.checked = r.pos, r.next, false
	end, at, behind, size := 0, 0, gap(0), 1
	if n := r.plain(); n > 0 {
		end = r.pos + n
		at, behind = end, r.single[r.text[end]]
		r.values.close(g, n, end, true)
	} else {
		end, behind, at, size = r.digits(g)
	}
	r.sizes = r.sizes<<4 | uint32(min(g.n, 15))
	g.sizes = r.sizes
	r.end(end, behind, at, size)
	r.mixed = r.mixed || !g.plain
}

// plain is how many ASCII digits a group has that has no others, as nearly all have; zero if that takes a closer look.
func (r *reader) plain() int {
	if r.wide > 0 || r.pos+mostPlain+1 > len(r.text) {
		return 0
	}
	here := r.text[r.pos : r.pos+mostPlain+1]
	n := r.values.word(r.values.n, binary.LittleEndian.Uint64(here))
	if n == 8 {
		n = r.values.words(r.values.n, here)
	}
	if n == mostPlain || r.single[here[n]]&special != 0 {
		return 0
	}
	return n
}

// end goes on from the end of a group to the next one of its chain, if the character behind it, where that stands and its bytes
// let there be one.
func (r *reader) end(end int, behind gap, at, size int) {
	r.mixed = false
	switch {
	case behind == 0:
		r.pos, r.begun = at+size, false
	case size == 1 && at == end && end+1 < len(r.text) && r.text[end+1]-'0' <= 9: // as nearly always
		r.pos, r.next, r.begun = end+1, behind, true
	case size > 1 || at > end || !r.near(end, behind):
		r.gap(end, behind, at, size)
		r.mixed = true
	default:
		r.mixed = r.wide > 0
	}
}

// near goes on to a digit behind the character of one byte at end or behind that and another, as nearly always one stands there.
func (r *reader) near(end int, behind gap) bool {
	if r.digitAt(end + 1) {
		r.next = behind
		return true
	}
	if end+2 >= len(r.text) || r.single[r.text[end+2]]&(aDigit|severalBytes) == 0 {
		return false
	}
	both, ok := behind.with(r.single[r.text[end+1]])
	if ok && r.digitAt(end+2) {
		r.next = both
		return true
	}
	return false
}

// digitAt goes on to a digit at i, if there is one.
func (r *reader) digitAt(i int) bool {
	if i >= len(r.text) {
		return false
	}
	one, size := r.single[r.text[i]], 0
	if one == severalBytes {
		one, size = glyph(r.text, i)
	}
	if !one.isDigit() {
		return false
	}
	r.pos, r.begun, r.wide, r.digit = i, true, size, one
	return true
}

// digits reads a group: digits of any script, and invisible characters among them, which count as nothing. It gives the
// group's end, and what the first character behind it is, where it stands and its bytes.
func (r *reader) digits(g *group) (end int, behind gap, at, size int) {
	text, values, i, n, plain := r.text, r.values, r.pos, 0, true
	if r.wide > 0 {
		values.add(r.digit, 0)
		i, n, plain, r.wide = i+r.wide, 1, false, 0
	}
	for end = i; i < len(text) && i <= end+maxGap; i += size {
		b := text[i]
		if b-'0' <= 9 {
			size = values.run(text[i:], n)
			n, plain, end = n+size, plain && i == end, i+size
			continue
		}
		behind, size = r.single[b], 1
		if behind == severalBytes {
			behind, size = glyph(text, i)
		}
		if behind.isDigit() {
			values.add(behind, n)
			n, plain, end = n+1, false, i+size
			continue
		}
		if behind != unseenGap {
			values.close(g, n, end, plain)
			return end, behind, i, size
		}
	}
	values.close(g, n, end, plain)
	return end, 0, i, 0
}

// gap reads on from the character behind a group that ended: what stands between, and whether a group of the same chain
// begins behind it.
func (r *reader) gap(end int, one gap, i, size int) {
	text, limit := r.text, min(len(r.text), end+maxGap+1)
	var all [maxMarks + maxSpaces + 1]gap
	var last uint32
	marks, spaces, n := 0, 0, 0
	r.begun = false
	for one != 0 {
		kind := one.kind()
		if kind == ' ' {
			for spaces++; one.mark() == ' ' && spaces <= maxSpaces && i+1 < limit && text[i+1] == ' '; i++ {
				spaces++
			}
		} else if marks++; kind == last && masking(kind) {
			break
		}
		if marks > maxMarks || spaces > maxSpaces {
			break
		}
		all[n], last = one, kind
		n++
		for one = unseenGap; one == unseenGap; {
			if i += size; i >= limit {
				r.pos = i
				return
			}
			if one, size = r.single[text[i]], 1; one == severalBytes {
				one, size = glyph(text, i)
			}
		}
		if one.isDigit() {
			if r.pos, r.next, r.begun = i, gapOfAll(all[:n]), true; size > 1 {
				r.wide, r.digit = size, one
			}
			return
		}
	}
	r.pos = i + size
}

// gapOfAll is the gap of some characters.
func gapOfAll(all []gap) gap {
	g := all[0]
	for i, one := range all[1:] {
		g = g.and(one, all[i].kind())
	}
	return g
}

// chain gives the groups that begin at pos, while they are of ASCII digits alone with one or two characters of one byte between
// them, as most are, to the end of their chain. Those that are not are for read.
func (r *reader) chain(groups []group) (n int) {
	text, single, values := r.text, r.single, r.values
	pos, next, sizes, at := r.pos, r.next, r.sizes, r.values.n
	for size := 0; n < len(groups) && pos+mostPlain+2 < len(text); {
		here := text[pos : pos+mostPlain+3]
		if digits := values.word(at, binary.LittleEndian.Uint64(here)); digits != size || digits == 8 { // groups alike need not wait for each other
			if digits == 8 {
				digits = values.words(at, here)
			}
			if digits == 0 || digits == mostPlain {
				break
			}
			size = digits
		}
		behind := single[here[size]]
		if behind&special != 0 {
			break
		}
		g := &groups[n]
		n++
		end := pos + size
		sizes = sizes<<4 | uint32(min(size, 15))
		g.start, g.end, g.n, g.before, g.sizes, g.at, g.plain, g.checked = pos, end, size, next, sizes, uint16(at), true, false
		at += size
		if behind != 0 && here[size+1]-'0' <= 9 {
			pos, next = end+1, behind
			continue
		}
		if both, ok := behind.with(single[here[size+1]]); ok && here[size+2]-'0' <= 9 {
			pos, next = end+2, both
			continue
		}
		r.sizes, r.values.n = sizes, at
		r.end(end, behind, end, 1)
		return n
	}
	r.pos, r.next, r.sizes, r.values.n = pos, next, sizes, at
	r.mixed = n < len(groups)
	return n
}

// Behind a chain the next is looked for within so many bytes before the seeker is asked, in a text where one was found so near
// before, and behind as many chains in a row that hold nothing.
const (
	glance      = 16
	mostGlances = 2
)

// advance goes on to the next digit that begins a chain, or reports that there is none.
func (r *reader) advance() bool {
	r.next, r.sizes = 0, 0
	behind := r.pos
	if r.pos < r.stretch {
		r.pos = seekDigit(r.text, r.pos, r.stretch)
	}
	if r.pos >= r.stretch && r.dense && r.glances > 0 {
		limit := min(r.pos+glance, len(r.text))
		if at := seekDigit(r.text, r.pos, limit); at < limit {
			r.pos, r.stretch = at, at+1
			r.seek.skip(at)
		}
	}
	for r.pos >= r.stretch {
		start, end, ok := r.seek.next()
		if !ok {
			return false
		}
		r.pos, r.stretch = seekDigit(r.text, max(r.pos, start), end), end
	}
	r.dense = r.pos-behind <= glance
	r.begun, r.mixed = true, true
	return true
}

// fullWidth reports a text that begins with one of the digits U+FF10 to U+FF19.
func fullWidth(text []byte) bool {
	return len(text) >= 3 && text[0] == 0xEF && text[1] == 0xBC && text[2]-0x90 <= 9
}

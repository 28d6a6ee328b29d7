package pan

import (
	"encoding/binary"
	"math/bits"
)

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
	sizes      uint32 // of it and of up to seven groups before it in its chain, mostSized at most: see mostGroups
	kept       kept
}

// kept is where the digits of a group are among the values, and what is known of them: one word, since groups are written as fast
// as a text is read.
type kept uint32

const (
	plain     kept = 1 << iota // ASCII digits alone, nothing between them
	checked                    // the check digit is known to hold
	keptFlags = iota
)

func keptAt(at uint32) kept  { return kept(at) << keptFlags }
func (k kept) at() uint32    { return uint32(k >> keptFlags) }
func (k kept) plain() bool   { return k&plain != 0 }
func (k kept) checked() bool { return k&checked != 0 }

// reader cuts a text into groups.
type reader struct {
	text    []byte
	values  *values
	single  *[256]gap // what one character between two digits is
	pos     int       // behind the last group read
	begun   bool      // a group begins at pos
	next    gap       // what stands before that
	sizes   uint32    // of the groups of the chain in hand
	wide    int       // bytes of the digit at pos, if a group begins there and it is known to be no ASCII
	digit   gap       // that digit
	mixed   bool      // the group at pos is likely none of those that short reads
	seek    seeker
	stretch int  // end of the stretch in hand: behind it the next is sought
	dense   bool // the chain in hand is near the one before
	glances int  // how often the next may be looked for nearby before the seeker is asked
	habit   habit
	inVain  bool // to pass over the chain in hand was tried
}

// plain reads on in the group that begins at pos, if it is known to be of ASCII digits alone by the character behind it, as nearly
// all are; false if that takes a closer look.
func (r *reader) plain(g *group) bool {
	pos, values := r.pos, r.values
	if pos+mostPlain+1 > len(r.text) {
		return false
	}
	here := r.text[pos : pos+mostPlain+1 : pos+mostPlain+1]
	n := values.word(values.n, binary.LittleEndian.Uint64(here))
	if n == 8 {
		if n += values.word(values.n+8, binary.LittleEndian.Uint64(here[8:])); n == 16 {
			n += values.word(values.n+16, binary.LittleEndian.Uint64(here[16:]))
		}
	}
	if n == 0 || n == mostPlain {
		return false
	}
	end := pos + n
	at, behind, size := end, r.single[here[n]], 1
	if behind&special != 0 {
		if behind, size = r.character(at); behind == unseenGap && at+size < len(r.text) {
			at += size
			behind, size = r.character(at)
		}
		if behind&special != 0 {
			return false
		}
	}
	r.sizes = r.sizes<<4 | uint32(min(n, mostSized))
	g.end, g.n, g.sizes, g.kept = end, n, r.sizes, keptAt(values.n)|plain
	values.n += uint32(n)
	r.end(end, behind, at, size)
	return true
}

// character is what the one at i is to a reader, and its bytes.
func (r *reader) character(i int) (one gap, size int) {
	if one = r.single[r.text[i]]; one == severalBytes {
		return glyph(r.text, i)
	}
	return one, 1
}

// spelled gives the group that begins at pos, character by character, and those behind it that begin with a digit of several bytes.
func (r *reader) spelled(groups []group) (n int) {
	for n < len(groups) && (n == 0 || r.wide > 0) {
		g := &groups[n]
		g.start, g.before = r.pos, r.next
		end, behind, at, size := r.digits(g)
		r.sizes = r.sizes<<4 | uint32(min(g.n, mostSized))
		g.sizes = r.sizes
		r.end(end, behind, at, size)
		r.mixed = r.wide > 0 || !g.kept.plain() || r.pos > end+1
		n++
	}
	return n
}

// stop ends the chain: the next is sought from pos on.
func (r *reader) stop(pos int) { r.pos, r.begun = pos, false }

// end goes on from the end of a group to the next one of its chain, if the first character behind it that is seen, where that
// stands, its bytes and those that follow let there be one.
func (r *reader) end(end int, behind gap, at, size int) {
	if behind == 0 {
		r.stop(at + size)
		return
	}
	i := at + size
	if at == end && i < len(r.text) && r.text[i]-'0' <= 9 { // as nearly always
		r.pos, r.next, r.begun, r.mixed = i, behind, true, size > 1
		return
	}
	r.gap(end, behind, i)
}

// digits reads a group: digits of any script, and invisible characters among them, which count as nothing. It gives the
// group's end, and what the first character behind it is, where it stands and its bytes.
func (r *reader) digits(g *group) (end int, behind gap, at, size int) {
	text, values, i, n, flags := r.text, r.values, r.pos, 0, plain
	if r.wide > 0 {
		values.add(r.digit, 0)
		i, n, flags, r.wide = i+r.wide, 1, 0, 0
	}
	for end = i; i < len(text) && i <= end+maxGap; i += size {
		b := text[i]
		if b-'0' <= 9 {
			if i > end {
				flags = 0
			}
			if at := values.n + uint32(n); i+8 <= len(text) && n <= mostValues-8 {
				size = values.word(at, binary.LittleEndian.Uint64(text[i:i+8]))
			} else {
				size = values.run(text[i:], n)
			}
			n, end = n+size, i+size
			continue
		}
		behind, size = r.single[b], 1
		if behind == severalBytes {
			behind, size = glyph(text, i)
		}
		if behind.isDigit() {
			values.add(behind, n)
			n, flags, end = n+1, 0, i+size
			continue
		}
		if behind != unseenGap {
			values.close(g, n, end, flags)
			return end, behind, i, size
		}
	}
	values.close(g, n, end, flags)
	return end, 0, i, 0
}

// gap reads on from i, behind the first character between the group that ended at end and the next: what stands between them, and
// whether that is of the same chain.
func (r *reader) gap(end int, first gap, i int) {
	text, single := r.text[:min(len(r.text), end+maxGap+1)], r.single
	all, last, marks, spaces := first, first.kind(), 0, 0
	if last == ' ' {
		spaces++
	} else {
		marks++
	}
	for i < len(text) {
		one, size := single[text[i]], 1
		if one == severalBytes {
			one, size = glyph(r.text, i)
		}
		switch {
		case one.isDigit():
			if r.pos, r.next, r.begun, r.mixed = i, all, true, marks > 0; size > 1 {
				r.wide, r.digit, r.mixed = size, one, true
			}
			return
		case one == unseenGap:
			i += size
			continue
		case one.kind() == ' ':
			spaces++
		default:
			marks++
		}
		i += size
		if one == 0 || marks > maxMarks || spaces > maxSpaces || one.repeats(last) {
			break
		}
		all, last = all.and(one, last), one.kind()
	}
	r.stop(i)
}

// short gives the groups that begin at pos, while they are of up to seven ASCII digits with one character of one byte between
// them, or blanks, as most are; none, if the first is not, which is then mixed. It calls nothing before the last, so that all it
// goes by stays in registers.
func (r *reader) short(groups []group) (n int) {
	text, single, values := r.text, r.single, &r.values.buf
	pos, next, sizes, at, size := uint(r.pos), r.next, r.sizes, r.values.n, uint(0)
	for ; n < len(groups) && pos+10 <= uint(len(text)); n++ {
		here := text[pos : pos+10 : pos+10]
		digits := binary.LittleEndian.Uint64(here) ^ threes
		binary.LittleEndian.PutUint64(values[int(at):int(at)+8], digits)
		others := (digits | (digits + overNine)) & tops
		if others == 0 {
			break
		}
		if now := uint(bits.TrailingZeros64(others)) / 8; now != size { // groups alike need not wait for each other
			if now == 0 {
				break
			}
			size = now
		}
		size &= 7
		behind := single[here[size]]
		if behind&special != 0 {
			break
		}
		sizes = sizes<<4 | uint32(size)
		g := &groups[n]
		g.start, g.end, g.n, g.before, g.sizes, g.kept = int(pos), int(pos+size), int(size), next, sizes, keptAt(at)|plain
		at += uint32(size)
		past := size + 1
		next = behind
		if behind != 0 && here[past]-'0' <= 9 {
			pos += past
			continue
		}
		if behind.kind() == ' ' {
			for ; past < 9 && single[here[past]].kind() == ' '; past++ {
				next |= single[here[past]] & gapFlags
			}
		}
		if past == size+1 || past-size > maxSpaces || here[past]-'0' > 9 {
			r.sizes, r.values.n = sizes, at
			r.end(g.end, behind, g.end, 1)
			return n + 1
		}
		pos += past
	}
	r.pos, r.next, r.sizes, r.values.n, r.mixed = int(pos), next, sizes, at, n < len(groups)
	return n
}

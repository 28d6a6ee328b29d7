package pan

import "encoding/binary"

// Behind a chain the next is looked for within so many bytes before the seeker is asked, in a text where one was found so near
// before, and behind as many chains in a row that hold nothing.
const (
	glance      = 16
	mostGlances = 3
)

// advance goes on to the next digit that begins a chain, or reports that there is none.
func (r *reader) advance() bool {
	r.next, r.sizes = 0, 0
	behind, few := r.pos, false
	if r.pos < r.stretch {
		r.pos, few = r.seekChain(r.pos, r.stretch)
	}
	if r.pos >= r.stretch && r.dense && r.glances > 0 {
		limit := min(r.pos+glance, len(r.text))
		if at, known := r.seekChain(r.pos, limit); at < limit {
			r.pos, r.stretch, few = at, at+1, known
		}
	}
	for r.pos >= r.stretch {
		r.seek.skip(r.pos)
		start, end, ok := r.seek.next()
		if !ok {
			return false
		}
		r.stretch = end
		r.pos, few = r.seekChain(max(r.pos, start), end)
	}
	r.dense = r.pos-behind <= glance
	r.begun, r.mixed = true, !few
	return true
}

// seekChain is the first digit from i on that begins a chain in which something may be found, or an offset of to or more if none
// stands before it, and whether short may read it.
func (r *reader) seekChain(i, to int) (at int, few bool) {
	for i < to {
		i, r.digit, r.wide = seekDigit(r.text, i, to)
		if i >= to || i+8 > len(r.text) {
			break
		}
		n := leadingDigits(binary.LittleEndian.Uint64(r.text[i : i+8]))
		if n < 8 && r.glances < mostGlances { // behind a chain that was kept the next is hardly ever too short
			if !r.inVain {
				if past := r.skim(i, n|r.wide); past > 0 {
					i, r.wide = past, 0
					continue
				}
			}
			r.inVain = !r.inVain
		}
		return i, n > 0 && n < 8
	}
	return i, false
}

// mostSkimmed is how many bytes of digits a chain has at most that is passed over at sight: for one of eleven more would be lost where a
// twelfth follows.
const mostSkimmed = 8

// skim is where reading goes on behind the chain that begins with n ASCII digits at i, or one of n bytes, if it holds so few that
// none need be kept. It is zero if it may hold more, and for the few chains that take a closer look.
func (r *reader) skim(i, n int) (past int) {
	text, single := r.text, r.single
	for digits := 0; ; {
		i += n // one of several bytes is as dear to read as so many of one byte
		if digits += n; digits > mostSkimmed {
			return 0
		}
		for marks, spaces, last := 0, 0, uint32(0); ; {
			if i+8 > len(text) {
				return 0
			}
			one, size := single[text[i]], 1
			if one == severalBytes {
				one, size = glyph(text, i)
			}
			if one.isDigit() {
				if n = size; n == 1 {
					n = leadingDigits(binary.LittleEndian.Uint64(text[i : i+8]))
				}
				break
			}
			i += size
			switch kind := one.kind(); {
			case one == 0:
				return i
			case one == unseenGap:
				return 0
			case kind == ' ':
				spaces++
			default:
				marks++
			}
			if spaces > maxSpaces || marks > maxMarks || one.repeats(last) {
				return i
			}
			last = one.kind()
		}
	}
}

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
		if r.pos, few = r.seekChain(r.pos, limit); r.pos < limit {
			r.stretch = r.pos + 1
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
// stands before it, and whether short may read it. Of a chain that begins with a digit of several bytes that is kept in hand.
func (r *reader) seekChain(i, to int) (at int, few bool) {
	for i < to {
		if r.wide = 0; r.text[i]-'0' > 9 {
			i, r.digit, r.wide = seekDigit(r.text, i, to)
		}
		if i >= to || i+8 > len(r.text) {
			break
		}
		n := leadingDigits(binary.LittleEndian.Uint64(r.text[i : i+8]))
		if n < 8 && r.habit.foresees() {
			if past := r.skim(i, n); past > 0 {
				i = past
				r.habit.learn(true)
				continue
			}
			r.inVain = true
		}
		return i, n > 0 && n < 8
	}
	return i, false
}

// habit is whether chains are ones to pass over, by whether the six before them were: texts repeat what they are made of. To pass over
// a chain takes a third of the time that reading it takes; to try in vain takes up to as long as reading it does.
type habit struct {
	once  uint64 // whether the last chain was, behind six of each kind: one bit for each way in which those were or were not
	twice uint64 // and the one before it
	last  uint8  // the last six, one bit each, the last of them lowest; the two upper bits are unused
}

// foresees reports that the next chain is likely one to pass over.
func (h *habit) foresees() bool { return h.twice>>(h.last&63)&1 != 0 }

// learn takes in whether the next chain was.
func (h *habit) learn(over bool) {
	behind := uint64(1) << (h.last & 63)
	if h.last <<= 1; over {
		h.twice |= h.once & behind
		h.once |= behind
		h.last |= 1
	} else {
		h.twice &^= behind
		h.once &^= behind
	}
}

// mostSkimmed is how many bytes are read at most to pass over a chain: few chains of so few digits take more. It is less than maxGap,
// so that this need not be heeded.
const mostSkimmed = 32

// skim is where reading goes on behind the chain that begins at i, with n ASCII digits or with the wide one in hand, if it holds too
// few digits for a number. It is zero if it may hold enough, or takes a closer look.
func (r *reader) skim(i, n int) (past int) {
	text, single, size := r.text, r.single, n
	if n == 0 {
		n, size = 1, r.wide
	}
	limit := min(i+mostSkimmed, len(text)-8)
	for digits := 0; ; {
		i += size
		if digits += n; digits >= shortest {
			return 0
		}
		for marks, spaces, last := 0, 0, uint32(0); ; {
			if i > limit {
				return 0
			}
			var one gap
			if one, size = single[text[i]], 1; one == severalBytes {
				one, size = glyph(text, i)
			}
			if one.isDigit() {
				if n = 1; size == 1 {
					n = leadingDigits(binary.LittleEndian.Uint64(text[i : i+8]))
					size = n
				}
				break
			}
			i += size
			switch kind := one.kind(); {
			case one == 0:
				return i
			case one == unseenGap:
				continue
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

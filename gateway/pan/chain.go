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
		if r.wide = 0; r.text[i]-'0' > 9 {
			i, r.digit, r.wide = seekDigit(r.text, i, to)
		}
		if i >= to || i+8 > len(r.text) {
			break
		}
		n := leadingDigits(binary.LittleEndian.Uint64(r.text[i : i+8]))
		if n < 8 && r.habit.foresees() {
			if past := r.skim(i, n|r.wide, max(n, 1)); past > 0 {
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

// habit is whether a chain held too little for a number, by whether the six before it did: texts repeat what they are made of. To
// foresee it is worth a third of what reading such a chain costs; to be wrong costs time, and nothing else.
type habit struct {
	little uint64 // the chain did, for each way in which the six before it did or did not, one bit each
	last   uint8  // the last six, one bit each, the last of them lowest; two bits more are in vain
}

// foresees reports that the next chain likely holds too little.
func (h *habit) foresees() bool { return h.little>>(h.last&63)&1 != 0 }

// learn takes in whether the next chain did.
func (h *habit) learn(little bool) {
	of := uint64(1) << (h.last & 63)
	h.little &^= of
	if h.last <<= 1; little {
		h.little |= of
		h.last |= 1
	}
}

// skim is where reading goes on behind the chain that begins at i with so many bytes of digits, so many of them, if it holds too few
// for a number. It is zero if it may hold enough.
func (r *reader) skim(i, size, n int) (past int) {
	text, single := r.text, r.single
	for digits := 0; ; {
		i += size
		if digits += n; digits >= shortest {
			return 0
		}
		for end, marks, spaces, last := i, 0, 0, uint32(0); ; {
			if i+8 > len(text) {
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
				if i > end+maxGap {
					return i
				}
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

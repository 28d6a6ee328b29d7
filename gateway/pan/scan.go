package pan

import (
	"math/bits"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// Scanner finds card numbers, tracks, authentication data and cryptograms. It is immutable and safe for concurrent use.
type Scanner struct{ table *Table }

// NewScanner is a scanner that knows the ranges of the table.
func NewScanner(t *Table) *Scanner { return &Scanner{table: t} }

// Scan appends to dst what it finds in the text, in order and without overlap, and allocates nothing where it finds
// nothing. Every decision depends on a bounded neighbourhood, so the time is linear in the length of the text.
func (s *Scanner) Scan(dst []Match, t Text) []Match {
	dst = authentication(dst, t)
	if len(dst) > 0 && dst[len(dst)-1].End == len(t.Data) && dst[len(dst)-1].Kind != finding.PIN {
		return dst
	}
	seek := seeker{text: t.Data}
	start, ok := seek.any()
	if !ok {
		return packets(dst, len(dst), t, 0, len(t.Data))
	}
	return s.walk(dst, t, start)
}

// walk is apart from Scan because a walk is several kilobytes that most texts need not pay for. No number begins before
// the offset first.
func (s *Scanner) walk(dst []Match, t Text, first int) []Match {
	w := walk{table: s.table, text: t, last: -1, first: first}
	return w.scan(dst, 0, len(t.Data))
}

// The walk looks this many groups ahead of the one it judges: nineteen single digits, what follows them and a tail.
const (
	ahead  = 26
	window = 96
)

// longestBrief is how many bytes a value has in which all groups together may be a number.
const longestBrief = 256

// walk is one way through a text.
type walk struct {
	table  *Table
	text   Text
	groups [window + mostGroups]group // read and not yet judged, after one that was; behind the last none of its chain
	n, at  int
	values values // of their digits
	sizes  uint32 // of the groups from the one in hand on
	counts uint8  // of the groups from there on that may be a number's, one bit each
	ended  bool   // no group is left to read
	brief  bool   // the text is a value of no more than longestBrief bytes, all of which may be one number
	own    standing
	known  bool // own is what the name says
	recent recentKeys
	goods  bool    // the name is of goods that somebody looked at
	asked  bool    // goods is so
	first  int     // groups are read from here on
	free   int     // matches begin here or later
	to     int     // but before this
	last   int     // end of the match before, -1 if there is none
	told   context // of the match before
	base   int     // offset of the text in a longer one
	spent  int     // on looks at numbers, in bytes of the text
	letter int     // one more than the offset of the text's first letter; zero until it was asked for
	digit  int     // the same of its first digit
	best   Match
	rival  Match // a second one that begins at the same group

	doubt, doubtEnd int // place of a match that may give way to one within it, and where that ends

	heard     heard
	details   details // what follows the number that ends at detailsAt
	detailsAt int

	rows rows // around the last groups that might be a table's
}

// scan appends the matches that begin in [from, to).
func (w *walk) scan(dst []Match, from, to int) []Match {
	r := reader{text: w.text.Data, values: &w.values, single: &inDocuments, seek: seeker{text: w.text.Data, base: w.first, pos: w.first, cut: 1 << 10}}
	if w.text.Whole {
		r.single = &inValues
	}
	base := len(dst)
	w.brief = w.text.Whole && len(w.text.Data) <= longestBrief
	w.free, w.to, w.doubtEnd = from, to, -1
	for w.fill(&r); w.next(&r); w.at++ {
		dst = w.take(dst, w.groups[w.at].start)
	}
	return packets(dst, base, w.text, from, to)
}

// take appends the best match, which begins at start.
func (w *walk) take(dst []Match, start int) []Match {
	if start < w.doubtEnd {
		if !w.best.Confidence.Acts() {
			return dst
		}
		dst = dst[:w.doubt] // the cell before it was no part of the number: 1,4111111111111111
	}
	if w.doubted() {
		w.doubt, w.doubtEnd = len(dst), w.best.End
		return append(dst, w.best)
	}
	if n := len(dst); n < cap(dst) { // append would copy it twice
		dst = dst[:n+1]
		dst[n] = w.best
	} else {
		dst = append(dst, w.best)
	}
	w.free, w.last = w.best.End, w.best.End
	if w.best.Kind == finding.PAN {
		dst = w.tail(dst, w.best.End)
	}
	return dst
}

// doubted reports a match of all of a value's groups that does not act: a number within it may.
func (w *walk) doubted() bool {
	return w.best.facts&oddGroups != 0 && !w.best.Confidence.Acts()
}

// fill reads groups until the window is full.
func (w *walk) fill(r *reader) {
	for w.n < window {
		if !r.begun && !r.advance() {
			w.ended = true
			clear(w.groups[w.n : w.n+mostGroups])
			return
		}
		if g := &w.groups[w.n]; !r.mixed {
			w.n += r.short(w.groups[w.n:window])
		} else if g.start, g.before = r.pos, r.next; r.wide == 0 && r.plain(g) {
			w.n++
		} else {
			w.n += r.spelled(w.groups[w.n:window])
		}
		if r.begun {
			continue
		}
		forgotten := w.forget()
		if r.glances--; !forgotten {
			r.glances = mostGlances
		}
		r.habit.learn(forgotten && !r.inVain)
		r.inVain = false
	}
}

// forget drops the chain that ends with the last group, if nothing can be found in it, and reports whether it did.
func (w *walk) forget() bool {
	first := w.n - 1
	last := &w.groups[first]
	if last.before == 0 {
		if !w.hopeless(last) {
			return false
		}
	} else {
		first = w.n - (bits.Len32(last.sizes)+3)/4
		if atLeast(last.sizes) >= shortest || first < w.at || w.groups[first].before != 0 {
			return false // digits enough, or so many groups that it may have them, or some of them were judged
		}
	}
	w.n, w.values.n = first, w.groups[first].kept.at()
	return true
}

// atLeast is how many digits at least the groups of these sizes have.
func atLeast(sizes uint32) int {
	sums := sizes&0x0F0F0F0F + sizes>>4&0x0F0F0F0F
	return int(sums * 0x01010101 >> 24)
}

// hopeless reports a group of no chain in which nothing can be found, by the tests that cost least: what most long
// numbers fail.
func (w *walk) hopeless(g *group) bool {
	if g.n < shortest {
		return true
	}
	text := w.text.Data
	if !g.kept.plain() || text[g.start] == '0' || g.end < len(text) && stripeMark(text[g.end]) {
		return false
	}
	if g.n > longest {
		return g.n > longest+longestTail
	}
	head := w.table.of(text[g.start:])
	if !head.allows(g.n) {
		return g.n <= 16
	}
	if g.n <= 16 {
		if luhnValid(text[g.start:g.end]) {
			g.kept |= checked
			return false
		}
		return !head.forgives(g.n) && !w.standing().card()
	}
	return false
}

// next goes on from the group in hand to one at which a match begins. Those are judged at which one may, by what stands around them
// in their chain: none begins at three digits, nor at a single digit or a pair that is behind its like or has not five of its like
// behind it, unless it begins a float of a number or a short value.
func (w *walk) next(r *reader) bool {
	for free, brief := w.free, w.brief; ; {
		if w.n-w.at < ahead && !w.ended {
			w.refill(r)
		}
		at, seen, last := w.at, w.n, w.ended // those that have enough behind them
		if !last {
			seen -= ahead - 1
		}
		if w.to < len(w.text.Data) { // a piece, in which others are seen but not judged
			for ; seen > at && w.groups[seen-1].start >= w.to; seen-- {
				last = true
			}
		}
		for ; at < seen; at++ {
			g := &w.groups[at]
			switch {
			case g.start < free:
				continue
			case brief && g.before == 0, g.n >= shortest:
			case g.n < 3:
				behind := w.groups[at+1].n
				within := g.before != 0 && w.groups[at-1].n == g.n
				if within && at+8 < seen && w.groups[at+7].sizes == eightOf(g.n) {
					at += 6
					continue
				}
				if !(behind == g.n && !within && w.groups[at+5].sizes&0xFFFFFF == sixOf(g.n) || behind >= shortest-1 && w.text.Data[g.end] == '.') {
					continue
				}
			case g.n > 3 && opening[g.n&0xF]>>(w.groups[at+1].sizes&0xF)&1 != 0:
				if w.at = at; !w.grouped(g) {
					continue
				}
			default:
				continue
			}
			if w.at = at; w.judge(g) {
				return true
			}
		}
		if w.at = at; last {
			return false
		}
	}
}

// refill reads on, keeping one group behind the one in hand.
func (w *walk) refill(r *reader) {
	keep := w.at - 1
	w.n, w.at = copy(w.groups[:], w.groups[keep:w.n]), 1
	from := w.groups[0].kept.at()
	w.values.n = uint32(copy(w.values.buf[:], w.values.buf[from:w.values.n]))
	for i := range w.groups[:w.n] {
		w.groups[i].kept -= keptAt(from)
	}
	w.fill(r)
}

// grouped reports that the sizes and separators of the groups from the one in hand on may be a number's, and keeps the sizes and
// for which numbers of groups they may.
func (w *walk) grouped(g *group) bool {
	w.sizes = w.sizesAt(w.at)
	w.counts = canonical(w.sizes)
	return w.counts != 0 && (g.before == 0 || w.opens(g))
}

// judge finds the best match that begins at the group in hand, and reports whether there is one.
func (w *walk) judge(g *group) bool {
	w.best.Confidence = finding.None
	switch {
	case g.n >= shortest:
		text := w.text.Data
		zero := text[g.start] == '0'
		if zero && w.packet() || g.end < len(text) && stripeMark(text[g.end]) && w.track() {
			return true
		}
		if g.n <= longest {
			w.run(g)
		}
		if g.n > 16 {
			w.glued()
		}
		if zero {
			w.padded()
		}
	case g.n >= 4:
		if !w.brief || w.grouped(g) { // next has asked, but where all of the value is judged
			w.groupings(g, w.table.of(w.values.from(g)))
		}
	case g.n <= 2:
		w.singles()
		if g.n == 1 && w.text.Data[g.end-1] < 0x80 {
			w.exponent()
		}
	}
	if w.brief && g.before == 0 && w.best.Confidence < finding.Likely {
		w.oddly()
	}
	return w.best.Confidence > finding.None
}

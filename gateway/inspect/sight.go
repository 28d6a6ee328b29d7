package inspect

import "hash/maphash"

// leastSight is the length from which on it is noted what views made of a text: short ones are sooner read again.
const leastSight = 1 << 10

// sights is what views made of all of one text. Undoing escapes in another order mostly comes to the same, and a text with
// many kinds of them would be read hundreds of times.
type sights struct {
	seed maphash.Seed // of this request alone
	seen []sight
}

// sight is a text and all that says how it is read.
type sight struct {
	hash                                 uint64
	kind                                 kind
	zeroFree                             bool
	guess, handed, across, whole, open   bool
	folded, tokens, piece, noisy, sealed bool
	blocks, nested                       uint8
	escapes, seams                       uint8
}

// enoughPasses is how many passes of undoing escapes a text had left when it was read, so that it need not be read again with
// more of them.
const enoughPasses = 3

// sighted notes what a view made of all of t, and reports that the same was read before, with no fewer passes left or enough.
func (r *reading) sighted(t, c *text) bool {
	if len(t.data) < leastSight {
		return false
	}
	if t.sights == nil {
		t.sights = &sights{seed: maphash.MakeSeed()}
		t.sights.note(t)
	}
	if c.sights = t.sights; c.sights.note(c) {
		return false
	}
	r.viewed -= c.charged / 8 * 7 // for it was made and is not read
	return true
}

// note reports a text that is new.
func (s *sights) note(t *text) bool {
	one := sight{
		hash: maphash.Bytes(s.seed, t.data), kind: t.kind, zeroFree: t.view == zeroFree,
		guess: t.guess, handed: t.handed, across: t.across, whole: t.whole, open: t.open,
		folded: t.folded, tokens: t.tokens, piece: t.piece, noisy: t.noisy, sealed: t.sealed, blocks: t.blocks, nested: t.nested,
	}
	for i := range s.seen {
		old := s.seen[i]
		escapes, seams := old.escapes, old.seams
		old.escapes, old.seams = 0, 0
		if old == one && seams <= t.seams && (escapes <= t.escapes || escapes+enoughPasses <= t.mostEscapes()) {
			return false
		}
	}
	one.escapes, one.seams = t.escapes, t.seams
	s.seen = append(s.seen, one)
	return true
}

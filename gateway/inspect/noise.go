package inspect

import (
	"math/bits"
	"unicode"
	"unicode/utf8"

	"github.com/cappertrophy/panwall/gateway/pan"
)

// The bounds of noise: so long, and so many of the 29 control bytes that no text has.
const (
	leastNoise = 8 << 10
	noisySigns = 24
)

// noise reports bytes that are no text of any charset, as of pictures and archives: nearly all control bytes stand in their
// midst. UTF-16 is told once it was decoded.
func noise(b []byte) bool {
	if len(b) < leastNoise {
		return false
	}
	var seen uint32
	for _, c := range b {
		if c < ' ' {
			seen |= 1 << c
		}
	}
	return bits.OnesCount32(seen&^(1<<'\t'|1<<'\n'|1<<'\r')) >= noisySigns
}

// junk reports what a view has made of noise: one character in twenty, or more, is none that anybody writes.
func junk(b []byte) bool {
	odd, all := 0, 0
	for i := 0; i < len(b) && all < 4<<10; all++ {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError || unicode.In(r, unicode.Co, unicode.Cc) && r != '\t' && r != '\n' && r != '\r' {
			odd++
		}
		i += size
	}
	return odd*20 > all
}

// mostEscapes is how many passes of undoing escapes are tried over a text: in noise they find more to undo each time.
func (t *text) mostEscapes() uint8 {
	if t.noisy {
		return 1
	}
	return mostEscapes
}

// mostSeams is how often markup is dropped from a text: noise holds tags after each time.
func (t *text) mostSeams() uint8 {
	if t.noisy {
		return 1
	}
	return 2
}

// throughRuns reads noise: each run of text in it through every view, and the whole through what makes text of other bytes
// and what drops markup, in which control bytes may stand.
func (r *reading) throughRuns(t *text, e pan.Evidence) error {
	t.noisy = true
	if e&pan.NUL != 0 {
		if err := r.openZeros(t, e); err != nil {
			return err
		}
	}
	if e&mainframe != 0 {
		if err := r.openMainframe(t, e); err != nil {
			return err
		}
	}
	if err := r.openLengths(t); err != nil {
		return err
	}
	if err := r.acrossTags(t); err != nil {
		return err
	}
	for i := 0; i < len(t.data); i++ {
		start := i
		for i < len(t.data) && !cuts(t.data[i]) {
			i++
		}
		if i-start >= shortest {
			if err := r.run(t, start, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// cuts reports the control bytes that part runs of text: all but those that are blanks to somebody.
func cuts(b byte) bool { return b < ' ' && (b < '\t' || b > '\r') }

// run reads a run of text in noise. Its bytes as they are were read with the whole.
func (r *reading) run(t *text, start, end int) error {
	c := r.slice(t, start, end)
	defer r.drop()
	c.handed, c.kind, c.noisy, c.whole = t.handed, plain, false, false
	return r.throughViews(c, survey(c.data))
}

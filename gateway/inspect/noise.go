package inspect

import (
	"math/bits"

	"github.com/cappertrophy/panwall/gateway/pan"
)

// The bounds of noise: so long, and so many of the 27 control bytes that no text has, in a sample of it.
const (
	leastNoise  = 8 << 10
	noiseSample = 4 << 10
	noisySigns  = 24
)

// noise reports bytes that are no text of any charset, as of pictures and archives: nearly all control bytes stand in their
// midst.
func noise(b []byte) bool {
	if len(b) < leastNoise {
		return false
	}
	var seen uint32
	for i := 0; i < len(b); i += len(b)/noiseSample | 1 {
		if control(b[i]) && b[i] != 0x7F {
			seen |= 1 << b[i]
		}
	}
	return bits.OnesCount32(seen) >= noisySigns
}

func control(b byte) bool { return b < ' ' && b != '\t' && b != '\n' && b != '\r' || b == 0x7F }

// mostEscapes is how many passes of undoing escapes are tried over a text: in noise they find more to undo each time.
func (t *text) mostEscapes() uint8 {
	if t.noisy {
		return 2
	}
	return mostEscapes
}

// throughRuns reads noise: escapes, base64 and markup mean something only where no other bytes stand between, so that each
// run of text is read by itself, and the whole through what makes text of other bytes.
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
	for i := 0; i < len(t.data); i++ {
		start := i
		for i < len(t.data) && !control(t.data[i]) {
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

// run reads a run of text in noise. Its bytes as they are were read with the whole.
func (r *reading) run(t *text, start, end int) error {
	c := r.slice(t, start, end)
	defer r.drop()
	c.handed, c.kind, c.noisy, c.whole = t.handed, plain, false, false
	return r.throughViews(c, survey(c.data))
}

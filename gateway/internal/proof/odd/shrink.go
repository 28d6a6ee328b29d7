package odd

import "slices"

// Shrink makes a failing case smaller for as long as fails still holds of it: header lines, then bytes of the body and
// the target, then the framing. It asks at most limit times.
func Shrink(c *Case, limit int, fails func(*Case) bool) *Case {
	s := &shrinking{best: c.Clone(), left: limit, fails: fails}
	s.try(func(d *Case) { d.Wire = "" })
	for i := len(c.Fields) - 1; i >= 0; i-- {
		s.try(func(d *Case) { d.Fields = slices.Delete(d.Fields, i, i+1) })
	}
	s.pieces(func(d *Case) []byte { return d.Body }, func(d *Case, b []byte) { d.Body = b })
	s.pieces(func(d *Case) []byte { return []byte(d.Target) }, func(d *Case, b []byte) {
		if len(b) > 0 && b[0] == '/' {
			d.Target = string(b)
		}
	})
	return s.best
}

type shrinking struct {
	best  *Case
	left  int
	fails func(*Case) bool
}

func (s *shrinking) try(change func(*Case)) bool {
	if s.left <= 0 {
		return false
	}
	s.left--
	d := s.best.Clone()
	change(d)
	if !s.fails(d) {
		return false
	}
	s.best = d
	return true
}

// pieces takes out runs of bytes, long ones first.
func (s *shrinking) pieces(of func(*Case) []byte, put func(*Case, []byte)) {
	for size := len(of(s.best)) / 2; size > 0; size /= 2 {
		for at := 0; at+size <= len(of(s.best)); {
			b := of(s.best)
			shorter := slices.Concat(b[:at], b[at+size:])
			if !s.try(func(d *Case) { put(d, shorter) }) || len(of(s.best)) == len(b) {
				at += size
			}
		}
	}
}

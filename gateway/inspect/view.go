package inspect

import "bytes"

// view is one way to read bytes as other bytes.
type view struct {
	// decode appends what src reads as. With marks it also notes, for each byte it appends, the first byte of src that
	// byte came from; bytes with one mark belong together.
	decode func(dst, src []byte, marks *[]int32) []byte
	// grows is how many times longer than its source a reading may be; zero means no longer.
	grows int
	// encode writes with in the way unit, a piece of the source, was written. It gives exactly len(unit) bytes or fails.
	encode func(unit, with []byte) ([]byte, bool)
	// foreign says that what it reads means nothing byte by byte: no value handed out of those bytes speaks for it.
	foreign bool
	// rewriting and lift replace the general ways of a view that has no marks.
	rewriting func(t *text, edits []edit, at int, with []byte) ([]edit, bool)
	lift      func(t *text, s span) span
}

// rewrite writes with into the source of t, unit by unit, in each unit's own encoding.
func (v *view) rewrite(t *text, edits []edit, at int, with []byte) ([]edit, bool) {
	if v.rewriting != nil {
		return v.rewriting(t, edits, at, with)
	}
	if v.encode == nil || !t.trace() {
		return edits, false
	}
	source := t.source()
	for i, end := at, at+len(with); i < end; {
		j := i + 1
		for j < end && t.marks[j] == t.marks[i] {
			j++
		}
		if i > 0 && t.marks[i-1] == t.marks[i] || t.marks[j] == t.marks[i] {
			return edits, false // a piece of one unit, which only as a whole could be written anew
		}
		if bytes.Equal(t.data[i:j], with[i-at:j-at]) {
			i = j
			continue
		}
		from, to := int(t.marks[i]), int(t.marks[j])
		written, ok := v.encode(source[from:to], with[i-at:j-at])
		if !ok || len(written) != to-from {
			return edits, false
		}
		if edits, ok = t.up.rewrite(edits, t.from+from, written); !ok {
			return edits, false
		}
		i = j
	}
	return edits, true
}

// mark notes that the bytes dst grew by since n came from src[at:].
func mark(marks *[]int32, dst []byte, n, at int) {
	if marks == nil {
		return
	}
	for range len(dst) - n {
		*marks = append(*marks, int32(at))
	}
}

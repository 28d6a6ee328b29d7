package main

import (
	"bytes"
	"slices"
)

// lines turns offsets of a text that is read in pieces into lines and columns. It remembers the line ends of what may
// still be asked for.
type lines struct {
	number int64   // of the line that begins at start
	start  int64   // offset where that line begins
	read   int64   // bytes added
	ends   []int64 // offsets behind the line ends from start on
}

// add reads on.
func (l *lines) add(piece []byte) {
	for i := 0; ; {
		n := bytes.IndexByte(piece[i:], '\n')
		if n < 0 {
			break
		}
		i += n + 1
		l.ends = append(l.ends, l.read+int64(i))
	}
	l.read += int64(len(piece))
}

// at is the line and column of an offset that was not forgotten; both begin at 1.
func (l *lines) at(offset int64) (line, column int64) {
	n, found := slices.BinarySearch(l.ends, offset)
	if found {
		n++ // a line begins where the one before ends
	}
	if n == 0 {
		return l.number, offset - l.start + 1
	}
	return l.number + int64(n), offset - l.ends[n-1] + 1
}

// forget drops the lines that end at or before an offset.
func (l *lines) forget(offset int64) {
	n := 0
	for n < len(l.ends) && l.ends[n] <= offset {
		n++
	}
	if n > 0 {
		l.number, l.start = l.number+int64(n), l.ends[n-1]
		l.ends = append(l.ends[:0], l.ends[n:]...)
	}
}

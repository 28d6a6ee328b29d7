package review

import (
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// leaves reads the leaf hashes of a hashes file in order, a window at a time.
type leaves struct {
	r      io.ReaderAt
	window []byte
	start  int64 // of the window in the file
}

// at is the stored hash of record n; false if the file does not have it.
func (l *leaves) at(n int64) (tlog.Hash, bool) {
	if l.r == nil {
		return tlog.Hash{}, false
	}
	offset := tlog.StoredHashIndex(0, n) * tlog.HashSize
	if offset < l.start || offset+tlog.HashSize > l.start+int64(len(l.window)) {
		if cap(l.window) == 0 {
			l.window = make([]byte, 64<<10)
		}
		got, err := l.r.ReadAt(l.window[:cap(l.window)], offset)
		if err != nil && err != io.EOF {
			got = 0
		}
		l.window, l.start = l.window[:got], offset
		if got < tlog.HashSize {
			return tlog.Hash{}, false
		}
	}
	return tlog.Hash(l.window[offset-l.start:][:tlog.HashSize]), true
}

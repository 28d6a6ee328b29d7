package carrier

import (
	"bytes"
	"encoding/binary"
	"io"
	"sync"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
)

// Bounds of what a raw deflate stream is told by.
const (
	leastDeflate = 6        // bytes: twelve digits in fewer are all alike
	someDeflate  = 64 << 10 // bytes of text that are proof though the stream goes on

	deflateWindow = 32 << 10 // what a decoder keeps of what it decoded
)

// inflaters are readers whose windows hold nothing of anybody's.
var inflaters = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(nil)) }}

// inflater is a reader of a raw deflate stream; wipe gives it back.
func inflater(src *bytes.Reader) io.ReadCloser {
	r := inflaters.Get().(io.ReadCloser)
	if err := r.(flate.Resetter).Reset(src, nil); err != nil {
		return flate.NewReader(src)
	}
	return r
}

// wipe overwrites the first n bytes of a reader's window with a stored block of zeros (RFC 1951 section 3.2.4) and gives
// the reader back; one that decoded more than a window is left to the collector.
func wipe(r io.ReadCloser, n int) {
	if n > deflateWindow {
		return
	}
	stored := make([]byte, 5+n)
	stored[0] = 1
	binary.LittleEndian.PutUint16(stored[1:], uint16(n))
	binary.LittleEndian.PutUint16(stored[3:], ^uint16(n))
	if r.(flate.Resetter).Reset(bytes.NewReader(stored), nil) != nil {
		return
	}
	if m, err := io.Copy(io.Discard, r); err == nil && m == int64(n) {
		inflaters.Put(r)
	}
}

// isDeflate reports a raw deflate stream (RFC 1951), as PHP's gzdeflate and SAML's redirects write it. It has no
// signature: its first block must hold, and all of it must decode to the last byte, or to much text.
func isDeflate(content []byte) bool {
	if len(content) < leastDeflate || !noText(content) || !blockHolds(content) {
		return false
	}
	src := bytes.NewReader(content)
	r := inflater(src)
	var buf bytes.Buffer
	defer func() { clear(buf.Bytes()) }()
	n, err := io.Copy(&buf, io.LimitReader(r, someDeflate))
	wipe(r, int(n))
	if err != nil || n < leastText {
		return false
	}
	if n < someDeflate {
		return src.Len() == 0
	}
	text := buf.Bytes()
	return utf8.Valid(text[:len(text)-utf8.UTFMax]) && bytes.IndexByte(text, 0) < 0
}

// noText reports that the first bytes are no text.
func noText(content []byte) bool {
	for _, c := range content[:min(len(content), 32)] {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' || c >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// bits are read from a stream, those of least weight first; beyond its end it is broken.
type bits struct {
	b      []byte
	at     int
	broken bool
}

func (s *bits) next(n int) (v int) {
	for i := range n {
		if s.at>>3 >= len(s.b) {
			s.broken = true
			return 0
		}
		v |= int(s.b[s.at>>3]>>(s.at&7)&1) << i
		s.at++
	}
	return v
}

// code goes on with a Huffman code, whose bits stand in the other order.
func (s *bits) code(v, n int) int {
	for range n {
		v = v<<1 | s.next(1)
	}
	return v
}

// blockHolds reports that a stream may begin so. It costs next to nothing, and of random bytes one in a hundred passes.
func blockHolds(content []byte) bool {
	s := &bits{b: content}
	final := s.next(1) == 1
	switch s.next(2) {
	case 1:
		return s.fixed() && (!final || (s.at+7)>>3 == len(content))
	case 2:
		return s.dynamic()
	}
	return false // what is stored as it is shows as it is
}

// fixed passes over a block of fixed codes (RFC 1951 section 3.2.6).
func (s *bits) fixed() bool {
	for made := 0; !s.broken; {
		symbol := s.fixedSymbol()
		switch {
		case symbol == 256:
			return true
		case symbol < 256:
			made++
			continue
		case symbol > 285:
			return false
		}
		made += s.length(symbol)
		if s.distance() > made {
			return false
		}
	}
	return false
}

func (s *bits) fixedSymbol() int {
	code := s.code(0, 7)
	if code < 0x18 {
		return 256 + code
	}
	if code = s.code(code, 1); code < 0xC0 {
		return code - 0x30
	}
	if code < 0xC8 {
		return 280 + code - 0xC0
	}
	return 144 + s.code(code, 1) - 0x190
}

// length is how many bytes a symbol above 256 repeats.
func (s *bits) length(symbol int) int {
	switch n := symbol - 257; {
	case n < 8:
		return 3 + n
	case n == 28:
		return 258
	default:
		extra := n/4 - 1
		return 3 + (4+n&3)<<extra + s.next(extra)
	}
}

// distance is how far behind the bytes are that are repeated; beyond any window if there is no such code.
func (s *bits) distance() int {
	n := s.code(0, 5)
	switch {
	case n < 4:
		return 1 + n
	case n > 29:
		return 1 << 20
	default:
		extra := n/2 - 1
		return 1 + (2+n&1)<<extra + s.next(extra)
	}
}

// dynamic reports that the lengths of a block's own codes are those of a complete code (section 3.2.7).
func (s *bits) dynamic() bool {
	literals, distances, lengths := s.next(5), s.next(5), s.next(4)+4
	sum := 0
	for range lengths {
		if n := s.next(3); n > 0 {
			sum += 1 << (7 - n)
		}
	}
	return !s.broken && literals < 30 && distances < 30 && sum == 1<<7
}

func (w *walk) deflate(content []byte) error {
	src := bytes.NewReader(content)
	r, decoded := inflater(src), deflateWindow+1 // of what breaks nobody knows
	err := w.unpack(r, func(plain []byte) error {
		decoded = len(plain)
		return w.file(w.inner(), plain)
	})
	if wipe(r, decoded); err != nil {
		return err
	}
	return w.stray(content[len(content)-src.Len():])
}

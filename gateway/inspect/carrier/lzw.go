package carrier

// lzw decodes the Lempel-Ziv-Welch of TIFF and PDF, which the standard library's does not read: the width of its
// codes grows one code early, and a code may clear the table at any time.
type lzw struct {
	src      []byte
	bits     uint32
	have     uint
	early    int
	width    uint
	next12   int // code that the table gets next
	prefix   [4096]uint16
	suffix   [4096]byte
	length   [4096]uint16
	previous int
	word     [4096]byte
}

// Codes with a meaning of their own.
const (
	lzwClear = 256
	lzwEnd   = 257
)

func newLZW(src []byte, early int) *lzw {
	l := &lzw{src: src, early: early}
	l.clear()
	return l
}

func (l *lzw) clear() { l.width, l.next12, l.previous = 9, lzwEnd+1, -1 }

func (l *lzw) code() (int, bool) {
	for l.have < l.width {
		if len(l.src) == 0 {
			return 0, false
		}
		l.bits, l.src = l.bits<<8|uint32(l.src[0]), l.src[1:]
		l.have += 8
	}
	l.have -= l.width
	return int(l.bits >> l.have & (1<<l.width - 1)), true
}

// next is the text of the next code, valid until the call after; false at the end and where the codes make no sense.
func (l *lzw) next() ([]byte, bool) {
	code, ok := l.code()
	for ok && code == lzwClear {
		l.clear()
		code, ok = l.code()
	}
	if !ok || code == lzwEnd || code > l.next12 || code == l.next12 && l.previous < 0 {
		return nil, false
	}
	var word []byte
	if code < l.next12 {
		word = l.expand(code, 0)
	} else { // the code that this very text defines
		word = l.expand(l.previous, 1)
		word[len(word)-1] = word[0]
	}
	l.add(word[0])
	l.previous = code
	return word, true
}

// expand writes a code's text with room behind it.
func (l *lzw) expand(code, room int) []byte {
	n := 1
	if code > lzwEnd {
		n = int(l.length[code])
	}
	word := l.word[:min(n+room, len(l.word))]
	for i := n - 1; i >= 0 && code > lzwEnd; i-- {
		word[i], code = l.suffix[code], int(l.prefix[code])
	}
	word[0] = byte(code)
	return word
}

func (l *lzw) add(first byte) {
	if l.previous < 0 || l.next12 > 4095 {
		return
	}
	n := uint16(1)
	if l.previous > lzwEnd {
		n = l.length[l.previous]
	}
	l.prefix[l.next12], l.suffix[l.next12], l.length[l.next12] = uint16(l.previous), first, n+1
	l.next12++
	if l.next12+l.early >= 1<<l.width && l.width < 12 {
		l.width++
	}
}

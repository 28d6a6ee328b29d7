package pan

// The bounds of a stream's memory. Every decision of a Scan depends on at most lookLeft bytes before the beginning of a
// number and lookRight bytes behind it, which is why pieces come to the same result as the whole.
const (
	lookLeft  = 3 << 10 // one number of nineteen digits and a gap, invisible characters among them
	lookRight = 9 << 10 // three of them

	// HoldBack is the most bytes that a Stream keeps undecided: all but the last HoldBack bytes fed are safe.
	HoldBack = 16 << 10

	streamBuffer = 64 << 10
)

// Stream scans a text that arrives in pieces, in constant memory, and finds what Scan finds in the whole. The text is
// a document: its name speaks for a card, never for an identifier. A Stream is for one goroutine.
type Stream struct {
	scanner *Scanner
	name    string
	buf     []byte // of the text: lookLeft bytes that are decided, then those that are not
	base    int64  // offset of buf in the text
	decided int64  // matches that begin before this offset have been told
	last    int64  // end of the last match, -1 if there is none
	told    context
	spent   int
	recent  recentKeys
}

// NewStream is a stream over a text of that name; an empty name says nothing.
func NewStream(s *Scanner, name string) *Stream {
	return &Stream{scanner: s, name: name, last: -1}
}

// Feed takes the next piece of any size and appends what it decides, with offsets from the beginning of the text.
func (st *Stream) Feed(dst []Match, piece []byte) []Match {
	if st.buf == nil {
		st.buf = make([]byte, 0, streamBuffer)
	}
	for len(piece) > 0 {
		n := min(len(piece), cap(st.buf)-len(st.buf))
		st.buf = append(st.buf, piece[:n]...)
		piece = piece[n:]
		if st.end()-st.decided > HoldBack {
			dst = st.decide(dst, st.end()-lookRight)
			st.drop()
		}
	}
	return dst
}

// Close ends the text and appends what its end decides. The stream's memory is cleared.
func (st *Stream) Close(dst []Match) []Match {
	dst = st.decide(dst, st.end())
	clear(st.buf[:cap(st.buf)])
	st.base, st.buf, st.recent = st.end(), nil, recentKeys{}
	return dst
}

// Safe is the offset before which everything has been decided and told: bytes before it may be forwarded.
func (st *Stream) Safe() int64 { return st.decided }

func (st *Stream) end() int64 { return st.base + int64(len(st.buf)) }

// decide appends the matches that begin before the offset to.
func (st *Stream) decide(dst []Match, to int64) []Match {
	if to <= st.decided {
		return dst
	}
	from := len(dst)
	w := walk{table: st.scanner.table, text: Text{Data: st.buf, Name: st.name}, last: int(st.last - st.base), told: st.told, base: int(st.base), spent: st.spent, recent: st.recent}
	dst = w.scan(dst, int(st.decided-st.base), int(to-st.base))
	st.spent, st.told, st.recent = w.spent, w.told, w.recent
	st.decided = max(to, st.base+int64(w.free))
	if w.last >= 0 {
		st.last = st.base + int64(w.last)
	}
	for i := range dst[from:] {
		dst[from+i].Start += int(st.base)
		dst[from+i].End += int(st.base)
	}
	return dst
}

// drop forgets what no later decision looks at.
func (st *Stream) drop() {
	n := int(st.decided-st.base) - lookLeft
	if n <= 0 {
		return
	}
	rest := copy(st.buf, st.buf[n:])
	clear(st.buf[rest:])
	st.buf = st.buf[:rest]
	st.base += int64(n)
}

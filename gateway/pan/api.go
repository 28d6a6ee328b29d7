package pan

type Evidence uint16

const (
	Digits Evidence = 1 << iota
	Wide
	Percent
	Backslash
	Entity
	Base64
	QuotedPrintable
	NUL
	HexRun
)

func MayHold(text []byte) bool                                       { return Survey(text)&Digits != 0 }
func Survey(text []byte) Evidence                                    { return ^Evidence(0) }
func (s *Scanner) Join(names []string, parts [][]byte) (Match, bool) { return Match{}, false }

// HoldBack is the most bytes a Stream keeps undecided.
const HoldBack = 8192

type Stream struct{}

func NewStream(s *Scanner, name string) *Stream { return &Stream{} }

// Feed takes the next piece and appends what it found, with offsets from the beginning of the stream.
func (st *Stream) Feed(dst []Match, piece []byte) []Match { return dst }

// Close ends the text and appends what the end decided.
func (st *Stream) Close(dst []Match) []Match { return dst }

// Safe is the offset before which nothing is undecided.
func (st *Stream) Safe() int64 { return 0 }

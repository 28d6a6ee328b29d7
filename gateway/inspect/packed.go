package inspect

import (
	"errors"
	"math"
	"strconv"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/pan"
)

// packedWalker walks binary encodings whose strings are plain bytes with their length before them: a length or a type
// that happens to be an ASCII digit must not be taken for one of the number's, so the strings are handed out one by one.
type packedWalker struct {
	*reading
	text  *text
	at    int
	key   string
	id    int
	step  string
	depth int
}

// walkPacked hands out the strings and integers of t. What does not parse is left to the raw reading.
func (r *reading) walkPacked(t *text, k kind) (complete bool, err error) {
	r.ids++
	w := &packedWalker{reading: r, text: t, id: r.ids}
	switch k {
	case msgpackKind:
		w.step = "msgpack"
		for w.at < len(t.data) && err == nil {
			err = w.msgpack(false)
		}
	case cborKind:
		w.step = "cbor"
		for w.at < len(t.data) && err == nil {
			err = w.cbor(false)
		}
	case protobufKind:
		w.step = "protobuf"
		_, err = w.protobuf(0, len(t.data))
	case grpcKind:
		w.step = "grpc"
		err = w.grpc()
	case bsonKind:
		w.step = "bson"
		for w.at < len(t.data) && err == nil {
			err = w.bson(false)
		}
	case grpcTextKind:
		return false, r.grpcText(t)
	}
	r.split.flush(r)
	if errors.Is(err, errMalformed) {
		r.note(w.step + ": malformed, raw reading as well")
		return false, nil
	}
	return false, err // the raw reading runs beside it always: bytes between strings may be read as anything
}

var errMalformed = errors.New("malformed")

// take is the next n bytes.
func (w *packedWalker) take(n uint64) (span, error) {
	if n > uint64(len(w.text.data)-w.at) {
		return span{}, errMalformed
	}
	s := span{w.at, w.at + int(n)}
	w.at = s.end
	return s, nil
}

func (w *packedWalker) uint(bytes int) (n uint64, err error) {
	s, err := w.take(uint64(bytes))
	for _, b := range w.text.data[s.start:s.end] {
		n = n<<8 | uint64(b)
	}
	return n, err
}

// longestKey is how much is kept of a name.
const longestKey = 64

// str hands out a string, as a name if it is one.
func (w *packedWalker) str(n uint64, key bool) error {
	s, err := w.take(n)
	if err != nil {
		return err
	}
	if key {
		w.key = string(w.text.data[s.start:min(s.end, s.start+longestKey)])
		return w.name(w.text, w, s.start, s.end, nil, w.step)
	}
	return w.value(w.text, w, s.start, s.end, nil, w.step)
}

// longInteger is beyond sixteen digits, as nearly all cards have. Identifiers are drawn from 64 bits: of 64 random ones, 30 in
// a message, a quarter of the messages had a card's number of eighteen or nineteen.
const longInteger = 1e16

// integer reads a binary integer by its decimal digits, a long one only under a card's name. It has no stand-in of the same
// length and meaning.
func (w *packedWalker) integer(n uint64) error {
	if below := -n; n > math.MaxInt64 && below < longInteger {
		n = below // where it has a sign; of random bits, hardly any reads so
	}
	if n < 1e11 || n >= 1e19 || n >= longInteger && !pan.IsCardName(w.label()) {
		return nil
	}
	t := w.child(w.text)
	defer w.drop()
	t.view, t.data, t.step, t.root = carrierView, strconv.AppendUint(nil, n, 10), w.step, nil
	t.where, t.whole, t.handed, t.open = w, true, true, false
	w.scan(t)
	clear(t.data)
	return nil
}

// mostExact is beyond the whole numbers of sixteen digits. Of those from 2^53 on a double has every other one.
const mostExact = 1e16

// double reads the bits of a double (IEEE 754, binary64), in which programs keep whole numbers too. A float of four bytes
// holds seven digits, no card.
func (w *packedWalker) double(bits uint64) error {
	if f := math.Float64frombits(bits); f >= 1e11 && f < mostExact && f == math.Trunc(f) {
		return w.integer(uint64(f))
	}
	return nil
}

// members reads n elements; of a map every other one is a name.
func (w *packedWalker) members(n uint64, isMap bool, one func(key bool) error) error {
	if w.depth++; w.depth > 64 {
		return errMalformed
	}
	defer func() { w.depth-- }()
	for ; n > 0; n-- {
		if isMap {
			if err := one(true); err != nil {
				return err
			}
		}
		if err := one(false); err != nil {
			return err
		}
	}
	return nil
}

func (w *packedWalker) location() finding.Location { return w.text.where.location() }

func (w *packedWalker) label() string {
	if w.key == "" {
		return w.text.where.label()
	}
	return w.key
}

func (w *packedWalker) container() int { return w.id }
func (w *packedWalker) nearby() bool   { return false }

package inspect

import (
	"encoding/binary"
	"errors"
	"strconv"

	"github.com/cappertrophy/panwall/gateway/finding"
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
	case grpcTextKind:
		return false, r.block(t, 0, len(t.data))
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

// str hands out a string, as a name if it is one.
func (w *packedWalker) str(n uint64, key bool) error {
	s, err := w.take(n)
	if err != nil {
		return err
	}
	if key {
		w.key = string(w.text.data[s.start:min(s.end, s.start+64)])
		return w.name(w.text, w, s.start, s.end, nil, w.step)
	}
	return w.value(w.text, w, s.start, s.end, nil, w.step)
}

// integer reads a binary integer by its decimal digits. It has no stand-in of the same length and meaning.
func (w *packedWalker) integer(n uint64) error {
	if n < 1e11 || n >= 1e19 {
		return nil
	}
	t := w.child(w.text)
	defer w.drop()
	t.view, t.data, t.step, t.root = carrierView, strconv.AppendUint(nil, n, 10), w.step, nil
	t.where, t.whole, t.handed, t.open = w, true, true, false
	w.scan(t)
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

// msgpack reads one object of the MessagePack specification.
func (w *packedWalker) msgpack(key bool) error {
	c, err := w.uint(1)
	if err != nil {
		return err
	}
	switch {
	case c < 0x80, c >= 0xE0, c == 0xC0, c == 0xC2, c == 0xC3:
		return nil
	case c < 0x90:
		return w.members(c&15, true, w.msgpack)
	case c < 0xA0:
		return w.members(c&15, false, w.msgpack)
	case c < 0xC0:
		return w.str(c&31, key)
	}
	return w.msgpackLong(c, key)
}

func (w *packedWalker) msgpackLong(c uint64, key bool) error {
	switch c {
	case 0xC4, 0xC5, 0xC6, 0xD9, 0xDA, 0xDB: // bin and str
		n, err := w.uint([...]int{1, 2, 4}[(c-0xC4)%21%3])
		if err != nil {
			return err
		}
		return w.str(n, key)
	case 0xC7, 0xC8, 0xC9: // ext: a type byte before the bytes
		n, err := w.uint(1 << (c - 0xC7))
		if err != nil {
			return err
		}
		return w.str(n+1, false)
	case 0xCA, 0xCB:
		_, err := w.take(4 << (c - 0xCA))
		return err
	case 0xCC, 0xCD, 0xCE, 0xCF, 0xD0, 0xD1, 0xD2, 0xD3: // unsigned and signed integers
		n, err := w.uint(1 << (c & 3))
		if err != nil {
			return err
		}
		return w.integer(n)
	case 0xD4, 0xD5, 0xD6, 0xD7, 0xD8:
		_, err := w.take(1 + 1<<(c-0xD4))
		return err
	case 0xDC, 0xDD, 0xDE, 0xDF:
		n, err := w.uint(2 << (c & 1))
		if err != nil || n > uint64(len(w.text.data)) {
			return errMalformed
		}
		return w.members(n, c >= 0xDE, w.msgpack)
	}
	return errMalformed
}

// cbor reads one data item of RFC 8949, definite or indefinite.
func (w *packedWalker) cbor(key bool) error {
	c, err := w.uint(1)
	if err != nil {
		return err
	}
	n, indefinite := c&31, false
	switch {
	case n >= 24 && n <= 27:
		if n, err = w.uint(1 << (n - 24)); err != nil {
			return err
		}
	case n == 31:
		indefinite = true
	case n > 27:
		return errMalformed
	}
	switch major := c >> 5; {
	case major == 7:
		return nil // simple values and floats; the argument is already read
	case indefinite && major >= 2 && major <= 5:
		return w.untilBreak(major, key)
	case indefinite:
		return errMalformed
	case major <= 1:
		return w.integer(n)
	case major <= 3:
		return w.str(n, key)
	case n > uint64(len(w.text.data)):
		return errMalformed
	case major == 6:
		return w.members(1, false, w.cbor)
	default:
		return w.members(n, major == 5, w.cbor)
	}
}

// untilBreak reads the items of an indefinite array, map or string.
func (w *packedWalker) untilBreak(major uint64, key bool) error {
	if w.depth++; w.depth > 64 {
		return errMalformed
	}
	defer func() { w.depth-- }()
	for i := 0; w.at < len(w.text.data); i++ {
		if w.text.data[w.at] == 0xFF {
			w.at++
			return nil
		}
		if err := w.cbor(major == 5 && i%2 == 0 || key); err != nil {
			return err
		}
	}
	return errMalformed
}

// protobuf reads the fields of a message (protobuf.dev/programming-guides/encoding). Whether bytes are a string or a
// message within, nobody can tell: they are read as both.
func (w *packedWalker) protobuf(start, end int) (ok bool, err error) {
	if w.depth++; w.depth > 16 {
		return false, nil
	}
	defer func() { w.depth-- }()
	b := w.text.data
	for at := start; at < end; {
		tag, n := binary.Uvarint(b[at:end])
		if n <= 0 || tag>>3 == 0 || tag>>3 > 1<<29 {
			return false, nil
		}
		at += n
		switch tag & 7 {
		case 0:
			v, n := binary.Uvarint(b[at:end])
			if n <= 0 {
				return false, nil
			}
			if err := w.integer(v); err != nil {
				return false, err
			}
			at += n
		case 1:
			at += 8
		case 5:
			at += 4
		case 2:
			size, n := binary.Uvarint(b[at:end])
			if n <= 0 || size > uint64(end-at-n) {
				return false, nil
			}
			at += n
			if err := w.embedded(at, at+int(size)); err != nil {
				return false, err
			}
			at += int(size)
		default:
			return false, nil
		}
		if at > end {
			return false, nil
		}
	}
	return true, nil
}

// embedded reads the bytes of one field, as a message within and as a string.
func (w *packedWalker) embedded(start, end int) error {
	if w.depth > 2 {
		if err := w.Spend(end - start); err != nil { // each level reads its bytes again
			return err
		}
	}
	if end-start >= shortest {
		t := w.slice(w.text, start, end)
		t.where, t.whole, t.handed, t.open, t.step = w, true, true, false, w.step
		err := w.read(t)
		w.drop()
		if err != nil {
			return err
		}
	}
	_, err := w.protobuf(start, end)
	return err
}

// grpc reads length-prefixed messages (gRPC over HTTP/2, Length-Prefixed-Message); a compressed one is refused, since its
// coding is named in a header that we do not read.
func (w *packedWalker) grpc() error {
	for w.at < len(w.text.data) {
		flag, err := w.uint(1)
		if err != nil {
			return err
		}
		n, err := w.uint(4)
		if err != nil {
			return err
		}
		s, err := w.take(n)
		if err != nil {
			return err
		}
		if flag&1 != 0 && n > 0 {
			return errUnknown
		}
		if err := w.embedded(s.start, s.end); err != nil {
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

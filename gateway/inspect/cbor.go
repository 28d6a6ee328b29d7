package inspect

import "bytes"

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
	case major == 7 && c&31 == 27:
		return w.double(n)
	case major == 7:
		return nil // simple values and shorter floats; the argument is already read
	case indefinite && (major == 2 || major == 3):
		return w.chunks(major, key)
	case indefinite && (major == 4 || major == 5):
		return w.untilBreak(major, key)
	case indefinite:
		return errMalformed
	case major == 0:
		return w.integer(n)
	case major == 1: // below zero: -1-n
		return w.integer(n + 1)
	case major <= 3:
		return w.str(n, key)
	case n > uint64(len(w.text.data)):
		return errMalformed
	case major == 6 && n == 2:
		return w.bignum()
	case major == 6:
		return w.members(1, false, w.cbor)
	default:
		return w.members(n, major == 5, w.cbor)
	}
}

// bignum reads what follows tag 2: an integer in a byte string (RFC 8949 section 3.4.3).
func (w *packedWalker) bignum() error {
	if w.at < len(w.text.data) {
		if c := w.text.data[w.at]; c >= 0x41 && c <= 0x48 {
			w.at++
			n, err := w.uint(int(c & 15))
			if err != nil {
				return err
			}
			return w.integer(n)
		}
	}
	return w.members(1, false, w.cbor)
}

// untilBreak reads the items of an indefinite array or map.
func (w *packedWalker) untilBreak(major uint64, key bool) error {
	if w.depth++; w.depth > 64 {
		return errMalformed
	}
	defer func() { w.depth-- }()
	for i := 0; w.at < len(w.text.data); i++ {
		if w.text.data[w.at] == cborBreak {
			w.at++
			return nil
		}
		if err := w.cbor(major == 5 && i%2 == 0 || key); err != nil {
			return err
		}
	}
	return errMalformed
}

// chunks hands out an indefinite string as the one string that its chunks are (RFC 8949 section 3.2.3).
func (w *packedWalker) chunks(major uint64, key bool) error {
	start := w.at
	for {
		chunk := w.text.data[w.at:]
		if len(chunk) > 0 && chunk[0] == cborBreak {
			break
		}
		head, n, ok := chunkHead(chunk)
		if !ok || uint64(chunk[0]>>5) != major {
			return errMalformed
		}
		w.at += head
		if _, err := w.take(n); err != nil {
			return err
		}
	}
	end := w.at
	w.at++
	if !key {
		return w.value(w.text, w, start, end, chunkedView, w.step)
	}
	name := chunkedView.decode(nil, w.text.data[start:end], nil)
	w.key = string(name[:min(len(name), longestKey)])
	return w.name(w.text, w, start, end, chunkedView, w.step)
}

// cborBreak ends what has no length.
const cborBreak = 0xFF

// chunkHead reads the head of a string of known length: its own bytes, and how many follow it.
func chunkHead(b []byte) (head int, n uint64, ok bool) {
	if len(b) == 0 || b[0]>>5 != 2 && b[0]>>5 != 3 {
		return 0, 0, false
	}
	head, n = 1, uint64(b[0]&31)
	if n < 24 {
		return head, n, true
	}
	if n > 27 || len(b) < 1+1<<(n-24) {
		return 0, 0, false
	}
	head += 1 << (n - 24)
	n = 0
	for _, c := range b[1:head] {
		n = n<<8 | uint64(c)
	}
	return head, n, true
}

// chunkedView reads the chunks of a string without the heads between them.
var chunkedView = &view{decode: decodeChunks, encode: firstOf}

func decodeChunks(dst, src []byte, marks *[]int32) []byte {
	for i := 0; i < len(src); {
		head, n, ok := chunkHead(src[i:])
		if i += head; !ok || n > uint64(len(src)-i) {
			return dst
		}
		for end := i + int(n); i < end; i++ {
			at := len(dst)
			dst = append(dst, src[i])
			mark(marks, dst, at, i)
		}
	}
	return dst
}

// firstOf writes over the first byte of a unit, whatever else stands before the next one.
func firstOf(unit, with []byte) ([]byte, bool) {
	if len(unit) == 0 || len(with) != 1 {
		return nil, false
	}
	out := bytes.Clone(unit)
	out[0] = with[0]
	return out, true
}

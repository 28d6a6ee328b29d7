package inspect

import "encoding/binary"

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

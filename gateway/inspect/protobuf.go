package inspect

import (
	"bytes"
	"encoding/binary"
)

// protobuf reads the fields of a message (protobuf.dev/programming-guides/encoding). Whether bytes are a string or a
// message within, nobody can tell: they are read as both.
func (w *packedWalker) protobuf(start, end int) (ok bool, err error) {
	if w.depth++; w.depth > 16 {
		return false, nil
	}
	defer func() { w.depth-- }()
	for at := start; at < end; {
		tag, n := binary.Uvarint(w.text.data[at:end])
		if n <= 0 || tag>>3 == 0 || tag>>3 > 1<<29 {
			return false, nil
		}
		if at, err = w.field(at+n, end, tag&7); at < 0 || err != nil {
			return false, err
		}
	}
	return true, nil
}

// field reads the value of one field by its wire type and gives the start of the next; -1 if it is none.
func (w *packedWalker) field(at, end int, wire uint64) (next int, err error) {
	b := w.text.data[at:end]
	switch wire {
	case 1, 5:
		// 64 and 32 bits. The 64 are not read as a number: the format does not say whether they are an integer, a double
		// or a hash, and of hashes read so, one in some ten thousand is a card.
		if next = at + 8 - int(wire-1); next > end {
			return -1, nil
		}
		return next, nil
	case 0, 2:
	default:
		return -1, nil
	}
	v, n := binary.Uvarint(b)
	if n <= 0 {
		return -1, nil
	}
	if at += n; wire == 0 {
		return at, w.varint(v)
	}
	if v > uint64(end-at) {
		return -1, nil
	}
	return at + int(v), w.embedded(at, at+int(v))
}

// embedded reads the bytes of one field, as a message within and as a string.
func (w *packedWalker) embedded(start, end int) error {
	if w.depth > 2 {
		if err := w.Spend(end - start); err != nil { // each level reads its bytes again
			return err
		}
	}
	w.split.add(w.reading, w, w.text, w.text.data[start:end], false)
	if end-start >= shortest {
		t := w.slice(w.text, start, end)
		t.where, t.whole, t.handed, t.open, t.step = w, true, true, false, w.step
		err := w.read(t)
		w.drop()
		if err != nil {
			return err
		}
	}
	if err := w.packed(w.text.data[start:end]); err != nil {
		return err
	}
	_, err := w.protobuf(start, end)
	return err
}

// varint reads an integer as it stands and, where the format may mean a signed one, as that (sint64, "ZigZag").
func (w *packedWalker) varint(v uint64) error {
	if v&1 == 0 {
		if err := w.integer(v / 2); err != nil {
			return err
		}
	}
	return w.integer(v)
}

// packed reads a repeated field of great integers. Random bytes are hardly ever any, and words never.
func (w *packedWalker) packed(b []byte) error {
	const least = 1e11
	for rest := b; len(rest) > 0; {
		v, n := binary.Uvarint(rest)
		if n <= 0 || v < least {
			return nil
		}
		rest = rest[n:]
	}
	for len(b) > 0 {
		v, n := binary.Uvarint(b)
		if err := w.varint(v); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
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

// grpcText reads gRPC-Web in base64. Whoever sends it in pieces may pad each of them (PROTOCOL-WEB, "grpc-web-text"); then
// there is no way back.
func (r *reading) grpcText(t *text) error {
	c := r.child(t)
	if err := r.spare(c, len(t.data)); err != nil {
		r.drop()
		return err
	}
	defer r.close(c)
	c.data = buffer(len(t.data))
	for rest := t.data; len(rest) > 0; {
		piece, behind, _ := bytes.Cut(rest, []byte("="))
		c.data = decodeBase64(c.data, piece)
		if rest = bytes.TrimLeft(behind, "= \t\r\n"); len(rest) > 0 {
			c.root = nil
		}
	}
	c.size, c.view, c.step, c.kind, c.open = t.size, base64View, "base64", grpcKind, false
	c.blocks++
	r.opened("base64")
	return r.read(c)
}

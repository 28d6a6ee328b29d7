package carrier

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// leastText is the shortest run of bytes worth a look where nothing should be: a card number has 12 digits at least.
const leastText = 12

// walk is one carrier being read.
type walk struct {
	b     Budget
	visit func(Text) error
	name  string // of the file
	view  string

	packed, plain int // bytes of the carrier, and what was made of them
}

// value hands over one whole value.
func (w *walk) value(name string, data []byte) error {
	if len(data) == 0 {
		return nil
	}
	return w.visit(Text{Name: name, Data: data, Whole: true, View: w.view})
}

// loose hands over text that is nobody's value.
func (w *walk) loose(name string, data []byte) error {
	if len(data) < leastText {
		return nil
	}
	return w.visit(Text{Name: name, Data: data, View: w.view})
}

// file hands over what has a type of its own.
func (w *walk) file(name string, data []byte) error {
	if len(data) == 0 {
		return nil
	}
	return w.visit(Text{Name: name, Data: data, View: w.view, File: true})
}

// inner is the name of what a compressor packed: the file's own without its last extension.
func (w *walk) inner() string { return strings.TrimSuffix(w.name, path.Ext(w.name)) }

// stray hands over bytes where the format has none: before, between or behind what it describes. They may be a
// carrier of another kind (a polyglot).
func (w *walk) stray(data []byte) error {
	if len(data) < leastText || len(bytes.Trim(data, "\x00")) < leastText {
		return nil
	}
	return w.file("", data)
}

// unpack reads a decoder to its end within the budget and hands the bytes to use, which must not keep them. What a
// broken decoder gave before it broke is handed over too: a tolerant reader would keep it.
func (w *walk) unpack(r io.Reader, use func([]byte) error) error {
	plain, broken := w.read(r)
	defer plain.release()
	if broken != nil && !errors.Is(broken, ErrBroken) {
		return broken
	}
	if err := use(plain.bytes); err != nil {
		return err
	}
	return broken
}

// read is unpack for callers that keep the bytes for a while; they must release them.
func (w *walk) read(r io.Reader) (*buffer, error) {
	b, price := &buffer{b: w.b}, 1
	if _, ok := r.(slow); ok {
		price = slowPrice
	}
	for {
		free, err := b.free()
		if err != nil {
			return b, err
		}
		n, err := r.Read(free)
		if n > 0 {
			w.plain += n
			if err := w.b.Grow(w.packed, w.plain); err != nil {
				return b, err
			}
			if err := w.b.Spend(n * price); err != nil {
				return b, err
			}
			b.bytes = b.bytes[:len(b.bytes)+n]
		}
		switch {
		case err == io.EOF:
			return b, nil
		case err != nil:
			return b, broken("a compressed stream") // the decoder's own words may quote the stream
		}
	}
}

// slow marks a decoder that takes many times as long for a byte as the others. It is charged for it: the budget of bytes
// is one of time as well.
type slow struct{ io.Reader }

const slowPrice = 8

// buffer grows and forgets: what it held is overwritten before its memory is given back, to the budget too.
type buffer struct {
	bytes []byte
	b     Budget
}

const leastBuffer = 4 << 10

// free is room behind the bytes, never empty.
func (b *buffer) free() ([]byte, error) {
	if len(b.bytes) == cap(b.bytes) {
		room := max(leastBuffer, 2*cap(b.bytes))
		if err := b.b.Hold(room); err != nil {
			return nil, err
		}
		grown := append(make([]byte, 0, room), b.bytes...)
		b.release()
		b.bytes = grown
	}
	return b.bytes[len(b.bytes):cap(b.bytes)], nil
}

func (b *buffer) release() {
	b.b.Free(cap(b.bytes))
	clear(b.bytes[:cap(b.bytes)])
	b.bytes = nil
}

func broken(what string) error { return fmt.Errorf("reading %s: %w", what, ErrBroken) }

func opaque(what string) error { return fmt.Errorf("reading %s: %w", what, ErrOpaque) }

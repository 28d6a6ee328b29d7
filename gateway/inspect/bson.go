package inspect

import (
	"bytes"
	"encoding/binary"
	"math"
)

// shortestBSON is a document of one integer with a name of one letter.
const shortestBSON = 16

// looksLikeBSON reports a document of BSON by the length it begins with, which is that of all of it.
func looksLikeBSON(b []byte) bool {
	return len(b) >= shortestBSON && b[len(b)-1] == 0 && binary.LittleEndian.Uint32(b) == uint32(len(b)) && b[4] > 0 && b[4] <= bsonDecimal
}

// bson reads one document of the BSON specification (bsonspec.org, 1.1). The members of an array are named by their
// place: what names them is the array's own name.
func (w *packedWalker) bson(array bool) error {
	if w.depth++; w.depth > 64 {
		return errMalformed
	}
	defer func() { w.depth-- }()
	start := w.at
	size, err := w.little(4)
	if err != nil || size < 5 || size > uint64(len(w.text.data)-start) {
		return errMalformed
	}
	for end := start + int(size); w.at < end; {
		kind, err := w.uint(1)
		if err != nil {
			return err
		}
		if kind == 0 {
			if w.at != end {
				return errMalformed
			}
			return nil
		}
		if err := w.bsonName(array); err != nil {
			return err
		}
		if err := w.bsonValue(kind); err != nil {
			return err
		}
	}
	return errMalformed
}

// little is the next bytes as a number, the lowest first.
func (w *packedWalker) little(bytes int) (n uint64, err error) {
	s, err := w.take(uint64(bytes))
	for i, b := range w.text.data[s.start:s.end] {
		n |= uint64(b) << (8 * i)
	}
	return n, err
}

// bsonName reads the name of an element up to its NUL.
func (w *packedWalker) bsonName(array bool) error {
	n := bytes.IndexByte(w.text.data[w.at:], 0)
	if n < 0 {
		return errMalformed
	}
	if array {
		w.at += n + 1
		return nil
	}
	err := w.str(uint64(n), true)
	w.at++
	return err
}

// The types of elements that are read by name.
const (
	bsonDouble    = 0x01
	bsonDocument  = 0x03
	bsonArray     = 0x04
	bsonBinary    = 0x05
	bsonRegex     = 0x0B
	bsonPointer   = 0x0C
	bsonScopeCode = 0x0F
	bsonInt64     = 0x12
	bsonDecimal   = 0x13
)

// bsonSizes is the lengths of the values that hold neither a string nor a number we read.
var bsonSizes = map[uint64]uint64{0x06: 0, 0x07: 12, 0x08: 1, 0x09: 8, 0x0A: 0, 0x10: 4, 0x11: 8, 0x7F: 0, 0xFF: 0}

func (w *packedWalker) bsonValue(kind uint64) error {
	switch kind {
	case bsonDocument, bsonArray:
		return w.bson(kind == bsonArray)
	case 0x02, 0x0D, 0x0E: // a string, code, a symbol
		return w.bsonString()
	case bsonBinary:
		n, err := w.little(4)
		if err != nil {
			return err
		}
		if _, err := w.take(1); err != nil { // its subtype
			return err
		}
		return w.str(n, false)
	case bsonRegex:
		if err := w.cstring(); err != nil {
			return err
		}
		return w.cstring()
	case bsonPointer:
		if err := w.bsonString(); err != nil {
			return err
		}
		_, err := w.take(12)
		return err
	case bsonScopeCode:
		if _, err := w.take(4); err != nil {
			return err
		}
		if err := w.bsonString(); err != nil {
			return err
		}
		return w.bson(false)
	case bsonDouble, bsonInt64, bsonDecimal:
		return w.bsonNumber(kind)
	}
	size, ok := bsonSizes[kind]
	if !ok {
		return errMalformed
	}
	_, err := w.take(size)
	return err
}

// wholeDecimal is the upper half of a decimal (IEEE 754, binary integer decimal) that is a whole number as it stands.
const wholeDecimal = 0x3040 << 48

func (w *packedWalker) bsonNumber(kind uint64) error {
	n, err := w.little(8)
	if err != nil {
		return err
	}
	switch kind {
	case bsonInt64:
		return w.integer(n)
	case bsonDouble:
		return w.double(n)
	}
	if upper, err := w.little(8); err != nil || upper&^(1<<63) != wholeDecimal {
		return err
	}
	return w.integer(n)
}

// bsonString hands out a string with its length before it and a NUL behind it, which the length counts.
func (w *packedWalker) bsonString() error {
	n, err := w.little(4)
	if err != nil || n == 0 || n > math.MaxInt32 {
		return errMalformed
	}
	if err := w.str(n-1, false); err != nil {
		return err
	}
	_, err = w.take(1)
	return err
}

// cstring hands out a string that ends in a NUL.
func (w *packedWalker) cstring() error {
	n := bytes.IndexByte(w.text.data[w.at:], 0)
	if n < 0 {
		return errMalformed
	}
	if err := w.str(uint64(n), false); err != nil {
		return err
	}
	w.at++
	return nil
}

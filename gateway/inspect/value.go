package inspect

import (
	"bytes"
	"unicode/utf8"

	"github.com/cappertrophy/panwall/gateway/inspect/carrier"
	"github.com/cappertrophy/panwall/gateway/pan"
)

// value hands data[start:end] of up out as the value of the place w stands at, read through v if that is not nil.
func (r *reading) value(up *text, w locator, start, end int, v *view, step string) error {
	up.claims = append(up.claims, span{start, end})
	if v == nil && r.barren(up.data[start:end]) && !r.charset.conceals(up.data[start:end]) {
		r.split.add(r, w, up, up.data[start:end], false)
		return nil
	}
	if v == nil {
		t := r.slice(up, start, end)
		defer r.drop()
		t.where, t.step = w, step
		return r.leaf(t)
	}
	t, err := r.through(up, start, end, v, step)
	if err != nil {
		return err
	}
	defer r.close(t)
	t.where = w
	t.escapes++
	return r.leaf(t)
}

// barren reports a value in which there is nothing to be found, so that nobody need look further.
func (r *reading) barren(value []byte) bool {
	return !r.sad && (len(value) < shortest || r.scanner.Barren(value))
}

// leaf reads one value, with what its siblings say of it.
func (r *reading) leaf(t *text) error {
	t.whole, t.open, t.handed = true, false, true
	t.nested++
	t.drawing = len(t.data) > shortestDrawing && drawn(t.where)
	r.split.add(r, t.where, t.up, t.data, t.number)
	if r.sad && len(t.data) >= 3 && len(t.data) <= longestSensitive {
		r.scan(t)
	}
	if t.nested > mostNested {
		if quiet(t.data) {
			return nil
		}
		return errBudget
	}
	r.padded(t)
	switch {
	case compressed(t.data):
		return r.file(t, "")
	case spelledBytes(t.data):
		if err := r.spelledOut(t); err != nil {
			return err
		}
	}
	return r.read(t)
}

// spelledBytes reports the beginning of gzip, zlib or zstd that was made text a character a byte, as scripts of browsers do
// that keep bytes in strings.
func spelledBytes(b []byte) bool {
	if len(b) < shortest {
		return false
	}
	switch b[0] {
	case 0x1F:
		return b[1] == 0xC2 && b[2] == 0x8B
	case 0x78:
		return b[1] == 0xC2 || b[1] == 0xC3 || b[1] == 0x01 || b[1] == 0x5E
	case 0x28:
		return b[1] == 0xC2 && b[2] == 0xB5
	default:
		return false
	}
}

// spelledOut reads the bytes that characters stand for.
func (r *reading) spelledOut(t *text) error {
	c, err := r.through(t, 0, len(t.data), byteView, "bytes")
	if err != nil {
		return err
	}
	defer r.close(c)
	c.escapes++
	c.guess = true
	if carrier.Sniff(c.data, "") == carrier.None {
		return nil
	}
	return r.file(c, "")
}

// byteView reads a character below 256 as the byte of that number, up to the first that is none.
var byteView = &view{decode: func(dst, src []byte, marks *[]int32) []byte {
	for i := 0; i < len(src); {
		c, size := utf8.DecodeRune(src[i:])
		if c > 0xFF {
			return dst
		}
		n := len(dst)
		dst = append(dst, byte(c))
		mark(marks, dst, n, i)
		i += size
	}
	return dst
}}

// compressed reports the beginning of gzip, zlib or zstd, which a form may carry byte by byte.
func compressed(b []byte) bool {
	if len(b) < shortest {
		return false
	}
	switch b[0] {
	case 0x1F:
		return b[1] == 0x8B
	case 0x78:
		return (0x7800|uint16(b[1]))%31 == 0 // RFC 1950 section 2.2
	case 0x28:
		return b[1] == 0xB5
	default:
		return false
	}
}

// padded reads a number that zeros were put before, where a card's name says that it is one.
func (r *reading) padded(t *text) {
	if len(t.data) <= shortest || len(t.data) > longestSensitive || t.data[0] != '0' || !allDigits(t.data) || !pan.IsCardName(t.where.label()) {
		return
	}
	number := bytes.TrimLeft(t.data, "0")
	c := r.slice(t, len(t.data)-len(number), len(t.data))
	defer r.drop()
	c.handed = true
	r.scan(c)
}

// shortestDrawing is longer than any number with its expiry and verification value.
const shortestDrawing = 80

// drawn reports whether a place is an attribute that holds the coordinates of a drawing (SVG 2, chapters 9 and 10).
func drawn(w locator) bool {
	x, ok := w.(*xmlWalker)
	return ok && (x.attr == "d" || x.attr == "points" || x.attr == "transform" || x.attr == "values")
}

// longestSensitive is beyond any verification value, PIN block or expiry date.
const longestSensitive = 64

// name hands data[start:end] of up out as a name, which no other name speaks for.
func (r *reading) name(up *text, w locator, start, end int, v *view, step string) error {
	up.claims = append(up.claims, span{start, end})
	if end-start < shortest {
		return nil
	}
	at := &nameless{w}
	if v == nil {
		t := r.slice(up, start, end)
		defer r.drop()
		t.where, t.step, t.open, t.handed = at, step, false, true
		return r.read(t)
	}
	t, err := r.through(up, start, end, v, step)
	if err != nil {
		return err
	}
	defer r.close(t)
	t.where, t.open, t.handed = at, false, true
	t.escapes++
	return r.read(t)
}

// nameless is the place of something that has no name of its own.
type nameless struct{ locator }

func (nameless) label() string { return "" }

// sensitiveField reports whether a field is a card's expiry, verification value or PIN by its name and by what follows
// it: the exp of a token is a moment in seconds, and no card's.
func sensitiveField(name, rest []byte) bool {
	rest = bytes.TrimLeft(rest[:min(len(rest), 40)], " \t\r\n\"':=>")
	digits := 0
	for i, c := range rest {
		if bytes.IndexByte([]byte("\"'&<>,;}\r\n"), c) >= 0 {
			break
		}
		if c-'0' < 10 {
			digits++
		}
		if i > 24 || digits > 6 {
			return false
		}
	}
	return digits > 0 && sensitiveName(name)
}

// sensitiveName reports whether a field of this name holds a card's expiry, verification value or PIN. Most names are told
// apart by having none of the letters in a row that all such names share.
func sensitiveName(name []byte) bool {
	if len(name) > 128 {
		return false
	}
	var lower [128]byte
	for i, c := range name {
		if c >= 0x80 {
			_, ok := pan.SensitiveName(string(name))
			return ok
		}
		if lower[i] = c; c-'A' < 26 {
			lower[i] = c | 0x20
		}
	}
	for _, hint := range [...]string{"cv", "cs", "cc", "pin", "exp", "val", "ver", "sec", "card", "mm"} {
		if bytes.Contains(lower[:len(name)], []byte(hint)) {
			_, ok := pan.SensitiveName(string(name))
			return ok
		}
	}
	return false
}

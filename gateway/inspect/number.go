package inspect

import (
	"bytes"
	"strconv"
	"strings"
)

// numeral hands out the number literal data[start:end] of up: as it is written, and where it has a point or an exponent
// also by its value, which is what a shop that parses it sees.
func (r *reading) numeral(up *text, w locator, start, end int, step string) error {
	up.claims = append(up.claims, span{start, end})
	if r.barren(up.data[start:end]) {
		r.split.add(r, w, up, up.data[start:end], true)
		return nil
	}
	t := r.slice(up, start, end)
	defer r.drop()
	t.where, t.step, t.number = w, step, true
	if err := r.leaf(t); err != nil {
		return err
	}
	if end-start < shortest || !byValue(t.data) {
		return nil
	}
	value, ok := integer(t.data)
	if !ok {
		return nil
	}
	v := r.child(t)
	defer r.drop()
	defer clear(value)
	v.view, v.size, v.data, v.step, v.number, v.whole = valueView, t.size, value, "value", true, true
	if end := len(value); end >= shortest {
		r.scan(v)
	}
	return nil
}

// beginsWithNumber reports whether a text begins with a number that JSON writes with an exponent (RFC 8259 section 6): a
// reader of a stream takes it, whatever follows.
func beginsWithNumber(b []byte) bool {
	if n := bytes.IndexFunc(b, func(r rune) bool { return !strings.ContainsRune("0123456789.eE+-", r) }); n >= 0 {
		b = b[:n]
	}
	if !hasExponent(b) {
		return false
	}
	mantissa, exponent, ok := bytes.Cut(b, []byte("e"))
	if !ok {
		mantissa, exponent, _ = bytes.Cut(b, []byte("E"))
	}
	whole, fraction, _ := bytes.Cut(mantissa, []byte("."))
	exponent = bytes.TrimLeft(exponent, "+-")
	return len(whole) > 0 && allDigits(whole) && allDigits(fraction) && allDigits(exponent)
}

// byValue reports a literal that is a whole number without looking like one: with an exponent, or with nothing but zeros
// behind its point.
func byValue(literal []byte) bool {
	if bytes.IndexByte(literal, 'e') >= 0 || bytes.IndexByte(literal, 'E') >= 0 {
		return true
	}
	_, fraction, ok := bytes.Cut(literal, []byte("."))
	return ok && len(bytes.Trim(fraction, "0")) == 0
}

// valueView is a number by its value: what masks it is written over the literal as a whole.
var valueView = &view{
	lift: func(t *text, _ span) span { return span{0, t.size} },
}

// mostExponent is beyond the longest card number.
const mostExponent = 20

// integer is the decimal digits of a literal whose value is a whole number of at most mostExponent digits.
func integer(literal []byte) (digits []byte, ok bool) {
	literal = bytes.TrimLeft(literal, "+-")
	mantissa, exponent := literal, 0
	if i := bytes.IndexAny(literal, "eE"); i >= 0 {
		n, err := strconv.Atoi(string(literal[i+1:]))
		if err != nil || n > mostExponent || n < -mostExponent {
			return nil, false
		}
		mantissa, exponent = literal[:i], n
	}
	whole, fraction, _ := bytes.Cut(mantissa, []byte("."))
	digits = append(append(digits, whole...), fraction...)
	point := len(whole) + exponent
	if point < 0 || point > len(digits)+mostExponent {
		return nil, false
	}
	for len(digits) < point {
		digits = append(digits, '0')
	}
	if len(bytes.Trim(digits[point:], "0")) > 0 {
		return nil, false
	}
	digits = bytes.TrimLeft(digits[:point], "0")
	return digits, len(digits) <= mostExponent && len(digits) > 0
}

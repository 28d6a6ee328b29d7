package inspect

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// escapeAs writes with the way unit was written.
func escapeAs(unit, with []byte) ([]byte, bool) {
	r, size := utf8.DecodeRune(with)
	one := size == len(with) && r != utf8.RuneError || len(with) == 1
	switch {
	case len(unit) == 1 && len(with) == 1:
		return with, with[0] != '%' && with[0] != '\\' && with[0] != '&'
	case !one:
		return nil, false
	case unit[0] == '%' && len(unit) == 3:
		return percentAs(unit, with[0]), true
	case unit[0] == '%' && unit[1]|0x20 != 'u' && (len(unit) == 6 || len(unit) == 9) && len(with) == 1:
		return append(bytes.Clone(unit[:len(unit)-6]), overlongAs(unit, with[0])...), true
	case unit[0] == '%' || unit[0] == '\\' && unit[1] == 'u' && len(unit) == 6:
		return fill(unit, 2, len(unit), uint64(r), 16)
	case unit[0] == '\\' && octalSize(unit) == len(unit):
		return fill(unit, 1, len(unit), uint64(r), 8)
	case unit[0] == '\\' && unit[1] == 'x' && unit[2] != '{':
		return bytesAs(unit, with)
	case unit[0] == '\\' && longEscapeSize(unit) == len(unit):
		return fill(unit, 2, len(unit), uint64(r), 16)
	case unit[0] == '\\' && unit[len(unit)-1] == '}':
		return fill(unit, 3, len(unit)-1, uint64(r), 16)
	case unit[0] == '\\' && len(unit) == 12:
		high, low := utf16.EncodeRune(r)
		first, ok := fill(unit[:6], 2, 6, uint64(high), 16)
		second, fits := fill(unit[6:], 2, 6, uint64(low), 16)
		return append(first, second...), ok && fits && high != utf8.RuneError
	case unit[0] == '&' && len(unit) > 3:
		return entityAs(unit, r)
	default:
		return nil, false
	}
}

// bytesAs writes with over as many escapes \x34, a byte each.
func bytesAs(unit, with []byte) ([]byte, bool) {
	if len(unit) != 4*len(with) {
		return nil, false
	}
	out := bytes.Clone(unit)
	for i, b := range with {
		copy(out[4*i+2:], percentAs(unit[1:4], b)[1:])
	}
	return out, true
}

func entityAs(unit []byte, r rune) ([]byte, bool) {
	end := len(unit)
	if unit[end-1] == ';' {
		end--
	}
	switch {
	case unit[1] != '#':
		return nil, false
	case unit[2]|0x20 == 'x':
		return fill(unit, 3, end, uint64(r), 16)
	default:
		return fill(unit, 2, end, uint64(r), 10)
	}
}

// percentAs writes b as a percent escape, in lower case if unit was.
func percentAs(unit []byte, b byte) []byte {
	hex := "0123456789ABCDEF"
	if unit[1] >= 'a' || unit[2] >= 'a' {
		hex = "0123456789abcdef"
	}
	return []byte{'%', hex[b>>4], hex[b&15]}
}

// overlongAs writes b as the last two bytes of a unit that has one or two more than UTF-8 needs, as overlong reads them.
func overlongAs(unit []byte, b byte) []byte {
	lead := byte(0xC0)
	if len(unit) == 9 {
		lead = 0x80
	}
	return append(percentAs(unit, lead|b>>6), percentAs(unit, 0x80|b&0x3F)...)
}

// fill writes n over unit[from:to], padded with zeros.
func fill(unit []byte, from, to int, n uint64, base int) ([]byte, bool) {
	digits := strconv.FormatUint(n, base)
	if len(digits) > to-from {
		return nil, false
	}
	out := bytes.Clone(unit)
	for i := from; i < to; i++ {
		out[i] = '0'
	}
	copy(out[to-len(digits):], digits)
	return out, true
}

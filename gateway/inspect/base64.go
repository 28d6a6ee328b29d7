package inspect

import "bytes"

// base64View reads base64 in both alphabets, with or without padding, with the line breaks of MIME. It has no marks: each
// four characters carry three bytes, so a change is written by encoding the quantum anew.
var base64View = &view{rewriting: rewriteBase64, lift: liftBase64}

const base64Std = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
const base64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// sextets is the value of each character in either alphabet, 64 for padding, 65 for white space, 255 for the rest.
var sextets = sextetTable()

const (
	padding = 64
	blank   = 65
)

func sextetTable() (t [256]byte) {
	for i := range t {
		t[i] = 255
	}
	for i := range 64 {
		t[base64Std[i]], t[base64URL[i]] = byte(i), byte(i)
	}
	t['='] = padding
	t[' '], t['\t'], t['\r'], t['\n'] = blank, blank, blank, blank
	return t
}

// decodeBase64 appends what src says, up to its padding; characters that are none of base64's are passed over.
func decodeBase64(dst, src []byte) []byte {
	var quantum uint32
	n := 0
	for i := 0; i < len(src); i++ {
		v := sextets[src[i]]
		if v == padding {
			break
		}
		if v > padding {
			continue
		}
		quantum = quantum<<6 | uint32(v)
		if n++; n == 4 {
			dst = append(dst, byte(quantum>>16), byte(quantum>>8), byte(quantum))
			quantum, n = 0, 0
		}
	}
	switch n {
	case 2:
		dst = append(dst, byte(quantum>>4))
	case 3:
		dst = append(dst, byte(quantum>>10), byte(quantum>>2))
	}
	return dst
}

// sextetStep is the characters of base64 from one whose place is kept to the next.
const sextetStep = 64

// characters is where the base64 characters [from, to) of the source stand, white space not counted. The places of a few of
// them are kept: many numbers may be found in one text, and they are asked for in any order.
func (t *text) characters(from, to int) []int {
	src := t.source()
	if t.sextets == nil {
		t.sextets = placesOf(src)
	}
	step := from / sextetStep
	if step >= len(t.sextets) {
		return nil
	}
	at := make([]int, 0, to-from)
	for k, i := step*sextetStep, int(t.sextets[step]); i < len(src) && k < to; i++ {
		if sextets[src[i]] >= padding {
			continue
		}
		if k >= from {
			at = append(at, i)
		}
		k++
	}
	return at
}

// placesOf is where every sextetStep-th character of base64 stands.
func placesOf(src []byte) (places []int32) {
	n := 0
	for i, c := range src {
		if sextets[c] >= padding {
			continue
		}
		if n%sextetStep == 0 {
			places = append(places, int32(i))
		}
		n++
	}
	return places
}

func liftBase64(t *text, s span) span {
	at := t.characters(s.start/3*4, (s.end+2)/3*4)
	if len(at) == 0 {
		return span{0, t.size}
	}
	return span{at[0], at[len(at)-1] + 1}
}

func rewriteBase64(t *text, edits []edit, at int, with []byte) ([]edit, bool) {
	if t.masked == nil {
		t.masked, t.alphabet = bytes.Clone(t.data), base64Std
		if bytes.ContainsAny(t.source(), "-_") {
			t.alphabet = base64URL
		}
	}
	copy(t.masked[at:], with)
	first, last := at/3, (at+len(with)-1)/3
	places := t.characters(first*4, last*4+4)
	for q := first; q <= last; q++ {
		group := t.masked[q*3 : min(q*3+3, len(t.masked))]
		var written [4]byte
		for i, c := range encodeQuantum(written[:0], group, t.alphabet) {
			k := (q-first)*4 + i
			if k >= len(places) {
				return edits, false
			}
			var ok bool
			if edits, ok = t.up.rewrite(edits, t.from+places[k], []byte{c}); !ok {
				return edits, false
			}
		}
	}
	return edits, true
}

func encodeQuantum(dst, group []byte, alphabet string) []byte {
	var b [3]byte
	copy(b[:], group)
	n := uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2])
	for i := 0; i <= len(group); i++ {
		dst = append(dst, alphabet[n>>(18-6*i)&63])
	}
	return dst
}

// hexView reads two hexadecimal digits as one byte.
var hexView = &view{decode: decodeHex, encode: func(unit, with []byte) ([]byte, bool) {
	if len(unit) < 2 || len(with) != 1 {
		return nil, false
	}
	return append(percentAs([]byte{'%', unit[0], unit[1]}, with[0])[1:], unit[2:]...), true
}}

// hexPrefix is the length of what announces hexadecimal.
func hexPrefix(b []byte) int {
	if bytes.HasPrefix(b, []byte("0x")) || bytes.HasPrefix(b, []byte(`\x`)) {
		return 2
	}
	return 0
}

// decodeHex passes over what announces it and over the blanks and colons between bytes.
func decodeHex(dst, src []byte, marks *[]int32) []byte {
	for i := hexPrefix(src); i < len(src); {
		if sextets[src[i]] == blank || src[i] == ':' {
			i++
			continue
		}
		if i+2 > len(src) {
			return dst
		}
		b, ok := hexByte(src[i : i+2])
		if !ok {
			return dst
		}
		n := len(dst)
		dst = append(dst, b)
		mark(marks, dst, n, i)
		i += 2
	}
	return dst
}

// The views of quoted-printable (RFC 2045 section 6.7); what is no escape stands for itself. A text that did not declare it
// may be pairs of names and numbers: of uid=5622 nothing is undone.
var (
	quotedView  = quotedAs(func([]byte, int) bool { return false })
	guessedView = quotedAs(numbered)
)

func quotedAs(plain func(src []byte, at int) bool) *view {
	return &view{
		encode: encodeQuoted,
		decode: func(dst, src []byte, marks *[]int32) []byte {
			for i := 0; i < len(src); {
				n, size := len(dst), 1
				switch {
				case src[i] != '=':
					dst = append(dst, src[i])
				case softBreak(src[i:]) > 0:
					size = softBreak(src[i:])
				case len(src)-i >= 3 && isHexByte(src[i+1:i+3]) && !plain(src, i):
					b, _ := hexByte(src[i+1 : i+3])
					dst, size = append(dst, b), 3
				default:
					dst = append(dst, '=')
				}
				mark(marks, dst, n, i)
				i += size
			}
			return dst
		},
	}
}

// numbered reports the sign between a name and a number that goes on behind what would be an escape. One of a digit is
// none: half of a number may be escaped.
func numbered(src []byte, at int) bool {
	if at == 0 || at+3 >= len(src) || !wordByte(src[at-1]) || src[at+1] == '3' {
		return false
	}
	return allDigits(src[at+1 : at+4])
}

func wordByte(c byte) bool { return (c|0x20)-'a' < 26 || c == '_' || c == ']' }

func encodeQuoted(unit, with []byte) ([]byte, bool) {
	if len(with) != 1 || with[0] == '=' {
		return nil, false
	}
	size, written := 1, with
	if len(unit) >= 3 && unit[0] == '=' {
		size, written = 3, append([]byte("="), percentAs(unit, with[0])[1:]...)
	}
	return append(bytes.Clone(written), unit[size:]...), true // with the line break behind it
}

// softBreak is the length of a line break that means nothing: = at the end of a line, with the blanks a relay adds.
func softBreak(src []byte) int {
	i := 1
	for i < len(src) && (src[i] == ' ' || src[i] == '\t') {
		i++
	}
	switch rest := src[i:]; {
	case bytes.HasPrefix(rest, []byte("\r\n")):
		return i + 2
	case len(rest) > 0 && rest[0] == '\n':
		return i + 1
	default:
		return 0
	}
}

func isHexByte(b []byte) bool {
	_, ok := hexByte(b)
	return ok
}

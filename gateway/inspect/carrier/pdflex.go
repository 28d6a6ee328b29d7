package carrier

import (
	"bytes"
	"strconv"
	"strings"
)

// The values of a PDF (ISO 32000-1 section 7.3). Numbers are float64, null and booleans are operators.
type (
	pdfName     string
	pdfString   []byte
	pdfRef      int // number of the object; generations are not told apart
	pdfArray    []any
	pdfDict     map[string]any
	pdfOperator string // any other word
)

// pdfLexer cuts a PDF or one of its content streams into tokens.
type pdfLexer struct {
	src    []byte
	at     int
	values int  // still allowed
	spent  bool // a bound was reached: what follows was not read
}

// Bounds of one PDF's values: a token costs more memory than bytes.
const (
	mostPDFValues = 1 << 20
	mostPDFDepth  = 64
)

// delimiters that are tokens of their own.
const (
	arrayEnd = pdfOperator("]")
	dictEnd  = pdfOperator(">>")
)

func isPDFSpace(c byte) bool {
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' '
}

// pdfRegular are the characters that names, numbers and operators are made of (section 7.2.2).
var pdfRegular = func() (table [256]bool) {
	for c := range table {
		table[c] = !isPDFSpace(byte(c)) && !strings.ContainsRune("()<>[]{}/%", rune(c))
	}
	return table
}()

func isPDFRegular(c byte) bool { return pdfRegular[c] }

func (l *pdfLexer) skipSpace() {
	for l.at < len(l.src) {
		switch c := l.src[l.at]; {
		case isPDFSpace(c):
			l.at++
		case c == '%':
			end := bytes.IndexAny(l.src[l.at:], "\r\n")
			if end < 0 {
				end = len(l.src) - l.at
			}
			l.at += end
		default:
			return
		}
	}
}

// value reads the next value or operator; ok is false at the end and when a bound is reached. An array or dictionary
// that has no end is given as far as it goes.
func (l *pdfLexer) value(depth int) (v any, ok bool) {
	l.skipSpace()
	if l.values--; l.values < 0 || depth > mostPDFDepth {
		l.spent = true
		return nil, false
	}
	if l.at >= len(l.src) {
		return nil, false
	}
	switch c := l.src[l.at]; {
	case c == '/':
		l.at++
		return pdfName(l.name()), true
	case c == '(':
		return l.literal(), true
	case c == '<' && bytes.HasPrefix(l.src[l.at:], []byte("<<")):
		l.at += 2
		return l.dict(depth)
	case c == '<':
		return l.hex(), true
	case c == '[':
		l.at++
		return l.array(depth)
	case c == '>' && bytes.HasPrefix(l.src[l.at:], []byte(">>")):
		l.at += 2
		return dictEnd, true
	case !isPDFRegular(c):
		l.at++
		return pdfOperator(c), true
	}
	return l.word(), true
}

// word reads a number or an operator.
func (l *pdfLexer) word() any {
	begin := l.at
	for l.at < len(l.src) && isPDFRegular(l.src[l.at]) {
		l.at++
	}
	word := l.src[begin:l.at]
	if n, ok := pdfNumber(word); ok {
		return n
	}
	if op, ok := pdfOperators[string(word)]; ok {
		return op
	}
	return pdfOperator(word)
}

// pdfOperators saves a copy of each word that a page is full of.
var pdfOperators = map[string]any{
	"Tj": pdfOperator("Tj"), "TJ": pdfOperator("TJ"), "Td": pdfOperator("Td"), "TD": pdfOperator("TD"), "Tm": pdfOperator("Tm"), "Tf": pdfOperator("Tf"),
	"BT": pdfOperator("BT"), "ET": pdfOperator("ET"), "q": pdfOperator("q"), "Q": pdfOperator("Q"), "cm": pdfOperator("cm"), "re": pdfOperator("re"),
	"f": pdfOperator("f"), "m": pdfOperator("m"), "l": pdfOperator("l"), "c": pdfOperator("c"), "h": pdfOperator("h"), "n": pdfOperator("n"),
	"R": pdfOperator("R"), "gs": pdfOperator("gs"), "W": pdfOperator("W"), "S": pdfOperator("S"), "BDC": pdfOperator("BDC"), "EMC": pdfOperator("EMC"),
}

// pdfNumber reads section 7.3.3: a sign, digits, a point. There are no exponents and no infinities.
func pdfNumber(word []byte) (n float64, ok bool) {
	sign, scale := 1.0, 0.0
	for i, c := range word[:min(len(word), 32)] {
		switch {
		case c >= '0' && c <= '9':
			n, ok = n*10+float64(c-'0'), true
			scale *= 10
		case c == '.' && scale == 0:
			scale = 1
		case c == '-' && i == 0:
			sign = -1
		case c == '+' && i == 0:
		default:
			return 0, false
		}
	}
	if scale > 1 {
		n /= scale
	}
	return sign * n, ok
}

func (l *pdfLexer) array(depth int) (any, bool) {
	var a pdfArray
	for {
		v, ok := l.value(depth + 1)
		if !ok || v == arrayEnd {
			return a, ok
		}
		if a = reference(a, v); v == dictEnd {
			return a, true // never closed: what encloses it ends here
		}
	}
}

func (l *pdfLexer) dict(depth int) (any, bool) {
	var a pdfArray
	for {
		v, ok := l.value(depth + 1)
		if !ok || v == dictEnd {
			return pairs(a), ok
		}
		a = reference(a, v)
	}
}

// reference appends v, and folds `7 0 R` into one.
func reference(a pdfArray, v any) pdfArray {
	if v == pdfOperator("R") && len(a) >= 2 {
		if n, ok := a[len(a)-2].(float64); ok {
			return append(a[:len(a)-2], pdfRef(n))
		}
	}
	return append(a, v)
}

func pairs(a pdfArray) pdfDict {
	d := make(pdfDict, len(a)/2)
	for i := 0; i+1 < len(a); i += 2 {
		if name, ok := a[i].(pdfName); ok {
			d[string(name)] = a[i+1]
		}
	}
	return d
}

// name reads what follows a slash; #xx is a byte (section 7.3.5).
func (l *pdfLexer) name() []byte {
	begin := l.at
	for l.at < len(l.src) && isPDFRegular(l.src[l.at]) {
		l.at++
	}
	raw := l.src[begin:l.at]
	if bytes.IndexByte(raw, '#') < 0 {
		return raw
	}
	var out []byte
	for i := 0; i < len(raw); i++ {
		if v, err := strconv.ParseUint(string(raw[min(i+1, len(raw)):min(i+3, len(raw))]), 16, 8); raw[i] == '#' && i+2 < len(raw) && err == nil {
			out = append(out, byte(v))
			i += 2
			continue
		}
		out = append(out, raw[i])
	}
	return out
}

// hex reads a hexadecimal string (section 7.3.4.3).
func (l *pdfLexer) hex() pdfString {
	end := bytes.IndexByte(l.src[l.at:], '>')
	if end < 0 {
		end = len(l.src) - l.at
	}
	out := unhex(l.src[l.at+1 : l.at+max(1, end)])
	l.at = min(len(l.src), l.at+end+1)
	return out
}

// unhex reads digits and skips everything else; an odd last digit is followed by zero.
func unhex(digits []byte) []byte {
	out := make([]byte, 0, len(digits)/2+1)
	half, odd := byte(0), false
	for _, c := range digits {
		v, err := strconv.ParseUint(string(c), 16, 8)
		if err != nil {
			continue
		}
		if odd = !odd; odd {
			half = byte(v) << 4
			continue
		}
		out = append(out, half|byte(v))
	}
	if odd {
		out = append(out, half)
	}
	return out
}

// literal reads a string in parentheses (section 7.3.4.2).
func (l *pdfLexer) literal() pdfString {
	var out []byte
	l.at++
	for depth := 1; l.at < len(l.src); l.at++ {
		switch c := l.src[l.at]; c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				l.at++
				return out
			}
		case '\\':
			out = l.escape(out)
			continue
		}
		out = append(out, l.src[l.at])
	}
	return out
}

var pdfEscapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}

// escape reads what follows a backslash and leaves at on its last byte.
func (l *pdfLexer) escape(out []byte) []byte {
	if l.at++; l.at >= len(l.src) {
		return out
	}
	c := l.src[l.at]
	switch {
	case c >= '0' && c <= '7':
		v := 0
		for i := 0; i < 3 && l.at < len(l.src) && l.src[l.at] >= '0' && l.src[l.at] <= '7'; i++ {
			v = v*8 + int(l.src[l.at]-'0')
			l.at++
		}
		l.at--
		return append(out, byte(v))
	case c == '\r' && l.at+1 < len(l.src) && l.src[l.at+1] == '\n':
		l.at++
		return out
	case c == '\r', c == '\n':
		return out
	}
	if e, ok := pdfEscapes[c]; ok {
		c = e
	}
	return append(out, c)
}

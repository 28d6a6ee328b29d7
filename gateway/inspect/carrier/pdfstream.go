package carrier

import (
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/flate"
)

// mostFilters bounds how often a stream may be packed again.
const mostFilters = 8

// decoded undoes a stream's filters (section 7.4) and hands the bytes to use. A stream under a filter of images is
// left as it is: its raw bytes have been looked at. A stream that breaks is read as far as it goes, as viewers do.
func (p *pdf) decoded(o *pdfObject, use func([]byte) error) error {
	filters, parameters := p.list(o.dict(), "Filter", "F"), p.list(o.dict(), "DecodeParms", "DP")
	plain := o.raw
	for i, f := range filters {
		name, _ := p.resolve(f).(pdfName)
		undo, known := pdfFilters[name]
		if !known {
			return nil
		}
		var d pdfDict
		if i < len(parameters) {
			d = p.dictAt(parameters[i])
		}
		out, err := undo(p, plain, d)
		defer out.release()
		if err != nil {
			return err
		}
		plain = out.bytes
	}
	return use(plain)
}

// list is an entry that may be one value or an array of them, under its full or its short name.
func (p *pdf) list(d pdfDict, name, short string) pdfArray {
	v := p.resolve(d[name])
	if v == nil {
		v = p.resolve(d[short])
	}
	switch v := v.(type) {
	case nil:
		return nil
	case pdfArray:
		return v[:min(len(v), mostFilters)]
	default:
		return pdfArray{v}
	}
}

// pdfFilters undo one filter each; their errors are the budget's alone.
var pdfFilters = map[pdfName]func(p *pdf, packed []byte, d pdfDict) (*buffer, error){
	"FlateDecode": (*pdf).flate, "Fl": (*pdf).flate,
	"LZWDecode": (*pdf).lzw, "LZW": (*pdf).lzw,
	"ASCIIHexDecode": (*pdf).asciiHex, "AHx": (*pdf).asciiHex,
	"ASCII85Decode": (*pdf).ascii85, "A85": (*pdf).ascii85,
	"RunLengthDecode": (*pdf).runLength, "RL": (*pdf).runLength,
}

// flate undoes zlib. Where there is no header it does without, as viewers do that repair; nobody checks the sum.
func (p *pdf) flate(packed []byte, d pdfDict) (*buffer, error) {
	out, err := p.read(p.inflater(packed))
	if err != nil && !errors.Is(err, ErrBroken) {
		return out, err
	}
	p.unpredict(out, d)
	return out, nil
}

// inflater gives one decoder to stream after stream: each would cost 40 KiB.
func (p *pdf) inflater(packed []byte) io.Reader {
	if p.inflate == nil {
		p.inflate = flate.NewReader(nil)
	}
	if isZlibHeader(packed) {
		packed = packed[2:]
	}
	_ = p.inflate.(flate.Resetter).Reset(bytes.NewReader(packed), nil) // gives no error: there is no dictionary
	return p.inflate
}

// unpredict undoes the PNG filters that structures are packed with (section 7.4.4.4).
func (p *pdf) unpredict(out *buffer, d pdfDict) {
	number := func(key string, otherwise, most float64) int {
		if n, ok := p.resolve(d[key]).(float64); ok && n >= 1 {
			otherwise = n
		}
		return int(min(otherwise, most))
	}
	bits := number("Colors", 1, 32) * number("BitsPerComponent", 8, 16)
	pixel, row := max(1, bits/8), (number("Columns", 1, 1<<24)*bits+7)/8
	if number("Predictor", 1, 16) < 10 || row > len(out.bytes) {
		return
	}
	rows := out.bytes[:0] // each row is shorter than it was by the byte that names its filter
	previous := make([]byte, row)
	for rest := out.bytes; len(rest) > 1; rest = skip(rest, 1+row) {
		line := rest[1:min(len(rest), 1+row)]
		unfilter(rest[0], line, previous, pixel)
		rows = append(rows, line...)
		copy(previous, line)
	}
	out.bytes = rows
}

// unfilter undoes one row (ISO/IEC 15948 section 9.2) in place.
func unfilter(kind byte, line, above []byte, pixel int) {
	for i := range line {
		var left, corner byte
		if i >= pixel {
			left, corner = line[i-pixel], above[i-pixel]
		}
		switch kind {
		case 1:
			line[i] += left
		case 2:
			line[i] += above[i]
		case 3:
			line[i] += byte((int(left) + int(above[i])) / 2)
		case 4:
			line[i] += paeth(left, above[i], corner)
		}
	}
}

func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	da, db, dc := abs(p-int(a)), abs(p-int(b)), abs(p-int(c))
	switch {
	case da <= db && da <= dc:
		return a
	case db <= dc:
		return b
	}
	return c
}

func abs(n int) int { return max(n, -n) }

// put appends within the budget.
func (p *pdf) put(out *buffer, more ...byte) error {
	if err := p.b.Spend(len(more)); err != nil {
		return err
	}
	for len(more) > 0 {
		free, err := out.free()
		if err != nil {
			return err
		}
		n := copy(free, more)
		out.bytes, more = out.bytes[:len(out.bytes)+n], more[n:]
	}
	return nil
}

func (p *pdf) asciiHex(packed []byte, _ pdfDict) (*buffer, error) {
	digits, _, _ := bytes.Cut(packed, []byte(">"))
	out := &buffer{b: p.b}
	return out, p.put(out, unhex(digits)...)
}

// ascii85 reads groups of five characters in base 85 (section 7.4.3).
func (p *pdf) ascii85(packed []byte, _ pdfDict) (*buffer, error) {
	out, group, have := &buffer{b: p.b}, uint32(0), 0
	var plain []byte
	emit := func(n int) {
		plain = append(plain, byte(group>>24), byte(group>>16), byte(group>>8), byte(group))
		plain = plain[:len(plain)-4+n]
		group, have = 0, 0
	}
	for _, c := range packed {
		switch {
		case c == '~':
			packed = nil
		case c == 'z' && have == 0:
			emit(4)
		case c >= '!' && c <= 'u':
			group = group*85 + uint32(c-'!')
			if have++; have == 5 {
				emit(4)
			}
		}
		if packed == nil {
			break
		}
	}
	if n := have - 1; n > 0 {
		for ; have < 5; have++ {
			group = group*85 + 84
		}
		emit(n)
	}
	return out, p.put(out, plain...)
}

// runLength undoes section 7.4.5.
func (p *pdf) runLength(packed []byte, _ pdfDict) (*buffer, error) {
	out := &buffer{b: p.b}
	for len(packed) > 1 && packed[0] != 128 {
		n := int(packed[0])
		run := packed[1:min(len(packed), n+2)]
		took := 1 + len(run)
		if n > 128 {
			run, took = bytes.Repeat(packed[1:2], 257-n), 2
		}
		if err := p.put(out, run...); err != nil {
			return out, err
		}
		packed = packed[took:]
	}
	return out, nil
}

// lzw undoes section 7.4.4.2, which is TIFF's kind: codes from 9 to 12 bits, their width growing one code early
// unless EarlyChange is 0.
func (p *pdf) lzw(packed []byte, d pdfDict) (*buffer, error) {
	early := 1
	if p.resolve(d["EarlyChange"]) == float64(0) {
		early = 0
	}
	out, l := &buffer{b: p.b}, newLZW(packed, early)
	for {
		word, ok := l.next()
		if !ok {
			p.unpredict(out, d)
			return out, nil
		}
		if err := p.put(out, word...); err != nil {
			return out, err
		}
	}
}

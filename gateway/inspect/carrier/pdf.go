package carrier

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"golang.org/x/text/encoding/unicode"
)

// pdf reads the objects of a document, however they are listed: it goes through the bytes and not by the
// cross-reference table, so that objects of earlier versions, and those that no table names, are read too.
type pdf struct {
	*walk
	content []byte
	lexer   pdfLexer     // of the objects, with one allowance of values for all
	objects []*pdfObject // in the order of the file
	byNum   map[int]*pdfObject
	fonts   map[pdfRef]*pdfFont // each is read once
	named   map[string]*pdfFont // by the name some page gave it
	inflate io.ReadCloser       // used again for every stream
	sealed  bool
}

// pdfObject is an indirect object.
type pdfObject struct {
	value any
	raw   []byte // of its stream, filters not undone; nil without one
	read  bool
}

func (o *pdfObject) dict() pdfDict {
	d, _ := o.value.(pdfDict)
	return d
}

func (w *walk) pdf(content []byte) error {
	p := &pdf{walk: w, content: content, byNum: make(map[int]*pdfObject), fonts: make(map[pdfRef]*pdfFont), named: make(map[string]*pdfFont)}
	p.lexer = pdfLexer{src: content, values: mostPDFValues}
	if err := p.scan(); err != nil {
		return err
	}
	if p.sealed {
		return fmt.Errorf("reading a PDF: %w", ErrEncrypted)
	}
	for _, step := range []func() error{p.packedObjects, p.strings, p.pages, p.others, p.behind} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// perObject is what an object is charged beside its bytes: kept in memory it is many times as large as in the file.
const perObject = 400

// mostLexed bounds how often the bytes of a document are gone through: an object that never ends takes all that follow
// with it, and each of those is read again.
const mostLexed = 16

// scan reads what stands behind every `obj` and `trailer`, wherever that is: in a table or in none, in the middle of
// another object, behind an unbalanced parenthesis. Readers that go by the table see some of these.
func (p *pdf) scan() error {
	for at, lexed := 0, 0; ; {
		i := bytes.Index(p.content[at:], []byte("obj"))
		if i < 0 {
			break
		}
		at += i + len("obj")
		if number, ok := objectNumber(p.content[:at-len("obj")]); ok {
			if err := p.b.Spend(perObject); err != nil {
				return err
			}
			p.object(number, at)
			lexed += p.lexer.at - at
		}
		if p.lexer.spent || lexed > mostLexed*len(p.content) {
			return broken("a PDF of too many values")
		}
	}
	for at := 0; ; {
		i := bytes.Index(p.content[at:], []byte("trailer"))
		if i < 0 {
			break
		}
		at += i + len("trailer")
		l := pdfLexer{src: p.content[:min(len(p.content), at+longestTrailer)], at: at, values: mostPDFValues}
		d, _ := l.value(0)
		p.trailer(d)
	}
	p.measure()
	return nil
}

// longestTrailer is how far a trailer is read.
const longestTrailer = 4 << 10

// objectNumber reads `7 0` backwards from the end of before.
func objectNumber(before []byte) (int, bool) {
	generation, before := lastNumber(before)
	number, _ := lastNumber(before)
	n, err := strconv.Atoi(number)
	return n, err == nil && generation != ""
}

func lastNumber(before []byte) (digits string, rest []byte) {
	end := len(before)
	for end > 0 && len(before)-end < 16 && isPDFSpace(before[end-1]) {
		end--
	}
	begin := end
	for begin > 0 && end-begin < 10 && before[begin-1] >= '0' && before[begin-1] <= '9' {
		begin--
	}
	return string(before[begin:end]), before[:begin]
}

// object reads the value behind `obj` and the stream behind that.
func (p *pdf) object(number, at int) {
	l := &p.lexer
	l.at = at
	v, _ := l.value(0)
	if v == nil {
		return
	}
	o := &pdfObject{value: v}
	p.objects = append(p.objects, o)
	p.byNum[number] = o
	if o.dict()["Type"] == pdfName("XRef") {
		p.trailer(v)
	}
	if end := l.at; o.dict() != nil {
		if next, _ := l.value(0); next == pdfOperator("stream") {
			o.raw = p.content[lineEnd(p.content, l.at):] // as far as measure will say
		}
		l.at = end
	}
}

// lineEnd skips the line break behind `stream` (section 7.3.8.1).
func lineEnd(content []byte, at int) int {
	if at < len(content) && content[at] == '\r' {
		at++
	}
	if at < len(content) && content[at] == '\n' {
		at++
	}
	return at
}

// endsAt reports whether a stream of n bytes is followed by its end mark.
func endsAt(raw []byte, n float64) bool {
	if n < 0 || n > float64(len(raw)) {
		return false
	}
	behind := raw[int(n):]
	return bytes.HasPrefix(bytes.TrimLeft(behind[:min(len(behind), 64)], "\x00\t\n\f\r "), []byte("endstream"))
}

// measure cuts the streams at their length, once every object that may hold one is known. A length that is wrong
// gives way to the end mark, as in readers that repair.
func (p *pdf) measure() {
	mark := -1 // the next end mark, searched for once
	for _, o := range p.objects {
		if o.raw == nil {
			continue
		}
		begin := len(p.content) - len(o.raw)
		if mark < begin {
			if mark = bytes.Index(o.raw, []byte("endstream")) + begin; mark < begin {
				mark = len(p.content)
			}
		}
		n, ok := p.resolve(o.dict()["Length"]).(float64)
		switch {
		case ok && endsAt(o.raw, n):
			o.raw = o.raw[:int(n)]
		default:
			o.raw = o.raw[:mark-begin]
		}
	}
}

func (p *pdf) trailer(v any) {
	d, _ := v.(pdfDict)
	if _, ok := d["Encrypt"]; ok {
		p.sealed = true
	}
}

// resolve follows references, a few of them.
func (p *pdf) resolve(v any) any {
	for range 8 {
		ref, ok := v.(pdfRef)
		if !ok {
			return v
		}
		o := p.byNum[int(ref)]
		if o == nil {
			return nil
		}
		v = o.value
	}
	return nil
}

func (p *pdf) dictAt(v any) pdfDict {
	d, _ := p.resolve(v).(pdfDict)
	return d
}

// packedObjects reads object streams (section 7.5.7), which are known by what they need to be read.
func (p *pdf) packedObjects() error {
	for _, o := range slices.Clone(p.objects) {
		first, ok := p.resolve(o.dict()["First"]).(float64)
		if o.raw == nil || !ok || o.dict()["N"] == nil {
			continue
		}
		err := p.decoded(o, func(plain []byte) error {
			if err := p.unpackObjects(first, plain); err != nil {
				return err
			}
			return p.loose("", plain)
		})
		if err == nil && p.lexer.spent {
			err = broken("a PDF of too many values")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unpackObjects reads pairs of a number and an offset, and the values that the offsets point at.
func (p *pdf) unpackObjects(first float64, plain []byte) error {
	head, body := p.lexer, p.lexer
	head.src, head.at, body.src = plain, 0, plain
	defer func() { p.lexer.values, p.lexer.spent = min(head.values, body.values), body.spent }()
	for {
		number, _ := head.value(0)
		offset, ok := head.value(0)
		n, isNumber := number.(float64)
		at, isOffset := offset.(float64)
		if !ok || !isNumber || !isOffset || float64(head.at) > first+1 || first+at < 0 || first+at >= float64(len(plain)) {
			return nil
		}
		if err := p.b.Spend(perObject); err != nil {
			return err
		}
		body.at = int(first + at)
		if v, _ := body.value(0); v != nil {
			o := &pdfObject{value: v}
			p.objects = append(p.objects, o)
			p.byNum[int(n)] = o
		}
		if body.spent {
			return nil
		}
	}
}

// strings hands over every string in the objects: metadata, form fields, remarks, bookmarks.
func (p *pdf) strings() error {
	for _, o := range p.objects {
		if err := p.stringsIn("", o.value, 0); err != nil {
			return err
		}
	}
	return nil
}

func (p *pdf) stringsIn(key string, v any, depth int) error {
	switch v := v.(type) {
	case pdfString:
		return p.value(key, pdfText(v))
	case pdfArray:
		for _, item := range v {
			if err := p.stringsIn(key, item, depth+1); err != nil {
				return err
			}
		}
	case pdfDict:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if err := p.stringsIn(name, v[name], depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// pdfText is a text string (section 7.9.2.2) in UTF-8; what has no byte order mark is left as it is.
func pdfText(s []byte) []byte {
	if bytes.HasPrefix(s, []byte("\xfe\xff")) || bytes.HasPrefix(s, []byte("\xff\xfe")) {
		if text, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Bytes(s); err == nil {
			return text
		}
	}
	return s
}

// behind hands over what stands behind the last end mark.
func (p *pdf) behind() error {
	if i := bytes.LastIndex(p.content, []byte("%%EOF")); i >= 0 {
		return p.stray(p.content[i+len("%%EOF"):])
	}
	return nil
}

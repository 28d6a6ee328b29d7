package carrier

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"

	"golang.org/x/text/encoding/unicode"
)

// pdf reads the objects of a document, however they are listed: it goes through the bytes and not by the
// cross-reference table, so that objects of earlier versions, and those that no table names, are read too.
type pdf struct {
	*walk
	content []byte
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

// scan collects the objects and trailers.
func (p *pdf) scan() error {
	l := &pdfLexer{src: p.content, values: mostPDFValues}
	var last [2]any
	for {
		v, ok := l.value(0)
		switch {
		case !ok && l.at < len(l.src):
			return broken("a PDF of too many values")
		case !ok:
			p.measure()
			return nil
		case v == pdfOperator("obj"):
			if n, isNumber := last[0].(float64); isNumber {
				p.object(l, int(n))
			}
		case v == pdfOperator("trailer"):
			if d, _ := l.value(0); d != nil {
				p.trailer(d)
			}
		}
		last[0], last[1] = last[1], v
	}
}

// object reads the value behind `obj` and the stream behind that.
func (p *pdf) object(l *pdfLexer, number int) {
	v, ok := l.value(0)
	if !ok {
		return
	}
	o := &pdfObject{value: v}
	p.objects = append(p.objects, o)
	p.byNum[number] = o
	if o.dict()["Type"] == pdfName("XRef") {
		p.trailer(v)
	}
	begin := l.at
	if next, _ := l.value(0); next != pdfOperator("stream") {
		l.at = begin
		return
	}
	l.at = p.lineEnd(l.at)
	o.raw = p.content[l.at:] // as far as measure will say
	end := bytes.Index(o.raw, []byte("endstream"))
	if n, isNumber := o.dict()["Length"].(float64); isNumber && p.endsAt(o.raw, n) {
		end = int(n)
	}
	if end >= 0 {
		l.at += end
	}
}

// lineEnd skips the line break behind `stream` (section 7.3.8.1).
func (p *pdf) lineEnd(at int) int {
	if at < len(p.content) && p.content[at] == '\r' {
		at++
	}
	if at < len(p.content) && p.content[at] == '\n' {
		at++
	}
	return at
}

// endsAt reports whether a stream of n bytes is followed by its end mark.
func (p *pdf) endsAt(raw []byte, n float64) bool {
	if n < 0 || n > float64(len(raw)) {
		return false
	}
	return bytes.HasPrefix(bytes.TrimLeft(raw[int(n):], "\x00\t\n\f\r "), []byte("endstream"))
}

// measure cuts the streams at their length, once every object that may hold one is known. A length that is wrong
// gives way to the end mark, as in readers that repair.
func (p *pdf) measure() {
	for _, o := range p.objects {
		if o.raw == nil {
			continue
		}
		if n, ok := p.resolve(o.dict()["Length"]).(float64); ok && p.endsAt(o.raw, n) {
			o.raw = o.raw[:int(n)]
		} else if end := bytes.Index(o.raw, []byte("endstream")); end >= 0 {
			o.raw = o.raw[:end]
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

// packedObjects reads object streams (section 7.5.7).
func (p *pdf) packedObjects() error {
	for _, o := range slices.Clone(p.objects) {
		if o.raw == nil || o.dict()["Type"] != pdfName("ObjStm") {
			continue
		}
		o.read = true
		err := p.decoded(o, func(plain []byte) error {
			p.unpackObjects(o.dict(), plain)
			return p.loose("", plain)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *pdf) unpackObjects(d pdfDict, plain []byte) {
	first, _ := p.resolve(d["First"]).(float64)
	head := &pdfLexer{src: plain, values: mostPDFValues}
	for {
		number, _ := head.value(0)
		offset, ok := head.value(0)
		n, isNumber := number.(float64)
		at, isOffset := offset.(float64)
		if !ok || !isNumber || !isOffset || head.at > int(first)+1 || first+at < 0 || first+at >= float64(len(plain)) {
			return
		}
		body := &pdfLexer{src: plain, at: int(first + at), values: mostPDFValues >> 4}
		if v, ok := body.value(0); ok {
			o := &pdfObject{value: v}
			p.objects = append(p.objects, o)
			p.byNum[int(n)] = o
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

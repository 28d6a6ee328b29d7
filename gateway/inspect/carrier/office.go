package carrier

import (
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// office reads the XML parts of office documents as a person sees them: a paragraph's runs joined, a cell's string
// or number as one value. The parts are handed over as they are besides, for what is only in attributes or comments.
//
// It goes by the local names of elements, not by the names of parts: ISO/IEC 29500-2 lets a part be called anything.
type office struct {
	w      *walk
	active bool
	shared []sharedString
}

type sharedString struct {
	text string
	seen bool // in a cell
}

// newOffice looks at the entries' names for a document. In any other archive it does nothing.
func newOffice(w *walk, entries []zipEntry) *office {
	o := &office{w: w}
	w.view = "zip"
	for _, e := range entries {
		switch name := strings.ToLower(string(e.name)); {
		case name == "[content_types].xml", name == "content.xml":
			o.active = true
		case strings.HasPrefix(name, "word/"):
			w.view = "docx"
		case strings.HasPrefix(name, "xl/"):
			w.view = "xlsx"
		case strings.HasPrefix(name, "ppt/"):
			w.view = "pptx"
		case name == "meta-inf/manifest.xml":
			w.view = "odf"
		}
	}
	if !o.active {
		w.view = "zip"
	}
	return o
}

func isSharedStrings(name []byte) bool {
	return strings.EqualFold(path.Base(string(name)), "sharedStrings.xml")
}

// part reads one part, if it is XML of a document.
func (o *office) part(name, plain []byte) error {
	if !o.active || len(plain) == 0 {
		return nil
	}
	if lower := strings.ToLower(string(name)); strings.HasPrefix(lower, "xl/worksheets/sheet") && strings.HasSuffix(lower, ".bin") {
		return opaque("a binary workbook")
	}
	text, ok := xmlText(plain)
	if !ok || isSharedStrings(name) {
		return nil
	}
	return o.read(text, &reading{office: o})
}

// strings reads the table that cells point into.
func (o *office) strings(plain []byte) error {
	text, ok := xmlText(plain)
	if !o.active || !ok {
		return nil
	}
	return o.read(text, &reading{office: o, table: true})
}

// end hands over the strings that no cell showed.
func (o *office) end() error {
	for _, s := range o.shared {
		if s.seen {
			continue
		}
		if err := o.w.value("", []byte(s.text)); err != nil {
			return err
		}
	}
	return nil
}

// xmlText is an XML part in UTF-8; ok is false for what is no XML.
func xmlText(plain []byte) (text []byte, ok bool) {
	if order, ok := utf16Order(plain); ok {
		decoded, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(plain)
		if err != nil {
			return nil, false
		}
		plain = decoded
	}
	plain = bytes.TrimLeft(bytes.TrimPrefix(plain, []byte("\xef\xbb\xbf")), " \t\r\n")
	return plain, bytes.HasPrefix(plain, []byte("<"))
}

// utf16Order looks for a byte order mark, or a `<` of two bytes.
func utf16Order(plain []byte) (unicode.Endianness, bool) {
	for _, start := range []string{"\xfe\xff", "\x00<"} {
		if bytes.HasPrefix(plain, []byte(start)) {
			return unicode.BigEndian, true
		}
	}
	return unicode.LittleEndian, bytes.HasPrefix(plain, []byte("\xff\xfe")) || bytes.HasPrefix(plain, []byte("<\x00"))
}

// read goes through the tokens once.
func (o *office) read(text []byte, r *reading) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	d.CharsetReader = charsetReader
	for {
		token, err := d.RawToken()
		switch {
		case err == io.EOF:
			return r.finish()
		case err != nil:
			return broken("a document's XML")
		}
		switch t := token.(type) {
		case xml.StartElement:
			err = r.start(t)
		case xml.EndElement:
			err = r.close(t.Name.Local)
		case xml.CharData:
			r.chars(t, false)
		case xml.Directive:
			err = broken("a document with a DTD") // entities could hold a number in two; Office refuses them as well
		}
		if err != nil {
			return err
		}
	}
}

func charsetReader(label string, in io.Reader) (io.Reader, error) {
	if strings.HasPrefix(strings.ToLower(label), "utf-16") {
		return in, nil // xmlText has been there
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, err
	}
	return e.NewDecoder().Reader(in), nil
}

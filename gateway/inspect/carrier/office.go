package carrier

import (
	"bytes"
	"path"
	"strings"
)

// office reads the XML parts of office documents as a person sees them: a paragraph's runs joined, a cell's string
// or number as one value. The parts are handed over as they are besides, for what is only in attributes or comments.
//
// It goes by the local names of elements, not by the names of parts: ISO/IEC 29500-2 lets a part be called anything.
type office struct {
	w      *walk
	active bool
	shared []sharedString
	xml    []byte // the part being read
	blanks []int  // where numbers begin and end in it that were handed over as the values of cells
}

type sharedString struct {
	text string
	seen bool // in a cell
	at   int  // where it stands in its part, if it is written as one piece
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

// read reads one part, if it is XML of a document.
func (o *office) read(plain []byte) error {
	text, ok := xmlText(plain)
	o.xml, o.blanks = text, o.blanks[:0]
	if !o.active || !ok {
		return nil
	}
	return o.tokens(text, &reading{office: o})
}

// strings reads the table that cells point into.
func (o *office) strings(plain []byte) error {
	text, ok := xmlText(plain)
	if !o.active || !ok {
		return nil
	}
	return o.tokens(text, &reading{office: o, table: true})
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

// leastCell is the shortest number that is not read again where it stands.
const leastCell = 12

// shownAt notes that the cell whose text begins at a place of the part was handed over under its column's head, which the
// bytes of the part alone do not tell.
func (o *office) shownAt(at int, value string) {
	if len(value) >= leastCell && digitsOnly(value) && bytes.HasPrefix(o.xml[min(at, len(o.xml)):], []byte(value+"<")) {
		o.blanks = append(o.blanks, at, at+len(value))
	}
}

// besides hands over the bytes of a part without the numbers that were handed over as the values of cells.
func (o *office) besides(name string, plain []byte) error {
	if len(o.blanks) == 0 || !bytes.HasSuffix(plain, o.xml) {
		return o.w.file(name, plain)
	}
	if err := o.w.b.Hold(len(plain)); err != nil {
		return err
	}
	rest := bytes.Clone(plain)
	defer func() {
		clear(rest)
		o.w.b.Free(len(rest))
	}()
	text := rest[len(plain)-len(o.xml):]
	for i := 0; i < len(o.blanks); i += 2 {
		for at := o.blanks[i]; at < o.blanks[i+1]; at++ {
			text[at] = ' '
		}
	}
	return o.w.file(name, rest)
}

// seen notes the numbers of the shared table that cells showed.
func (o *office) seen(plain []byte) {
	o.xml, _ = xmlText(plain)
	o.blanks = o.blanks[:0]
	for _, s := range o.shared {
		if s.seen {
			o.shownAt(s.at, s.text)
		}
	}
}

// tokens goes through the tokens once.
func (o *office) tokens(text []byte, r *reading) error {
	s := xmlScanner{rest: text}
	for {
		var err error
		switch s.next() {
		case xmlEnd:
			return r.finish()
		case xmlBad:
			return broken("a document's XML")
		case xmlStart:
			err = r.start(string(s.name), s.attrs)
		case xmlClose:
			err = r.close(string(s.name))
		case xmlChars:
			r.chars(s.chars, len(text)-len(s.rest)-len(s.chars), false)
		}
		if err != nil {
			return err
		}
	}
}

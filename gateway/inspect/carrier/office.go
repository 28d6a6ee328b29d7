package carrier

import (
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
func (o *office) part(plain []byte) error {
	text, ok := xmlText(plain)
	if !o.active || !ok {
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

// read goes through the tokens once.
func (o *office) read(text []byte, r *reading) error {
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
			r.chars(s.chars, false)
		}
		if err != nil {
			return err
		}
	}
}

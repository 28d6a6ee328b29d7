package carrier

import (
	"fmt"
	"strings"
)

// mostNested bounds paragraphs inside paragraphs: text boxes, notes.
const mostNested = 64

// reading is the state of one part of a document being read.
type reading struct {
	office *office
	table  bool // this is the table of shared strings
	odf    bool // text stands in the paragraph itself (ISO/IEC 26300), not in a text element inside it
	shown  int  // open elements whose characters are shown
	hidden int  // open elements whose characters nobody sees
	blocks []block
	sheet  sheet
}

// block is a paragraph or string whose runs are being joined; apart are its deleted words, field codes and phonetic
// hints, which would stand between digits that a person sees side by side.
type block struct {
	element       string
	joined, apart []byte
	at            int // where the first of joined stands in the part
}

func (r *reading) start(local string, attrs []byte) error {
	switch local {
	case "document-content", "document-styles", "document-meta":
		r.odf = true
	case "encryption-data":
		return fmt.Errorf("reading a document: %w", ErrEncrypted)
	case "Override", "Default": // of the package's content types
		if kind, _ := attribute(attrs, "ContentType"); strings.Contains(kind, "sheet.binary") {
			return opaque("a binary workbook")
		}
	case "p", "h", "si", "is":
		return r.open(local)
	case "text": // a comment on a cell; in ODF the whole document's frame
		if !r.odf {
			return r.open(local)
		}
	case "t", "v":
		r.shown++
	case "delText", "instrText", "delInstrText", "rPh":
		r.hidden++
	case "tab", "br", "cr", "s", "line-break":
		r.chars([]byte(" "), 0, true)
	case "noBreakHyphen":
		r.chars([]byte("-"), 0, true)
	case "table":
		if r.odf {
			r.sheet = sheet{}
		}
	case "row", "table-row":
		r.sheet.row()
	case "c":
		r.sheet.open(attrs)
	case "table-cell", "covered-table-cell":
		r.sheet.openODF(attrs)
		return r.odfCell(attrs)
	}
	return nil
}

func (r *reading) open(element string) error {
	if len(r.blocks) == mostNested {
		return broken("a document nested too deep")
	}
	r.blocks = append(r.blocks, block{element: element})
	return nil
}

func (r *reading) close(local string) error {
	switch local {
	case "p", "h", "si", "is", "text":
		return r.closeBlock(local)
	case "t", "v":
		r.shown = max(0, r.shown-1)
	case "delText", "instrText", "delInstrText", "rPh":
		r.hidden = max(0, r.hidden-1)
	case "c":
		return r.sheet.close(r.office)
	case "table-cell", "covered-table-cell":
		r.sheet.column = ""
	}
	return nil
}

// chars takes characters that stand at a place of the part; sure says that they are shown wherever they stand.
func (r *reading) chars(text []byte, at int, sure bool) {
	if len(r.blocks) == 0 {
		if r.shown > 0 {
			r.sheet.chars(text, at)
		}
		return
	}
	switch b := &r.blocks[len(r.blocks)-1]; {
	case r.hidden > 0:
		b.apart = append(b.apart, text...)
	case sure || r.odf || r.shown > 0:
		if len(b.joined) == 0 {
			b.at = at
		}
		b.joined = append(b.joined, text...)
	}
}

func (r *reading) closeBlock(element string) error {
	last := len(r.blocks) - 1
	if last < 0 || r.blocks[last].element != element {
		return nil
	}
	b := r.blocks[last]
	r.blocks = r.blocks[:last]
	if err := r.office.w.loose("", b.apart); err != nil {
		return err
	}
	switch {
	case element == "si" && r.table:
		return r.office.share(b.joined, b.at)
	case element == "is" && r.sheet.inCell:
		r.sheet.chars(b.joined, b.at)
		return nil
	}
	if r.odf && r.sheet.column != "" && len(b.joined) <= longestShown {
		if name, ok := r.sheet.named(string(b.joined)); ok && name != "" {
			r.office.shownAt(b.at, string(b.joined))
			return r.office.w.value(name, b.joined)
		}
	}
	return r.office.w.paragraph(b.joined)
}

// finish hands over what was never closed.
func (r *reading) finish() error {
	for len(r.blocks) > 0 {
		if err := r.closeBlock(r.blocks[len(r.blocks)-1].element); err != nil {
			return err
		}
	}
	return nil
}

// odfCell hands over the values that an ODF cell keeps in its attributes.
func (r *reading) odfCell(attrs []byte) error {
	for _, name := range []string{"value", "string-value"} {
		value, _ := attribute(attrs, name)
		if value == "" {
			continue
		}
		value = plainNumber(value)
		name, _ := r.sheet.named(value)
		if err := r.office.w.value(name, []byte(value)); err != nil {
			return err
		}
	}
	return nil
}

// paragraph hands over one paragraph, however short: four in a row may be one number.
func (w *walk) paragraph(text []byte) error {
	if strings.TrimSpace(string(text)) == "" {
		return nil
	}
	return w.visit(Text{Data: text, View: w.view})
}

package inspect

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/pan"
)

// csvWalker walks lines of cells; the first line names the columns unless it holds numbers itself.
type csvWalker struct {
	*reading
	text   *text
	comma  byte
	names  []string
	column int
	row    int
	lone   bool // the cell at hand is all of its line
	table  bool // of so many lines that no column without a name is a part of one number
	cards  bool // a column of verification values: no other is one of identifiers
	apart  bool // no column has a name: a table of numbers
}

// walkCSV hands out the cells of t. Numbers in neighbouring cells are values of their own, never one number in groups.
func (r *reading) walkCSV(t *text) (complete bool, err error) {
	w := &csvWalker{reading: r, text: t, comma: commaOf(t.data)}
	if w.comma == 0 {
		return false, nil
	}
	w.table = bytes.Count(t.data, []byte("\n")) >= leastTable
	w.apart = w.table && !holdsLetter(firstLine(t.data))
	for at := 0; at < len(t.data); w.row++ {
		r.ids++
		if at, err = w.line(at); err != nil {
			return false, err
		}
		r.split.flush(r)
	}
	return true, nil
}

// leastTable is how many lines of numbers are a table, whose columns nobody reads as one number.
const leastTable = 3

// namesTable reports a file's name that ends as those of such tables do.
func namesTable(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".csv") || strings.HasSuffix(name, ".tsv")
}

func firstLine(b []byte) []byte {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return line
}

// holdsLetter reports a letter of any script.
func holdsLetter(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 || c|0x20-'a' < 26 {
			return true
		}
	}
	return false
}

// commaOf is what parts the cells: what there is most of in the first line.
func commaOf(b []byte) byte {
	line := firstLine(b)
	best, most := byte(0), 0
	for _, c := range []byte(";\t,|") {
		if n := bytes.Count(line, []byte{c}); n > most {
			best, most = c, n
		}
	}
	return best
}

// The bounds of where the header of a table that stands in a text is looked for.
const (
	latestHeader  = 4   // lines from the first
	longestHeader = 512 // bytes
)

// tableIn is where the header of a table begins in a text: one of its first lines, with a name of identifiers among the
// names that tabs, semicolons or bars part, and as many of those in the line below; -1 if there is none.
func tableIn(b []byte) int {
	for at, n := 0, 0; n < latestHeader; n++ {
		line, rest, ok := bytes.Cut(b[at:min(len(b), at+longestHeader)], []byte("\n"))
		if !ok {
			return -1
		}
		if comma := commaOf(line); comma != 0 && comma != ',' && headsIDs(line, comma) &&
			bytes.Count(firstLine(rest), []byte{comma}) == bytes.Count(line, []byte{comma}) {
			return at
		}
		at += len(line) + 1
	}
	return -1
}

// headsIDs reports a line of names, one of them that of identifiers.
func headsIDs(line []byte, comma byte) bool {
	found := false
	for cell := range bytes.SplitSeq(line, []byte{comma}) {
		name := columnName(cell)
		if name == "" && len(bytes.TrimSpace(cell)) > 0 {
			return false
		}
		found = found || pan.IsIDName(name)
	}
	return found
}

// walkTable hands out the cells of the table whose header begins at a place of t.
func (r *reading) walkTable(t *text, at int) error { return r.within(t, at, r.walkCSV) }

// line hands out one row and gives the start of the next.
func (w *csvWalker) line(at int) (next int, err error) {
	for w.column = 0; ; w.column++ {
		start, end, after := w.cell(at)
		cell := w.text.data[start:end]
		w.lone = w.column == 0 && (after >= len(w.text.data) || w.text.data[after] != w.comma)
		if w.row == 0 {
			w.names = append(w.names, columnName(cell))
			kind, _ := pan.SensitiveName(w.names[w.column])
			w.cards = w.cards || kind == finding.CVV
		}
		if err := w.value(w.text, w, start, end, doubledIn(cell, start > at), "csv"); err != nil {
			return 0, err
		}
		if after >= len(w.text.data) || w.text.data[after] != w.comma {
			return after + 1, nil
		}
		at = after + 1
	}
}

// cell is the next cell without its quotes, and where what ends it stands.
func (w *csvWalker) cell(at int) (start, end, after int) {
	b := w.text.data
	if at < len(b) && b[at] == '"' {
		for i := at + 1; i < len(b); i++ {
			if b[i] != '"' {
				continue
			}
			if i+1 < len(b) && b[i+1] == '"' {
				i++
				continue
			}
			if i+1 == len(b) || b[i+1] == w.comma || b[i+1] == '\r' || b[i+1] == '\n' {
				return at + 1, i, w.lineEnd(i + 1)
			}
			break // not the quotes of a cell
		}
	}
	i := at
	for i < len(b) && b[i] != w.comma && b[i] != '\n' {
		i++
	}
	end = i
	if end > at && b[end-1] == '\r' {
		end--
	}
	return at, end, i
}

// doubledIn is the view of a cell in quotes that holds quotes, each of them doubled (RFC 4180 section 2.7).
func doubledIn(cell []byte, quoted bool) *view {
	if !quoted || !bytes.Contains(cell, []byte(`""`)) {
		return nil
	}
	return doubledView
}

var doubledView = &view{
	decode: func(dst, src []byte, marks *[]int32) []byte {
		for i := 0; i < len(src); i++ {
			dst = append(dst, src[i])
			mark(marks, dst, len(dst)-1, i)
			if src[i] == '"' && i+1 < len(src) && src[i+1] == '"' {
				i++
			}
		}
		return dst
	},
	encode: func(unit, with []byte) ([]byte, bool) { return with, len(unit) == 1 },
}

func (w *csvWalker) lineEnd(at int) int {
	if at < len(w.text.data) && w.text.data[at] == '\r' {
		at++
	}
	return at
}

// columnName is what a cell of the first line names, nothing if it holds a number itself.
func columnName(b []byte) string {
	if len(b) > 64 || manyDigits(b) {
		return ""
	}
	if !utf8.Valid(b) { // as Excel saves it in Cyrillic countries
		b, _ = charmap.Windows1251.NewDecoder().Bytes(b)
	}
	return string(bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))))
}

func (w *csvWalker) location() finding.Location { return w.text.where.location() }

// label is the head of the column. No identifiers are those in a table of verification values, and none is a number that
// has its line alone: somebody wrote it under the table.
func (w *csvWalker) label() string {
	if w.row == 0 || w.column >= len(w.names) || (w.cards || w.lone && len(w.names) > 1) && pan.IsIDName(w.names[w.column]) {
		return ""
	}
	return w.names[w.column]
}

func (w *csvWalker) container() int {
	if w.apart || w.table && allDigits([]byte(w.label())) {
		w.ids++ // nothing joins it
	}
	return w.ids
}
func (w *csvWalker) nearby() bool { return false }

package pan

import (
	"bytes"
	"encoding/binary"
)

// mostRow is how many bytes a line has at most that may be the row of a table.
const mostRow = 96

// nearRows is how many lines on either side of a row are looked at.
const nearRows = 4

// row is one line of a text. The zero row is none.
type row struct {
	start, end int  // behind its line end
	told       bool // the rest is known
	other      bool // nothing but numbers, three at least, which are no card's groups, and the marks of a table
}

// rows is the lines around the one in the middle. They are kept for the next number: each line is read once.
type rows [2*nearRows + 1]row

// tabled reports groups that are the cells of one row of a table: their line holds nothing but numbers, and of the lines
// around it two at least hold rows of numbers that are no cards. People part the groups of a card by single blanks and
// dashes, not by the marks of tables.
func (w *walk) tabled(c *candidate, start, end int) bool {
	if c.groups > 1 && w.cells(c, start, end) {
		return true
	}
	if c.groups < 4 || !w.marked(c) {
		return false
	}
	own := lineAround(w.text.Data, start)
	if own.end == 0 || !onlyRow(w.text.Data[own.start:own.end-1]) {
		return false
	}
	w.spent += rowsCost
	w.surround(own)
	others := 0
	for i := 0; i < len(w.rows) && others < 2; i++ {
		if i != nearRows && w.other(&w.rows[i]) {
			others++
		}
	}
	return others == 2
}

// onlyRow reports nothing but digits and the marks of a table.
func onlyRow(text []byte) bool {
	for _, b := range text {
		if rowBytes[b] == 0 {
			return false
		}
	}
	return true
}

// cells reports groups parted by tabs that are not all of their row, or as columns are where the line before or behind has
// some too. Two or three parted by tabs, such as an amount and a reference, are cells where the next row has a tab: nobody
// parts a card so, line after line.
func (w *walk) cells(c *candidate, start, end int) bool {
	text := w.text.Data
	switch between := text[w.groups[w.at].end:w.groups[w.at+1].start]; {
	case between[0] == '\t' && (start > 0 && text[start-1] == '\t' || end < len(text) && text[end] == '\t'):
		return w.following(end).expiry.end == 0
	case between[0] == '\t' && c.groups < 4:
		return w.beside(start, hasTab)
	case len(between) > 1 && between[0] == ' ' && between[1] == ' ':
		return w.beside(start, hasColumns)
	}
	return false
}

// beside reports a row above or below the one that i is in that is parted so, and holds more than a card's groups.
func (w *walk) beside(i int, parted func(line []byte) bool) bool {
	w.spent += rowsCost
	text := w.text.Data
	own := lineAround(text, i)
	if own.end == 0 {
		return false
	}
	var near [2]row
	if own.start > 0 {
		near[0] = lineBefore(text, own.start)
	}
	if own.end < len(text) {
		near[1] = line(text, own.end)
	}
	for _, r := range near {
		if r.end > 0 && parted(text[r.start:r.end-1]) && !w.holdsCard(text[r.start:r.end-1]) {
			return true
		}
	}
	return false
}

func hasTab(line []byte) bool { return bytes.IndexByte(line, '\t') >= 0 }

// hasColumns reports numbers parted by more than one blank.
func hasColumns(line []byte) bool {
	for {
		i := bytes.Index(line, []byte("  "))
		if i < 0 {
			return false
		}
		behind := bytes.TrimLeft(line[i:], " ")
		if i > 0 && line[i-1]-'0' <= 9 && len(behind) > 0 && behind[0]-'0' <= 9 {
			return true
		}
		line = behind
	}
}

// holdsCard reports a line whose digits are a card's, whatever words stand beside it.
func (w *walk) holdsCard(line []byte) bool {
	var buf [longest]byte
	n := 0
	for _, b := range line {
		if b-'0' > 9 {
			continue
		}
		if n == longest {
			return false
		}
		buf[n] = b - '0'
		n++
	}
	return w.strong(buf[:n])
}

// marked reports one of the marks that part the cells of tables, other than blanks, between the groups.
func (w *walk) marked(c *candidate) bool {
	for i := w.at + 1; i < w.at+c.groups; i++ {
		for _, b := range w.text.Data[w.groups[i-1].end:w.groups[i].start] {
			if b != ' ' && rowBytes[b] == ofMark {
				return true
			}
		}
	}
	return false
}

// surround finds the lines around this one. A line too long for a row ends the table.
func (w *walk) surround(own row) {
	r, text := &w.rows, w.text.Data
	if own.start == r[nearRows].start && own.end == r[nearRows].end {
		return
	}
	known := nearRows + 1
	for known < len(r) && (own.start < r[known].start || own.start >= r[known].end) {
		known++
	}
	if known < len(r) { // the line is one of those below the one before
		moved := copy(r[:], r[known-nearRows:])
		clear(r[moved:])
		r.below(moved, text)
		return
	}
	clear(r[:])
	r[nearRows] = own
	for k := nearRows; k > 0 && r[k].end > 0 && r[k].start > 0; k-- {
		r[k-1] = lineBefore(text, r[k].start)
	}
	r.below(nearRows+1, text)
}

// below finds the lines from the k-th on.
func (r *rows) below(k int, text []byte) {
	for ; k < len(r) && r[k-1].end > 0 && r[k-1].end < len(text); k++ {
		r[k] = line(text, r[k-1].end)
	}
}

// lineAround is the line that i is in, or none if it is too long.
func lineAround(text []byte, i int) row {
	start := max(0, i-mostRow)
	return line(text, start+lastByte(text[start:i], '\n')+1)
}

// lineBefore is the line that ends before i, where another begins, or none if it is too long.
func lineBefore(text []byte, i int) row {
	from := max(0, i-1-mostRow)
	start := from + lastByte(text[from:i-1], '\n') + 1
	if start > 0 && text[start-1] != '\n' {
		return row{}
	}
	return row{start: start, end: i}
}

// line is the line that begins at start, or none if it is too long or start is within one.
func line(text []byte, start int) row {
	if start > 0 && text[start-1] != '\n' {
		return row{}
	}
	rest := text[start:min(len(text), start+mostRow+1)]
	n := bytes.IndexByte(rest, '\n')
	if n < 0 {
		if n = len(rest); n > mostRow {
			return row{}
		}
	}
	return row{start: start, end: start + n + 1}
}

// other reports a row of other numbers than a card's, read once.
func (w *walk) other(r *row) bool {
	if !r.told && r.end > 0 {
		r.told, r.other = true, w.otherNumbers(r.start, r.end-1)
	}
	return r.other
}

// otherNumbers is the same of a line, read up to eight digits at a time.
func (w *walk) otherNumbers(i, end int) bool {
	text := w.text.Data
	var digits [maxRun + 8]byte
	cells, n, parted := 0, 0, true
	for i < end {
		size := 1
		switch kind := rowBytes[text[i]]; {
		case kind == ofMark:
			i, parted = i+1, true
			continue
		case kind == 0:
			return false
		case i+8 <= len(text):
			x := binary.LittleEndian.Uint64(text[i : i+8])
			binary.LittleEndian.PutUint64(digits[n:n+8], x)
			size = leadingDigits(x)
		default:
			digits[n] = text[i]
		}
		if parted {
			cells++
		}
		if i, n, parted = i+size, n+size, false; n > maxRun {
			return false
		}
	}
	return cells >= 3 && !w.strong(digits[:n])
}

// strong reports digits that are a card's wherever they stand.
func (w *walk) strong(digits []byte) bool {
	if len(digits) < shortest || len(digits) > longest {
		return false
	}
	s := w.table.look(digits, true)
	return s != nil && s.tier == A && luhnValid(digits)
}

// rowByte is what a byte is to a row.
type rowByte uint8

const (
	ofDigit rowByte = 1 + iota
	ofMark          // parts the cells
)

var rowBytes = [256]rowByte{
	' ': ofMark, '\t': ofMark, '\r': ofMark, ';': ofMark, ',': ofMark, '|': ofMark,
	'0': ofDigit, '1': ofDigit, '2': ofDigit, '3': ofDigit, '4': ofDigit, '5': ofDigit, '6': ofDigit, '7': ofDigit, '8': ofDigit, '9': ofDigit,
}

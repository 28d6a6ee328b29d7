package pan

import "bytes"

// mostRow is how many bytes a line has at most that may be the row of a table.
const mostRow = 96

// nearRows is how many lines on either side of a row are looked at.
const nearRows = 4

// row is one line of a text. The zero row is none.
type row struct {
	start, end int  // behind its line end
	numbers    bool // nothing but numbers and the marks of a table
	other      bool // three numbers at least, which are no card's groups
	tabs       bool // a tab among others than a card's groups
	columns    bool // numbers parted by more than one blank, which are no card's groups
}

// rows is the lines around the one in the middle. They are kept for the next number: each line is read once.
type rows [2*nearRows + 1]row

// tabled reports groups that are the cells of one row of a table: their line holds nothing but numbers, and of the lines
// around it two at least hold rows of numbers that are no cards. People part the groups of a card by single blanks and
// dashes, not by the marks of tables.
func (w *walk) tabled(c candidate, start, end int) bool {
	text := w.text.Data
	if c.groups > 1 && w.cells(c, start, end) {
		return true
	}
	if c.groups < 4 || !marked(text[start:end]) {
		return false
	}
	w.surround(start)
	others := 0
	for i := range w.rows {
		if i != nearRows && w.rows[i].other {
			others++
		}
	}
	return w.rows[nearRows].numbers && others >= 2
}

// cells reports groups parted by tabs that are not all of their row, or as columns are where the line before or behind has
// some too. Two or three parted by tabs, such as an amount and a reference, are cells where the next row has a tab: nobody
// parts a card so, line after line.
func (w *walk) cells(c candidate, start, end int) bool {
	text := w.text.Data
	switch between := text[w.groups[w.at].end:w.groups[w.at+1].start]; {
	case between[0] == '\t' && (start > 0 && text[start-1] == '\t' || end < len(text) && text[end] == '\t'):
		return w.following(end).expiry.end == 0
	case between[0] == '\t' && c.groups < 4:
		w.surround(start)
		return w.rows[nearRows-1].tabs || w.rows[nearRows+1].tabs
	case len(between) > 1 && between[0] == ' ' && between[1] == ' ':
		w.surround(start)
		return w.rows[nearRows-1].columns || w.rows[nearRows+1].columns
	}
	return false
}

// marked reports one of the marks that part the cells of tables, other than blanks.
func marked(b []byte) bool {
	for _, c := range b {
		if c != ' ' && tableMarks[c] {
			return true
		}
	}
	return false
}

// surround reads the lines around the one that i is in. A line too long for a row ends the table.
func (w *walk) surround(i int) {
	r, text := &w.rows, w.text.Data
	if own := r[nearRows]; i >= own.start && i < own.end {
		return
	}
	known := nearRows + 1
	for known < len(r) && (i < r[known].start || i >= r[known].end) {
		known++
	}
	if known < len(r) { // the line is one of those below the one before
		moved := copy(r[:], r[known-nearRows:])
		clear(r[moved:])
		w.below(moved)
		return
	}
	clear(r[:])
	start := max(0, i-mostRow)
	start += bytes.LastIndexByte(text[start:i], '\n') + 1
	r[nearRows] = w.row(start)
	for k, end := nearRows, start-1; k > 0 && end > 0 && r[k].end > 0; k, end = k-1, start-1 {
		start = max(0, end-mostRow)
		start += bytes.LastIndexByte(text[start:end], '\n') + 1
		r[k-1] = w.row(start)
	}
	w.below(nearRows + 1)
}

// below reads the lines from the k-th on.
func (w *walk) below(k int) {
	for r := &w.rows; k < len(r) && r[k-1].end > 0 && r[k-1].end < len(w.text.Data); k++ {
		r[k] = w.row(r[k-1].end)
	}
}

// row is the line that begins at start, or none if it is too long or start is within one.
func (w *walk) row(start int) row {
	text := w.text.Data
	if start > 0 && text[start-1] != '\n' {
		return row{}
	}
	r := row{start: start, end: start, numbers: true}
	var buf [maxRun]byte
	digits, cells, blanks, before := 0, 0, 0, byte(' ')
	for ; r.end < len(text) && text[r.end] != '\n'; r.end++ {
		if r.end-start == mostRow {
			return row{}
		}
		b := text[r.end]
		if b-'0' <= 9 {
			if before-'0' > 9 {
				cells++
			}
			r.columns = r.columns || blanks > 1
			buf[min(digits, maxRun-1)] = b - '0'
			digits++
		} else if !tableMarks[b] {
			r.numbers = false
		}
		r.tabs = r.tabs || b == '\t'
		if b == ' ' && (blanks > 0 || before-'0' <= 9) {
			blanks++
		} else {
			blanks = 0
		}
		before = b
	}
	r.end++
	card := digits <= maxRun && w.strong(buf[:digits]) // whatever words stand beside it
	r.tabs, r.columns = r.tabs && !card, r.columns && !card
	r.other = r.numbers && cells >= 3 && digits <= maxRun && !card
	return r
}

// strong reports digits that are a card's wherever they stand.
func (w *walk) strong(digits []byte) bool {
	if len(digits) < shortest || len(digits) > longest {
		return false
	}
	s := w.table.look(digits, true)
	return s != nil && s.tier == A && luhnValid(digits)
}

// tableMarks is what parts the cells of a row.
var tableMarks = [256]bool{' ': true, '\t': true, '\r': true, ';': true, ',': true, '|': true}

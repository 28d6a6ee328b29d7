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
	tabs       bool // a tab
}

// rows is the lines around the one in the middle. They are kept for the next number: each line is read once.
type rows [2*nearRows + 1]row

// tabled reports groups that are the cells of one row of a table: their line holds nothing but numbers, and of the lines
// around it two at least hold rows of numbers that are no cards. People part the groups of a card by blanks and dashes,
// not by the marks of tables. Groups parted by tabs are cells too where they are not all of their row; two or three, such as
// an amount and a reference, where the next row has some: nobody parts a card so, line after line.
func (w *walk) tabled(c candidate, start, end int) bool {
	text := w.text.Data
	tabs := c.groups > 1 && w.groups[w.at+1].before.mark() == '\t'
	switch {
	case tabs && (start > 0 && text[start-1] == '\t' || end < len(text) && text[end] == '\t'):
		return true
	case c.groups < 4 && !tabs, c.groups >= 4 && !marked(text[start:end]):
		return false
	}
	r := &w.rows
	if own := r[nearRows]; start < own.start || start >= own.end {
		w.surround(start)
	}
	if c.groups < 4 {
		return r[nearRows-1].tabs || r[nearRows+1].tabs
	}
	others := 0
	for i := range r {
		if i != nearRows && r[i].other {
			others++
		}
	}
	return r[nearRows].numbers && others >= 2
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
	digits, cells, before := 0, 0, byte(' ')
	for ; r.end < len(text) && text[r.end] != '\n'; r.end++ {
		if r.end-start == mostRow {
			return row{}
		}
		b := text[r.end]
		if b-'0' <= 9 {
			if before-'0' > 9 {
				cells++
			}
			buf[min(digits, maxRun-1)] = b - '0'
			digits++
		} else if !tableMarks[b] {
			r.numbers = false
		}
		r.tabs = r.tabs || b == '\t'
		before = b
	}
	if r.end++; !r.numbers || cells < 3 || digits > maxRun {
		return r
	}
	r.other = digits < shortest
	if !r.other {
		s := w.table.look(buf[:digits], true)
		r.other = s == nil || s.tier != A || !luhnValid(buf[:digits])
	}
	return r
}

// tableMarks is what parts the cells of a row.
var tableMarks = [256]bool{' ': true, '\t': true, '\r': true, ';': true, ',': true, '|': true}

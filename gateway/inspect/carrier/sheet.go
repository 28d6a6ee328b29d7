package carrier

import (
	"strconv"
	"strings"
)

// Bounds of what a sheet makes us remember.
const (
	mostColumns  = 1024 // columns whose head is remembered
	lastHead     = 10   // row in which the last of them begin: titles stand above many a table
	longestHead  = 64   // bytes of a column's head
	longestShown = 64   // bytes of a shared string that is handed over again for every cell that shows it
)

// sheet is the state of a worksheet being read (ISO/IEC 29500-1 section 18.3): cells are separate values, named by
// the text in the first row of their column, or the first text where the table begins further down.
type sheet struct {
	rows     int
	cells    int    // in this row
	column   string // letters of the cell's reference, or its place in the row; empty outside of cells
	kind     string // its t attribute: s is a shared string, n or none a number
	inCell   bool
	text     []byte
	at       int // where the text stands in the part, as far as it is written as one piece
	heads    map[string]string
	repeated int // cells that the one before stands for besides itself
}

func (s *sheet) row() { s.rows, s.cells, s.repeated = s.rows+1, 0, 0 }

func (s *sheet) open(attrs []byte) {
	s.cells++
	s.inCell, s.column, s.kind, s.text = true, strconv.Itoa(s.cells), "", s.text[:0] // the reference may be left out
	if r, ok := attribute(attrs, "r"); ok {
		s.column = strings.TrimRight(r, "0123456789")
	}
	s.kind, _ = attribute(attrs, "t")
}

func (s *sheet) chars(text []byte, at int) {
	if s.inCell {
		if len(s.text) == 0 {
			s.at = at
		}
		s.text = append(s.text, text...)
	}
}

// close hands over the cell that ends.
func (s *sheet) close(o *office) error {
	if !s.inCell {
		return nil
	}
	s.inCell = false
	value := string(s.text)
	switch s.kind {
	case "s":
		shared, ok := o.show(value)
		if !ok {
			return nil
		}
		if err := o.w.b.Spend(len(shared)); err != nil {
			return err
		}
		value = shared
	case "", "n":
		value = plainNumber(strings.TrimSpace(value))
	}
	name, ok := s.named(value)
	if ok && s.kind != "s" {
		o.shownAt(s.at, value)
	}
	return o.w.value(name, []byte(value))
}

// named is the head of the cell's column, or false for a cell that is a head: it does not name itself.
func (s *sheet) named(value string) (name string, ok bool) {
	if !s.heading(value) {
		return s.heads[s.column], true
	}
	if s.heads == nil {
		s.heads = make(map[string]string)
	}
	s.heads[s.column] = value
	return "", false
}

// openODF begins a cell of ISO/IEC 26300, which stands for as many as it says.
func (s *sheet) openODF(attrs []byte) {
	s.cells += 1 + s.repeated
	s.column, s.repeated = strconv.Itoa(s.cells), 0
	if n, ok := attribute(attrs, "number-columns-repeated"); ok {
		s.repeated, _ = strconv.Atoi(n)
		s.repeated = min(max(s.repeated-1, 0), mostColumns)
	}
}

// heading reports a cell whose value names its column.
func (s *sheet) heading(value string) bool {
	if len(value) > longestHead || len(s.heads) >= mostColumns {
		return false
	}
	if s.rows <= 1 {
		return true
	}
	return s.rows <= lastHead && s.heads[s.column] == "" && value != "" && !strings.ContainsAny(value, "0123456789")
}

// share keeps one string of the shared table.
func (o *office) share(text []byte, at int) error {
	if err := o.w.b.Spend(len(text)); err != nil {
		return err
	}
	o.shared = append(o.shared, sharedString{text: string(text), at: at})
	return nil
}

// show is the shared string a cell points at, if it is short. Long ones are handed over once, by end: a thousand
// cells may point at the same megabyte.
func (o *office) show(index string) (string, bool) {
	i, err := strconv.Atoi(strings.TrimSpace(index))
	if err != nil || i < 0 || i >= len(o.shared) || len(o.shared[i].text) > longestShown {
		return "", false
	}
	o.shared[i].seen = true
	return o.shared[i].text, true
}

// plainNumber writes a whole number with an exponent, as Excel stores long ones (4.111111111111111E15), without it;
// anything else is given back as it is.
func plainNumber(s string) string {
	mantissa, exponent, ok := strings.Cut(strings.ToLower(s), "e")
	shift, err := strconv.Atoi(exponent)
	if !ok || err != nil || shift < 0 || shift > 40 {
		return s
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if len(fraction) > shift || !digitsOnly(strings.TrimPrefix(whole, "-")) || fraction != "" && !digitsOnly(fraction) {
		return s
	}
	return whole + fraction + strings.Repeat("0", shift-len(fraction))
}

func digitsOnly(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

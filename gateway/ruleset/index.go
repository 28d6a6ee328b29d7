package ruleset

import (
	"math"
	"slices"
	"strings"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// index finds the rows that could select a request without asking all of them. Rows are filed under the literal
// beginning of their paths, and there under a query parameter whose value they spell out or the place they look at, so
// that a thousand rules for /index.php?route=… cost as little as a thousand for different folders. It is immutable.
type index struct {
	rows    []*where
	places  [][]finding.Location // of each row, the places it looks at; nil: any
	folders map[string]*drawer   // by a path, or the beginning of one up to a slash; "" holds what any path may match
}

// drawer holds the rows filed under one beginning, in the order of the file.
type drawer struct {
	any   []int
	place map[finding.Location][]int
	query []shelf
}

// shelf holds the rows that ask for one value of a parameter.
type shelf struct {
	name   string
	values map[string][]int
}

func newIndex(rows []*where) index {
	return newPlacedIndex(rows, make([][]finding.Location, len(rows)))
}

func newPlacedIndex(rows []*where, places [][]finding.Location) index {
	x := index{rows: rows, places: places, folders: make(map[string]*drawer)}
	for i, w := range rows {
		if len(w.paths) == 0 {
			x.file("", i)
		}
		for _, g := range w.paths {
			for _, key := range folderKeys(g) {
				x.file(key, i)
			}
		}
	}
	return x
}

// folderKeys are where a path pattern is filed; a request looks under its path, and every beginning of it up to a slash.
func folderKeys(g glob) []string {
	if g.exact() {
		return []string{g.text}
	}
	prefix := g.prefix()
	prefix = prefix[:strings.LastIndexByte(prefix, '/')+1]
	if under, ok := strings.CutSuffix(g.text, "/**"); ok && g.prefix() == under+"/" {
		return []string{prefix, under} // /a/** is /a too
	}
	return []string{prefix}
}

func (x *index) file(key string, row int) {
	d := x.folders[key]
	if d == nil {
		d = &drawer{}
		x.folders[key] = d
	}
	for _, q := range x.rows[row].query {
		if q.value.exact() {
			values := d.shelf(q.name)
			values[q.value.text] = appendOnce(values[q.value.text], row)
			return
		}
	}
	if x.places[row] == nil {
		d.any = appendOnce(d.any, row)
		return
	}
	if d.place == nil {
		d.place = make(map[finding.Location][]int)
	}
	for _, l := range x.places[row] {
		d.place[l] = appendOnce(d.place[l], row)
	}
}

func (d *drawer) shelf(name string) map[string][]int {
	for _, s := range d.query {
		if s.name == name {
			return s.values
		}
	}
	d.query = append(d.query, shelf{name, make(map[string][]int)})
	return d.query[len(d.query)-1].values
}

// appendOnce relies on rows being filed one after the other: what is there already is the last.
func appendOnce(rows []int, row int) []int {
	if len(rows) > 0 && rows[len(rows)-1] == row {
		return rows
	}
	return append(rows, row)
}

// nothing is the row that is none.
const nothing = math.MaxInt

// probe is one question to an index.
type probe struct {
	r      *Request
	rd     reading
	place  finding.Location // where a finding is; the zero Location for questions about the request alone
	accept func(row int) bool
}

// first is the earliest row that selects the request in one reading and that accept takes; nothing if there is none.
func (x *index) first(r *Request, rd reading, accept func(row int) bool) int {
	return x.ask(&probe{r: r, rd: rd, accept: accept})
}

func (x *index) ask(p *probe) int {
	path := p.r.path(p.rd)
	best := x.look("", p, nothing)
	for i := range len(path) {
		if path[i] == '/' {
			best = x.look(path[:i+1], p, best)
		}
	}
	if !strings.HasSuffix(path, "/") {
		best = x.look(path, p, best)
	}
	return best
}

// look asks one drawer for a row before best.
func (x *index) look(folder string, p *probe, best int) int {
	d := x.folders[folder]
	if d == nil {
		return best
	}
	best = x.firstOf(d.any, p, best)
	if d.place != nil {
		best = x.firstOf(d.place[p.place], p, best)
	}
	for i := range d.query {
		if value, ok := p.r.parameter(p.rd, d.query[i].name); ok {
			best = x.firstOf(d.query[i].values[value], p, best)
		}
	}
	return best
}

func (x *index) firstOf(rows []int, p *probe, best int) int {
	for _, row := range rows {
		if row >= best {
			break
		}
		if x.rows[row].match(p.r, p.rd) && p.accept(row) {
			return row
		}
	}
	return best
}

// every appends to dst, in order, the rows that select the request in one reading and that accept takes.
func (x *index) every(dst []int, p probe) []int {
	start, accept := len(dst), p.accept
	p.accept = func(row int) bool {
		if accept(row) && !slices.Contains(dst[start:], row) {
			dst = append(dst, row)
		}
		return false
	}
	x.ask(&p)
	slices.Sort(dst[start:])
	return dst
}

// always takes every row.
func always(int) bool { return true }

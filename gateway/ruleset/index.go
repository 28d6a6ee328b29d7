package ruleset

import (
	"math"
	"slices"
	"strings"
)

// index finds the rows that could select a request without asking all of them. Rows are filed under the literal
// beginning of their paths, and there under a query parameter whose value they spell out, so that a thousand rules for
// /index.php?route=… cost as little as a thousand for different folders. It is immutable.
type index struct {
	rows    []*where
	folders map[string]*drawer // by a path, or the beginning of one up to a slash; "" holds what any path may match
}

// drawer holds the rows filed under one beginning, in the order of the file.
type drawer struct {
	any   []int
	query map[string]map[string][]int
}

func newIndex(rows []*where) index {
	x := index{rows: rows, folders: make(map[string]*drawer)}
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
		d = &drawer{query: make(map[string]map[string][]int)}
		x.folders[key] = d
	}
	for _, q := range x.rows[row].query {
		if !q.value.exact() {
			continue
		}
		if d.query[q.name] == nil {
			d.query[q.name] = make(map[string][]int)
		}
		d.query[q.name][q.value.text] = appendOnce(d.query[q.name][q.value.text], row)
		return
	}
	d.any = appendOnce(d.any, row)
}

func appendOnce(rows []int, row int) []int {
	if slices.Contains(rows, row) {
		return rows
	}
	return append(rows, row)
}

// nothing is the row that is none.
const nothing = math.MaxInt

// first is the earliest row that selects the request in one reading and that accept takes; nothing if there is none.
func (x *index) first(r *Request, rd reading, accept func(row int) bool) int {
	best, path := nothing, r.path(rd)
	best = x.folders[""].first(x, r, rd, accept, best)
	for i := range len(path) {
		if path[i] == '/' {
			best = x.folders[path[:i+1]].first(x, r, rd, accept, best)
		}
	}
	if !strings.HasSuffix(path, "/") {
		best = x.folders[path].first(x, r, rd, accept, best)
	}
	return best
}

func (d *drawer) first(x *index, r *Request, rd reading, accept func(row int) bool, best int) int {
	if d == nil {
		return best
	}
	best = x.firstOf(d.any, r, rd, accept, best)
	for name, values := range d.query {
		if value, ok := r.parameter(rd, name); ok {
			best = x.firstOf(values[value], r, rd, accept, best)
		}
	}
	return best
}

func (x *index) firstOf(rows []int, r *Request, rd reading, accept func(row int) bool, best int) int {
	for _, row := range rows {
		if row >= best {
			break
		}
		if x.rows[row].match(r, rd) && accept(row) {
			return row
		}
	}
	return best
}

// every appends to dst, in order, the rows that select the request in one reading and that accept takes.
func (x *index) every(dst []int, r *Request, rd reading, accept func(row int) bool) []int {
	start := len(dst)
	x.first(r, rd, func(row int) bool {
		if accept(row) && !slices.Contains(dst[start:], row) {
			dst = append(dst, row)
		}
		return false
	})
	slices.Sort(dst[start:])
	return dst
}

// always takes every row.
func always(int) bool { return true }

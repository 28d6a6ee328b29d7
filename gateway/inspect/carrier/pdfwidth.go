package carrier

import "sort"

// pdfWidths are the advances of a font's codes in thousandths of an em.
type pdfWidths struct {
	runs      []widthRun // by their first codes
	otherwise float64
}

// widthRun is a list of advances from a code on, or one for all codes up to last.
type widthRun struct {
	first, last float64
	each        pdfArray
	all         float64
}

// unknownWidth is taken for fonts that every viewer has and no file describes: wider than any digit of theirs.
const unknownWidth = 650

// widths reads a font's own table: Widths of simple fonts (section 9.6.2), W of others (section 9.7.4.3).
func (p *pdf) widths(d pdfDict) (w pdfWidths, err error) {
	w.otherwise = unknownWidth
	if list, ok := p.resolve(d["Widths"]).(pdfArray); ok {
		first, _ := p.resolve(d["FirstChar"]).(float64)
		w.runs = []widthRun{{first: first, last: first + float64(len(list)-1), each: list}}
	}
	descendants, _ := p.resolve(d["DescendantFonts"]).(pdfArray)
	if len(descendants) == 0 {
		return w, nil
	}
	descendant := p.dictAt(descendants[0])
	w.otherwise = 1000
	if n, ok := p.resolve(descendant["DW"]).(float64); ok {
		w.otherwise = n
	}
	list, _ := p.resolve(descendant["W"]).(pdfArray)
	if err := p.b.Spend(perReference * len(list)); err != nil {
		return w, err
	}
	w.composite(p, list)
	sort.SliceStable(w.runs, func(i, j int) bool { return w.runs[i].first < w.runs[j].first })
	return w, nil
}

// composite reads `c [w1 w2 …]` and `first last w`.
func (w *pdfWidths) composite(p *pdf, list pdfArray) {
	for len(list) >= 2 {
		first, _ := list[0].(float64)
		if each, ok := p.resolve(list[1]).(pdfArray); ok {
			w.runs = append(w.runs, widthRun{first: first, last: first + float64(len(each)-1), each: each})
			list = list[2:]
			continue
		}
		if len(list) < 3 {
			return
		}
		last, _ := list[1].(float64)
		all, _ := list[2].(float64)
		w.runs = append(w.runs, widthRun{first: first, last: last, all: all})
		list = list[3:]
	}
}

// width is the advance of one code.
func (w *pdfWidths) width(code float64) float64 {
	i := sort.Search(len(w.runs), func(i int) bool { return w.runs[i].first > code }) - 1
	if i < 0 || code > w.runs[i].last {
		return w.otherwise
	}
	run := w.runs[i]
	if run.each == nil {
		return run.all
	}
	n, ok := run.each[int(code-run.first)].(float64)
	if !ok {
		return w.otherwise
	}
	return n
}

// advance is how far a string moves the pen, in ems.
func (f *pdfFont) advance(s pdfString) (ems float64) {
	step := f.step()
	for len(s) > 0 {
		n := min(step, len(s))
		ems, s = ems+f.widths.width(float64(codeOf(s[:n])))/1000, s[n:]
	}
	return ems
}

// step is how many bytes a code has.
func (f *pdfFont) step() int {
	if f.wide {
		return 2
	}
	return 1
}

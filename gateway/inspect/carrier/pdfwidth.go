package carrier

// pdfWidths are the advances of a font's codes in thousandths of an em.
type pdfWidths struct {
	of        map[uint32]float64
	otherwise float64
}

// mostWidths bounds one font's table.
const mostWidths = 1 << 16

// unknownWidth is taken for fonts that every viewer has and no file describes: wider than any digit of theirs.
const unknownWidth = 650

// widths reads a font's own table: Widths of simple fonts (section 9.6.2), W of others (section 9.7.4.3).
func (p *pdf) widths(d pdfDict) pdfWidths {
	w := pdfWidths{of: make(map[uint32]float64), otherwise: unknownWidth}
	if list, ok := p.resolve(d["Widths"]).(pdfArray); ok {
		first, _ := p.resolve(d["FirstChar"]).(float64)
		w.run(uint32(max(0, first)), list)
	}
	descendants, _ := p.resolve(d["DescendantFonts"]).(pdfArray)
	if len(descendants) == 0 {
		return w
	}
	descendant := p.dictAt(descendants[0])
	w.otherwise = 1000
	if n, ok := p.resolve(descendant["DW"]).(float64); ok {
		w.otherwise = n
	}
	list, _ := p.resolve(descendant["W"]).(pdfArray)
	w.composite(p, list)
	return w
}

func (w *pdfWidths) run(code uint32, list pdfArray) {
	for i, v := range list[:min(len(list), mostWidths)] {
		if n, ok := v.(float64); ok {
			w.of[code+uint32(i)] = n
		}
	}
}

// composite reads `c [w1 w2 …]` and `first last w`.
func (w *pdfWidths) composite(p *pdf, list pdfArray) {
	for len(list) >= 2 && len(w.of) < mostWidths {
		first, _ := list[0].(float64)
		if run, ok := p.resolve(list[1]).(pdfArray); ok {
			w.run(uint32(max(0, first)), run)
			list = list[2:]
			continue
		}
		if len(list) < 3 {
			return
		}
		last, _ := list[1].(float64)
		for code := first; code <= last && len(w.of) < mostWidths; code++ {
			w.of[uint32(max(0, code))], _ = list[2].(float64)
		}
		list = list[3:]
	}
}

// advance is how far a string moves the pen, in ems.
func (f *pdfFont) advance(s pdfString) (ems float64) {
	step := f.step()
	for len(s) > 0 {
		n := min(step, len(s))
		width, ok := f.widths.of[codeOf(s[:n])]
		if !ok {
			width = f.widths.otherwise
		}
		ems, s = ems+width/1000, s[n:]
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

package pan

import "math/bits"

// run considers the groupings that begin with the group in hand, which is long enough for a number, then it alone.
func (w *walk) run(g *group) {
	digits := w.values.of(g, g.n)
	head := w.table.of(digits)
	if head.lengths == 0 {
		return // as most
	}
	if g.n <= 12 && w.groups[w.at+1].before != 0 && w.grouped(g) {
		w.groupings(g, head)
	}
	var c candidate // field by field: a literal would be put together elsewhere and copied, and the copy waits for it
	c.groups, c.digits, c.luhn, c.head = 1, digits, g.kept.checked(), head
	if c.luhn || w.promises(&c) {
		w.consider(&c)
	}
}

// opens reports that the separators of the groups from the one in hand on, which does not begin its chain, may be a number's: they
// must be alike. A group on a list begins none: the separator behind it also stands before it, after another group of as many digits
// that no card ended with, unless that one is all there is before it.
func (w *walk) opens(g *group) bool {
	second, third := &w.groups[w.at+1], &w.groups[w.at+2]
	if w.counts&(1<<2) == 0 && third.before.kind() != second.before.kind() {
		return false
	}
	if g.before.like(second.before) {
		if prev := &w.groups[w.at-1]; prev.n == g.n && prev.before != 0 && prev.end != w.last && (prev.before.like(g.before) || !w.yearAt(w.at-1)) {
			return false
		}
	}
	return true
}

// groupings considers every canonical grouping that begins with the group in hand, longest first.
func (w *walk) groupings(g *group, h *head) {
	all := w.values.from(g)
	c := candidate{head: h}
	for counts := w.counts; counts != 0; {
		c.groups = bits.Len8(counts) - 1
		counts &^= 1 << c.groups
		c.digits = all[:digitsIn(w.sizes, c.groups)]
		if !w.promises(&c) {
			continue
		}
		c.shape = grouping(w.sizes, c.groups)
		w.consider(&c)
		if w.best.Confidence.Acts() {
			return
		}
	}
}

// singles considers a run of single digits or of pairs, whole between other separators or the ends of its chain.
func (w *walk) singles() {
	g := &w.groups[w.at]
	n := g.n
	if w.at > 0 && g.before != 0 && w.groups[w.at-1].n == n || w.table.of(w.values.from(g)).lengths == 0 {
		return // not where the run begins, or no card begins so
	}
	end := w.at + 1 // or behind eight at once
	if eight := w.at + 8; eight <= w.n && w.groups[eight-1].sizes == eightOf(n) {
		end = eight
	}
	for end < w.n && w.groups[end].before != 0 && w.groups[end].n == n && end-w.at <= longest {
		end++
	}
	groups := end - w.at
	if digits := groups * n; digits >= shortest && digits <= longest {
		w.together(&candidate{groups: groups, digits: w.values.of(g, digits), shape: apart})
	}
}

// oddly considers all groups of a short value at once.
func (w *walk) oddly() {
	end, digits := w.at+1, w.groups[w.at].n
	for end < w.n && w.groups[end].before != 0 && digits <= longest {
		digits += w.groups[end].n
		end++
	}
	if end-w.at < 2 || digits > longest || digits < 14 && (digits < shortest || !w.standing().card()) || !w.onlyDigits(w.groups[w.at].start, w.groups[end-1].end) {
		return
	}
	c := candidate{groups: end - w.at, digits: w.values.of(&w.groups[w.at], digits), shape: odd}
	if between := w.groups[w.at+1].before; c.groups > 2 && (between.kind() == ' ' || between.kind() == '-' || w.thousands(end)) {
		c.shape = steady
	}
	w.together(&c)
}

// together considers a candidate of several groups whose head and check digit are still to be looked at.
func (w *walk) together(c *candidate) {
	c.head = w.table.of(c.digits)
	if w.promises(c) {
		w.consider(c)
	}
}

// thousands reports the groups up to end as those of a sum with a mark at each thousand: of so many digits, none is one.
func (w *walk) thousands(end int) bool {
	if w.groups[w.at].n > 3 {
		return false
	}
	for i := w.at + 1; i < end; i++ {
		if w.groups[i].n != 3 || !w.groups[i].before.like(w.groups[w.at+1].before) {
			return false
		}
	}
	return true
}

// onlyDigits reports a value with no digit outside the bounds.
func (w *walk) onlyDigits(start, end int) bool {
	text := w.text.Data
	if w.digit == 0 {
		first, _, _ := seekDigit(text, 0, len(text))
		w.digit = 1 + first
	}
	behind, _, _ := seekDigit(text, end, len(text))
	return w.digit == 1+start && behind == len(text)
}

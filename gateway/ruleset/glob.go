package ruleset

import "strings"

// glob is a pattern as rules write it: * stands for any run of characters within a segment, ** for any run at all.
// A pattern that ends in /** also matches without its last slash: /checkout/** means the page and all below it.
type glob struct {
	text      string
	separator byte   // ends a segment: / in paths, types and values, . in hosts
	one       bool   // no star: the pattern matches one text alone
	tree      string // X of a pattern X/** without another star
}

func newGlob(text string, separator byte) glob {
	g := glob{text: text, separator: separator, one: !strings.Contains(text, "*")}
	if under, ok := strings.CutSuffix(text, "/**"); ok && !strings.Contains(under, "*") {
		g.tree = under
	}
	return g
}

// exact reports whether the pattern matches one text alone.
func (g *glob) exact() bool { return g.one }

// all reports whether the pattern matches every text.
func (g *glob) all() bool { return g.text == "**" || g.text == "/**" && g.separator == '/' }

// prefix is what every text that matches begins with.
func (g *glob) prefix() string {
	prefix, _, _ := strings.Cut(g.text, "*")
	return prefix
}

// match is linear in len(s) for each star that stands before it.
func (g *glob) match(s string) bool {
	switch {
	case g.one:
		return g.text == s
	case g.tree != "":
		return strings.HasPrefix(s, g.tree) && (len(s) == len(g.tree) || s[len(g.tree)] == '/')
	default:
		return g.wild(g.text, s) || strings.HasSuffix(g.text, "/**") && g.wild(strings.TrimSuffix(g.text, "/**"), s)
	}
}

// wild walks both texts once, going back to the last star where they part. A single star may not go back over a
// separator; then the last double star before it takes one more character.
func (g *glob) wild(p, s string) bool {
	type mark struct{ p, s int }
	none := mark{-1, -1}
	one, two := none, none
	i, j := 0, 0
	for j < len(s) || i < len(p) {
		switch {
		case strings.HasPrefix(p[i:], "**"):
			i += 2
			one, two = none, mark{i, j}
			continue
		case i < len(p) && p[i] == '*':
			i++
			one = mark{i, j}
			continue
		case i < len(p) && j < len(s) && p[i] == s[j]:
			i++
			j++
			continue
		case one != none && one.s < len(s) && s[one.s] != g.separator:
			one.s++
			i, j = one.p, one.s
			continue
		case two != none && two.s < len(s):
			two.s++
			one = none
			i, j = two.p, two.s
			continue
		}
		return false
	}
	return true
}

// covers reports that whatever h matches, g matches too; false also where that is hard to say.
func (g *glob) covers(h *glob) bool {
	if g.text == h.text || g.all() {
		return true
	}
	if h.exact() {
		return g.match(h.text)
	}
	under, ok := strings.CutSuffix(g.text, "**")
	return ok && !strings.Contains(under, "*") && strings.HasPrefix(h.prefix(), under)
}

package inspect

import (
	"bytes"
	"strings"
)

// openTag reads a tag and its attributes.
func (w *xmlWalker) openTag() error {
	b := w.text.data
	end := w.at + 1
	for end < len(b) && !blankOr(b[end], "/>") {
		end++
	}
	name := localName(b[w.at+1 : end])
	if err := w.ownName(w.at+1, end); err != nil {
		return err
	}
	w.ids += 2
	w.tag, w.attrs = name, w.ids-1
	e := element{name: name, id: w.ids, joins: !layout[name], inline: inlineElement[strings.ToLower(name)]}
	w.piece, w.loose = w.at+1, -1
	closed, err := w.attributes(end, &e)
	w.attr, w.tag = "", ""
	if err == nil && w.loose >= 0 {
		err = w.looseDigits(w.loose, w.at)
	}
	if err != nil || closed || voidElement[name] {
		return err
	}
	w.tabled(name)
	if len(w.elements) < mostDepth {
		w.elements = append(w.elements, e)
	} else {
		w.broken = true
	}
	return nil
}

// ownName reads the name of an element or attribute. XML allows no stand-in in it.
func (w *xmlWalker) ownName(start, end int) error {
	w.text.claims = append(w.text.claims, span{start, end})
	t := w.slice(w.text, start, end)
	defer w.drop()
	t.where, t.step, t.whole, t.open, t.handed, t.sealed = &nameless{w}, "xml", false, false, true, true
	return w.read(t)
}

// attributes reads up to the end of the tag and reports whether it closes itself.
func (w *xmlWalker) attributes(at int, e *element) (closed bool, err error) {
	b := w.text.data
	for at < len(b) {
		switch {
		case b[at] == '>':
			w.at = at + 1
			return at > 0 && b[at-1] == '/', nil
		case blankOr(b[at], "/"):
			at++
			continue
		}
		start := at
		for at < len(b) && !blankOr(b[at], "=>/") {
			at++
		}
		if at == start { // a lone =
			at++
			continue
		}
		if b[start]-'0' < 10 && w.loose < 0 {
			w.loose = w.piece
		}
		w.piece = start
		w.attr = localName(b[start:at])
		if err := w.ownName(start, at); err != nil {
			return false, err
		}
		if at, err = w.attribute(at, e); err != nil {
			return false, err
		}
	}
	w.at, w.broken = len(b), true
	return true, nil
}

// looseDigits reads what stands from one piece of a tag on: no attribute's name begins with a digit, so that what looks
// like one is more likely the value's that somebody forgot to put in quotes.
func (w *xmlWalker) looseDigits(start, end int) error {
	t := w.slice(w.text, start, end)
	defer w.drop()
	t.where, t.step, t.whole, t.open, t.handed, t.kind = &nameless{w}, "xml", false, false, true, plain
	return w.read(t)
}

// attribute reads = and a value, quoted or not, if there is one.
func (w *xmlWalker) attribute(at int, e *element) (int, error) {
	b := w.text.data
	next := at
	for next < len(b) && blankOr(b[next], "") {
		next++
	}
	if next == len(b) || b[next] != '=' {
		return at, nil
	}
	for next++; next < len(b) && blankOr(b[next], ""); {
		next++
	}
	if next == len(b) {
		return next, nil
	}
	start, end := next, next
	if q := b[next]; q == '"' || q == '\'' {
		start++
		n := bytes.IndexByte(b[start:], q)
		if n < 0 {
			n = len(b) - start
		}
		end = start + n
		next = min(end+1, len(b))
	} else {
		for end < len(b) && !blankOr(b[end], ">") {
			end++
		}
		next = end
	}
	if (w.attr == "name" || w.attr == "key" || w.attr == "property") && end-start < 64 {
		e.named = string(b[start:end])
	}
	w.tag = e.name
	if e.named != "" && generic(w.attr) {
		w.tag = e.named
	}
	return next, w.content(start, end)
}

func blankOr(c byte, set string) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || strings.IndexByte(set, c) >= 0
}

func localName(b []byte) string {
	if i := bytes.LastIndexByte(b, ':'); i >= 0 {
		b = b[i+1:]
	}
	return string(b[:min(len(b), 128)])
}

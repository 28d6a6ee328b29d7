package inspect

import (
	"bytes"
	"strings"

	"github.com/cappertrophy/panwall/gateway/pan"
)

// The bounds of what is remembered of a table and of the words before a tag, in columns and bytes.
const (
	mostHeads   = 256
	farthestTag = 256
	longestSaid = 64
)

// tabled counts the rows and columns of a table.
func (w *xmlWalker) tabled(name string) {
	switch strings.ToLower(name) {
	case "table":
		w.heads, w.row, w.column = w.heads[:0], 0, 0
	case "tr":
		w.row, w.column = w.row+1, 0
	case "td", "th":
		w.column++
	}
}

// head keeps the text of a cell in the first row of a table, which names its column.
func (w *xmlWalker) head(start, end int) {
	if w.row != 1 || w.column == 0 || w.column > mostHeads || end-start > longestSaid {
		return
	}
	for len(w.heads) < w.column {
		w.heads = append(w.heads, span{})
	}
	w.heads[w.column-1] = span{start, end}
}

// beside is what names the text at hand in HTML: the head of its column, or the words before its tag; empty if those name neither
// a card nor an identifier.
func (w *xmlWalker) beside() string {
	n := len(w.elements)
	if n == 0 || w.elements[n-1].named != "" || !pan.IsLayout([]byte(w.elements[n-1].name)) {
		return ""
	}
	head := ""
	if w.row > 1 && w.column > 0 && w.column <= len(w.heads) {
		h := w.heads[w.column-1]
		head = string(w.text.data[h.start:h.end])
	}
	if pan.IsCardName(head) {
		return head
	}
	if said := w.said(); pan.IsIDName(said) && pan.NamesID(said) && !w.goesOn() {
		return said
	}
	if pan.IsIDName(head) {
		return head
	}
	return ""
}

// goesOn reports a digit behind the text at hand and its tags, such as a card's expiry date: identifiers have none.
func (w *xmlWalker) goesOn() bool {
	b := bytes.TrimLeft(w.text.data[w.at:min(len(w.text.data), w.at+farthestTag)], " \t\r\n")
	for len(b) > 2 && b[0] == '<' {
		end := bytes.IndexByte(b, '>')
		if end < 0 || !inlineElement[strings.ToLower(string(bytes.Trim(b[1:end], "/")))] {
			return false
		}
		b = bytes.TrimLeft(b[end+1:], " \t\r\n")
	}
	return len(b) > 0 && b[0]-'0' < 10
}

// said is the words before the tags that the text at hand stands behind.
func (w *xmlWalker) said() string {
	b := w.text.data[max(0, w.from-farthestTag):w.from]
	for {
		b = bytes.TrimRight(b, " \t\r\n")
		if len(b) == 0 || b[len(b)-1] != '>' {
			break
		}
		open := bytes.LastIndexByte(b, '<')
		if open < 0 {
			return ""
		}
		name, _, _ := bytes.Cut(bytes.Trim(b[open+1:len(b)-1], "/"), []byte(" "))
		if !pan.IsLayout(name) {
			return ""
		}
		b = b[:open]
	}
	b = b[bytes.LastIndexByte(b, '>')+1:]
	return string(b[max(0, len(b)-longestSaid):])
}

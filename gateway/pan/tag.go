package pan

import "bytes"

// tags are the elements of HTML that set words beside each other or lay them out: they say nothing of what stands in them.
var tags = [...]string{
	"a", "b", "i", "u", "s", "p", "q", "em", "td", "th", "li", "dt", "dd", "br", "big", "div", "code", "data", "font", "mark", "span", "strong", "small", "label",
}

// inTag reports a word that is the name of such a tag, right behind its bracket.
func inTag(text []byte, begin, end int) bool {
	if begin > 1 && text[begin-1] == '/' {
		begin--
	}
	return begin > 0 && text[begin-1] == '<' && end < len(text) && (text[end] == '>' || text[end] == ' ' || text[end] == '/') && IsLayout(text[begin:end])
}

// IsLayout reports the name of such an element, as a tag that opens or closes it has it: what stands before the tag may name
// what is in it.
func IsLayout(name []byte) bool {
	name = bytes.Trim(name, "/")
	for _, tag := range tags {
		if len(name) == len(tag) && bytes.EqualFold(name, []byte(tag)) {
			return true
		}
	}
	return false
}

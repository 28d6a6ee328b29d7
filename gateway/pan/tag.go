package pan

import "bytes"

// inTag reports a word that is the name of such a tag, right behind its bracket.
func inTag(text []byte, begin, end int) bool {
	if begin > 1 && text[begin-1] == '/' {
		begin--
	}
	return begin > 0 && text[begin-1] == '<' && end < len(text) && (text[end] == '>' || text[end] == ' ' || text[end] == '/') && IsLayout(text[begin:end])
}

// IsLayout reports the name of an element of HTML that sets words beside each other or lays them out, as a tag that opens or
// closes it has it: it says nothing of what stands in it, which what stands before the tag may name.
func IsLayout(name []byte) bool {
	var buf [len("strong")]byte
	name = bytes.Trim(name, "/")
	if len(name) > len(buf) {
		return false
	}
	for i, b := range name {
		buf[i] = b | 0x20
	}
	switch string(buf[:len(name)]) {
	case "a", "b", "i", "u", "s", "p", "q", "em", "td", "th", "li", "dt", "dd", "br", "big", "div", "code", "data", "font", "mark", "span", "strong", "small", "label":
		return true
	}
	return false
}

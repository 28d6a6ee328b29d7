package carrier

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// xmlKind is what a token of XML is.
type xmlKind uint8

const (
	xmlEnd xmlKind = iota // of the part
	xmlStart
	xmlClose
	xmlChars
	xmlBad // no XML, or a declaration: entities could hold a number in two, and Office refuses them as well
)

// xmlScanner cuts the XML of a document into tokens without keeping any. encoding/xml takes twenty times as long.
type xmlScanner struct {
	rest  []byte
	name  []byte // local name of the element
	attrs []byte // as written
	chars []byte
	alone bool // an element that closes itself: its end comes next
}

// next reads one token.
func (s *xmlScanner) next() xmlKind {
	for {
		switch {
		case s.alone:
			s.alone = false
			return xmlClose
		case len(s.rest) == 0:
			return xmlEnd
		case s.rest[0] != '<':
			end := bytes.IndexByte(s.rest, '<')
			if end < 0 {
				end = len(s.rest)
			}
			s.chars, s.rest = unescapeXML(s.rest[:end]), s.rest[end:]
			return xmlChars
		case bytes.HasPrefix(s.rest, []byte("<!--")):
			if !s.skipTo("-->") {
				return xmlBad
			}
		case bytes.HasPrefix(s.rest, []byte("<?")):
			if !s.skipTo("?>") {
				return xmlBad
			}
		case bytes.HasPrefix(s.rest, []byte("<![CDATA[")):
			begin := s.rest[len("<![CDATA["):]
			if !s.skipTo("]]>") {
				return xmlBad
			}
			s.chars = begin[:len(begin)-len(s.rest)-len("]]>")]
			return xmlChars
		default:
			return s.tag()
		}
	}
}

func (s *xmlScanner) skipTo(mark string) bool {
	_, after, ok := bytes.Cut(s.rest, []byte(mark))
	s.rest = after
	return ok
}

// tag reads an element's start or end.
func (s *xmlScanner) tag() xmlKind {
	body := s.rest[1:]
	end := tagEnd(body)
	if end <= 0 || body[0] == '!' {
		return xmlBad
	}
	s.rest, body = body[end+1:], body[:end]
	kind := xmlStart
	if body[0] == '/' {
		kind, body = xmlClose, body[1:]
	} else if body[len(body)-1] == '/' {
		s.alone, body = true, body[:len(body)-1]
	}
	name := bytes.IndexAny(body, " \t\r\n")
	if name < 0 {
		name = len(body)
	}
	s.name, s.attrs = body[:name], body[name:]
	if i := bytes.LastIndexByte(s.name, ':'); i >= 0 {
		s.name = s.name[i+1:]
	}
	if len(s.name) == 0 {
		return xmlBad
	}
	return kind
}

// tagEnd is where a tag's `>` stands, quotes minded; -1 without one.
func tagEnd(body []byte) int {
	for at := 0; ; {
		i := bytes.IndexAny(body[at:], `>"'<`)
		if i < 0 || body[at+i] == '<' {
			return -1
		}
		at += i
		if body[at] == '>' {
			return at
		}
		closing := bytes.IndexByte(body[at+1:], body[at])
		if closing < 0 {
			return -1
		}
		at += closing + 2
	}
}

// attribute is the value of the first attribute of a local name.
func attribute(attrs []byte, name string) (string, bool) {
	for {
		before, after, ok := bytes.Cut(attrs, []byte("="))
		after = bytes.TrimLeft(after, " \t\r\n")
		if !ok || len(after) == 0 {
			return "", false
		}
		value, rest, _ := bytes.Cut(after[1:], after[:1])
		key := bytes.TrimSpace(before)
		if string(key[bytes.LastIndexByte(key, ':')+1:]) == name {
			return string(unescapeXML(value)), true
		}
		attrs = rest
	}
}

var xmlEntities = map[string]rune{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}

// unescapeXML undoes references (XML 1.0 section 4.6); an unknown one stays as it is.
func unescapeXML(text []byte) []byte {
	if bytes.IndexByte(text, '&') < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	for {
		before, after, ok := bytes.Cut(text, []byte("&"))
		out = append(out, before...)
		if !ok {
			return out
		}
		name, rest, closed := bytes.Cut(after[:min(len(after), 16)], []byte(";"))
		r, known := xmlReference(string(name))
		if !closed || !known {
			out, text = append(out, '&'), after
			continue
		}
		out, text = append(out, string(r)...), after[len(after[:min(len(after), 16)])-len(rest):]
	}
}

// xmlReference is what stands between & and ;.
func xmlReference(name string) (rune, bool) {
	number, numeric := strings.CutPrefix(name, "#")
	if !numeric {
		r, ok := xmlEntities[name]
		return r, ok
	}
	base := 10
	if hex, ok := strings.CutPrefix(number, "x"); ok {
		number, base = hex, 16
	}
	n, err := strconv.ParseUint(number, base, 32)
	return rune(n), err == nil && n <= utf8.MaxRune
}

// xmlText is an XML part in UTF-8; ok is false for what is no XML.
func xmlText(plain []byte) (text []byte, ok bool) {
	switch order, wide := utf16Order(plain); {
	case bytes.HasPrefix(plain, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(plain, []byte("\x00\x00\xfe\xff")):
		plain, _ = utf32.UTF32(utf32.LittleEndian, utf32.UseBOM).NewDecoder().Bytes(plain)
	case wide:
		plain, _ = unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(plain)
	}
	plain = bytes.TrimLeft(bytes.TrimPrefix(plain, []byte("\xef\xbb\xbf")), " \t\r\n")
	return recode(plain), bytes.HasPrefix(plain, []byte("<"))
}

// recode follows the encoding that a declaration names, where it is one whose digits may not be ASCII's or whose words
// matter; UTF-16 has been there.
func recode(plain []byte) []byte {
	declaration, _, ok := bytes.Cut(plain[:min(len(plain), 256)], []byte("?>"))
	if !ok || !bytes.HasPrefix(declaration, []byte("<?xml")) {
		return plain
	}
	label, _ := attribute(declaration[len("<?xml"):], "encoding")
	if label == "" || strings.HasPrefix(strings.ToLower(label), "utf-") {
		return plain
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return plain
	}
	text, err := e.NewDecoder().Bytes(plain)
	if err != nil {
		return plain
	}
	return text
}

// utf16Order looks for a byte order mark, or a `<` of two bytes.
func utf16Order(plain []byte) (unicode.Endianness, bool) {
	for _, start := range []string{"\xfe\xff", "\x00<"} {
		if bytes.HasPrefix(plain, []byte(start)) {
			return unicode.BigEndian, true
		}
	}
	return unicode.LittleEndian, bytes.HasPrefix(plain, []byte("\xff\xfe")) || bytes.HasPrefix(plain, []byte("<\x00"))
}

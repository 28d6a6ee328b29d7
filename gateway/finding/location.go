package finding

import (
	"fmt"
	"strconv"
	"strings"
)

// Part is the part of a request that a Location lies in. The zero Part is nowhere.
type Part uint8

// The parts, in the words of addresses.
const (
	_ Part = iota
	Method
	Path
	Query
	Header
	Cookie
	Body
	BodyFile     // content of an uploaded file: body:file(photo)
	BodyFilename // name of an uploaded file: body:filename(photo)
	Trailer
	Message // a WebSocket message
)

var partNames = [...]string{
	Method: "method", Path: "path", Query: "query", Header: "header", Cookie: "cookie",
	Body: "body", BodyFile: "body:file", BodyFilename: "body:filename", Trailer: "trailer", Message: "message",
}

// Location is one address of a place in a request, the same in rules, records, explain, cases and answers:
// method, path, query:q, header:referer, cookie:x, body (raw), body:comment, body:/items/0/note (RFC 6901),
// body:file(photo), body:filename(photo), trailer:x, message.
//
// The client's own name is used for matching alone; String shows it only when it cannot hide a number.
type Location struct {
	part  Part
	name  string
	index int
}

// At is the place named name in part. Index is its position among its kind in that part, from 1; it is shown when
// the name may not be. An empty name is the part as a whole: the raw body, the path, the method.
func At(part Part, name string, index int) Location {
	if part == Header || part == Trailer {
		name = strings.ToLower(name) // RFC 9110 section 5.1: field names are case-insensitive
	}
	return Location{part: part, name: name, index: index}
}

// Part is the part of the request this place lies in.
func (l Location) Part() Part { return l.part }

// Same reports whether both are the same place, whatever its position.
func (l Location) Same(o Location) bool { return l.Key() == o.Key() }

// Key is the place without its position, for use as a key of maps.
func (l Location) Key() Location {
	l.index = 0
	return l
}

// String is the address as rules write it and as it may be shown to anybody.
func (l Location) String() string {
	if int(l.part) >= len(partNames) || l.part == 0 {
		return "nowhere"
	}
	switch name := l.shown(); {
	case l.name == "" && l.index == 0:
		return partNames[l.part]
	case l.part == BodyFile || l.part == BodyFilename:
		return partNames[l.part] + "(" + name + ")"
	default:
		return partNames[l.part] + ":" + name
	}
}

// Format gives every verb the safe address: %#v or %+v must not print the client's own name.
func (l Location) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(l.String())) }

// MarshalText is the safe address.
func (l Location) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// shown is the name if it may be shown, pointer segment by pointer segment, else the position.
func (l Location) shown() string {
	if !strings.HasPrefix(l.name, "/") {
		return safeName(l.name, l.index)
	}
	segments := strings.Split(l.name[1:], "/")
	for i, s := range segments {
		segments[i] = safeName(s, i+1)
	}
	return "/" + strings.Join(segments, "/")
}

func safeName(name string, index int) string {
	if Showable(name) {
		return name
	}
	return "#" + strconv.Itoa(index)
}

// Showable reports whether a name chosen by a client may stand in a record, page or log:
// [A-Za-z0-9_.\[\]-]{1,64} without six digits in a row, so that it cannot carry a card number, in one piece or most of it.
func Showable(name string) bool {
	if name == "" || len(name) > 64 {
		return false
	}
	digits, run := 0, 0
	for i := range len(name) {
		switch c := name[i]; {
		case '0' <= c && c <= '9':
			digits++
			if run++; run == 6 {
				return false
			}
		case c|0x20 >= 'a' && c|0x20 <= 'z', c == '_', c == '.', c == '[', c == ']', c == '-':
			run = 0
		default:
			return false
		}
	}
	return digits < 12 // 4111-1111-1111-1111 has no six in a row
}

// Pattern matches addresses; `*` stands for any run of characters. The zero Pattern matches nothing.
type Pattern struct {
	part  Part
	any   bool // every place of the part, named or not
	name  string
	valid bool
}

// ParsePattern reads an address as rules write it. A part alone ("query", "body") means all of that part.
func ParsePattern(s string) (Pattern, error) {
	for _, part := range []Part{BodyFile, BodyFilename} {
		if rest, ok := strings.CutPrefix(s, partNames[part]+"("); ok && strings.HasSuffix(rest, ")") {
			return Pattern{part: part, name: strings.TrimSuffix(rest, ")"), valid: true}, nil
		}
	}
	word, name, named := strings.Cut(s, ":")
	for part, known := range partNames {
		if known == "" || known != word {
			continue
		}
		if named && (name == "" || Part(part) == Method || Part(part) == Path || Part(part) == Message) {
			break
		}
		if Part(part) == Header || Part(part) == Trailer {
			name = strings.ToLower(name)
		}
		return Pattern{part: Part(part), any: !named, name: name, valid: true}, nil
	}
	return Pattern{}, fmt.Errorf("unknown place %q; places are method, path, query:NAME, header:NAME, cookie:NAME, body, body:NAME, body:/json/pointer, body:file(NAME), body:filename(NAME), trailer:NAME, message", s)
}

// Part is the part of a request that the pattern looks at; zero for the zero Pattern.
func (p Pattern) Part() Part { return p.part }

// Key is the one place the pattern means; false when it may mean several.
func (p Pattern) Key() (Location, bool) {
	if !p.valid || p.any || strings.ContainsAny(p.name, "*#") {
		return Location{}, false
	}
	return Location{part: p.part, name: p.name}, true
}

// Match reports whether the place is one the pattern means. "body" means every place of the body, files included.
// A name matches as the client sent it or as it is shown (body:#3), so that a rule can be written from a record.
func (p Pattern) Match(l Location) bool {
	if !p.valid {
		return false
	}
	if p.any {
		inBody := l.part == Body || l.part == BodyFile || l.part == BodyFilename
		return p.part == l.part || p.part == Body && inBody
	}
	// What matches the shown name and has no # in it matches the name too: only * stands for a position.
	return p.part == l.part && (wildcard(p.name, l.name) || strings.Contains(p.name, "#") && wildcard(p.name, l.shown()))
}

// wildcard matches s against a pattern in which * stands for any run of characters; linear in len(pattern)*stars.
func wildcard(pattern, s string) bool {
	star, mark, i, j := -1, 0, 0, 0
	for j < len(s) {
		switch {
		case i < len(pattern) && pattern[i] == '*':
			star, mark = i, j
			i++
		case i < len(pattern) && pattern[i] == s[j]:
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(pattern) && pattern[i] == '*' {
		i++
	}
	return i == len(pattern)
}

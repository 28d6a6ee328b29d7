package carrier

import (
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// rtf hands over the text as a person reads it: escapes undone, control words dropped, runs joined (Rich Text Format
// 1.9.1). Pictures and objects in hex and every ignorable destination are left to the raw reading.
func (w *walk) rtf(content []byte) error {
	r := rtfReader{rest: content, group: rtfGroup{fallback: 1}, page: charmap.Windows1252}
	for r.next() {
		if len(r.stack) > mostGroups {
			return broken("an RTF nested too deep")
		}
	}
	if err := w.b.Spend(len(r.text)); err != nil {
		return err
	}
	defer clear(r.text)
	if err := w.paragraph(r.text); err != nil {
		return err
	}
	return w.stray(r.rest) // behind the last brace
}

// mostGroups bounds braces in braces.
const mostGroups = 1024

type rtfReader struct {
	rest  []byte
	text  []byte
	stack []rtfGroup
	group rtfGroup
	skip  int // characters that stand in for the last \u
	page  *charmap.Charmap
}

type rtfGroup struct {
	fallback int  // \ucN: characters after \u for readers without Unicode
	hidden   bool // a destination that is no text
}

// next takes one token; false at the end.
func (r *rtfReader) next() bool {
	if len(r.rest) == 0 {
		return false
	}
	c := r.rest[0]
	switch r.rest = r.rest[1:]; c {
	case '{':
		r.stack = append(r.stack, r.group)
	case '}':
		if len(r.stack) == 0 {
			return false
		}
		r.group, r.stack = r.stack[len(r.stack)-1], r.stack[:len(r.stack)-1]
		return len(r.stack) > 0
	case '\\':
		r.control()
	case '\r', '\n':
	default:
		r.char(c)
	}
	return true
}

// control takes what follows a backslash.
func (r *rtfReader) control() {
	if len(r.rest) == 0 {
		return
	}
	if c := r.rest[0]; c|0x20 < 'a' || c|0x20 > 'z' {
		r.rest = r.rest[1:]
		r.symbol(c)
		return
	}
	word, number, has := r.word()
	switch word {
	case "u":
		if has && !r.group.hidden {
			r.text = utf8.AppendRune(r.text, rune(uint16(number))) // negative above 32767
		}
		r.skip = r.group.fallback
	case "uc":
		r.group.fallback = max(0, min(number, 16))
	case "bin":
		r.rest = r.rest[min(len(r.rest), max(0, number)):]
	case "ansicpg":
		r.page = codePage(number)
	case "par", "line", "row", "sect", "page":
		r.put('\n')
	case "tab", "cell", "nestcell":
		r.put('\t')
	case "enspace", "emspace", "qmspace":
		r.put(' ')
	case "endash", "emdash":
		r.put('-')
	case "fonttbl", "colortbl", "stylesheet", "pict", "themedata", "datastore", "objdata", "listtable", "rsidtbl":
		r.group.hidden = true
	case "shptxt", "annotation": // text boxes and remarks live inside ignorable destinations
		r.group.hidden = false
	}
}

// word takes a control word, its number and the space that ends it.
func (r *rtfReader) word() (word string, number int, has bool) {
	i := 0
	for i < len(r.rest) && i < 32 && r.rest[i]|0x20 >= 'a' && r.rest[i]|0x20 <= 'z' {
		i++
	}
	word = string(r.rest[:i])
	j := i
	for j < len(r.rest) && j < i+11 && (r.rest[j] >= '0' && r.rest[j] <= '9' || j == i && r.rest[j] == '-') {
		j++
	}
	number, err := strconv.Atoi(string(r.rest[i:j]))
	if r.rest = r.rest[j:]; len(r.rest) > 0 && r.rest[0] == ' ' {
		r.rest = r.rest[1:]
	}
	return word, number, err == nil
}

// symbol takes a control symbol.
func (r *rtfReader) symbol(c byte) {
	switch c {
	case '\'':
		if len(r.rest) < 2 {
			r.rest = nil
			return
		}
		if v, err := strconv.ParseUint(string(r.rest[:2]), 16, 8); err == nil {
			r.char(byte(v))
		}
		r.rest = r.rest[2:]
	case '*':
		r.group.hidden = true // what readers may skip is not what a person sees
	case '~':
		r.put(' ')
	case '_':
		r.put('-')
	case '\\', '{', '}':
		r.char(c)
	case '\r', '\n':
		r.put('\n')
	}
}

// char takes one byte of the document's code page, unless it stands in for a \u.
func (r *rtfReader) char(c byte) {
	if r.skip > 0 {
		r.skip--
		return
	}
	if !r.group.hidden {
		r.text = utf8.AppendRune(r.text, r.page.DecodeByte(c))
	}
}

func (r *rtfReader) put(c byte) {
	if r.skip = 0; !r.group.hidden {
		r.text = append(r.text, c)
	}
}

// codePage is the single-byte page of a number. Digits stand at the same place in all of them.
func codePage(number int) *charmap.Charmap {
	switch number {
	case 1251:
		return charmap.Windows1251
	case 866:
		return charmap.CodePage866
	default:
		return charmap.Windows1252
	}
}

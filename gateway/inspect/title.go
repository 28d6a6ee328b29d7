package inspect

import (
	"bytes"
	"strings"

	"github.com/cappertrophy/panwall/gateway/pan"
)

// Forms are sent as lists of pairs too, as serializeArray of jQuery makes them: [{"name":"card","value":"…"}]. The name
// of such a value stands in another member, its title.
var (
	titles = set("name key field id label title code property attribute")
	titled = set("value val v answer")
)

// longestTitle is beyond any name of a field, in bytes.
const longestTitle = 128

// titled is the title of the value at hand, a member of f; empty if it has none that says what the value is.
func (w *jsonWalker) titled(f *jsonFrame) string {
	if !f.object || !titled[strings.ToLower(w.key(f))] {
		return ""
	}
	return w.titleOf(f)
}

// titleOf is what the members of f say that its value is. A card's name or a piece's goes before that of an identifier
// or of authentication data, and other words leave the value the name it has: titles are texts, and there people write what they like.
func (w *jsonWalker) titleOf(f *jsonFrame) string {
	if f.asked {
		return f.title
	}
	f.asked = true
	w.members(f.start+1, func(name, after []byte) bool {
		if !titles[strings.ToLower(spelled(name))] {
			return false
		}
		title := titleIn(after)
		if len(title) >= 16 && strings.Trim(title, "0123456789abcdefABCDEF-") == "" {
			return false // a UUID or hash, in which cc is no word
		}
		number := pan.IsCardName(title) || namesPiece(title)
		if number || f.title == "" && (pan.IsIDName(title) || sensitiveName([]byte(title))) {
			f.title = title
		}
		return number
	})
	return f.title
}

// titleIn is the string behind a member's name and colon.
func titleIn(after []byte) string {
	b := bytes.TrimLeft(after[1:], " \t\r\n")
	if len(b) == 0 || b[0] != '"' {
		return ""
	}
	end := stringEnd(b, 1)
	if end < 0 || end > longestTitle {
		return ""
	}
	return spelled(b[1:end])
}

// besidePiece reports a value that stands in one object with a piece of the run in container, and is none.
func besidePiece(w locator, container int) bool {
	j, ok := w.(*jsonWalker)
	if !ok || len(j.frames) < 2 || j.frames[len(j.frames)-2].id != container {
		return false
	}
	f := &j.frames[len(j.frames)-1]
	return f.object && !j.holdsPiece(f)
}

// In XML the title is an element too, as in the requisites of CommerceML:
// <Наименование>Трек-номер</Наименование><Значение>…</Значение>.
var (
	xmlTitles = set("Наименование Name name Key key Title title Code code")
	xmlTitled = set("Значение Value value")
)

// titleOf is what an element's title says that its value is; empty if that is neither a card nor an identifier.
func (w *xmlWalker) titleOf(e *element) string {
	if e.title.end-e.title.start > longestTitle {
		return ""
	}
	if title := string(w.text.data[e.title.start:e.title.end]); pan.IsCardName(title) || pan.IsIDName(title) {
		return title
	}
	return ""
}

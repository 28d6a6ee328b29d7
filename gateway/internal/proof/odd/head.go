package odd

import (
	"fmt"
	"strings"
)

func (m *maker) cookie() {
	text, name := lineless(m.text), m.pick("note", "a", "q", "x[y]", "$Version", "last")
	pair := name + "=" + strings.ReplaceAll(text, ";", "%3B")
	switch m.IntN(9) {
	case 0:
		m.odd("quoted cookie")
		pair = name + `="` + strings.NewReplacer(";", "", `"`, `\"`).Replace(text) + `"`
	case 1:
		m.odd("escaped cookie")
		pair = name + "=" + each(text, "%%%02x")
	case 2:
		m.odd("octal cookie")
		pair = name + `="` + digits(strings.NewReplacer(";", "", `"`, "", `\`, "").Replace(text), `\%03o`) + `"`
	case 3:
		m.odd("cookie without a name")
		pair = strings.ReplaceAll(text, ";", "%3B")
	case 4:
		m.odd("cookie's name")
		pair = strings.NewReplacer(";", "", "=", "", " ", "_", ",", "").Replace(text) + "=1"
	case 5:
		m.odd("spaced cookie")
		pair = name + " = " + strings.ReplaceAll(text, ";", "%3B")
	case 6:
		m.odd("twice in a cookie")
		pair = name + "=1; " + pair
	}
	m.header("Cookie", m.pick("sid=abc; ", "", "_ga=GA1.2.415926535.1763800000;")+pair+m.pick("; z=1", "", ";"))
}

// lineless is a text that can stand in a header line.
func lineless(s string) string {
	return strings.NewReplacer("\r", " ", "\n", " ", "\x00", "").Replace(s)
}

func (m *maker) field() {
	text := lineless(m.text)
	switch m.IntN(7) {
	case 0:
		m.header("Referer", "https://localhost/cart?note="+ascii(text))
	case 1:
		m.odd("twice in a header")
		m.header("X-Note", "clean")
		m.header("X-Note", text)
	case 2:
		m.odd("folded")
		half := len(text) / 2
		m.header("X-Note", text[:half]+"\r\n "+text[half:])
	case 3:
		m.odd("parameter of a header")
		m.header("X-Meta", fmt.Sprintf(`a=1; note="%s"; b`, strings.ReplaceAll(text, `"`, `\"`)))
	case 4:
		m.odd("type")
		m.c.Method, m.c.Body = "POST", []byte("a=1")
		m.header("Content-Type", "text/plain; note="+strings.NewReplacer(";", "", ",", "").Replace(text))
	case 5:
		m.header("User-Agent", "Mozilla/5.0 ("+text+")")
	default:
		m.header(m.pick("X-Note", "X-Requested-With", "Accept-Language", "Origin", "If-None-Match", "X-HTTP-Method-Override"), text)
	}
}

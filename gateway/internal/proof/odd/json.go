package odd

import (
	"fmt"
	"strings"
)

func (m *maker) json() {
	m.c.Method = m.pick("POST", "POST", "PUT", "PATCH")
	m.c.Body = []byte(m.documents())
	m.header("Content-Type", m.jsonType())
	m.disguise()
}

func (m *maker) jsonType() string {
	if m.quirk(5, "lying type") {
		return m.pick("text/plain", "application/x-www-form-urlencoded", "application/xml", "text/html", "image/gif", "multipart/form-data; boundary=x")
	}
	return m.pick("application/json", "application/json; charset=utf-8", "application/vnd.api+json", "application/ld+json", "text/json", "APPLICATION/JSON", "application/json;x")
}

// documents is one JSON document, or something that lenient parsers take for one.
func (m *maker) documents() string {
	document := m.document()
	switch {
	case m.quirk(14, "concatenated"):
		return `{"a":1}` + m.pick("", "\n", "\r\n", "\x1e", " ") + document
	case m.quirk(14, "followed"):
		return document + m.pick("", "\n", "garbage", ",", "]", "\x00") + `{"a":1}`
	case m.quirk(14, "BOM"):
		return "\xEF\xBB\xBF" + document
	case m.quirk(20, "guarded"):
		return m.pick(")]}',\n", "while(1);", "for(;;);", "callback(") + document
	case m.quirk(20, "comment"):
		return "/* order */ " + document + " // end"
	default:
		return document
	}
}

func (m *maker) document() string {
	value := m.jsonValue()
	key := m.pick("note", "a", "comment", "value", "q", "data", "текст", "", "toString")
	switch m.IntN(12) {
	case 0:
		m.odd("duplicate key, first")
		return fmt.Sprintf(`{"%s":%s,"%s":0}`, key, value, key)
	case 1:
		m.odd("duplicate key, last")
		return fmt.Sprintf(`{"%s":0,"x":[1,2],"%s":%s}`, key, key, value)
	case 2:
		m.odd("in a key")
		return fmt.Sprintf(`{"x":{"%s":true}}`, m.jsonString())
	case 3:
		m.odd("deep")
		n := 1 + m.IntN(200)
		return strings.Repeat("[", n) + value + strings.Repeat("]", n)
	case 4:
		m.odd("colliding paths")
		return fmt.Sprintf(`{"a.b":%s,"a":{"b":0}}`, value)
	case 5:
		m.odd("trailing comma")
		return fmt.Sprintf(`{"%s":%s,}`, key, value)
	case 6:
		m.odd("loose")
		return fmt.Sprintf(`{%s:'%s',b:NaN,c:+1,d:.5}`, m.pick("a", "note"), strings.ReplaceAll(m.jsonString(), "'", `\'`))
	case 7:
		m.odd("alone")
		return value
	case 8:
		m.odd("unclosed")
		return fmt.Sprintf(`{"%s":%s`, key, value)
	case 9:
		m.odd("spaced")
		return fmt.Sprintf("\n{\t\"%s\" \r\n:\n %s }\n", key, value)
	default:
		return fmt.Sprintf(`{"id":7,"%s":%s,"list":[1,"two",null,{"n":1.5}]}`, key, value)
	}
}

// jsonValue is the text as a JSON value: a string, or a number where it can be one.
func (m *maker) jsonValue() string {
	if m.plain && m.chance(2) {
		n := m.text
		return m.pick(n, n+".0", n+".00", n[:1]+"."+n[1:]+"e"+fmt.Sprint(len(n)-1), n+"0e-1", n+"E0", n+"e+0", "["+n+"]")
	}
	return `"` + m.jsonString() + `"`
}

func (m *maker) jsonString() string {
	s := quotedInside(m.text)
	switch {
	case m.quirk(5, "escaped digits"):
		return digits(s, `\u%04x`)
	case m.quirk(8, "half escaped digits"):
		return m.some(s, `\u%04X`)
	case m.quirk(20, "hex escapes"):
		return digits(s, `\x%02x`)
	case m.quirk(25, "octal escapes"):
		return digits(s, `\%03o`)
	case m.quirk(20, "escaped around"):
		return `\ud83d\ude00\/ ` + s + ` \b`
	default:
		return s
	}
}

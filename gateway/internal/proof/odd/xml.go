package odd

import (
	"fmt"
	"strings"
)

func (m *maker) xml() {
	m.c.Method = "POST"
	m.c.Body = []byte(m.markup())
	m.header("Content-Type", m.pick("application/xml", "text/xml; charset=utf-8", "application/soap+xml", "image/svg+xml", "text/html", "text/plain", "application/x-www-form-urlencoded", "application/xml"))
	m.disguise()
}

func (m *maker) markup() string {
	head := m.pick("", `<?xml version="1.0"?>`, `<?xml version="1.0" encoding="UTF-8"?>`+"\n", "\xEF\xBB\xBF<?xml version='1.0'?>")
	text, half := entitied(m.text), len(m.text)/2
	first, second := entitied(m.text[:half]), entitied(m.text[half:])
	switch m.IntN(13) {
	case 0:
		m.odd("attribute")
		return head + fmt.Sprintf(`<o note="%s" b='1'/>`, text)
	case 1:
		m.odd("CDATA")
		return head + "<o><n><![CDATA[" + strings.ReplaceAll(m.text, "]]>", "") + "]]></n></o>"
	case 2:
		m.odd("split by CDATA")
		return head + "<o><n>" + first + "<![CDATA[" + strings.ReplaceAll(m.text[half:], "]]>", "") + "]]></n></o>"
	case 3:
		m.odd("split by a comment")
		return head + "<o><n>" + first + "<!-- - -->" + second + "</n></o>"
	case 4:
		m.odd("split by an instruction")
		return head + "<o><n>" + first + "<?php echo 1 ?>" + second + "</n></o>"
	case 5:
		m.odd("character references")
		return head + "<o><n>" + m.some(text, "&#%d;") + "</n></o>"
	case 6:
		m.odd("declared entity")
		return head + fmt.Sprintf(`<!DOCTYPE o [<!ENTITY e "%s">]><o><n>&e;</n></o>`, text)
	case 7:
		m.odd("declared halves")
		return head + fmt.Sprintf(`<!DOCTYPE o [<!ENTITY e "%s"><!ENTITY f '%s'>]><o><n>&e;&f;</n></o>`, first, second)
	case 8:
		m.odd("split by a tag")
		return head + "<o><n>" + first + m.pick("<b></b>", "<br/>", "<i>", "<wbr>") + second + m.pick("</n></o>", "</i></n></o>")
	case 9:
		m.odd("comment")
		return head + "<o><!-- " + strings.ReplaceAll(m.text, "--", "- ") + " --><n>1</n></o>"
	case 10:
		m.odd("prefixed")
		return head + `<s:E xmlns:s="urn:s"><s:B><o:note xmlns:o="urn:o">` + text + "</o:note></s:B></s:E>"
	case 11:
		m.odd("markup in CDATA")
		return head + "<o><n><![CDATA[<p>" + text + "</p>]]></n></o>"
	default:
		return head + "<order><note>" + text + "</note><sum>100</sum></order>"
	}
}

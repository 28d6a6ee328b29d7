package odd

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
)

// envelope is a multipart body in the making.
type envelope struct {
	boundary, line string
	parts          []string
	preamble       string
	epilogue       string
	open           bool // without its last delimiter
}

func (m *maker) multipart() {
	m.c.Method = m.pick("POST", "POST", "PUT")
	e := &envelope{boundary: m.pick("----WebKitFormBoundaryAbC", "x", "a'b()+_,-./:=?", "0000000000", "b b", "--b", "a,b"), line: "\r\n"}
	m.header("Content-Type", m.multipartType(e.boundary))
	for range m.IntN(3) {
		e.add("Content-Disposition: form-data; name=\""+m.pick("a", "b", "c[]")+"\"", m.pick("1", "two", "", "--x"))
	}
	m.part(e)
	for range m.IntN(2) {
		e.add(`Content-Disposition: form-data; name="z"; filename="z.txt"`, "file")
	}
	m.loosen(e)
	m.c.Body = []byte(e.String())
	m.disguise()
}

func (m *maker) multipartType(boundary string) string {
	quoted := `"` + boundary + `"`
	if m.quirk(5, "odd boundary") {
		return m.pick(
			"multipart/form-data; boundary="+boundary,
			"multipart/form-data;boundary="+quoted+"; charset=utf-8",
			"multipart/form-data; charset=utf-8; BOUNDARY="+quoted,
			"multipart/form-data; boundary = "+quoted,
			"multipart/form-data; xboundary=y; boundary="+quoted,
			"multipart/form-data; boundary="+quoted+"; boundary=y",
			"multipart/form-data; boundary=y; boundary="+quoted,
			"multipart/form-data; boundary*0="+boundary[:1]+"; boundary*1="+boundary[1:],
			"multipart/form-data; boundary='"+boundary+"'",
			"multipart/form-data", "multipart/mixed; boundary="+quoted, "multipart/related; boundary="+quoted,
			"multipart/form-data, boundary="+quoted, "text/plain; boundary="+quoted, "application/x-www-form-urlencoded",
			"multipart/form-data; boundary="+boundary+" ", "multipart/form-data; boundary=\""+boundary,
		)
	}
	return "multipart/form-data; boundary=" + quoted
}

func (e *envelope) add(head, body string) { e.parts = append(e.parts, head+"\x00"+body) }

// String writes the envelope; lines of a head are parted by \n until then.
func (e *envelope) String() string {
	var b strings.Builder
	b.WriteString(e.preamble)
	for _, p := range e.parts {
		head, body, _ := strings.Cut(p, "\x00")
		b.WriteString("--" + e.boundary + e.line + strings.ReplaceAll(head, "\n", e.line) + e.line + e.line + body + e.line)
	}
	if !e.open {
		b.WriteString("--" + e.boundary + "--" + e.line)
	}
	return b.String() + e.epilogue
}

// loosen makes the envelope what strict parsers refuse and lenient ones read.
func (m *maker) loosen(e *envelope) {
	if m.quirk(12, "lines end in LF") {
		e.line = "\n"
	}
	if m.quirk(15, "preamble") {
		e.preamble = m.text + e.line
	}
	if m.quirk(15, "epilogue") {
		e.epilogue = m.text
	}
	e.open = m.quirk(12, "not closed")
	if m.quirk(20, "padded boundary") {
		e.line = " \t" + e.line
	}
}

// part adds the part that carries the text.
func (m *maker) part(e *envelope) {
	name := m.pick("note", "comment", "file", "a")
	switch m.IntN(17) {
	case 0:
		m.odd("file")
		e.add(fmt.Sprintf("Content-Disposition: form-data; name=\"%s\"; filename=\"a.txt\"\nContent-Type: %s", name, m.pick("text/plain", "application/octet-stream", "image/png", "text/csv")), m.text)
	case 1:
		m.odd("file name")
		e.add(fmt.Sprintf(`Content-Disposition: form-data; name="%s"; filename="%s.png"`, name, headed(m.text)), "x")
	case 2:
		m.odd("extended file name")
		e.add(fmt.Sprintf("Content-Disposition: form-data; name=\"%s\"; filename*=%s''%s.png", name, m.pick("UTF-8", "utf-8", "iso-8859-1"), m.pick(url.PathEscape(m.text), each(m.text, "%%%02X"))), "x")
	case 3:
		m.odd("continued file name")
		half := len(m.text) / 2
		e.add(fmt.Sprintf("Content-Disposition: form-data; name=\"%s\"; filename*0=\"%s\"; filename*1=\"%s\"", name, headed(m.text[:half]), headed(m.text[half:])), "x")
	case 4:
		m.odd("continued extended file name")
		half := len(m.text) / 2
		e.add(fmt.Sprintf("Content-Disposition: form-data; name=\"%s\"; filename*0*=UTF-8''%s;\n filename*1*=%s", name, each(m.text[:half], "%%%02x"), each(m.text[half:], "%%%02x")), "x")
	case 5:
		m.odd("transfer encoding base64")
		e.add(m.disposition(name)+"\nContent-Transfer-Encoding: "+m.pick("base64", "BASE64", " base64 ", `"base64"`, "base64 (comment)"), base64.StdEncoding.EncodeToString([]byte(m.text)))
	case 6:
		m.odd("transfer encoding quoted-printable")
		e.add(m.disposition(name)+"\nContent-Transfer-Encoding: "+m.pick("quoted-printable", "Quoted-Printable"), m.some(strings.ReplaceAll(m.text, "=", "=3D"), "=%02X"))
	case 7:
		m.odd("odd transfer encoding")
		e.add(m.disposition(name)+"\nContent-Transfer-Encoding: "+m.pick("uuencode", "8bit", "7bit", "binary", "x"), m.text)
	case 8:
		m.odd("wide part")
		e.add(m.disposition(name)+"\nContent-Type: text/plain; charset="+m.pick("utf-16le", "UTF-16LE", "utf-8"), wide(m.text, false))
	case 9:
		m.odd("nested")
		inner := &envelope{boundary: "inner", line: "\r\n"}
		inner.add("Content-Disposition: file; filename=\"a.txt\"\nContent-Transfer-Encoding: base64", base64.StdEncoding.EncodeToString([]byte(m.text)))
		e.add(m.disposition(name)+"\nContent-Type: multipart/mixed; boundary=inner", inner.String())
	case 10:
		m.odd("part header")
		e.add(m.disposition(name)+"\nX-Note: "+headed(m.text), "x")
	case 11:
		m.odd("no head")
		e.parts = append(e.parts, "\x00"+m.text)
	case 12:
		m.odd("two dispositions")
		e.add(m.disposition("a")+"\n"+m.disposition("b"), m.text)
	case 13:
		m.odd("in the name")
		e.add(fmt.Sprintf(`Content-Disposition: form-data; name="%s"`, headed(m.text)), "1")
	case 14:
		m.odd("charset field")
		e.add(m.disposition("_charset_"), m.pick("utf-7", "utf-16", "windows-1251"))
		e.add(m.disposition(name), m.text)
	default:
		e.add(m.disposition(name), m.text)
	}
}

// disposition is the line that names a part.
func (m *maker) disposition(name string) string {
	if m.quirk(4, "odd disposition") {
		return m.pick(
			"Content-Disposition: form-data; name="+name,
			"content-disposition:form-data;name=\""+name+"\"",
			"Content-Disposition: form-data; name='"+name+"'",
			"Content-Disposition:\n form-data;\n\tname=\""+name+"\"",
			"Content-Disposition: form-data; filename=\"x;name=y\"; name=\""+name+"\"",
			"Content-Disposition: attachment; name=\""+name+"\"",
			"Content-Disposition: form-data; name=\"a\\\"b"+name+"\"",
			"Content-Disposition : form-data; name=\""+name+"\"",
			"Content-Disposition: form-data; name*=UTF-8''"+name,
		)
	}
	return "Content-Disposition: form-data; name=\"" + name + "\""
}

// headed is a text inside a quoted parameter of a header.
func headed(s string) string {
	return strings.NewReplacer("\r\n", " ", "\n", " ", `"`, "%22").Replace(s)
}

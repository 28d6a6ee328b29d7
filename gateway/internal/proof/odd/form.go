package odd

import (
	"net/url"
	"strings"
)

// fieldName is a name that says nothing, or little, of cards.
func (m *maker) fieldName() string {
	return m.pick("q", "note", "comment", "message", "a", "items[0][note]", "items[]", "x.y", "данные", "b", "text", "order[note]", "__proto__", "constructor", "0")
}

// pairs is a query or form with the text in it.
func (m *maker) pairs() string {
	var all []string
	for range m.IntN(3) {
		all = append(all, m.pair(m.fieldName(), m.pick(clean[:]...)))
	}
	all = append(all, m.telling())
	for range m.IntN(3) {
		all = append(all, m.pair(m.fieldName(), m.pick("1", "clean", "")))
	}
	m.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	separator := "&"
	if m.quirk(12, "semicolons") {
		separator = ";"
	}
	joined := strings.Join(all, separator)
	if m.quirk(15, "empty pairs") {
		joined = "&&" + joined + "&="
	}
	return joined
}

// telling is the pair that carries the text, as its value or as its name, alone or twice.
func (m *maker) telling() string {
	name := m.fieldName()
	switch m.IntN(9) {
	case 0:
		m.odd("in a name")
		return m.pair(m.text, "1")
	case 1:
		m.odd("in a name's brackets")
		return m.pair("a["+m.text+"]", "1")
	case 2:
		m.odd("without a name")
		return m.escaped(m.text)
	case 3:
		m.odd("twice")
		return m.pair(name, m.text) + "&" + m.pair(name, "0")
	case 4:
		m.odd("first of two")
		return m.pair(name, "0") + "&" + m.pair(name, m.text)
	case 5:
		m.odd("deep brackets")
		return m.pair("a[b][c][d][e][f][g]", m.text)
	default:
		return m.pair(name, m.text)
	}
}

func (m *maker) pair(name, value string) string { return m.escaped(name) + "=" + m.escaped(value) }

// escaped writes a text for a query, as a browser would or another way that means the same.
func (m *maker) escaped(s string) string {
	switch {
	case m.quirk(6, "all escaped"):
		return each(s, "%%%02x")
	case m.quirk(20, "invalid escape"):
		return "%zz" + url.QueryEscape(" "+s)
	case m.quirk(20, "raw"):
		return strings.NewReplacer("%", "%25", "&", "%26", "#", "%23", " ", "+", ";", "%3B", "=", "%3D", "\r", "%0D", "\n", "%0A", "+", "%2B").Replace(s)
	default:
		return url.QueryEscape(s)
	}
}

func (m *maker) query() {
	m.c.Target = m.pick("/", "/search", "/index.php", "/a/b.html") + "?" + ascii(m.pairs())
	if m.quirk(10, "second question mark") {
		m.c.Target += "?x"
	}
	if m.quirk(10, "body of a GET") {
		m.c.Body = []byte("n=1")
	}
}

// ascii escapes what no HTTP client sends in a target.
func ascii(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7F || strings.IndexByte(`"<>\^`+"`{|}", c) >= 0 {
			b.WriteString(each(s[i:i+1], "%%%02X"))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func (m *maker) path() {
	segment := strings.NewReplacer("%2F", "/", "%2f", "/", "%5C", "-", "%00", "").Replace(url.PathEscape(m.text))
	switch m.IntN(5) {
	case 0:
		m.odd("matrix")
		segment = "item;note=" + segment + ";b=1"
	case 1:
		m.odd("path escaped")
		segment = strings.ReplaceAll(each(m.text, "%%%02x"), "%2f", "/")
	case 2:
		m.odd("extension")
		segment += ".html"
	}
	m.c.Target = m.pick("/o/", "/index.php/", "/a//", "/%D0%BA/") + ascii(segment) + m.pick("", "/", "/edit", "?x=1")
}

func (m *maker) form() {
	m.c.Method = m.pick("POST", "POST", "POST", "PUT", "PATCH", "DELETE")
	body := m.pairs()
	if m.quirk(15, "BOM") {
		body = "\xEF\xBB\xBF" + body
	}
	if m.quirk(20, "line end") {
		body += "\r\n"
	}
	m.c.Body = []byte(body)
	m.header("Content-Type", m.formType())
	m.disguise()
}

func (m *maker) formType() string {
	if m.quirk(5, "lying type") {
		return m.pick("text/plain", "application/json", "application/xml", "application/octet-stream", "image/png", "multipart/form-data; boundary=x", "x", "application/x-www-form-urlencoded, text/plain")
	}
	return m.pick("application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=UTF-8", "Application/X-WWW-Form-Urlencoded", "application/x-www-form-urlencoded;charset=\"utf-8\"", "application/x-www-form-urlencoded ; a=b")
}

package odd

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
)

// wrap writes the text in up to two encodings, one inside the other.
func (m *maker) wrap() {
	for m.chance(3) && len(m.c.Quirk) < 3 {
		m.encode()
		m.plain = false
	}
}

func (m *maker) encode() {
	wraps := [...]struct {
		name string
		as   func(string) string
	}{
		{"base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
		{"base64url", func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }},
		{"base64 in lines", inLines},
		{"data uri", func(s string) string { return "data:text/plain;base64," + base64.StdEncoding.EncodeToString([]byte(s)) }},
		{"percent", func(s string) string { return each(s, "%%%02x") }},
		{"percent digits", func(s string) string { return digits(s, "%%%02X") }},
		{"percent u", func(s string) string { return digits(s, "%%u%04x") }},
		{"escaped", func(s string) string { return `"` + digits(quotedInside(s), `\u%04x`) + `"` }},
		{"half escaped", func(s string) string { return `{"v":"` + m.some(quotedInside(s), `\u%04X`) + `"}` }},
		{"entities", func(s string) string { return digits(s, "&#%d;") }},
		{"hex entities", func(s string) string { return m.some(s, "&#x%X;") }},
		{"padded entities", func(s string) string { return digits(s, "&#%07d;") }},
		{"json inside", func(s string) string { return `{"order":1,"note":"` + quotedInside(s) + `"}` }},
		{"form inside", func(s string) string { return "a=1&note=" + url.QueryEscape(s) + "&b=" }},
		{"url inside", func(s string) string { return "https://shop.example/cart?x=1&note=" + url.QueryEscape(s) + "#end" }},
		{"xml inside", func(s string) string { return "<order><note>" + entitied(s) + "</note></order>" }},
		{"gzip base64", zipped},
	}
	w := wraps[m.IntN(len(wraps))]
	m.odd(w.name)
	m.text = w.as(m.text)
}

// each writes every byte by format.
func each(s, format string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, format, s[i])
	}
	return b.String()
}

// digits writes every ASCII digit by format.
func digits(s, format string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= '0' && r <= '9' {
			fmt.Fprintf(&b, format, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// some writes every other digit by format.
func (m *maker) some(s, format string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= '0' && r <= '9' && m.chance(2) {
			fmt.Fprintf(&b, format, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func inLines(s string) string {
	encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("The quick brown cup. ", 4) + s))
	var b strings.Builder
	for len(encoded) > 76 {
		b.WriteString(encoded[:76] + "\r\n")
		encoded = encoded[76:]
	}
	return b.String() + encoded
}

func zipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// quotedInside is s inside a JSON string.
func quotedInside(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(s)
}

// entitied is s inside XML.
func entitied(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

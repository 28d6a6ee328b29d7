// Package odd makes requests that parsers read differently, each with a published test number hidden in it or without,
// from a seed; tells whether a reading shows the number; and makes a request that failed small.
package odd

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// Case is one odd request.
type Case struct {
	Number string      `json:"number,omitempty"` // the test number hidden in it, digits alone; empty: there is none
	Method string      `json:"method"`
	Target string      `json:"target"`
	Fields [][2]string `json:"fields,omitempty"` // header lines but Host and those of the framing
	Body   []byte      `json:"body,omitempty"`
	Wire   string      `json:"wire,omitempty"`  // framing in front: length (or empty), chunks, extensions, one, old
	Quirk  []string    `json:"quirk,omitempty"` // what is odd about it
	Shop   string      `json:"shop,omitempty"`  // of a seed: who read the number
}

// Make is the n-th case of a seed, always the same.
func Make(seed, n uint64) *Case {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, n)), c: &Case{Method: "GET", Target: "/shop"}}
	m.plant()
	m.wrap()
	m.place()
	if len(m.c.Body) > 0 {
		m.c.Wire = m.pick("length", "length", "chunks", "extensions", "one", "old")
	}
	slices.Sort(m.c.Quirk)
	m.c.Quirk = slices.Compact(m.c.Quirk)
	return m.c
}

// maker is a case in the making.
type maker struct {
	*rand.Rand
	c     *Case
	text  string // what has to be placed
	plain bool   // text is digits alone
}

func (m *maker) pick(from ...string) string { return from[m.IntN(len(from))] }

// chance is true once in n.
func (m *maker) chance(n int) bool { return m.IntN(n) == 0 }

func (m *maker) odd(quirk string) { m.c.Quirk = append(m.c.Quirk, quirk) }

// quirk is true once in n, and then noted.
func (m *maker) quirk(n int, name string) bool {
	if m.chance(n) {
		m.odd(name)
		return true
	}
	return false
}

func (m *maker) header(name, value string) {
	m.c.Fields = append(m.c.Fields, [2]string{name, value})
}

// place puts the text somewhere.
func (m *maker) place() {
	switch m.IntN(16) {
	case 0:
		m.path()
	case 1, 2:
		m.query()
	case 3:
		m.cookie()
	case 4:
		m.field()
	case 5, 6, 7:
		m.form()
	case 8, 9, 10:
		m.json()
	case 11, 12, 13:
		m.multipart()
	case 14:
		m.xml()
	default:
		m.words()
	}
}

// Front is the request as it is sent to the gateway.
func (c *Case) Front() []byte {
	version := "HTTP/1.1"
	if c.Wire == "old" {
		version = "HTTP/1.0"
	}
	b := c.head(version)
	switch {
	case c.Wire == "chunks" || c.Wire == "extensions" || c.Wire == "one":
		b = append(b, "Transfer-Encoding: chunked\r\n\r\n"...)
		return c.chunked(b)
	case len(c.Body) > 0:
		b = fmt.Appendf(b, "Content-Length: %d\r\n", len(c.Body))
	}
	return append(append(b, "\r\n"...), c.Body...)
}

func (c *Case) chunked(b []byte) []byte {
	size := max(1, len(c.Body)/3)
	if c.Wire == "one" {
		size = 1
	}
	for part := range slices.Chunk(c.Body, size) {
		b = fmt.Appendf(b, "%x", len(part))
		if c.Wire == "extensions" {
			b = append(b, `;name="val;ue"`...)
		}
		b = append(append(append(b, "\r\n"...), part...), "\r\n"...)
	}
	return append(b, "0\r\n\r\n"...)
}

// Direct is the same request as it is sent to a shop that stands alone: with its length, folded header lines joined
// (RFC 9112 section 5.2), one on a connection.
func (c *Case) Direct() []byte {
	b := append(blanks.ReplaceAll(folds.ReplaceAll(c.head("HTTP/1.1"), []byte(" ")), []byte("\r\n")), "Connection: close\r\n"...)
	if len(c.Body) > 0 {
		b = fmt.Appendf(b, "Content-Length: %d\r\n", len(c.Body))
	}
	return append(append(b, "\r\n"...), c.Body...)
}

// White space that is no part of a field's value (RFC 9112 section 5.2, RFC 9110 section 5.5).
var (
	folds  = regexp.MustCompile(`[ \t]*\r\n[ \t]+`)
	blanks = regexp.MustCompile(`[ \t]+\r\n`)
)

func (c *Case) head(version string) []byte {
	b := fmt.Appendf(nil, "%s %s %s\r\nHost: localhost\r\n", c.Method, c.Target, version)
	for _, f := range c.Fields {
		b = fmt.Appendf(b, "%s: %s\r\n", f[0], f[1])
	}
	return b
}

// Clone is a copy that shares nothing.
func (c *Case) Clone() *Case {
	d := *c
	d.Fields, d.Body, d.Quirk = slices.Clone(c.Fields), bytes.Clone(c.Body), slices.Clone(c.Quirk)
	return &d
}

// About says what is odd about the case, in one line without its content.
func (c *Case) About() string { return c.Method + " " + c.Wire + " " + strings.Join(c.Quirk, ", ") }

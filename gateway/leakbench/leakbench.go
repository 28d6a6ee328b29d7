// Package leakbench scores a proxy: it sends every case of an embedded bench, each one way to send a card number or a
// value that only looks like one, through the proxy to a shop of its own, and tells what got through. It judges the
// bytes that arrived at the shop, not what the proxy says it did.
package leakbench

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed leak-bench.jsonl
var bench []byte

// Set is a part of the bench that is counted by itself.
type Set string

// The sets. Published peers' scores are of Leaks and Lookalikes; Found is what real parsers read behind panwall itself
// before it was mended.
const (
	Leaks      Set = "leak"
	Found      Set = "found"
	Lookalikes Set = "clean"
)

// Case is one request of the bench.
type Case struct {
	ID       string
	Category string
	method   string
	target   string
	headers  [][2]string
	body     []byte
	raw      []byte
	markers  []string
}

// Set is the part of the bench the case belongs to: the first word of its ID.
func (c Case) Set() Set {
	set, _, _ := strings.Cut(c.ID, "-")
	return Set(set)
}

// row is a case as it is written in the file.
type row struct {
	ID, Category, Method, Target string
	Headers                      [][2]string
	Body                         []byte `json:"body_b64"`
	Raw                          []byte `json:"raw_b64"`
	Markers                      []string
	Pad                          *struct {
		Prefix []byte `json:"prefix_b64"`
		Byte   string
		Count  int
		Suffix []byte `json:"suffix_b64"`
	}
}

// Cases reads the embedded bench.
func Cases() ([]Case, error) {
	var all []Case
	for d := json.NewDecoder(bytes.NewReader(bench)); d.More(); {
		var r row
		if err := d.Decode(&r); err != nil {
			return nil, fmt.Errorf("reading the bench: %w", err)
		}
		c := Case{r.ID, r.Category, r.Method, r.Target, r.Headers, r.Body, r.Raw, r.Markers}
		if p := r.Pad; p != nil {
			c.body = bytes.Join([][]byte{p.Prefix, bytes.Repeat([]byte(p.Byte), p.Count), p.Suffix}, nil)
		}
		all = append(all, c)
	}
	return all, nil
}

// request is the case as it goes over the wire, one on a connection.
func (c Case) request(host string) []byte {
	if len(c.raw) > 0 {
		return bytes.ReplaceAll(c.raw, []byte("{HOST}"), []byte(host))
	}
	b := fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: %s\r\n", c.method, c.target, host)
	for _, h := range c.headers {
		b = fmt.Appendf(b, "%s: %s\r\n", h[0], octets(h[1]))
	}
	if len(c.body) > 0 {
		b = fmt.Appendf(b, "Content-Length: %d\r\n", len(c.body))
	}
	return append(append(b, "Connection: close\r\n\r\n"...), c.body...)
}

// octets gives a header value its bytes back: the file writes each byte as one character.
func octets(s string) []byte {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return b
}

// leaked reports whether what arrived gives the number away: as digits under up to three layers of percent-encoding, or
// because what carried it arrived as it was sent, so that the shop can decode it.
func (c Case) leaked(arrived []byte) bool {
	if len(c.body) > 0 && bytes.Contains(arrived, c.body) || c.inHead(arrived) {
		return true
	}
	for range 4 {
		for _, m := range c.markers {
			if bytes.Contains(digits(arrived), []byte(m)) {
				return true
			}
		}
		arrived = unescaped(arrived)
	}
	return false
}

// inHead reports whether a header that carried the number arrived as it was sent. The bench's other headers are short.
func (c Case) inHead(arrived []byte) bool {
	for _, h := range c.headers {
		if len(c.body) == 0 && len(h[1]) >= 16 && bytes.Contains(arrived, octets(h[1])) {
			return true
		}
	}
	return false
}

// digits is the digits of b, one after the other.
func digits(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for _, c := range b {
		if c >= '0' && c <= '9' {
			out = append(out, c)
		}
	}
	return out
}

// unescaped undoes percent-encoding once; what is no escape stays.
func unescaped(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		var one [1]byte
		if b[i] == '%' && i+2 < len(b) {
			if n, err := fmt.Sscanf(string(b[i+1:i+3]), "%02x", &one[0]); n == 1 && err == nil {
				out = append(out, one[0])
				i += 2
				continue
			}
		}
		out = append(out, b[i])
	}
	return out
}

// String names the case.
func (c Case) String() string { return c.ID + " (" + c.Category + ")" }

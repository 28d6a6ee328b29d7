package record

import (
	"bytes"
	"iter"
	"strconv"
)

// Glance is a line seen quickly: what a report counts, read without decoding the rest. It works because every line
// comes from Append: a quote within a text is escaped, so the bytes `"route":"` can only be a name.
type Glance struct {
	Head
	line  []byte
	found []byte // from the findings on
}

// NewGlance reads a line whose shape is that of a record of ours.
func NewGlance(line []byte) (Glance, error) {
	h, err := ParseHead(line)
	return GlanceAt(h, line), err
}

// GlanceAt is NewGlance for a line whose head was read.
func GlanceAt(h Head, line []byte) Glance {
	_, found, _ := bytes.Cut(line, []byte(`"found":{`))
	return Glance{h, line, found}
}

// Requests is how many requests the record stands for.
func (g Glance) Requests() int64 {
	if n, ok := g.number(`"repeat":`); ok {
		return n
	}
	return 1
}

// Test reports whether the record is of a self-test.
func (g Glance) Test() bool { return bytes.HasSuffix(g.line, []byte(`,"test":true}`)) }

// Route is the route of the request. It shares memory with the line.
func (g Glance) Route() []byte {
	return first(g.line, []byte(`"route":"`))
}

// Host is the host of the request. It shares memory with the line.
func (g Glance) Host() []byte {
	return first(g.line, []byte(`"host":"`))
}

// Items are the values of a text of every finding: "at", "rule", "confidence", "exemption", "expires". They share
// memory with the line.
func (g Glance) Items(name string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		needle := []byte(`"` + name + `":"`)
		items, _, _ := bytes.Cut(g.found, []byte(`],"total":`))
		for rest, found := items, true; ; {
			if _, rest, found = bytes.Cut(rest, needle); !found {
				return
			}
			value, after, ok := bytes.Cut(rest, []byte(`"`))
			if !ok || !yield(value) {
				return
			}
			rest = after
		}
	}
}

// Counts are the exact counts of "kinds" or "brands". Names share memory with the line.
func (g Glance) Counts(name string) iter.Seq2[[]byte, int64] {
	return func(yield func([]byte, int64) bool) {
		_, rest, ok := bytes.Cut(g.found, []byte(`"`+name+`":{`))
		inner, _, ok2 := bytes.Cut(rest, []byte("}"))
		if !ok || !ok2 {
			return
		}
		for len(inner) > 1 {
			key, after, ok := bytes.Cut(inner[1:], []byte(`":`))
			value, next, _ := bytes.Cut(after, []byte(","))
			n, err := strconv.ParseInt(string(value), 10, 64)
			if !ok || err != nil || !yield(key, n) {
				return
			}
			inner = next
		}
	}
}

func (g Glance) number(name string) (int64, bool) {
	_, rest, ok := bytes.Cut(g.line, []byte(name))
	if !ok {
		return 0, false
	}
	end := 0
	for end < len(rest) && '0' <= rest[end] && rest[end] <= '9' {
		end++
	}
	n, err := strconv.ParseInt(string(rest[:end]), 10, 64)
	return n, err == nil
}

// first is the value of the first text after needle, escapes as they are.
func first(line, needle []byte) []byte {
	_, rest, ok := bytes.Cut(line, needle)
	if !ok {
		return nil
	}
	value, _, _ := bytes.Cut(rest, []byte(`"`))
	return value
}

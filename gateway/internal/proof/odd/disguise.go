package odd

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"unicode/utf16"
)

// words puts the text into a body without structure.
func (m *maker) words() {
	m.c.Method = m.pick("POST", "PUT", "DELETE", "GET")
	m.c.Body = []byte(m.pick("", "note: ", "a,b\r\n1,", "--\r\n") + m.text + m.pick("", "\n", " end"))
	if m.chance(5) {
		m.odd("no type")
	} else {
		m.header("Content-Type", m.pick("text/plain", "text/plain;charset=UTF-8", "text/csv", "application/octet-stream", "text/html", "application/graphql", "message/http"))
	}
	m.disguise()
}

// disguise gives the finished body another charset or a content coding, now and then.
func (m *maker) disguise() {
	switch m.IntN(24) {
	case 0:
		m.odd("UTF-16")
		m.c.Body = []byte(m.pick("", "\xFF\xFE") + wide(string(m.c.Body), false))
	case 1:
		m.odd("UTF-16, labelled")
		m.c.Body = []byte(wide(string(m.c.Body), false))
		m.relabel("; charset=utf-16le")
	case 2:
		m.odd("UTF-16 big endian")
		m.c.Body = []byte("\xFE\xFF" + wide(string(m.c.Body), true))
	case 3:
		m.relabel("; charset=" + m.pick("windows-1251", "koi8-r", "iso-8859-1", "shift_jis", "utf-7", "x-unknown", "ibm037"))
		m.odd("charset")
	case 4, 5:
		m.odd("coded")
		m.code(m.pick("gzip", "x-gzip", "deflate", "raw deflate"))
	case 6:
		m.odd("coded twice")
		m.c.Body = compressed(compressed(m.c.Body, gzipped), gzipped)
		m.header("Content-Encoding", m.pick("gzip, gzip", "gzip,gzip"))
	case 7:
		m.odd("coded, unlabelled")
		m.c.Body = compressed(m.c.Body, gzipped)
	case 8:
		m.odd("wrong coding")
		m.header("Content-Encoding", m.pick("gzip", "identity", "utf-8", "br", "deflate", "aes128gcm"))
	}
}

// relabel adds a parameter to the type, if there is one.
func (m *maker) relabel(parameter string) {
	for i, f := range m.c.Fields {
		if f[0] == "Content-Type" {
			m.c.Fields[i][1] += parameter
		}
	}
}

func (m *maker) code(coding string) {
	switch coding {
	case "deflate":
		m.c.Body = compressed(m.c.Body, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })
	case "raw deflate":
		coding = "deflate"
		m.c.Body = compressed(m.c.Body, func(w io.Writer) io.WriteCloser {
			f, _ := flate.NewWriter(w, flate.BestSpeed) // the level is one it knows
			return f
		})
	default:
		m.c.Body = compressed(m.c.Body, gzipped)
	}
	m.header("Content-Encoding", coding)
}

func gzipped(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }

func compressed(b []byte, by func(io.Writer) io.WriteCloser) []byte {
	var out bytes.Buffer
	w := by(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

// wide is a text in UTF-16 without a mark.
func wide(s string, big bool) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

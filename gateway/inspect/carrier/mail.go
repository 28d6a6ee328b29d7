package carrier

import (
	"bytes"
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// Bounds of a mail.
const (
	mostMailDepth  = 8 // multiparts in multiparts
	longestHeaders = 64 << 10
	sniffHeaders   = 4 << 10
)

// mail hands over the decoded words of the headers and every part undone from its transfer encoding; charsets are the
// caller's, who is given the part's Content-Type. It is its own reader and not mime/multipart because a stranger's
// mail is read by tolerant programs: a missing last boundary, LF alone, words before and after the parts.
func (w *walk) mail(content []byte) error {
	if !bytes.HasPrefix(content, []byte("From ")) {
		return w.message(content, 0)
	}
	for rest := content; len(rest) > 0; { // a mailbox (RFC 4155): a line, then a mail
		if err := w.b.Entry(); err != nil {
			return err
		}
		_, mail, _ := bytes.Cut(rest, []byte("\n"))
		end := bytes.Index(mail, []byte("\nFrom "))
		if end < 0 {
			return w.message(mail, 0)
		}
		if err := w.message(mail[:end], 0); err != nil {
			return err
		}
		rest = mail[end+1:]
	}
	return nil
}

// isMail looks for a block of header fields with one that only a mail has.
func isMail(content []byte) bool {
	head := content[:min(len(content), sniffHeaders)]
	if bytes.HasPrefix(head, []byte("From ")) { // RFC 4155, mbox
		_, head, _ = bytes.Cut(head, []byte("\n"))
	}
	fields, _ := splitHeaders(head)
	for _, f := range fields {
		switch strings.ToLower(f.name) {
		case "mime-version", "received", "return-path", "delivered-to", "message-id", "dkim-signature":
			return true
		}
	}
	return false
}

type field struct {
	name  string
	value []byte
}

// splitHeaders reads header fields up to the first empty line, unfolded (RFC 5322 section 2.2.3). Where the first
// line is no field, there are none.
func splitHeaders(message []byte) (fields []field, body []byte) {
	rest := message
	for len(rest) > 0 && len(message)-len(rest) < longestHeaders {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		switch name, value, ok := bytes.Cut(line, []byte(":")); {
		case len(line) == 0:
			return fields, after
		case len(fields) > 0 && (line[0] == ' ' || line[0] == '\t'):
			last := &fields[len(fields)-1]
			last.value = append(last.value, line...)
		case ok && isFieldName(name):
			fields = append(fields, field{string(name), bytes.Clone(bytes.TrimSpace(value))})
		default:
			return fields, rest
		}
		rest = after
	}
	return fields, rest
}

func isFieldName(name []byte) bool {
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(name) > 0
}

// message reads one message or part.
func (w *walk) message(content []byte, depth int) error {
	fields, body := splitHeaders(content)
	kinds, transfers := fieldValues(fields, "content-type"), fieldValues(fields, "content-transfer-encoding")
	if len(kinds) > 1 || len(transfers) > 1 {
		return broken("a mail that says twice what it is") // programs differ in which they believe
	}
	for _, f := range fields {
		if err := w.value(f.name, DecodeWords(f.value)); err != nil {
			return err
		}
	}
	kind, transfer := strings.Join(kinds, ""), strings.ToLower(strings.Join(transfers, ""))
	_, params, err := mime.ParseMediaType(kind)
	if strings.HasPrefix(strings.ToLower(kind), "multipart/") {
		if err != nil || params["boundary"] == "" {
			return broken("a mail's boundary")
		}
		return w.parts(body, params["boundary"], depth+1)
	}
	return w.unpack(undoTransfer(transfer, body), func(plain []byte) error {
		if len(plain) == 0 {
			return nil
		}
		return w.visit(Text{Name: params["name"], Data: plain, Type: kind, View: w.view, File: true})
	})
}

func fieldValues(fields []field, name string) (values []string) {
	for _, f := range fields {
		if strings.EqualFold(f.name, name) {
			values = append(values, string(f.value))
		}
	}
	return values
}

// LongestWords is the bytes of the longest value whose encoded words are undone.
const LongestWords = 8 << 10

// DecodeWords undoes RFC 2047; what it cannot read stays as it is. Every word of a header that is longer than any real
// one would be searched to its end again and again.
func DecodeWords(value []byte) []byte {
	if len(value) > LongestWords || !bytes.Contains(value, []byte("=?")) {
		return value
	}
	words := mime.WordDecoder{CharsetReader: charsetReader}
	decoded, err := words.DecodeHeader(string(value))
	if err != nil {
		return value
	}
	return []byte(decoded)
}

// parts splits a multipart body at its boundary lines. What stands before the first and after the last is stray.
func (w *walk) parts(body []byte, boundary string, depth int) error {
	if depth > mostMailDepth {
		return broken("a mail nested too deep")
	}
	delimiter := []byte("--" + boundary)
	begin, inside := 0, false
	for at := 0; at < len(body); {
		line, _, _ := bytes.Cut(body[at:], []byte("\n"))
		next := min(len(body), at+len(line)+1)
		if bytes.HasPrefix(line, delimiter) {
			if err := w.part(body[begin:at], inside, depth); err != nil {
				return err
			}
			begin, inside = next, !bytes.HasPrefix(line[len(delimiter):], []byte("--"))
		}
		at = next
	}
	return w.part(body[begin:], inside, depth)
}

func (w *walk) part(content []byte, inside bool, depth int) error {
	if !inside {
		return w.stray(content)
	}
	if err := w.b.Entry(); err != nil {
		return err
	}
	return w.message(content, depth)
}

// undoTransfer undoes a Content-Transfer-Encoding (RFC 2045 section 6) as tolerantly as mail programs do.
func undoTransfer(encoding string, body []byte) io.Reader {
	switch encoding {
	case "base64":
		return &base64Reader{rest: body}
	case "quoted-printable":
		return quotedprintable.NewReader(bytes.NewReader(body))
	default:
		return bytes.NewReader(body)
	}
}

// base64Reader skips what section 6.8 tells decoders to ignore and begins anew after padding, which stands in the
// middle where two encoded texts were put together. The standard decoder gives up there.
type base64Reader struct {
	rest []byte
	bits uint32
	have int // bits not given yet
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

func (r *base64Reader) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(r.rest) == 0 {
			return n, io.EOF
		}
		c := r.rest[0]
		r.rest = r.rest[1:]
		if c == '=' {
			r.have = 0
		}
		six := strings.IndexByte(base64Alphabet, c)
		if six < 0 {
			continue
		}
		r.bits, r.have = r.bits<<6|uint32(six), r.have+6
		if r.have >= 8 {
			r.have -= 8
			p[n] = byte(r.bits >> r.have)
			n++
		}
	}
	return n, nil
}

// charsetReader is for encoded words; one in a charset nobody knows stays as it is.
func charsetReader(label string, in io.Reader) (io.Reader, error) {
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, err
	}
	return e.NewDecoder().Reader(in), nil
}

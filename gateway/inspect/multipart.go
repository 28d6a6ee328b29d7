package inspect

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// multipartWalker walks a multipart body (RFC 2046, RFC 7578) by the boundary the header names, and where that is not
// there by the delimiter lines that are.
type multipartWalker struct {
	*reading
	text      *text
	delimiter []byte // "--" and the boundary
	index     int
	field     string
	file      string
	checked   bool
	beside    bool
	id        int
}

// mostParts of one multipart body; more is no form but an attack on whoever splits it.
const mostMultipart = 10000

// walkMultipart hands out preamble, part headers, names, contents and epilogue of t: all of it.
func (r *reading) walkMultipart(t *text) (complete bool, err error) {
	delimiter := []byte("--" + t.boundary)
	if t.boundary == "" || !bytes.Contains(t.data, delimiter) {
		delimiter = findDelimiter(t.data)
	}
	if delimiter == nil {
		return false, nil
	}
	if t.nested++; t.nested > mostNested {
		return false, errBudget
	}
	r.ids++
	w := &multipartWalker{reading: r, text: t, delimiter: delimiter, id: r.ids}
	at := w.next(0)
	if err := w.gap(0, at.start); err != nil {
		return false, err
	}
	for at.start < len(t.data) && !w.closing(at) {
		next := w.next(at.end)
		if w.index++; w.index > mostMultipart {
			return false, errBudget
		}
		if err := w.part(at.end, next.start); err != nil {
			return false, err
		}
		at = next
	}
	r.split.flush(r)
	return true, w.gap(min(at.end, len(t.data)), len(t.data)) // without the boundary, whose words are no name of it
}

// findDelimiter is the first line that begins with two dashes and is followed by a header, blank line or another dash.
func findDelimiter(b []byte) []byte {
	for at := 0; at < len(b); {
		line := b[at:]
		if n := bytes.IndexByte(line, '\n'); n >= 0 {
			line = line[:n+1]
		}
		trimmed := bytes.TrimRight(line, " \t\r\n")
		if len(trimmed) > 2 && len(trimmed) <= 256 && trimmed[0] == '-' && trimmed[1] == '-' && startsPart(b[at+len(line):]) {
			return trimmed
		}
		at += len(line)
	}
	return nil
}

// startsPart reports whether a part's header or its blank line begins b.
func startsPart(b []byte) bool {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	line = bytes.TrimRight(line, "\r")
	name, _, ok := bytes.Cut(line, []byte(":"))
	return len(line) == 0 && len(b) > 0 || ok && len(name) > 0 && len(name) < 64 && bytes.IndexByte(bytes.TrimSpace(name), ' ') < 0
}

// next is the next delimiter at or behind from, with the line break before it and the one behind it; both ends are at
// the end of the text if there is none.
func (w *multipartWalker) next(from int) span {
	b := w.text.data
	for at := from; at < len(b); {
		n := bytes.Index(b[at:], w.delimiter)
		if n < 0 {
			break
		}
		start := at + n
		at = start + len(w.delimiter)
		if start > 0 && b[start-1] != '\n' && start != from {
			continue
		}
		end := at
		if bytes.HasPrefix(b[end:], []byte("--")) {
			end += 2
		}
		for end < len(b) && (b[end] == ' ' || b[end] == '\t' || b[end] == '\r') {
			end++
		}
		if end < len(b) && b[end] != '\n' {
			continue // a longer boundary that begins like ours
		}
		if start > from && b[start-1] == '\n' {
			if start--; start > from && b[start-1] == '\r' {
				start--
			}
		}
		return span{start, min(end+1, len(b))}
	}
	return span{len(b), len(b)}
}

// closing reports the delimiter that ends the body.
func (w *multipartWalker) closing(at span) bool {
	line := bytes.TrimRight(w.text.data[at.start:at.end], " \t\r\n")
	return bytes.HasSuffix(line, []byte("--")) && len(bytes.TrimLeft(line, "\r\n")) >= len(w.delimiter)+2
}

// gap reads what stands outside all parts; no client that means well puts anything there.
func (w *multipartWalker) gap(start, end int) error {
	if end-start < shortest {
		return nil
	}
	w.text.claims = append(w.text.claims, span{start, end})
	t := w.slice(w.text, start, end)
	defer w.drop()
	t.kind, t.handed, t.open, t.whole = plain, true, false, false
	return w.read(t)
}

// part reads one part: its header fields, the names in them, its content by its own type.
func (w *multipartWalker) part(start, end int) error {
	head, body := start, start
	for body < end { // header lines, up to the blank one
		n := bytes.IndexByte(w.text.data[body:end], '\n')
		if n < 0 {
			body = end
			break
		}
		line := bytes.TrimRight(w.text.data[body:body+n], "\r")
		body += n + 1
		if len(line) == 0 {
			break
		}
	}
	w.field, w.file = "", ""
	fields := partFields(w.text.data[head:body])
	disposition := parameters(after(fields["content-disposition"], ";"))
	for _, p := range disposition {
		if _, piece, ok := strings.Cut(p.name, "*"); ok && piece != "" {
			return fmt.Errorf("parameter in pieces: %w", errFraming) // RFC 2231 section 3: some join them, some do not
		}
		switch p.name {
		case "name", "name*":
			w.field = p.value
		case "filename", "filename*":
			w.file = p.value
		}
	}
	if err := w.partHead(head, body); err != nil {
		return err
	}
	return w.content(body, end, fields)
}

// partHead reads the header of a part as it stands, with what its names hold.
func (w *multipartWalker) partHead(start, end int) error {
	if end-start < shortest {
		return nil
	}
	w.text.claims = append(w.text.claims, span{start, end})
	t := w.slice(w.text, start, end)
	defer w.drop()
	t.kind, t.handed, t.open, t.whole = plain, true, false, false
	t.where = &partName{w}
	return w.read(t)
}

// content reads the content of a part: a field is a value, a file is a file.
func (w *multipartWalker) content(start, end int, fields map[string]string) error {
	start = min(start, end)
	w.text.claims = append(w.text.claims, span{start, end})
	coding := strings.ToLower(strings.TrimSpace(fields["content-transfer-encoding"]))
	t := w.slice(w.text, start, end)
	defer w.drop()
	t.where, t.handed, t.open, t.step, t.whole = w, true, false, "multipart", true
	t.nested++
	if w.file == "" {
		if err := namesCharset([]byte(w.field), bytes.TrimSpace(t.data)); err != nil {
			return err
		}
		w.split.add(w.reading, w, w.text, t.data, false)
		if w.sad && len(t.data) <= longestSensitive {
			w.scan(t)
		}
	} else {
		w.split.flush(w.reading)
	}
	switch coding {
	case "", "7bit", "8bit", "binary":
		return w.typed(t, fields["content-type"], w.file)
	case "base64":
		return w.transfer(t, fields["content-type"])
	case "quoted-printable":
		c, err := w.through(t, 0, len(t.data), quotedView, coding)
		if err != nil {
			return err
		}
		defer w.close(c)
		c.escapes++
		return w.typed(c, fields["content-type"], w.file)
	default:
		return fmt.Errorf("transfer encoding of a part: %w", errUnknown)
	}
}

// transfer reads a part in base64, as a whole and as it stands.
func (w *multipartWalker) transfer(t *text, contentType string) error {
	c := w.child(t)
	if err := w.spare(c, len(t.data)); err != nil {
		w.drop()
		return err
	}
	c.size, c.view, c.step = t.size, base64View, "base64"
	c.data = decodeBase64(buffer(len(t.data)), t.data)
	w.opened("base64")
	err := w.typed(c, contentType, w.file)
	w.close(c)
	if err != nil {
		return err
	}
	return w.read(t)
}

// partFields is the header of a part by lower-case names, continuation lines joined.
func partFields(b []byte) map[string]string {
	fields := map[string]string{}
	name, value := "", []byte(nil)
	for line := range bytes.SplitSeq(b, []byte("\n")) {
		line = bytes.TrimRight(line, "\r")
		if len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
			value = append(append(value, ' '), bytes.TrimSpace(line)...)
			continue
		}
		if next, first, ok := bytes.Cut(line, []byte(":")); ok {
			fields[name] = string(value)
			name, value = strings.ToLower(string(bytes.TrimSpace(next))), append(value[:0], bytes.TrimSpace(first)...)
		}
	}
	fields[name] = string(value)
	return fields
}

func after(s, mark string) string {
	_, rest, _ := strings.Cut(s, mark)
	return rest
}

func (w *multipartWalker) location() finding.Location {
	switch at := w.text.where.location(); {
	case at.Part() != finding.Body:
		return at
	case w.file != "":
		return finding.At(finding.BodyFile, w.field, w.index)
	default:
		return finding.At(finding.Body, w.field, w.index)
	}
}

func (w *multipartWalker) label() string  { return w.field }
func (w *multipartWalker) container() int { return w.id }

// nearby looks at the names of the parts so far and of those to come, once.
func (w *multipartWalker) nearby() bool {
	if !w.checked {
		w.checked = true
		for line := range bytes.SplitSeq(w.text.data[:min(len(w.text.data), 16*window)], []byte("\n")) {
			_, rest, ok := bytes.Cut(line[:min(len(line), 256)], []byte(`name="`))
			if name, _, closed := bytes.Cut(rest, []byte(`"`)); ok && closed {
				w.beside = w.beside || sensitiveName(name)
			}
		}
	}
	return w.beside
}

// partName is the place of a part's header: where a file's name stands.
type partName struct{ *multipartWalker }

func (w *partName) location() finding.Location {
	at := w.text.where.location()
	if at.Part() == finding.Body && w.file != "" {
		return finding.At(finding.BodyFilename, w.field, w.index)
	}
	return w.multipartWalker.location()
}

func (w *partName) label() string { return "" }
func (w *partName) nearby() bool  { return false }

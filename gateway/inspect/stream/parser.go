package stream

import (
	"bytes"
	"mime"
	"net/textproto"
	"strings"
	"unicode"
)

// state says what the parser stands in.
type state uint8

const (
	inPreamble state = iota
	inHeader
	inField
	inHead // of a file: its first bytes
	inFile
	inEnd
)

// parser takes a multipart body apart (RFC 2046 section 5.1, RFC 7578) as it arrives. Offsets are of the body.
type parser struct {
	o         *Options
	delimiter []byte // "--" and the boundary; empty: the body is one file
	state     state
	part      Part
	begin     int64 // of what the parser stands in
	before    byte  // the byte in front of it; a line break where it begins a line
	searched  int64 // no delimiter begins before this
	decided   int64 // everything before this may go on, as far as structure is concerned
	pieces    bool  // the field before this may be a piece of a number in several: it goes on with what follows
	final     bool
}

func newParser(o *Options, boundary string) parser {
	p := parser{o: o, state: inHead, part: Part{File: true}, before: '\n'}
	if boundary != "" {
		p.state, p.part, p.delimiter = inPreamble, Part{}, []byte("--"+boundary)
	}
	return p
}

// parse decides as much as buf, whose first byte is the body's at base, allows.
func (p *parser) parse(buf []byte, base int64, final bool) error {
	p.final = final
	for {
		before, at := p.state, p.begin
		var err error
		switch rest := buf[p.begin-base:]; p.state {
		case inPreamble:
			err = p.preamble(rest)
		case inHeader:
			err = p.header(rest)
		case inField:
			err = p.field(rest)
		case inHead:
			err = p.head(rest)
		case inFile:
			err = p.file(rest)
		case inEnd:
			return p.end(rest)
		}
		if err != nil {
			return err
		}
		if p.state == before && p.begin == at {
			return p.unfinished()
		}
	}
}

// unfinished is what the end of the body means to a parser that waits for more.
func (p *parser) unfinished() error {
	if p.final && len(p.delimiter) > 0 {
		return ErrFraming
	}
	return nil
}

// enter goes on with what begins n bytes further.
func (p *parser) enter(s state, n int) {
	p.state, p.begin, p.before = s, p.begin+int64(n), '\n'
}

// advance goes on inside a file's content.
func (p *parser) advance(rest []byte, n int) {
	if n > 0 {
		p.begin, p.before = p.begin+int64(n), rest[n-1]
	}
}

// beginsLine reports whether what stands at i of rest is the beginning of a line.
func (p *parser) beginsLine(rest []byte, i int) bool {
	if i == 0 {
		return p.before == '\n'
	}
	return rest[i-1] == '\n'
}

// boundary finds the next delimiter line in rest: where it begins, its line break before it included, and where it
// ends. closing is that of the last. start is -1 where none is whole yet.
func (p *parser) boundary(rest []byte) (start, end int, closing bool, err error) {
	for from := int(max(0, p.searched-p.begin)); ; {
		i := bytes.Index(rest[min(from, len(rest)):], p.delimiter)
		if i < 0 {
			p.searched = p.begin + int64(max(0, len(rest)-len(p.delimiter)))
			return -1, 0, false, nil
		}
		i += from
		p.searched = p.begin + int64(i)
		if from = i + len(p.delimiter); !p.beginsLine(rest, i) {
			continue
		}
		line, _, whole := bytes.Cut(rest[from:], []byte("\n"))
		if !whole && !p.final {
			if len(line) > longestHeader {
				return 0, 0, false, ErrFraming
			}
			return -1, 0, false, nil
		}
		tail := strings.TrimRight(string(line[:min(len(line), longestHeader)]), " \t\r")
		if tail != "" && tail != "--" {
			return 0, 0, false, ErrFraming // a longer boundary that begins like ours: programs differ
		}
		start = i
		if start > 0 {
			start--
		}
		if start > 0 && rest[start-1] == '\r' {
			start--
		}
		return start, min(from+len(line)+1, len(rest)), tail == "--", nil
	}
}

// next goes behind a delimiter line that ends n bytes further.
func (p *parser) next(n int, closing bool) {
	if closing {
		p.part = Part{Index: p.part.Index + 1}
		p.enter(inEnd, n)
		return
	}
	p.part = Part{Index: p.part.Index + 1}
	p.enter(inHeader, n)
}

func (p *parser) preamble(rest []byte) error {
	start, end, closing, err := p.boundary(rest)
	switch {
	case err != nil:
		return err
	case start < 0 && len(rest) > longestHeader:
		return ErrFraming
	case start < 0:
		return nil
	}
	if err := p.call(p.o.Header, rest[:start]); err != nil {
		return err
	}
	p.next(end, closing)
	p.decided = p.begin
	return nil
}

func (p *parser) header(rest []byte) error {
	n := blankLine(rest)
	if n < 0 {
		if len(rest) > longestHeader {
			return ErrTooLarge
		}
		return nil
	}
	if err := p.read(rest[:n]); err != nil {
		return err
	}
	if err := p.call(p.o.Header, rest[:n]); err != nil {
		return err
	}
	p.enter(inField, n)
	if p.part.File {
		p.state, p.pieces = inHead, false
	}
	return p.decide()
}

// decide lets everything up to here go on, unless a number may have begun in the fields before.
func (p *parser) decide() error {
	if !p.pieces {
		p.decided = p.begin
	} else if p.begin-p.decided > longestField {
		return ErrTooLarge
	}
	return nil
}

// piece reports a field that may hold a piece of a number: nothing but a few digits of whatever script, blanks and what
// draws nothing.
func piece(content []byte) bool {
	content = bytes.TrimSpace(content)
	return len(content) > 0 && len(content) <= longestPiece && !bytes.ContainsFunc(content, func(r rune) bool {
		return !unicode.IsSpace(r) && !unicode.In(r, unicode.N, unicode.M, unicode.Cf)
	})
}

// blankLine is where a header ends, its blank line included; -1 where that is not there yet.
func blankLine(rest []byte) int {
	for at := 0; ; {
		i := bytes.IndexByte(rest[at:], '\n')
		if i < 0 {
			return -1
		}
		line := bytes.TrimSuffix(rest[at:at+i], []byte("\r"))
		if at += i + 1; len(line) == 0 {
			return at
		}
	}
}

// read takes a part's name and file name from its header. Whatever is said twice, or cannot be read, is refused:
// programs differ in which they believe.
func (p *parser) read(header []byte) error {
	said := make(map[string]string)
	for line := range bytes.SplitSeq(header, []byte("\n")) {
		line = bytes.TrimRight(line, "\r")
		if len(line) == 0 {
			continue
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		key := textproto.CanonicalMIMEHeaderKey(string(name))
		if _, twice := said[key]; !ok || twice || line[0] == ' ' || line[0] == '\t' {
			return ErrFraming
		}
		said[key] = strings.TrimSpace(string(value))
	}
	kind, parameters, err := mime.ParseMediaType(said["Content-Disposition"])
	if err != nil || kind != "form-data" || said["Content-Transfer-Encoding"] != "" {
		return ErrFraming // RFC 7578 section 4.7 forbids the last
	}
	filename, named := parameters["filename"]
	p.part.Name, p.part.Filename, p.part.File = parameters["name"], filename, named
	return nil
}

func (p *parser) field(rest []byte) error {
	start, end, closing, err := p.boundary(rest)
	switch {
	case err != nil:
		return err
	case start < 0 && len(rest) > longestField:
		return ErrTooLarge
	case start < 0:
		return nil
	}
	if err := p.call(p.o.Field, rest[:start]); err != nil {
		return err
	}
	p.pieces = piece(rest[:start])
	p.next(end, closing)
	return p.decide()
}

// content is how much of rest is surely a file's, and where it goes on behind it if the file ends there.
func (p *parser) content(rest []byte) (n, behind int, ended, closing bool, err error) {
	if len(p.delimiter) == 0 {
		return len(rest), len(rest), p.final, false, nil
	}
	start, end, closing, err := p.boundary(rest)
	if err != nil || start >= 0 {
		return start, end, err == nil, closing, err
	}
	return max(0, len(rest)-p.held(rest)), 0, false, false, nil
}

// held is how many bytes at the end of a file's content may be the beginning of a delimiter line. boundary refuses one
// that is longer than a header, so that nothing further back need be looked at.
func (p *parser) held(rest []byte) int {
	tail := rest[max(0, len(rest)-longestHeader-len(p.delimiter)):]
	line := bytes.LastIndexByte(tail, '\n') + 1
	begins := line > 0 || len(tail) == len(rest) && p.before == '\n'
	if begins && bytes.HasPrefix(tail[line:], p.delimiter) {
		return len(tail) - line + len("\r\n") // its end has not arrived
	}
	return len("\r\n") + len(p.delimiter) + len("--")
}

// head waits for a file's first bytes and asks about them.
func (p *parser) head(rest []byte) error {
	n, _, ended, _, err := p.content(rest)
	if err != nil || n < sniffed && !ended {
		return err
	}
	if err := p.call(p.o.File, rest[:max(0, min(n, sniffed))]); err != nil {
		return err
	}
	p.state = inFile
	return nil
}

// file looks at a file's content window by window.
func (p *parser) file(rest []byte) error {
	n, behind, ended, closing, err := p.content(rest)
	if err != nil {
		return err
	}
	done, err := p.windows(rest[:n], ended)
	if err != nil {
		return err
	}
	if !ended {
		p.advance(rest, done)
		p.decided = p.begin
		return nil
	}
	if len(p.delimiter) == 0 {
		p.enter(inEnd, n)
	} else {
		p.next(behind, closing)
	}
	p.decided = p.begin
	return nil
}

// windows looks at content as far as windows fill up, to its end where it has one, and says how much is done with.
func (p *parser) windows(content []byte, ended bool) (done int, err error) {
	if p.o.Window == nil {
		return len(content), nil
	}
	for rest := content; len(rest) >= window || ended && len(rest) > 0; rest = rest[window-Overlap:] {
		if err := p.call(p.o.Window, rest[:min(len(rest), window)]); err != nil {
			return 0, err
		}
		if len(rest) <= window && ended {
			return len(content), nil
		}
		done += window - Overlap
	}
	return done, nil
}

// end holds what follows the last part until there is no more of it.
func (p *parser) end(rest []byte) error {
	if len(rest) > longestEnd {
		return ErrFraming
	}
	if !p.final {
		return nil
	}
	if err := p.call(p.o.Header, rest); err != nil {
		return err
	}
	p.decided = p.begin + int64(len(rest))
	return nil
}

func (p *parser) call(look func(Part, []byte) error, content []byte) error {
	if look == nil {
		return nil
	}
	return look(p.part, content)
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
	"golang.org/x/text/encoding/unicode"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/pan"
)

// exitUnread says that a scan could not read all it was asked to: what it found may not be all there is.
const exitUnread = 2

type scanCmd struct {
	Paths    []string `arg:"" name:"path" help:"Files and folders; - is standard input."`
	JSON     bool     `name:"json" help:"One JSON object a line."`
	Possible bool     `help:"Show numbers that are only possible too; they do not change the exit code."`
}

// Help says what the exit code means.
func (scanCmd) Help() string {
	return "Looks for card numbers in files as they stand, in .gz and in UTF-16; other archives and encodings are not undone. " +
		"Shows places, kinds and brands, never a digit. Exits 0 if nothing was found, 1 if something was, 2 if something could not be read."
}

// Run scans every path and says by its exit code what came of it.
func (c scanCmd) Run(a *app) error {
	table, err := pan.NewTable()
	if err != nil {
		return fmt.Errorf("building card table: %w", err)
	}
	s := &scan{scanner: pan.NewScanner(table), app: a, out: bufio.NewWriter(a.Stdout), json: c.JSON, possible: c.Possible}
	s.bar = s.progress(c.Paths)
	for _, path := range c.Paths {
		s.path(path)
	}
	if s.bar != nil {
		_ = s.bar.Finish()
	}
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("writing findings: %w", err)
	}
	switch {
	case s.unread > 0:
		return exitError(exitUnread)
	case s.found > 0:
		return exitError(exitFailure)
	}
	return nil
}

// scan is one run over the paths.
type scan struct {
	scanner        *pan.Scanner
	app            *app
	out            *bufio.Writer
	bar            *progressbar.ProgressBar // nil unless standard error is a terminal
	json, possible bool
	found, unread  int
}

// progress is a bar over the bytes of the paths, on a terminal alone.
func (s *scan) progress(paths []string) *progressbar.ProgressBar {
	file, ok := s.app.Stderr.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil
	}
	var total int64
	for _, path := range paths {
		_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return nil // told when it is read
			}
			if info, err := d.Info(); err == nil {
				total += info.Size()
			}
			return nil
		})
	}
	return progressbar.NewOptions64(max(total, 1), progressbar.OptionSetWriter(file), progressbar.OptionShowBytes(true), progressbar.OptionClearOnFinish())
}

// path scans a file, every regular file under a folder, or standard input.
func (s *scan) path(path string) {
	if path == "-" {
		s.read("-", s.app.Stdin)
		return
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // a link named on the command line is meant; links inside folders are not followed
	}
	_ = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			s.fail(name, err)
		case s.app.Ctx.Err() != nil:
			s.fail(name, context.Cause(s.app.Ctx))
			return fs.SkipAll
		case d.Type().IsRegular():
			s.file(name)
		case !d.IsDir() && name == path:
			s.fail(name, errors.New("not a regular file"))
		}
		return nil
	})
}

func (s *scan) file(name string) {
	f, err := os.Open(name)
	if err != nil {
		s.fail(name, err)
		return
	}
	defer f.Close()
	s.read(name, f)
}

// fail tells of something that could not be read. The cause of a path error is told without its path, which is shown masked.
func (s *scan) fail(name string, err error) {
	s.unread++
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	fmt.Fprintf(s.app.Stderr, "panwall: reading %s: %v\n", s.shown(name), err)
}

// shown is a name with every digit of a card number in it masked: what is found in names must not be printed either.
func (s *scan) shown(name string) string {
	text := []byte(name)
	for _, m := range s.scanner.Scan(nil, pan.Text{Data: text}) {
		pan.Mask(text, m)
	}
	return string(text)
}

// read scans one text in constant memory: the name it goes by, then its bytes, undone from gzip and UTF-16.
func (s *scan) read(name string, r io.Reader) {
	shown := s.shown(name)
	if shown != name {
		s.tell(place{Path: shown}, s.scanner.Scan(nil, pan.Text{Data: []byte(name)}))
	}
	if s.bar != nil {
		r = io.TeeReader(r, s.bar)
	}
	plain, err := undone(r)
	if err == nil {
		err = s.stream(shown, plain)
	}
	if err != nil {
		s.fail(name, err)
	}
}

// undone is the text behind gzip (RFC 1952, all its members) and a UTF-16 byte order mark.
func undone(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	if head, _ := b.Peek(2); bytes.Equal(head, []byte{0x1F, 0x8B}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("opening gzip: %w", err)
		}
		b = bufio.NewReaderSize(z, 64<<10)
	}
	head, _ := b.Peek(2)
	if bytes.Equal(head, []byte{0xFF, 0xFE}) || bytes.Equal(head, []byte{0xFE, 0xFF}) {
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(b), nil
	}
	return b, nil
}

// stream scans the bytes of one text and tells what it finds as it goes.
func (s *scan) stream(shown string, r io.Reader) error {
	stream, lines := pan.NewStream(s.scanner, ""), lines{number: 1}
	buf := make([]byte, 64<<10)
	var found []pan.Match
	for {
		n, err := r.Read(buf)
		lines.add(buf[:n])
		found = stream.Feed(found[:0], buf[:n])
		if err != nil {
			found = stream.Close(found)
		}
		for _, m := range found {
			at := place{Path: shown, Offset: int64(m.Start)}
			at.Line, at.Column = lines.at(at.Offset)
			s.tell(at, []pan.Match{m})
		}
		lines.forget(stream.Safe())
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case s.app.Ctx.Err() != nil:
			return context.Cause(s.app.Ctx)
		}
	}
}

// place is where something lies; no line means in the name itself.
type place struct {
	Path   string `json:"path"`
	Line   int64  `json:"line,omitempty"`
	Column int64  `json:"column,omitempty"` // in bytes, from 1
	Offset int64  `json:"offset"`           // in bytes of the text behind gzip and UTF-16
}

// told is one finding as --json shows it.
type told struct {
	place
	Kind       string   `json:"kind"`
	Brand      string   `json:"brand,omitempty"`
	Length     int      `json:"length,omitempty"`
	Confidence string   `json:"confidence"`
	Reasons    []string `json:"reasons"`
}

func (s *scan) tell(at place, found []pan.Match) {
	for _, m := range found {
		if m.Confidence.Acts() && (m.Kind == finding.PAN || m.Kind == finding.Track || m.Kind == finding.Cryptogram) {
			s.found++
		} else if !s.possible || m.Kind != finding.PAN {
			continue // an expiry date or a verification value tells nothing without its number
		}
		if s.json {
			line, _ := json.Marshal(told{at, m.Kind.String(), m.Brand, m.Length, m.Confidence.String(), m.Reasons()}) // no value of told can fail
			fmt.Fprintf(s.out, "%s\n", line)
			continue
		}
		where := at.Path
		if at.Line > 0 {
			where = fmt.Sprintf("%s:%d:%d", at.Path, at.Line, at.Column)
		}
		fmt.Fprintf(s.out, "%s: %s\n", where, words(m))
	}
}

// words is a finding as a person reads it: pan visa, 16 digits, certain.
func words(m pan.Match) string {
	w := m.Kind.String()
	if m.Brand != "" {
		w += fmt.Sprintf(" %s, %d digits", m.Brand, m.Length)
	}
	return w + ", " + m.Confidence.String()
}

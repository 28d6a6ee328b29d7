// Package logbook is the operator's log: zerolog behind a writer that gives every finished line a last scan, whoever
// wrote it — we, net/http's ErrorLog, certmagic's zap, a recovered panic.
package logbook

import (
	"bytes"
	"io"
	"log"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/pan"
)

// New makes the log. Lines are JSON with RFC 3339 times in UTC; level is the least that is written.
func New(out *Writer, level zerolog.Level, now func() time.Time) zerolog.Logger {
	return zerolog.New(out).Level(level).Hook(stamp(now))
}

// stamp puts our clock's time on each line: zerolog's own is a package variable.
type stamp func() time.Time

func (s stamp) Run(e *zerolog.Event, _ zerolog.Level, _ string) {
	e.Str("time", s().UTC().Format("2006-01-02T15:04:05.000000Z"))
}

// Writer masks card numbers in what is written through it. One Write is one or more whole lines.
// It is safe for concurrent use.
type Writer struct {
	mu      sync.Mutex
	out     io.Writer
	scanner *pan.Scanner
	matches []pan.Match
	line    []byte
	masked  int
}

// NewWriter gives out a last scan with the shipped card table: the rules' own rows come and go, this one stays.
func NewWriter(out io.Writer) *Writer {
	table, err := pan.NewTable()
	if err != nil {
		panic("logbook: the shipped card table does not compile: " + err.Error())
	}
	return &Writer{out: out, scanner: pan.NewScanner(table)}
}

// withheld stands for a line whose number has no place where it could be masked.
var withheld = []byte(`{"level":"error","message":"a log line was withheld: it would have held a card number"}` + "\n")

// Write writes p with every card number masked, as long as it would act in a request: timestamps and ids stay readable.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.out.Write(w.clean(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Masked counts the lines that had to be changed: each is a fault of ours.
func (w *Writer) Masked() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.masked
}

func (w *Writer) clean(p []byte) []byte {
	line := w.mask(p)
	if w.hidden(line) {
		w.masked++
		return withheld
	}
	return line
}

// mask is p with the numbers that stand in it plainly made unreadable.
func (w *Writer) mask(p []byte) []byte {
	w.matches = w.scanner.Scan(w.matches[:0], pan.Text{Data: p})
	if !anyNumber(w.matches) {
		return p
	}
	w.masked++
	w.line = append(w.line[:0], p...)
	for _, m := range w.matches {
		if number(m) {
			pan.Mask(w.line, m)
		}
	}
	return w.line
}

// hidden reports whether a number stands in p behind percent escapes, up to three deep, as in a request target that an
// error text quotes.
func (w *Writer) hidden(p []byte) bool {
	text := string(p)
	for range 3 {
		if !strings.Contains(text, "%") {
			return false
		}
		text = unescape(text)
		w.matches = w.scanner.Scan(w.matches[:0], pan.Text{Data: []byte(text)})
		if anyNumber(w.matches) {
			return true
		}
	}
	return false
}

// unescape undoes what is an escape and leaves what is none.
func unescape(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if i+2 < len(text) && text[i] == '%' {
			if c, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func anyNumber(matches []pan.Match) bool {
	for _, m := range matches {
		if number(m) {
			return true
		}
	}
	return false
}

// number reports whether the match holds digits of a card: a cryptogram does not.
func number(m pan.Match) bool {
	return (m.Kind == finding.PAN && m.Confidence.Acts()) || m.Kind == finding.Track
}

// Std is a standard logger for libraries that want one: each line becomes one event at level, under its component.
func Std(l zerolog.Logger, level zerolog.Level, component string) *log.Logger {
	return log.New(lineWriter{l, level, component}, "", 0)
}

type lineWriter struct {
	log       zerolog.Logger
	level     zerolog.Level
	component string
}

func (w lineWriter) Write(p []byte) (int, error) {
	w.log.WithLevel(w.level).Str("component", w.component).Msg(string(bytes.TrimSpace(p)))
	return len(p), nil
}

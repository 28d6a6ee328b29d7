package ledger

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// Segment is one file of lines.
type Segment struct {
	Number int    // from 1
	Name   string // log-000001.jsonl, or .jsonl.gz once it is closed and old
}

// SegmentName is the name of the segment number n.
func SegmentName(n int) string { return fmt.Sprintf("log-%06d.jsonl", n) }

// Compressed reports whether the segment is gzipped.
func (s Segment) Compressed() bool { return strings.HasSuffix(s.Name, ".gz") }

// Segments are the segments in folder, oldest first. A segment that is there both plain and gzipped, as after a
// crash while compressing, is taken plain.
func Segments(folder Folder) ([]Segment, error) {
	entries, err := folder.List()
	if err != nil {
		return nil, fmt.Errorf("listing segments: %w", err)
	}
	var segments []Segment
	for _, e := range entries { // sorted: the plain name comes before the same with .gz
		var n int
		if _, err := fmt.Sscanf(e.Name(), "log-%06d.jsonl", &n); err != nil {
			continue
		}
		if plain := SegmentName(n); e.Name() != plain && e.Name() != plain+".gz" {
			continue
		}
		if last := len(segments) - 1; last >= 0 && segments[last].Number == n {
			continue
		}
		segments = append(segments, Segment{Number: n, Name: e.Name()})
	}
	return segments, nil
}

// ErrTorn means that the last line of a segment has no LF: it was being written when the process ended.
var ErrTorn = errors.New("the last line is unfinished")

// ErrStop ends Lines early without an error.
var ErrStop = errors.New("stop")

// OpenSegment reads the lines of a segment, plain or gzipped.
func OpenSegment(folder Folder, s Segment) (io.ReadCloser, error) {
	f, err := folder.Open(s.Name, os.O_RDONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("opening segment: %w", err)
	}
	if !s.Compressed() {
		return f, nil
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reading segment %s: %w", s.Name, err), f.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{z, f}, nil
}

// PlainSize is how long the lines of a segment are, in bytes. A gzipped segment says so in its last four bytes (RFC 1952
// section 2.3.1): it is one member and far shorter than 4 GiB.
func PlainSize(folder Folder, s Segment) (int64, error) {
	f, err := folder.Open(s.Name, os.O_RDONLY, 0)
	if err != nil {
		return 0, fmt.Errorf("opening segment: %w", err)
	}
	defer func() { _ = f.Close() }()
	size, err := f.Size()
	if err != nil || !s.Compressed() {
		return size, err
	}
	var end [4]byte
	if _, err := f.ReadAt(end[:], size-int64(len(end))); err != nil {
		return 0, fmt.Errorf("reading segment %s: %w", s.Name, err)
	}
	return int64(binary.LittleEndian.Uint32(end[:])), nil
}

// Lines calls line with every line of the segment, without its LF, and the bytes of the segment before it. The line
// is valid until line returns. After a last line without LF it returns ErrTorn.
func Lines(folder Folder, s Segment, line func(text []byte, offset int64) error) error {
	r, err := OpenSegment(folder, s)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	err = lines(bufio.NewReaderSize(r, record.MaxLine+1), line)
	if err != nil && !errors.Is(err, ErrStop) {
		return fmt.Errorf("reading segment %s: %w", s.Name, err)
	}
	return nil
}

func lines(r *bufio.Reader, line func([]byte, int64) error) error {
	for offset := int64(0); ; {
		text, err := r.ReadSlice('\n')
		switch {
		case err == io.EOF && len(text) == 0:
			return nil
		case err == io.EOF:
			return ErrTorn
		case err != nil:
			return err // bufio.ErrBufferFull: longer than any line of ours
		}
		if err := line(bytes.TrimSuffix(text, []byte("\n")), offset); err != nil {
			return err
		}
		offset += int64(len(text))
	}
}

// FirstHead is the head of the first record of a segment; false if it has no line.
func FirstHead(folder Folder, s Segment) (head record.Head, ok bool, err error) {
	err = Lines(folder, s, func(text []byte, _ int64) error {
		h, err := record.ParseHead(text)
		if err != nil {
			return err
		}
		head, ok = record.Head{Seq: h.Seq, ID: bytes.Clone(h.ID), Time: bytes.Clone(h.Time), Type: h.Type}, true
		return ErrStop
	})
	if errors.Is(err, ErrTorn) {
		err = nil
	}
	return head, ok, err
}

// FirstSeq is the number of the first record of a segment; false if it has no line.
func FirstSeq(folder Folder, s Segment) (seq int64, ok bool, err error) {
	h, ok, err := FirstHead(folder, s)
	return h.Seq, ok, err
}

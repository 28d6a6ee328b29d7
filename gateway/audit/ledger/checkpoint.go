package ledger

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint names a log at one size (C2SP tlog-checkpoint): everything before Size hashes to Root.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
}

// Text is the three lines that are signed. tlog.FormatTree would write a first line of Go's own.
func (c Checkpoint) Text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + base64.StdEncoding.EncodeToString(c.Root[:]) + "\n"
}

// ErrCheckpoint means that a note is not a checkpoint.
var ErrCheckpoint = errors.New("not a checkpoint")

// ParseCheckpoint reads the lines of a checkpoint. Lines after the third are extensions and are passed over.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 || lines[0] == "" {
		return Checkpoint{}, ErrCheckpoint
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("%w: bad size", ErrCheckpoint)
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return Checkpoint{}, fmt.Errorf("%w: bad root", ErrCheckpoint)
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: tlog.Hash(root)}, nil
}

// Sign makes a signed note of c.
func (c Checkpoint) Sign(signers ...note.Signer) ([]byte, error) {
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signers...)
	if err != nil {
		return nil, fmt.Errorf("signing checkpoint: %w", err)
	}
	return signed, nil
}

// OpenCheckpoint reads a signed note and checks that one of verifiers signed it.
func OpenCheckpoint(signed []byte, verifiers note.Verifiers) (Checkpoint, error) {
	n, err := note.Open(signed, verifiers)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("opening checkpoint: %w", err)
	}
	return ParseCheckpoint(n.Text)
}

// In the checkpoints file every note is followed by an empty line. A note holds one empty line of its own, before its
// signatures, which begin with an em dash.
var (
	noteEnd  = []byte("\n\n")
	sigStart = []byte("— ")
)

// LastNote is the last whole note of content, the end of a checkpoints file, and how many bytes follow it.
// It is nil when there is none.
func LastNote(content []byte) (signed []byte, after int) {
	end := len(content)
	for {
		end = bytes.LastIndex(content[:end], noteEnd)
		if end < 0 {
			return nil, len(content)
		}
		middle := bytes.LastIndex(content[:end], noteEnd)
		if middle < 0 || !bytes.HasPrefix(content[middle+2:], sigStart) {
			continue
		}
		start := bytes.LastIndex(content[:middle], noteEnd)
		if start < 0 {
			start = 0
		} else {
			start += len(noteEnd)
		}
		return content[start : end+1], len(content) - end - len(noteEnd)
	}
}

// SplitNotes is a bufio.SplitFunc that yields the notes of a checkpoints file, each with its last LF. What follows
// the last whole note is yielded too, for the caller to judge.
func SplitNotes(content []byte, atEOF bool) (advance int, token []byte, err error) {
	middle := bytes.Index(content, noteEnd)
	if middle >= 0 {
		if end := bytes.Index(content[middle+2:], noteEnd); end >= 0 {
			end += middle + 2
			return end + len(noteEnd), content[:end+1], nil
		}
	}
	if atEOF && len(content) > 0 {
		return len(content), content, nil
	}
	return 0, nil, nil
}

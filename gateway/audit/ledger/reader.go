package ledger

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/mod/sumdb/note"
)

// Notes calls each with every whole note of the checkpoints file, oldest first; each may return ErrStop.
func Notes(folder Folder, each func(signed []byte) error) error {
	f, err := folder.Open(CheckpointsName, os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("opening checkpoints: %w", err)
	}
	defer func() { _ = f.Close() }()
	whole := false
	notes := bufio.NewScanner(f)
	notes.Split(func(content []byte, atEOF bool) (int, []byte, error) {
		advance, token, err := SplitNotes(content, atEOF)
		whole = advance > len(token)
		return advance, token, err
	})
	for notes.Scan() {
		if !whole {
			break // being written
		}
		if err := each(notes.Bytes()); errors.Is(err, ErrStop) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return notes.Err()
}

// ErrUncovered means that the newest records have no checkpoint yet.
var ErrUncovered = errors.New("not under a checkpoint yet\nhint: one is signed within a minute, and when the gateway stops")

// Covering is the first checkpoint over at least size records, as signed; ErrUncovered if none is.
func Covering(folder Folder, size int64, verifiers note.Verifiers) (cp Checkpoint, signed []byte, err error) {
	err = Notes(folder, func(text []byte) error {
		unsigned, err := ParseCheckpoint(string(text)) // a signature is checked where it counts
		if err != nil || unsigned.Size < size {
			return err
		}
		c, err := OpenCheckpoint(text, verifiers)
		if err != nil {
			return err
		}
		cp, signed = c, append([]byte(nil), text...)
		return ErrStop
	})
	if err == nil && signed == nil {
		err = fmt.Errorf("record %d is %w", size-1, ErrUncovered)
	}
	return cp, signed, err
}

// Verifiers are those of the log in folder, by the keys beside it; for what needs no proof against its owner.
func Verifiers(root Folder, epoch int) (origin string, verifiers note.Verifiers, err error) {
	chain, err := ReadChain(root)
	if err != nil {
		return "", nil, err
	}
	_, base, err := parseVerifier(chain.Last())
	if err != nil {
		return "", nil, err
	}
	origin = EpochOrigin(base, epoch)
	ring, err := NewKeyring(chain.keys(), origin)
	return origin, ring, err
}

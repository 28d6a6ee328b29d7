package ledger

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Growth shows that a log only grew between two checkpoints (RFC 6962 section 2.1.2). Its form is that of a request to a
// witness (C2SP tlog-witness): the old size, the hashes, an empty line, the newer checkpoint.
type Growth struct {
	Old        int64
	Hashes     tlog.TreeProof
	Checkpoint []byte // signed note
}

// growthHeader begins the first line of a proof of growth.
const growthHeader = "old "

// IsGrowth reports whether text is a proof of growth rather than of a record.
func IsGrowth(text []byte) bool { return strings.HasPrefix(string(text), growthHeader) }

// Format writes the proof.
func (g *Growth) Format() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%d\n", growthHeader, g.Old)
	for _, h := range g.Hashes {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteString("\n")
	b.Write(g.Checkpoint)
	return []byte(b.String())
}

// ParseGrowth reads a proof, which has one way to be written. It checks the form alone; Check says whether it holds.
func ParseGrowth(text []byte) (*Growth, error) {
	head, checkpoint, ok := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	size, ok2 := strings.CutPrefix(lines[0], growthHeader)
	old, err := strconv.ParseInt(size, 10, 64)
	if !ok || !ok2 || err != nil || old < 0 || len(lines) > 1+63 {
		return nil, fmt.Errorf("%w: malformed", ErrProof)
	}
	g := &Growth{Old: old, Checkpoint: []byte(checkpoint)}
	for _, text := range lines[1:] {
		h, err := tlog.ParseHash(text)
		if err != nil {
			return nil, fmt.Errorf("%w: malformed hash", ErrProof)
		}
		g.Hashes = append(g.Hashes, h)
	}
	if !bytes.Equal(g.Format(), text) {
		return nil, fmt.Errorf("%w: malformed", ErrProof)
	}
	return g, nil
}

// Check says whether the newer checkpoint, signed by one of verifiers, continues the older one, and returns it.
func (g *Growth) Check(older Checkpoint, verifiers note.Verifiers) (Checkpoint, error) {
	newer, err := OpenCheckpoint(g.Checkpoint, verifiers)
	switch {
	case err != nil:
		return newer, fmt.Errorf("%w: %w", ErrProof, err)
	case older.Origin != newer.Origin:
		return newer, fmt.Errorf("%w: it is of %s, the older checkpoint of %s", ErrProof, newer.Origin, older.Origin)
	case g.Old != older.Size:
		return newer, fmt.Errorf("%w: it begins at %d records, the older checkpoint has %d", ErrProof, g.Old, older.Size)
	case older.Size == 0:
		return newer, nil // everything continues nothing
	}
	if err := tlog.CheckTree(g.Hashes, newer.Size, newer.Root, older.Size, older.Root); err != nil {
		return newer, fmt.Errorf("%w: %w", ErrProof, err)
	}
	return newer, nil
}

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

// ErrProof means that a proof does not hold.
var ErrProof = errors.New("the proof does not hold")

// Proof shows that a record is in a log (C2SP tlog-proof): it verifies years later with the log's key alone.
type Proof struct {
	Index      int64
	Line       []byte // the record, carried as the proof's extra
	Hashes     tlog.RecordProof
	Checkpoint []byte // signed note
}

// proofHeader is the first line of a proof.
const proofHeader = "c2sp.org/tlog-proof@v1"

// Format writes the proof.
func (p *Proof) Format() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nextra %s\nindex %d\n", proofHeader, base64.StdEncoding.EncodeToString(p.Line), p.Index)
	for _, h := range p.Hashes {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteString("\n")
	b.Write(p.Checkpoint)
	return []byte(b.String())
}

// ParseProof reads a proof, which has one way to be written. It checks the form alone; Check says whether it holds.
func ParseProof(text []byte) (*Proof, error) {
	head, checkpoint, ok := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(lines) < 3 || lines[0] != proofHeader {
		return nil, fmt.Errorf("%w: not a %s with the record as its extra", ErrProof, proofHeader)
	}
	extra, ok1 := strings.CutPrefix(lines[1], "extra ")
	index, ok2 := strings.CutPrefix(lines[2], "index ")
	line, err1 := base64.StdEncoding.Strict().DecodeString(extra)
	n, err2 := strconv.ParseInt(index, 10, 64)
	if !ok1 || !ok2 || err1 != nil || err2 != nil || n < 0 || len(lines) > 3+63 {
		return nil, fmt.Errorf("%w: malformed", ErrProof)
	}
	p := &Proof{Index: n, Line: line, Checkpoint: []byte(checkpoint)}
	for _, text := range lines[3:] {
		h, err := tlog.ParseHash(text)
		if err != nil {
			return nil, fmt.Errorf("%w: malformed hash", ErrProof)
		}
		p.Hashes = append(p.Hashes, h)
	}
	if !bytes.Equal(p.Format(), text) {
		return nil, fmt.Errorf("%w: malformed", ErrProof)
	}
	return p, nil
}

// Check says whether the record is at its place in a log that one of verifiers signed, and in which.
func (p *Proof) Check(verifiers note.Verifiers) (Checkpoint, error) {
	cp, err := OpenCheckpoint(p.Checkpoint, verifiers)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrProof, err)
	}
	if p.Index >= cp.Size {
		return Checkpoint{}, fmt.Errorf("%w: record %d is not among %d", ErrProof, p.Index, cp.Size)
	}
	if err := tlog.CheckRecord(p.Hashes, cp.Size, cp.Root, p.Index, tlog.RecordHash(p.Line)); err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrProof, err)
	}
	return cp, nil
}

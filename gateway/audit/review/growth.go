package review

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
)

// Anchored is the newest checkpoint in a file that was kept elsewhere, opened with the keys that key leads to.
func Anchored(file []byte, key string) (cp ledger.Checkpoint, err error) {
	verifiers, signed, err := lastNote(file, key)
	if err != nil {
		return cp, err
	}
	return ledger.OpenCheckpoint(signed, verifiers)
}

func lastNote(file []byte, key string) (ledger.Keyring, []byte, error) {
	signed := bytes.TrimRight(file, "\n")
	if at := bytes.LastIndex(signed, []byte("\n\n")); at >= 0 { // between text and signatures
		if before := bytes.LastIndex(signed[:at], []byte("\n\n")); before >= 0 {
			signed = signed[before+2:]
		}
	}
	signed = append(bytes.Clone(signed), '\n')
	chain, err := ledger.ParseChain([]byte(key))
	if err != nil {
		return nil, nil, err
	}
	verifiers, err := ledger.VerifiersOfNote(chain.Trusted(chain.Last()), signed)
	return verifiers, signed, err
}

// ProveGrowth proves that the log only grew since the newest checkpoint in the file of an anchor, up to its own newest
// checkpoint of the same epoch.
func ProveGrowth(root ledger.Folder, anchor []byte) (*ledger.Growth, error) {
	chain, err := ledger.ReadChain(root)
	if err != nil {
		return nil, err
	}
	older, err := Anchored(anchor, string(chain.Format()))
	if err != nil {
		return nil, err
	}
	base, _, _ := strings.Cut(chain.Last(), "+")
	folder, err := enter(root, ledger.EpochOf(base, older.Origin))
	if err != nil {
		return nil, err
	}
	g := &ledger.Growth{Old: older.Size}
	if err := ledger.Notes(folder, func(signed []byte) error {
		g.Checkpoint = append(g.Checkpoint[:0], signed...)
		return nil
	}); err != nil {
		return nil, err
	}
	newer, err := ledger.ParseCheckpoint(string(g.Checkpoint))
	if err != nil {
		return nil, err
	}
	if newer.Size < older.Size {
		return nil, fmt.Errorf("%w: the log's newest checkpoint is over %d records, the anchor's over %d", ledger.ErrProof, newer.Size, older.Size)
	}
	return g, fill(g, folder, older, newer)
}

func fill(g *ledger.Growth, folder ledger.Folder, older, newer ledger.Checkpoint) error {
	if older.Size == 0 {
		return nil
	}
	hashes, err := folder.Open(ledger.HashesName, os.O_RDONLY, 0)
	if err != nil {
		return fmt.Errorf("opening hashes: %w", err)
	}
	defer func() { _ = hashes.Close() }()
	if g.Hashes, err = tlog.ProveTree(newer.Size, older.Size, ledger.HashFile{R: hashes}); err != nil {
		return fmt.Errorf("proving growth: %w", err)
	}
	return nil
}

// VerifyGrowth checks a proof of growth with the verifier key of a log and the file of an anchor.
func VerifyGrowth(text, anchor []byte, key string) (older, newer ledger.Checkpoint, err error) {
	g, err := ledger.ParseGrowth(text)
	if err != nil {
		return older, newer, err
	}
	if older, err = Anchored(anchor, key); err != nil {
		return older, newer, err
	}
	verifiers, _, err := lastNote(g.Checkpoint, key)
	if err != nil {
		return older, newer, err
	}
	newer, err = g.Check(older, verifiers)
	return older, newer, err
}

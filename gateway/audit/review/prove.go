package review

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// ErrNoRecord means that the log does not have a record of that number, or no longer has it.
var ErrNoRecord = errors.New("no such record")

// Prove makes a proof that record seq of an epoch is in the log, against the first checkpoint that covers it.
func Prove(root ledger.Folder, epoch int, seq int64) (*ledger.Proof, error) {
	folder, err := enter(root, epoch)
	if err != nil {
		return nil, err
	}
	line, err := findLine(folder, seq)
	if err != nil {
		return nil, err
	}
	return proveLine(root, folder, epoch, seq, line)
}

func proveLine(root, folder ledger.Folder, epoch int, seq int64, line []byte) (*ledger.Proof, error) {
	_, verifiers, err := ledger.Verifiers(root, epoch)
	if err != nil {
		return nil, err
	}
	cp, signed, err := ledger.Covering(folder, seq+1, verifiers)
	if err != nil {
		return nil, fmt.Errorf("proving record %d: %w", seq, err)
	}
	hashes, err := folder.Open(ledger.HashesName, os.O_RDONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("opening hashes: %w", err)
	}
	defer func() { _ = hashes.Close() }()
	proof, err := tlog.ProveRecord(cp.Size, seq, ledger.HashFile{R: hashes})
	if err != nil {
		return nil, fmt.Errorf("proving record %d: %w", seq, err)
	}
	p := &ledger.Proof{Index: seq, Line: line, Hashes: proof, Checkpoint: signed}
	if _, err := p.Check(verifiers); err != nil {
		return nil, fmt.Errorf("proving record %d: %w: verify the log", seq, err)
	}
	return p, nil
}

// findLine is the text of record seq.
func findLine(folder ledger.Folder, seq int64) (line []byte, err error) {
	segments, err := ledger.Segments(folder)
	if err != nil {
		return nil, err
	}
	for i := len(segments) - 1; i >= 0; i-- {
		first, ok, err := ledger.FirstSeq(folder, segments[i])
		if err != nil {
			return nil, err
		}
		if !ok || first > seq {
			continue
		}
		err = ledger.Lines(folder, segments[i], func(text []byte, _ int64) error {
			h, err := record.ParseHead(text)
			if err == nil && h.Seq == seq {
				line = append([]byte(nil), text...)
				return ledger.ErrStop
			}
			return err
		})
		if err != nil && line == nil && !errors.Is(err, ledger.ErrTorn) {
			return nil, err
		}
		break
	}
	if line == nil {
		return nil, fmt.Errorf("record %d: %w", seq, ErrNoRecord)
	}
	return line, nil
}

func enter(root ledger.Folder, epoch int) (ledger.Folder, error) {
	if epoch <= 1 {
		return root, nil
	}
	folder, err := root.Sub(ledger.EpochName(epoch), false)
	if err != nil {
		return nil, fmt.Errorf("opening epoch %d: %w", epoch, err)
	}
	return folder, nil
}

// VerifyProof checks a proof with the verifier key of a log, whichever epoch of it the record is in.
func VerifyProof(text []byte, key string) (*ledger.Proof, ledger.Checkpoint, error) {
	p, err := ledger.ParseProof(text)
	if err != nil {
		return nil, ledger.Checkpoint{}, err
	}
	chain, err := ledger.ParseChain([]byte(key))
	if err != nil {
		return nil, ledger.Checkpoint{}, err
	}
	verifiers, err := ledger.VerifiersOfNote(chain.Trusted(chain.Last()), p.Checkpoint)
	if err != nil {
		return nil, ledger.Checkpoint{}, err
	}
	cp, err := p.Check(verifiers)
	return p, cp, err
}

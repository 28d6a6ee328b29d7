package review

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// ManifestName is the file of an export that says what it holds.
const ManifestName = "manifest.json"

// Manifest says what an export holds: a whole population, so that a sample of it means something.
type Manifest struct {
	Origin string `json:"origin"`
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
	First  int64  `json:"first"` // records First to Last were written in the period
	Last   int64  `json:"last"`
	Count  int64  `json:"count"`
	Size   int64  `json:"size"` // the records up to here are in the export, so that it ends with a checkpoint
	Root   string `json:"root"` // over all of them and those before the export, base64
	Schema string `json:"schema"`
}

// Export writes the records of a period of an epoch into the folder out, as a log that `audit verify --export` can
// hold against its checkpoint without the rest.
func Export(root ledger.Folder, epoch int, c Choice, out ledger.Folder) (*Manifest, error) {
	filter, err := NewFilter(Choice{From: c.From, To: c.To})
	if err != nil {
		return nil, err
	}
	folder, err := enter(root, epoch)
	if err != nil {
		return nil, err
	}
	m := &Manifest{From: filter.from, To: filter.to, Schema: "record.schema.json", First: -1}
	if err := m.span(folder, filter); err != nil {
		return nil, err
	}
	origin, verifiers, err := ledger.Verifiers(root, epoch)
	if err != nil {
		return nil, err
	}
	cp, signed, err := ledger.Covering(folder, m.Last+1, verifiers)
	if err != nil {
		return nil, fmt.Errorf("exporting: %w", err)
	}
	m.Origin, m.Size, m.Root = origin, cp.Size, base64.StdEncoding.EncodeToString(cp.Root[:])
	chain, err := ledger.ReadChain(root)
	if err != nil {
		return nil, err
	}
	return m, m.write(folder, out, map[string][]byte{
		ledger.CheckpointsName: append(signed, '\n'), ledger.PublicKeyName: chain.Format(), "record.schema.json": record.Schema,
	})
}

// span finds the first and last record of the period. Times go back when a clock does, so every head is read.
func (m *Manifest) span(folder ledger.Folder, filter *Filter) error {
	err := eachHead(folder, func(h record.Head, _ []byte) error {
		if !filter.takesHead(h) {
			return nil
		}
		if m.First < 0 {
			m.First = h.Seq
		}
		m.Last = h.Seq
		return nil
	})
	if err == nil && m.First < 0 {
		err = fmt.Errorf("exporting: %w in that period", ErrNoRecord)
	}
	m.Count = m.Last - m.First + 1
	return err
}

func (m *Manifest) write(folder, out ledger.Folder, files map[string][]byte) error {
	hashes, err := folder.Open(ledger.HashesName, os.O_RDONLY, 0)
	if err != nil {
		return fmt.Errorf("opening hashes: %w", err)
	}
	defer func() { _ = hashes.Close() }()
	edge, err := ledger.LoadFrontier(m.First, ledger.HashFile{R: hashes})
	if err != nil {
		return err
	}
	files[ledger.EdgeName] = edge.Edge()
	if files[ManifestName], err = json.MarshalIndent(m, "", "  "); err != nil {
		return fmt.Errorf("exporting: %w", err)
	}
	for name, content := range files {
		if err := ledger.WriteFile(out, name, content, 0o640); err != nil {
			return err
		}
	}
	return m.writeLines(folder, out)
}

func (m *Manifest) writeLines(folder, out ledger.Folder) error {
	f, err := out.Open(ledger.SegmentName(1), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return fmt.Errorf("exporting: %w", err)
	}
	w := bufio.NewWriterSize(f, 1<<16)
	err = eachHead(folder, func(h record.Head, text []byte) error {
		if h.Seq < m.First {
			return nil
		}
		if h.Seq >= m.Size {
			return ledger.ErrStop
		}
		_, _ = w.Write(text) // Flush tells
		return w.WriteByte('\n')
	})
	if err = errors.Join(err, w.Flush(), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("exporting: %w", err)
	}
	return nil
}

// eachHead calls each with the head and text of every line of an epoch.
func eachHead(folder ledger.Folder, each func(record.Head, []byte) error) error {
	segments, err := ledger.Segments(folder)
	if err != nil {
		return err
	}
	for i, s := range segments {
		stopped := false
		err := ledger.Lines(folder, s, func(text []byte, _ int64) error {
			h, err := record.ParseHead(text)
			if err == nil {
				err = each(h, text)
			}
			stopped = errors.Is(err, ledger.ErrStop)
			return err
		})
		if stopped || errors.Is(err, ledger.ErrTorn) && i == len(segments)-1 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

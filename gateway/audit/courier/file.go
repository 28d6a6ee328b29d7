package courier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
)

// fileAnchor appends checkpoints to a file on another machine's disk, mounted here.
type fileAnchor struct{ path string }

// newFileAnchor takes a path ending in a slash for a folder in which every log has a file of its own.
func newFileAnchor(path, origin string) *fileAnchor {
	if strings.HasSuffix(path, "/") {
		path = filepath.Join(path, Slug(origin)+".checkpoints")
	}
	return &fileAnchor{path}
}

// Name is the file's URL.
func (a *fileAnchor) Name() string { return "file://" + a.path }

// Put appends a checkpoint and waits for the disk.
func (a *fileAnchor) Put(_ context.Context, signed []byte) error {
	f, err := os.OpenFile(a.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o640)
	if err != nil {
		return fmt.Errorf("opening anchor: %w", err)
	}
	_, err = f.Write(append(append([]byte(nil), signed...), '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing anchor: %w", err)
	}
	return nil
}

// fileTail is how much of an anchor's end is read: many checkpoints.
const fileTail = 64 << 10

// Last is the newest checkpoint of the file.
func (a *fileAnchor) Last(context.Context) ([]byte, error) {
	f, err := os.Open(a.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("opening anchor: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading anchor: %w", err)
	}
	content, err := io.ReadAll(io.NewSectionReader(f, max(0, info.Size()-fileTail), fileTail))
	if err != nil {
		return nil, fmt.Errorf("reading anchor: %w", err)
	}
	signed, _ := ledger.LastNote(content)
	return signed, nil
}

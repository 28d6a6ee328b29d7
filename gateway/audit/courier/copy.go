package courier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/config"
)

// Store takes copies of a log's files. Size is how much of a file it has, zero if none; Append adds what follows.
type Store interface {
	Name() string
	Size(ctx context.Context, name string) (int64, error)
	Append(ctx context.Context, name string, offset int64, content []byte) error
}

// NewStore is the store at d for the log named origin: file:///folder or https://…. Copies hold personal data (networks
// of visitors), so d must say in which region they are kept.
func NewStore(d config.Destination, origin string) (Store, error) {
	if d.Region == "" {
		return nil, errors.New("reading copy: region is missing: copies hold personal data, so where they are kept must be said")
	}
	u, err := url.Parse(d.URL)
	if err != nil {
		return nil, errors.New("reading copy: not a URL")
	}
	switch u.Scheme {
	case "file":
		return &folderStore{filepath.Join(u.Path, Slug(origin))}, nil
	case "https":
		c, err := newClient(d)
		if err != nil {
			return nil, err
		}
		return &httpsStore{c, strings.TrimSuffix(d.URL, "/") + "/" + Slug(origin)}, nil
	}
	return nil, fmt.Errorf("reading copy: unknown scheme %q; copies go to file and https", u.Scheme)
}

// chunk is how much of a file is sent at once, in bytes.
const chunk = 4 << 20

// Copy brings a store up to date with an epoch of a log. Copies are of plain lines, those of segments that are gzipped by
// now too, so that a store set up late has everything. The verifier keys go with them, and the checkpoints last: they
// vouch for no more than is there.
func Copy(ctx context.Context, root, folder ledger.Folder, durable ledger.Durable, store Store) error {
	segments, err := ledger.Segments(folder)
	if err != nil {
		return err
	}
	for _, s := range segments {
		switch {
		case s.Number > durable.Segment: // began after the checkpoint
		case s.Compressed():
			err = copyCompressed(ctx, folder, s, store)
		case s.Number == durable.Segment:
			err = copyFile(ctx, folder, s.Name, durable.Bytes, store)
		default:
			err = copyFile(ctx, folder, s.Name, math.MaxInt64, store)
		}
		if err != nil {
			return err
		}
	}
	if err := copyFile(ctx, root, ledger.PublicKeyName, math.MaxInt64, store); err != nil {
		return err
	}
	return copyFile(ctx, folder, ledger.CheckpointsName, durable.Checkpoints, store)
}

// copyFile copies at most limit bytes of a file.
func copyFile(ctx context.Context, folder ledger.Folder, name string, limit int64, store Store) error {
	f, err := folder.Open(name, os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("copying %s: %w", name, err)
	}
	defer func() { _ = f.Close() }()
	here, err := f.Size()
	if err != nil {
		return fmt.Errorf("copying %s: %w", name, err)
	}
	here = min(here, limit)
	there, err := lacking(ctx, store, name, here)
	if err != nil {
		return err
	}
	return send(ctx, store, name, io.NewSectionReader(f, there, here-there), there)
}

// copyCompressed copies the lines of a gzipped segment, under its plain name.
func copyCompressed(ctx context.Context, folder ledger.Folder, s ledger.Segment, store Store) error {
	name := ledger.SegmentName(s.Number)
	here, err := ledger.PlainSize(folder, s)
	if err != nil {
		return fmt.Errorf("copying %s: %w", name, err)
	}
	there, err := lacking(ctx, store, name, here)
	if err != nil || there == here {
		return err
	}
	lines, err := ledger.OpenSegment(folder, s)
	if err != nil {
		return fmt.Errorf("copying %s: %w", name, err)
	}
	defer func() { _ = lines.Close() }()
	if _, err := io.CopyN(io.Discard, lines, there); err != nil {
		return fmt.Errorf("copying %s: %w", name, err)
	}
	return send(ctx, store, name, lines, there)
}

// lacking is where a copy goes on; it must not be longer than the file.
func lacking(ctx context.Context, store Store, name string, here int64) (there int64, err error) {
	there, err = store.Size(ctx, name)
	if err != nil || there > here {
		return 0, errors.Join(err, fmt.Errorf("copying %s: the copy has %d bytes and the log %d", name, there, here))
	}
	return there, nil
}

// send appends what r has to the copy, a chunk at a time.
func send(ctx context.Context, store Store, name string, r io.Reader, offset int64) error {
	buf := make([]byte, chunk)
	for {
		n, err := io.ReadFull(r, buf)
		if n == 0 && err == io.EOF {
			return nil
		}
		if err != nil && err != io.ErrUnexpectedEOF {
			return fmt.Errorf("copying %s: %w", name, err)
		}
		if err := store.Append(ctx, name, offset, buf[:n]); err != nil {
			return fmt.Errorf("copying %s: %w", name, err)
		}
		offset += int64(n)
	}
}

// folderStore is a folder on another machine's disk, mounted here.
type folderStore struct{ path string }

// Name is the folder's URL.
func (s *folderStore) Name() string { return "file://" + s.path }

// Size is the length of a copy.
func (s *folderStore) Size(_ context.Context, name string) (int64, error) {
	info, err := os.Stat(filepath.Join(s.path, name))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Append adds to a copy and waits for the disk.
func (s *folderStore) Append(_ context.Context, name string, _ int64, content []byte) error {
	if err := os.MkdirAll(s.path, 0o750); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(s.path, name), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o640)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// httpsStore is a server that takes partial PUTs (RFC 9110 section 14.5) and answers HEAD with the length.
type httpsStore struct {
	*client
	url string
}

// Name is the store's URL.
func (s *httpsStore) Name() string { return s.url }

// Size asks for the length of a copy.
func (s *httpsStore) Size(ctx context.Context, name string) (int64, error) {
	answer, _, err := s.do(ctx, http.MethodHead, s.url+"/"+name, nil, nil)
	switch {
	case err != nil:
		return 0, err
	case answer.StatusCode == http.StatusNotFound:
		return 0, nil
	case answer.StatusCode != http.StatusOK || answer.ContentLength < 0:
		return 0, fmt.Errorf("the store answers %d", answer.StatusCode)
	}
	return answer.ContentLength, nil
}

// Append sends what follows offset.
func (s *httpsStore) Append(ctx context.Context, name string, offset int64, content []byte) error {
	header := http.Header{
		"Content-Type":  {"application/octet-stream"},
		"Content-Range": {"bytes " + strconv.FormatInt(offset, 10) + "-" + strconv.FormatInt(offset+int64(len(content))-1, 10) + "/*"},
	}
	answer, _, err := s.do(ctx, http.MethodPut, s.url+"/"+name, content, header)
	if err == nil && answer.StatusCode/100 != 2 {
		err = fmt.Errorf("the store answers %d", answer.StatusCode)
	}
	return err
}

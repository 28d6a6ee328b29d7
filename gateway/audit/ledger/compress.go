package ledger

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
)

// Compress replaces a closed segment by its gzipped form. Hashes are over lines, so nothing that was signed changes. A
// crash in between leaves the plain segment.
func Compress(folder Folder, s Segment) error {
	in, err := folder.Open(s.Name, os.O_RDONLY, 0)
	if err != nil {
		return fmt.Errorf("compressing segment: %w", err)
	}
	fresh := s.Name + ".gz.new"
	out, err := folder.Open(fresh, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return errors.Join(fmt.Errorf("compressing segment: %w", err), in.Close())
	}
	z := gzip.NewWriter(out)
	_, err = io.Copy(z, in)
	if err = errors.Join(err, z.Close(), out.Sync(), out.Close(), in.Close()); err == nil {
		err = errors.Join(folder.Rename(fresh, s.Name+".gz"), folder.Sync())
	}
	if err != nil {
		return fmt.Errorf("compressing segment %s: %w", s.Name, err)
	}
	if err := errors.Join(folder.Remove(s.Name), folder.Sync()); err != nil {
		return fmt.Errorf("compressing segment %s: %w", s.Name, err)
	}
	return nil
}

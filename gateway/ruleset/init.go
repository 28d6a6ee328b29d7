package ruleset

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cappertrophy/panwall/rules"
)

// Init writes the shipped files into dir. A file that is there is never touched.
func Init(dir string) (written, kept []string, err error) {
	err = fs.WalkDir(rules.Shipped, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		at := filepath.Join(dir, filepath.FromSlash(name))
		if d.IsDir() {
			return os.MkdirAll(at, 0o755)
		}
		src, err := fs.ReadFile(rules.Shipped, name)
		if err != nil {
			return err
		}
		switch err := writeNew(at, src); {
		case errors.Is(err, fs.ErrExist):
			kept = append(kept, name)
		case err != nil:
			return err
		default:
			written = append(written, name)
		}
		return nil
	})
	return written, kept, err
}

func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

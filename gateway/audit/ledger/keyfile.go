package ledger

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// LoadKey is the signing key of the log named origin: the one configured or, when none is, the one in the folder's
// key file, made at first. The verifier key is left beside it in key.pub, and must not change unannounced.
func LoadKey(folder Folder, origin string, configured []byte) (*Key, error) {
	key, err := findKey(folder, origin, configured)
	if err != nil {
		return nil, err
	}
	if key.name != origin {
		return nil, fmt.Errorf("reading signing key: it is the key of %s, not of %s", key.name, origin)
	}
	known, err := ReadFile(folder, PublicKeyName)
	if errors.Is(err, fs.ErrNotExist) {
		return key, WriteFile(folder, PublicKeyName, []byte(key.Verifier(origin)+"\n"), 0o644)
	}
	if err != nil {
		return nil, fmt.Errorf("reading verifier key: %w", err)
	}
	if strings.TrimSpace(string(known)) != key.Verifier(origin) {
		return nil, fmt.Errorf("the signing key is not the one that %s was written with", PublicKeyName)
	}
	return key, nil
}

func findKey(folder Folder, origin string, configured []byte) (*Key, error) {
	if len(configured) > 0 {
		return ParseKey(configured)
	}
	stored, err := ReadFile(folder, KeyName)
	if err == nil {
		return ParseKey(stored)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading signing key: %w", err)
	}
	key, err := NewKey(origin)
	if err != nil {
		return nil, err
	}
	return key, WriteFile(folder, KeyName, key.Encode(), 0o600)
}

// ReadFile reads a small file of the folder.
func ReadFile(folder Folder, name string) ([]byte, error) {
	f, err := folder.Open(name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(f, tail))
	return content, errors.Join(err, f.Close())
}

// WriteFile replaces a file of the folder, whole or not at all.
func WriteFile(folder Folder, name string, content []byte, perm fs.FileMode) error {
	fresh := name + ".new"
	f, err := folder.Open(fresh, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, perm)
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = errors.Join(folder.Rename(fresh, name), folder.Sync())
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

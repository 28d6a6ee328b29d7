package ledger

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// LoadKey is the signing key of the log named origin: the one configured or, when none is, the one in the folder's
// key file, made at first. The verifier key is left beside it in key.pub, and must not change but by RotateKey.
func LoadKey(folder Folder, origin string, configured []byte) (*Key, error) {
	key, err := findKey(folder, origin, configured)
	if err != nil {
		return nil, err
	}
	if key.name != origin {
		return nil, fmt.Errorf("reading signing key: it is the key of %s, not of %s", key.name, origin)
	}
	chain, err := ReadChain(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return key, WriteFile(folder, PublicKeyName, Chain{{Key: key.Verifier(origin)}}.Format(), 0o644)
	}
	if err != nil {
		return nil, err
	}
	if chain.Last() != key.Verifier(origin) {
		return nil, fmt.Errorf("the signing key is not the one that %s ends with; a key is replaced with panwall audit rotate-key", PublicKeyName)
	}
	return key, nil
}

// NextKeyName is the file of a key that is to follow the one in the key file.
const NextKeyName = "key.next"

func findKey(folder Folder, origin string, configured []byte) (*Key, error) {
	if len(configured) > 0 {
		return ParseKey(configured)
	}
	if err := finishRotation(folder, origin); err != nil {
		return nil, err
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

// finishRotation puts the next key in the place of the one before it once key.pub says that it follows.
func finishRotation(folder Folder, origin string) error {
	text, err := ReadFile(folder, NextKeyName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading next signing key: %w", err)
	}
	next, err := ParseKey(text)
	if err != nil {
		return err
	}
	chain, err := ReadChain(folder)
	if err != nil || chain.Last() != next.Verifier(origin) {
		return err // the rotation was given up before it counted
	}
	return errors.Join(folder.Rename(NextKeyName, KeyName), folder.Sync())
}

// RotateKey makes next follow current in key.pub. With stored set the folder's own key file is replaced too; a crash
// in between is mended by LoadKey.
func RotateKey(folder Folder, current, next *Key, stored bool) error {
	chain, err := ReadChain(folder)
	if err != nil {
		return err
	}
	if stored {
		if err := WriteFile(folder, NextKeyName, next.Encode(), 0o600); err != nil {
			return err
		}
	}
	if err := WriteFile(folder, PublicKeyName, chain.Succeed(current, next).Format(), 0o644); err != nil {
		return err
	}
	return finishRotation(folder, current.Name())
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

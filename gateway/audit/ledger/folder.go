// Package ledger is the log as files: segments of lines, the stored hashes of their Merkle tree, signed checkpoints.
// The gateway appends to them through it, and an auditor reads them through it with nothing else at hand.
//
//	log-000001.jsonl   one JSON object a line; a leaf of the tree is the line without its LF
//	hashes             the tree's stored hashes (golang.org/x/mod/sumdb/tlog), 64 bytes a record; can be rebuilt
//	checkpoints        signed notes (C2SP signed-note over tlog-checkpoint), appended
//	key.pub            the verifier key; the auditor has it on paper
//	key                the signing key, unless it is kept elsewhere
//	reserve            room on the disk for the record that says the disk is full
//	lock               held by the one writer
//	epoch-2/           a log begun anew because the first did not agree with its own past
package ledger

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// Names of the files of a log.
const (
	HashesName      = "hashes"
	CheckpointsName = "checkpoints"
	PublicKeyName   = "key.pub"
	KeyName         = "key"
	ReserveName     = "reserve"
	LockName        = "lock"
)

// Folder is where a log's files live; names are plain file names. A Folder is safe for concurrent use by a writer
// and readers of other files.
type Folder interface {
	// Open opens name with the flags of package os, made with perm if os.O_CREATE says so.
	Open(name string, flag int, perm fs.FileMode) (File, error)
	// List is the folder's entries sorted by name; a missing folder has none.
	List() ([]fs.DirEntry, error)
	Rename(from, to string) error
	Remove(name string) error
	// Sync makes names durable: created, renamed and removed files survive a crash once it returns.
	Sync() error
	// Sub is the folder name within this one, made if absent and make is true.
	Sub(name string, make bool) (Folder, error)
}

// File is one open file. What was written is durable once Sync has returned nil, and only then.
type File interface {
	io.Reader
	io.ReaderAt
	io.Writer
	Truncate(size int64) error
	Size() (int64, error)
	Sync() error
	Close() error
}

// Dir is the folder at a path of this machine. No name leads out of it.
type Dir struct{ root *os.Root }

// OpenDir opens the folder at path.
func OpenDir(path string) (*Dir, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("opening log folder: %w", err)
	}
	return &Dir{root}, nil
}

// MakeDir opens the folder at path and makes it, for its owner and group, if it is absent.
func MakeDir(path string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o750); err != nil {
		return nil, fmt.Errorf("making log folder: %w", err)
	}
	return OpenDir(path)
}

// Close lets go of the folder.
func (d *Dir) Close() error { return d.root.Close() }

// Open opens a file of the folder.
func (d *Dir) Open(name string, flag int, perm fs.FileMode) (File, error) {
	f, err := d.root.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return &osFile{f}, nil
}

// List is the folder's entries sorted by name.
func (d *Dir) List() ([]fs.DirEntry, error) { return fs.ReadDir(d.root.FS(), ".") }

// Rename renames a file within the folder.
func (d *Dir) Rename(from, to string) error { return d.root.Rename(from, to) }

// Remove removes a file of the folder.
func (d *Dir) Remove(name string) error { return d.root.Remove(name) }

// Sync makes the folder's names durable.
func (d *Dir) Sync() error {
	f, err := d.root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Sub is a folder within the folder.
func (d *Dir) Sub(name string, make bool) (Folder, error) {
	if path.Base(name) != name {
		return nil, fmt.Errorf("opening log folder %s: %w", name, fs.ErrInvalid)
	}
	if make {
		if err := d.root.Mkdir(name, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	root, err := d.root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &Dir{root}, nil
}

// osFile is a file of this machine.
type osFile struct{ *os.File }

// Size is the file's length in bytes.
func (f *osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Sync waits until what was written is on the disk.
func (f *osFile) Sync() error { return datasync(f.File) }

package audit

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"sync"
	"syscall"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
)

// disk is a folder on a disk that can be taken away.
type disk struct {
	ledger.Folder
	*state
}

// state is what a disk and the folders on it share.
type state struct {
	mu    sync.Mutex
	room  int64                       // bytes that still fit; negative: no bound
	fault func(op, name string) error // asked before each operation
	quick bool                        // nothing waits for the disk
	lossy bool                        // what was not synced is lost when the process ends
}

func newDisk(dir string) (*disk, error) {
	inner, err := ledger.MakeDir(dir)
	return &disk{inner, &state{room: -1}}, err
}

func (s *state) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *state) ask(op, name string) error {
	s.mu.Lock()
	fault := s.fault
	s.mu.Unlock()
	if fault == nil {
		return nil
	}
	return fault(op, name)
}

func (d *disk) Open(name string, flag int, perm fs.FileMode) (ledger.File, error) {
	if flag != os.O_RDONLY {
		if err := d.ask("open", name); err != nil {
			return nil, err
		}
	}
	f, err := d.Folder.Open(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return &diskFile{File: f, name: name, state: d.state}, nil
}

func (d *disk) Sub(name string, make bool) (ledger.Folder, error) {
	inner, err := d.Folder.Sub(name, make)
	return &disk{inner, d.state}, err
}

// Remove gives the room of a file back.
func (d *disk) Remove(name string) error {
	f, err := d.Folder.Open(name, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	size, _ := f.Size()
	_ = f.Close()
	d.set(func() {
		if d.room >= 0 {
			d.room += size
		}
	})
	return d.Folder.Remove(name)
}

// diskFile is a file on a disk.
type diskFile struct {
	ledger.File
	*state
	name    string
	pending []byte // written, not synced; lossy disks only
}

func (f *diskFile) Write(p []byte) (int, error) {
	if err := f.ask("write", f.name); err != nil {
		return 0, err
	}
	f.mu.Lock()
	fits := len(p)
	if f.room >= 0 {
		fits = int(min(int64(fits), f.room))
		f.room -= int64(fits)
	}
	f.mu.Unlock()
	if f.lossy {
		f.pending = append(f.pending, p...)
		if rand.IntN(4) == 0 { // the kernel writes some of it on its own
			return len(p), f.flush(rand.IntN(len(f.pending) + 1))
		}
		return len(p), nil
	}
	n, err := f.File.Write(p[:fits])
	if err == nil && fits < len(p) {
		err = syscall.ENOSPC
	}
	return n, err
}

func (f *diskFile) flush(n int) error {
	_, err := f.File.Write(f.pending[:n])
	f.pending = f.pending[n:]
	return err
}

func (f *diskFile) Sync() error {
	if err := f.ask("sync", f.name); err != nil {
		return err
	}
	for len(f.pending) > 0 {
		if err := f.flush(1 + rand.IntN(len(f.pending))); err != nil {
			return err
		}
	}
	if f.quick {
		return nil
	}
	return f.File.Sync()
}

// Sync makes names durable, unless the disk is a quick one.
func (d *disk) Sync() error {
	if d.quick {
		return nil
	}
	return d.Folder.Sync()
}

func (f *diskFile) Truncate(size int64) error {
	if err := f.ask("truncate", f.name); err != nil {
		return err
	}
	there, err := f.File.Size()
	if err != nil {
		return err
	}
	f.pending = f.pending[:max(0, min(int64(len(f.pending)), size-there))]
	f.mu.Lock()
	if f.room >= 0 {
		f.room += max(0, there-size)
	}
	f.mu.Unlock()
	if there <= size {
		return nil
	}
	return f.File.Truncate(size)
}

func (f *diskFile) Size() (int64, error) {
	size, err := f.File.Size()
	return size + int64(len(f.pending)), err
}

//go:build unix

package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// ErrLocked means that another process writes this log.
var ErrLocked = errors.New("another process writes this log")

// Lock holds a log for one writer. It ends with the process, however that ends.
type Lock struct{ f *os.File }

// Take locks the log at dir, or returns ErrLocked at once.
func Take(dir string) (*Lock, error) {
	f, err := os.OpenFile(filepath.Join(dir, LockName), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("locking log: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = ErrLocked
		}
		return nil, fmt.Errorf("locking log %s: %w", dir, err)
	}
	return &Lock{f}, nil
}

// Release lets the log go. It unlocks before it closes: a child that is just being started holds a copy of the file
// until its own program runs, and would hold the lock with it.
func (l *Lock) Release() error {
	return errors.Join(unix.Flock(int(l.f.Fd()), unix.LOCK_UN), l.f.Close())
}

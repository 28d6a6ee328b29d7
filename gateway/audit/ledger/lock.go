//go:build unix

package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

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

// Await is Take, but waits up to patience for the log's other writer to end.
func Await(dir string, patience time.Duration) (*Lock, error) {
	for until := time.Now().Add(patience); ; time.Sleep(lockPause) {
		l, err := Take(dir)
		if !errors.Is(err, ErrLocked) || !time.Now().Before(until) {
			return l, err
		}
	}
}

// lockPause is how long a successor lets new connections wait in vain at most.
const lockPause = 5 * time.Millisecond

// Release lets the log go. It unlocks before it closes: a child that is just being started holds a copy of the file
// until its own program runs, and would hold the lock with it.
func (l *Lock) Release() error {
	return errors.Join(unix.Flock(int(l.f.Fd()), unix.LOCK_UN), l.f.Close())
}

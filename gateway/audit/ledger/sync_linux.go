package ledger

import (
	"os"

	"golang.org/x/sys/unix"
)

// datasync makes a file's content and length durable; unlike fsync it leaves the access times to later.
func datasync(f *os.File) error {
	for {
		if err := unix.Fdatasync(int(f.Fd())); err != unix.EINTR {
			return err
		}
	}
}

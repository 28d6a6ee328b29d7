package ledger

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
)

// ReserveSize is how much of the disk is kept for the record that says the disk is full, in bytes.
const ReserveSize = 1 << 20

// KeepReserve makes sure that the reserve is on the disk. It is random, so that no file system folds it away.
func KeepReserve(folder Folder) error {
	f, err := folder.Open(ReserveName, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("keeping reserve: %w", err)
	}
	size, err := f.Size()
	if err == nil && size < ReserveSize {
		room := make([]byte, ReserveSize-size)
		_, _ = rand.Read(room)
		if _, err = f.Write(room); err == nil {
			err = f.Sync()
		}
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("keeping reserve: %w", err)
	}
	return nil
}

// ReleaseReserve gives the reserve's room back to the disk.
func ReleaseReserve(folder Folder) error {
	f, err := folder.Open(ReserveName, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("releasing reserve: %w", err)
	}
	if err := errors.Join(f.Truncate(0), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("releasing reserve: %w", err)
	}
	return nil
}

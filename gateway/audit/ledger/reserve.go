package ledger

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
)

// ReserveSize is how much of the disk is kept for the record that says the disk is full, in bytes.
const ReserveSize = 1 << 20

// KeepReserve makes sure that the reserve is on the disk.
func KeepReserve(folder Folder) error { return occupy(folder, ReserveName, ReserveSize) }

// RegainReserve puts the reserve back after the disk was full, if there is room for several times as much: a disk that
// is full again with the next record would make the log fail and recover by turns.
func RegainReserve(folder Folder) error {
	const probe = "reserve.probe"
	err := occupy(folder, probe, 4*ReserveSize)
	if gone := folder.Remove(probe); err != nil || gone != nil {
		return errors.Join(err, gone)
	}
	return KeepReserve(folder)
}

// occupy makes a file as long as size, if it is not yet. It is random, so that no file system folds it away.
func occupy(folder Folder, name string, length int64) error {
	f, err := folder.Open(name, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("keeping reserve: %w", err)
	}
	size, err := f.Size()
	if err == nil && size < length {
		room := make([]byte, length-size)
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

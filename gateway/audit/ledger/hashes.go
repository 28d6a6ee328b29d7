package ledger

import (
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// HashFile reads stored hashes from a file of 32 bytes each.
type HashFile struct{ R io.ReaderAt }

// ReadHashes reads the hashes at indexes.
func (f HashFile) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if _, err := f.R.ReadAt(hashes[i][:], index*tlog.HashSize); err != nil {
			return nil, fmt.Errorf("reading stored hash %d: %w", index, err)
		}
	}
	return hashes, nil
}

// HashesSize is the length of the hashes file for size records, in bytes.
func HashesSize(size int64) int64 { return tlog.StoredHashCount(size) * tlog.HashSize }

//go:build !linux

package ledger

import "os"

// datasync makes a file durable.
func datasync(f *os.File) error { return f.Sync() }

package ledger

import (
	"fmt"
	"strconv"
	"strings"
)

// An epoch is one history of a log. The first has the folder to itself; a later one has a folder within, and a name of
// its own, so that there are never two histories under one name.

// EpochName is the folder of a later epoch.
func EpochName(n int) string { return "epoch-" + strconv.Itoa(n) }

// EpochOrigin is the name in the checkpoints of epoch n of the log named base.
func EpochOrigin(base string, n int) string {
	if n <= 1 {
		return base
	}
	return base + "/" + EpochName(n)
}

// EpochOf is the epoch that a checkpoint's origin names in the log named base; zero if it is another log's.
func EpochOf(base, origin string) int {
	if origin == base {
		return 1
	}
	digits, ok := strings.CutPrefix(origin, base+"/epoch-")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 2 || EpochOrigin(base, n) != origin {
		return 0
	}
	return n
}

// Epochs are the numbers of the epochs in folder, oldest first; the first is always there.
func Epochs(folder Folder) ([]int, error) {
	entries, err := folder.List()
	if err != nil {
		return nil, fmt.Errorf("listing epochs: %w", err)
	}
	highest := 1
	for _, e := range entries {
		digits, ok := strings.CutPrefix(e.Name(), "epoch-")
		if n, err := strconv.Atoi(digits); ok && err == nil && e.IsDir() && EpochName(n) == e.Name() {
			highest = max(highest, n)
		}
	}
	epochs := make([]int, highest)
	for i := range epochs {
		epochs[i] = i + 1
	}
	return epochs, nil
}

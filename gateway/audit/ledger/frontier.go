package ledger

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Frontier is the right edge of a Merkle tree (RFC 6962 section 2.1): enough to grow the tree and to name its root,
// in memory that does not grow with it. Its zero value is the empty tree. Copy it to be able to go back.
type Frontier struct {
	size int64
	last [64]tlog.Hash // the last complete subtree of each level
}

// Size is how many leaves the tree has.
func (f *Frontier) Size() int64 { return f.size }

// Add appends a leaf and returns the hashes to be stored for it, in the order of tlog.StoredHashes. The slice is
// the caller's.
func (f *Frontier) Add(leaf tlog.Hash) ([]tlog.Hash, error) {
	hashes, err := tlog.StoredHashesForRecordHash(f.size, leaf, f)
	if err != nil {
		return nil, fmt.Errorf("growing the tree: %w", err)
	}
	copy(f.last[:], hashes)
	f.size++
	return hashes, nil
}

// Root is the tree's root hash.
func (f *Frontier) Root() tlog.Hash {
	root, err := tlog.TreeHash(f.size, f)
	if err != nil {
		panic("audit: a frontier always knows its own root: " + err.Error())
	}
	return root
}

// ReadHashes answers for the hashes that Add and Root ask for, which are the last ones of their levels.
func (f *Frontier) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, _ := tlog.SplitStoredHashIndex(index)
		hashes[i] = f.last[level]
	}
	return hashes, nil
}

// LoadFrontier is the right edge of the tree of size leaves whose stored hashes r has.
func LoadFrontier(size int64, r tlog.HashReader) (*Frontier, error) {
	f := &Frontier{size: size}
	for level := 0; level < 63 && size>>level > 0; level++ {
		h, err := r.ReadHashes([]int64{tlog.StoredHashIndex(level, size>>level-1)})
		if err != nil {
			return nil, fmt.Errorf("reading the tree's edge: %w", err)
		}
		f.last[level] = h[0]
	}
	return f, nil
}

// EdgeName is the file of an export that stands for the records before its first.
const EdgeName = "edge"

// Edge writes the frontier down: its size, then the last complete hash of each level.
func (f *Frontier) Edge() []byte {
	text := fmt.Appendf(nil, "%d\n", f.size)
	for level := 0; f.size>>level > 0; level++ {
		text = fmt.Appendf(text, "%s\n", f.last[level])
	}
	return text
}

// ParseEdge reads what Edge wrote. Whether it is true shows when the tree grown from it has a signed root.
func ParseEdge(text []byte) (*Frontier, error) {
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	size, err := strconv.ParseInt(lines[0], 10, 64)
	if err != nil || size < 0 || len(lines)-1 != bits.Len64(uint64(size)) {
		return nil, fmt.Errorf("reading %s: malformed", EdgeName)
	}
	f := &Frontier{size: size}
	for level, text := range lines[1:] {
		if f.last[level], err = tlog.ParseHash(text); err != nil {
			return nil, fmt.Errorf("reading %s: malformed", EdgeName)
		}
	}
	return f, nil
}

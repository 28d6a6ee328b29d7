package inspect

import (
	"archive/zip"
	"bytes"
	"context"
	"testing"

	"github.com/cappertrophy/panwall/gateway/visit"
)

// packed is an upload of a zip of n zeros, a thousandth of their size.
func packed(t *testing.T, n int) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("zeros.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(make([]byte, n)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return post("application/zip", b.String())
}

// What an archive unpacks to is bounded by its own size and charged to the memory of the process while it is held.
func TestArchivesAreChargedAndBounded(t *testing.T) {
	kept := func(context.Context, *visit.Visit, *Verdict) error { return nil }
	for claim, tc := range map[string]struct {
		memory int64
		zeros  int
		status int
	}{
		"a small archive may grow a thousandfold": {256 << 20, 3 << 20, 200},
		"a larger one is bounded by its ratio":    {256 << 20, 5 << 20, 413},
		"without memory left it waits":            {2 << 20, 3 << 20, 503},
	} {
		t.Run(claim, func(t *testing.T) {
			status, forwarded := decided(t, New(Options{Record: kept, MemoryBytes: tc.memory}), shipped(t), packed(t, tc.zeros))
			if status != tc.status || forwarded != (tc.status == 200) {
				t.Errorf("answered %d, forwarded %v", status, forwarded)
			}
		})
	}
}

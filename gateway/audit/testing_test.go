package audit

import (
	"os"
	"strconv"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
)

func itoa(n int) string { return strconv.Itoa(n) }

// dayClock stands still at noon of a day.
func dayClock(day int) func() time.Time {
	return func() time.Time { return time.Date(2026, 3, 2+day, 12, 0, 0, 0, time.UTC) }
}

// rehash makes the hashes file fit the lines, as somebody with the source would.
func rehash(t *testing.T, dir string) {
	t.Helper()
	folder, err := ledger.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = folder.Close() }()
	segments, err := ledger.Segments(folder)
	if err != nil {
		t.Fatal(err)
	}
	var tree ledger.Frontier
	var content []byte
	for _, s := range segments {
		err := ledger.Lines(folder, s, func(text []byte, _ int64) error {
			hashes, err := tree.Add(tlog.RecordHash(text))
			for _, h := range hashes {
				content = append(content, h[:]...)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(dir+"/"+ledger.HashesName, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

package review

import (
	"cmp"
	"slices"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// CountDay counts the records of a day (2026-03-02, UTC) by type: requests where a record stands for several, self-tests
// under the name of their type with "test:" before it.
func CountDay(root ledger.Folder, date string) ([]record.Count, error) {
	n := map[string]int64{}
	err := eachEpoch(root, func(_ int, folder ledger.Folder) error {
		return eachHead(folder, func(h record.Head, text []byte) error {
			if len(h.Time) < len(date) || string(h.Time[:len(date)]) != date {
				return nil
			}
			g, err := record.NewGlance(text)
			if err != nil {
				return err
			}
			name := string(h.Type)
			if g.Test() {
				name = "test:" + name
			}
			n[name] += g.Requests()
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	counts := make([]record.Count, 0, len(n))
	for name, count := range n {
		counts = append(counts, record.Count{What: name, N: count})
	}
	slices.SortFunc(counts, func(a, b record.Count) int { return cmp.Compare(a.What, b.What) })
	return counts, nil
}

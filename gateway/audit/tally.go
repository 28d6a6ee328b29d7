package audit

import (
	"cmp"
	"slices"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// maxTally is how many different counts a minute can have before the rest is counted together.
const maxTally = 256

// tally counts findings too weak to act on, over a minute.
type tally struct {
	first, last time.Time
	n           map[record.Count]int64
}

func (t *tally) count(c record.Count, now time.Time) {
	if t.n == nil {
		t.n, t.first = map[record.Count]int64{}, now
	}
	if _, known := t.n[c]; !known && len(t.n) >= maxTally {
		c.Rule, c.Route = "*", "*"
	}
	t.n[c]++
	t.last = now
}

// due is the record of a minute that is over, or of what there is if all is set; nil when there is nothing.
func (t *tally) due(now time.Time, all bool) *record.Record {
	if t.n == nil || !all && now.Sub(t.first) < time.Minute {
		return nil
	}
	r := &record.Record{
		Type: record.PANPossible, Outcome: record.Success, Actor: record.Actor{Kind: record.Gateway},
		First: record.At(t.first), Last: record.At(t.last),
	}
	for c, n := range t.n {
		c.N = n
		r.Counts = append(r.Counts, c)
	}
	slices.SortFunc(r.Counts, func(a, b record.Count) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Route, b.Route))
	})
	*t = tally{}
	return r
}

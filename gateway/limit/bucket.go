package limit

import (
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"

	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// buckets are the token buckets of the clients seen last. A forgotten client begins with a full bucket, so the table
// forgets the least used first (otter's admission keeps a regular client through a flood of addresses seen once) and says
// so when the one it forgot still counted.
type buckets struct {
	table *otter.Cache[key, *rate.Limiter]
}

func newBuckets(o Options) (*buckets, error) {
	table, err := otter.New(&otter.Options[key, *rate.Limiter]{
		MaximumSize: o.Entries,
		Executor:    inline,
		OnDeletion: func(e otter.DeletionEvent[key, *rate.Limiter]) {
			if o.Evicted != nil && e.WasEvicted() && e.Value.TokensAt(o.Now()) < float64(e.Value.Burst()) {
				o.Evicted("buckets")
			}
		},
	})
	return &buckets{table}, err
}

// inline runs a table's upkeep where it falls due, so that no goroutine is left to anybody.
func inline(task func()) { task() }

// take takes one token, or says how long it will be until there is one.
func (b *buckets) take(l *ruleset.Limit, sub subject, now time.Time) (wait time.Duration, over bool) {
	k := key{l.ID, l.Rev, sub}
	bucket, ok := b.table.GetIfPresent(k)
	if !ok {
		weight := sub.weight
		bucket, _ = b.table.SetIfAbsent(k, rate.NewLimiter(rate.Limit(l.Rate*float64(weight)), max(l.Burst, 1)*weight))
	}
	if bucket.AllowN(now, 1) {
		return 0, false
	}
	missing := 1 - bucket.TokensAt(now)
	return time.Duration(missing / float64(bucket.Limit()) * float64(time.Second)), true
}

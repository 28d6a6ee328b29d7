package limit

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/ulule/limiter/v3"
	"github.com/ulule/limiter/v3/drivers/store/common"

	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// awayWait is when to come back while a quota that must not be guessed has nobody to ask.
const awayWait = 5 * time.Second

// quotas count requests in fixed windows, in the store that replicas share where there is one, else here.
type quotas struct {
	local  *windows
	shared *shared
	now    func() time.Time
}

func newQuotas(o Options, s *shared) (*quotas, error) {
	local, err := newWindows(o)
	return &quotas{local: local, shared: s, now: o.Now}, err
}

// take counts one request, or says how long the window still lasts.
func (q *quotas) take(ctx context.Context, l *ruleset.Limit, sub subject, now time.Time) (wait time.Duration, over bool) {
	k := key{l.ID, l.Rev, sub}.String()
	bound := limiter.Rate{Period: l.Window, Limit: l.Quota * int64(sub.weight)}
	count, err := q.shared.get(ctx, k, bound)
	if err != nil {
		switch {
		case errors.Is(err, errNone), l.StoreAway == ruleset.CountLocally:
		case l.StoreAway == ruleset.Allow:
			return 0, false
		default:
			return awayWait, true
		}
		if count, err = limiter.New(q.local, bound).Get(ctx, k); err != nil {
			return awayWait, true
		}
	}
	if !count.Reached {
		return 0, false
	}
	return time.Unix(count.Reset+1, 0).Sub(now), true // Reset is in whole seconds, cut off
}

// windows is ulule/limiter's store in memory, with a bound: its own keeps every key until the window ends, so that
// rotating addresses would fill the memory.
type windows struct {
	table *otter.Cache[string, *window]
	now   func() time.Time
}

// window is one count until its end.
type window struct {
	mu    sync.Mutex
	count int64
	ends  time.Time
}

func newWindows(o Options) (*windows, error) {
	table, err := otter.New(&otter.Options[string, *window]{
		MaximumSize: o.Entries,
		Executor:    inline,
		OnDeletion: func(e otter.DeletionEvent[string, *window]) {
			if o.Evicted != nil && e.WasEvicted() && e.Value.endsAfter(o.Now()) {
				o.Evicted("quotas")
			}
		},
	})
	return &windows{table, o.Now}, err
}

func (w *window) endsAfter(now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ends.After(now)
}

// Get counts one.
func (s *windows) Get(ctx context.Context, key string, bound limiter.Rate) (limiter.Context, error) {
	return s.Increment(ctx, key, 1, bound)
}

// Peek counts nothing.
func (s *windows) Peek(ctx context.Context, key string, bound limiter.Rate) (limiter.Context, error) {
	return s.Increment(ctx, key, 0, bound)
}

// Reset forgets a count.
func (s *windows) Reset(_ context.Context, key string, bound limiter.Rate) (limiter.Context, error) {
	s.table.Invalidate(key)
	now := s.now()
	return common.GetContextFromState(now, bound, now.Add(bound.Period), 0), nil
}

// Increment counts n; the window begins with its first request.
func (s *windows) Increment(_ context.Context, key string, n int64, bound limiter.Rate) (limiter.Context, error) {
	now := s.now()
	w, ok := s.table.GetIfPresent(key)
	if !ok {
		w, _ = s.table.SetIfAbsent(key, &window{ends: now.Add(bound.Period)})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.ends.After(now) {
		w.count, w.ends = 0, now.Add(bound.Period)
	}
	w.count += n
	return common.GetContextFromState(now, bound, w.ends, w.count), nil
}

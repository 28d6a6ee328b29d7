package audit

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// tell sums up what a log says about refused requests.
func tell(t *testing.T, dir string) (lines int, requests, findings int64) {
	t.Helper()
	for _, r := range records(t, dir) {
		if r.Type != record.PANBlocked {
			continue
		}
		lines++
		requests += max(1, r.Repeat)
		findings += r.Found.Total
		if sum := r.Found.Kinds["pan"]; sum != r.Found.Total {
			t.Errorf("record %d counts %d findings and %d numbers", r.Seq, r.Found.Total, sum)
		}
	}
	return lines, requests, findings
}

func TestAFloodFoldsWithExactCounts(t *testing.T) {
	const flood = 100_000
	for claim, tc := range map[string]struct {
		of   func(i int) *Event
		most int // lines
	}{
		"one client":  {func(i int) *Event { return event(ruleset.Block, 7) }, foldAfter + 1},
		"one network": {func(i int) *Event { return event(ruleset.Block, byte(i)) }, foldAfter + 1},
		"one client that makes up routes": {func(i int) *Event {
			e := event(ruleset.Block, 7)
			e.Visit.Route = fmt.Sprintf("/r%d/*", i)
			return e
		}, maxSingles + maxLikenesses + 1},
		"a client in every network": {func(i int) *Event {
			e := event(ruleset.Block, 7)
			e.Visit.Client = netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
			return e
		}, maxSingles + maxLikenesses + 1},
	} {
		t.Run(claim, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dir := t.TempDir()
				l := open(t, dir, nil)
				for i := range flood {
					l.Post(tc.of(i))
				}
				if err := l.Commit(context.Background(), event(ruleset.Redact, 9)); err != nil {
					t.Errorf("in the flood a clean record: %v", err)
				}
				time.Sleep(2 * time.Minute) // the bubble's clock
				if err := l.Close(); err != nil {
					t.Fatal(err)
				}
				lines, requests, findings := tell(t, dir)
				if requests != flood || findings != flood {
					t.Errorf("%d requests and %d findings are told of %d", requests, findings, flood)
				}
				if lines > tc.most {
					t.Errorf("the flood cost %d lines, more than %d", lines, tc.most)
				}
				if size := must(os.Stat(dir + "/" + dayOne)).Size(); size > 2<<20 {
					t.Errorf("the flood cost %d bytes", size)
				}
			})
		})
	}
}

func TestAQuietMinuteEndsAFold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		l := open(t, dir, nil)
		for range 3 {
			for range 25 {
				l.Post(event(ruleset.Block, 7))
			}
			time.Sleep(61500 * time.Millisecond) // the bubble's clock, past the minute's turn
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		var folds int
		for _, r := range records(t, dir) {
			if r.Repeat > 0 {
				folds++
				if r.Repeat != 5 || r.Last.Before(r.First.Time) || r.Actor.Tag == "" {
					t.Errorf("folded as %+v", r)
				}
			}
		}
		if folds != 3 {
			t.Errorf("%d folded records", folds)
		}
	})
}

func TestWeakFindingsAreCountedByTheMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		l := open(t, dir, nil)
		for i := range 1000 {
			l.Count(finding.PAN, "default", fmt.Sprintf("/r%d/*", i))
		}
		time.Sleep(2 * time.Minute)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		var told int64
		for _, r := range records(t, dir) {
			if r.Type == record.PANPossible {
				for _, c := range r.Counts {
					told += c.N
				}
				if len(r.Counts) > maxTally+1 {
					t.Errorf("%d counts in one record", len(r.Counts))
				}
			}
		}
		if told != 1000 {
			t.Errorf("%d findings told of 1000", told)
		}
	})
}

func TestForwardedRequestsNeverFold(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, nil)
	for range 100 {
		if err := l.Commit(t.Context(), event(ruleset.Redact, 7)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(records(t, dir)); n != 101 {
		t.Errorf("%d records", n)
	}
}

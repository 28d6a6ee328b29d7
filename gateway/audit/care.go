package audit

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/audit/review"
)

// Ages of segments.
const (
	plainFor  = 92 * 24 * time.Hour // three months at hand (PCI DSS 10.5.1), then compressed
	clockLeap = 48 * time.Hour      // a clock that leaps further ahead than this removes nothing
)

// care looks after old segments, beside the log's goroutine, whenever a new one begins.
func (l *Log) care(ctx context.Context) {
	defer close(l.cared)
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.rotated:
			if err := l.tidyOnce(ctx); err != nil && ctx.Err() == nil {
				l.o.Log.Error().Err(err).Msg("old segments of the redaction log could not be tidied")
			}
		}
	}
}

// tidyOnce keeps a fault of ours in here from ending the process.
func (l *Log) tidyOnce(ctx context.Context) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("tidying: panic of type %T", fault)
		}
	}()
	return l.tidy(ctx)
}

// tidy compresses and removes old segments, never the one being written nor the one before it.
func (l *Log) tidy(ctx context.Context) error {
	l.tidying.Lock()
	defer l.tidying.Unlock()
	segments, err := ledger.Segments(l.folder)
	if err != nil || len(segments) < 3 {
		return err
	}
	ended := make([]time.Time, len(segments)) // the first record of the next segment is not older than the last of one
	firsts := make([]int64, len(segments))
	for i, s := range segments {
		h, ok, err := ledger.FirstHead(l.folder, s)
		if err != nil || !ok {
			return err
		}
		firsts[i] = h.Seq
		if i > 0 {
			if ended[i-1], err = time.Parse(record.TimeLayout, string(h.Time)); err != nil {
				return fmt.Errorf("reading segment %s: %w", s.Name, err)
			}
		}
	}
	old := segments[:len(segments)-2]
	now := l.o.Now()
	if known := ended[len(old)-1]; now.Sub(known) > clockLeap { // when the last whole segment began
		now = known.Add(clockLeap)
	}
	gone, err := l.prune(ctx, old, ended, firsts, now)
	for i := gone; i < len(old) && err == nil && ctx.Err() == nil; i++ {
		if now.Sub(ended[i]) > plainFor && !old[i].Compressed() {
			err = ledger.Compress(l.folder, old[i])
		}
	}
	return err
}

// prune removes the segments past their retention, after a record that says so is on the disk.
func (l *Log) prune(ctx context.Context, old []ledger.Segment, ended []time.Time, firsts []int64, now time.Time) (gone int, err error) {
	for gone < len(old) && now.Sub(ended[gone]) > l.o.Retain {
		gone++
	}
	if gone == 0 {
		return 0, nil
	}
	r := own(record.LogPruned)
	r.Log = &record.LogState{
		Origin: l.o.Origin, Size: firsts[gone], Before: firsts[gone],
		Cause: fmt.Sprintf("%d segments older than %d days", gone, int(l.o.Retain.Hours()/24)),
	}
	if err := l.commit(ctx, r); err != nil {
		return 0, err
	}
	for _, s := range old[:gone] {
		if err := l.folder.Remove(s.Name); err != nil {
			return gone, fmt.Errorf("removing segment: %w", err)
		}
	}
	return gone, l.folder.Sync()
}

// Digest is what a day's review found.
type Digest struct {
	Date   string // UTC
	Result *review.Result
	Counts []record.Count
}

// String is the digest in a line.
func (d *Digest) String() string {
	s := d.Date + ": " + d.finding()
	for _, c := range d.Counts {
		s += fmt.Sprintf("; %d %s", c.N, c.What)
	}
	return s
}

// finding is the verdict in words. That the last minute has no checkpoint yet is no news.
func (d *Digest) finding() string {
	if d.Result.Verdict == review.Tampered {
		return "the log was TAMPERED with"
	}
	return "no tampering found in " + strconv.FormatInt(d.Result.Records, 10) + " records"
}

// Review verifies the log and records what a day had (PCI DSS 10.3.4, 10.4.1.1). It is to be called once a day, for
// the day that ended; it reads the whole log and takes its time. A log that was tampered with is a failed control.
func (l *Log) Review(ctx context.Context, day time.Time) (*Digest, error) {
	date := day.UTC().Format(time.DateOnly)
	result, err := review.Verify(l.root, review.Terms{Key: l.key.Verifier(l.base)})
	if err != nil {
		return nil, fmt.Errorf("reviewing the redaction log: %w", err)
	}
	if result.Verdict == review.Tampered {
		l.o.Log.Error().Strs("faults", result.Faults).Msg("the redaction log was tampered with")
		err = l.Note(ctx, Control{Type: record.ControlFailed, Outcome: record.Failure, Control: &record.Control{
			Name: "verify", Cause: result.Faults[0],
		}})
	}
	counts, countErr := review.CountDay(l.root, date)
	if err = errors.Join(err, countErr); err != nil {
		return nil, fmt.Errorf("reviewing the redaction log: %w", err)
	}
	d := &Digest{date, result, counts}
	return d, l.Note(ctx, Control{Type: record.ReviewDaily, Counts: counts, Notes: []string{"of " + date, d.finding()}})
}

package audit

import (
	"encoding/base64"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// write makes a batch durable and answers those who wait for it.
func (l *Log) write(batch []*entry) {
	now := l.o.Now()
	if err := l.turn(now); err != nil {
		l.fail(err, batch)
		return
	}
	lines, batch := l.encode(batch, now)
	if len(batch) == 0 {
		return
	}
	watch := time.AfterFunc(l.o.Stall, func() { l.stall(batch) })
	err := l.w.ledger.Append(lines...)
	watch.Stop()
	if err != nil {
		l.fail(err, batch)
		return
	}
	l.w.last = now
	for _, e := range batch {
		e.finish(nil)
		l.w.signSoon = l.w.signSoon || e.rec.Type == record.RulesChanged
	}
	if o := l.outage.Load(); o != nil && o.stalled {
		l.restore(o, l.o.Now())
	}
	if l.w.signSoon || l.w.ledger.Size()-l.w.signed >= checkpointAfter {
		l.checkpoint(now)
	}
}

// encode turns a batch into lines that follow the log's last one. An entry that cannot be encoded is answered and
// left out: it says something that the log has no word for, which is a fault of ours.
func (l *Log) encode(batch []*entry, now time.Time) (lines [][]byte, kept []*entry) {
	if back := l.w.last.Sub(now); back > clockSlack {
		moved := own(record.ClockMoved)
		moved.Control = &record.Control{Name: "clock", Cause: "the clock went back", Millis: back.Milliseconds()}
		lines, _ = l.line(lines, moved, now)
	}
	for _, e := range batch {
		var err error
		if lines, err = l.line(lines, e.rec, now); err != nil {
			l.o.Log.Error().Err(err).Msg("a record could not be written")
			e.finish(err)
			continue
		}
		kept = append(kept, e)
	}
	return lines, kept
}

// line appends the line of r as the record after lines.
func (l *Log) line(lines [][]byte, r *record.Record, now time.Time) ([][]byte, error) {
	r.Seq, r.Time = l.w.ledger.Size()+int64(len(lines)), record.At(now)
	if r.Rules == "" {
		r.Rules = *l.rules.Load()
	}
	line, err := record.Append(nil, r)
	if err != nil {
		return lines, err
	}
	return append(lines, line), nil
}

// say writes a record of the log itself, at once and by itself.
func (l *Log) say(now time.Time, r *record.Record) error {
	lines, kept := l.encode([]*entry{{rec: r}}, now)
	if len(kept) == 0 {
		return record.ErrVocabulary
	}
	err := l.w.ledger.Append(lines...)
	if err == nil {
		l.w.last = now
	}
	return err
}

// turn begins a new segment when the day or the segment is over. A clock that went back begins none.
func (l *Log) turn(now time.Time) error {
	day := now.UTC().Format(time.DateOnly)
	if day <= l.w.day && l.w.ledger.Length() < maxSegment {
		return nil
	}
	if l.w.ledger.Length() == 0 {
		l.w.day = day
		return nil
	}
	if err := l.sign(now); err != nil {
		return err
	}
	if err := l.w.ledger.Rotate(); err != nil {
		return err
	}
	signal(l.rotated)
	l.w.day = max(l.w.day, day)
	rotated := own(record.LogRotated)
	rotated.Log = l.state()
	return l.say(now, rotated)
}

// checkpoint signs the tree as it is; a failure is an outage, because the log can no longer vouch for itself.
func (l *Log) checkpoint(now time.Time) {
	if err := l.sign(now); err != nil {
		l.fail(err, nil)
	}
}

func (l *Log) sign(now time.Time) error {
	if l.w.ledger.Size() == l.w.signed {
		return nil
	}
	signed, err := l.w.ledger.Checkpoint()
	if err != nil {
		return err
	}
	l.w.signed, l.w.signedAt, l.w.signSoon = l.w.ledger.Size(), now, false
	l.o.OnCheckpoint(signed)
	l.off.depart(signed, l.w.ledger.Durable())
	return nil
}

// state is the log speaking of itself as it is before the next record.
func (l *Log) state() *record.LogState {
	root := l.w.ledger.Root()
	return &record.LogState{
		Origin: l.o.Origin, Segment: l.w.ledger.Segment(), Size: l.w.ledger.Size(),
		Root: base64.StdEncoding.EncodeToString(root[:]),
	}
}

package audit

import (
	"context"

	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// Control is something that is not a request but belongs in the log: rules that changed, a control that failed, a
// mutation through the private socket, a self-test.
type Control struct {
	Type    record.Type
	Actor   record.Actor    // zero: the gateway itself
	Outcome record.Outcome  // empty: success
	Control *record.Control // for control.failed, control.restored, selftest.*
	Change  *record.Change  // for rules.changed, config.loaded, admin.*, audit.read
	Case    *record.Case    // for case.* and review.monthly
	Counts  []record.Count  // for review.daily
	Rules   string          // the hash of the rules in force from now on; empty: unchanged
	Notes   []string
	Test    bool
}

// Note writes a record and returns once it is on the disk. A change of rules is followed by a checkpoint.
func (l *Log) Note(ctx context.Context, c Control) error {
	r := newControl(c)
	if c.Rules != "" {
		l.rules.Store(&c.Rules)
	}
	return l.commit(ctx, r)
}

// newControl turns a control into the record of it.
func newControl(c Control) *record.Record {
	r := own(c.Type)
	if c.Actor.Kind != "" {
		r.Actor = c.Actor
	}
	if c.Outcome != "" {
		r.Outcome = c.Outcome
	}
	r.Control, r.Change, r.Case, r.Counts, r.Notes, r.Test = c.Control, c.Change, c.Case, c.Counts, c.Notes, c.Test
	r.Rules = c.Rules
	return r
}

// States of the machine's clock, as ClockState tells them and log.opened records them.
const (
	Synchronised   = "synchronised"
	Unsynchronised = "unsynchronised"
	ClockUnknown   = "unknown"
)

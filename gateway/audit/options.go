package audit

import (
	"time"

	"github.com/rs/zerolog"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/config"
)

// Options say where a log lives and what it tells whom.
type Options struct {
	Dir      string        // the folder; made if absent. It must outlive the container
	Origin   string        // the log's name in its checkpoints, cappertrophy.com/gw-1; no spaces, no plus
	Key      []byte        // Ed25519 signing key as golang.org/x/mod/sumdb/note encodes it; empty: made under Dir
	Patience time.Duration // how long another writer of this log, a predecessor, is waited for; 0: not at all
	Retain   time.Duration // how long segments are kept; less than 400 days counts as 400 days

	Version string // of panwall
	Binary  string // "sha256:" and the hash of the running binary
	Config  string // the same of the operator's file
	Rules   string // the same of the rules in force; Control.Rules changes it

	Now   func() time.Time // zero: time.Now
	Log   zerolog.Logger   // the operator's log: never told what a record says
	Stall time.Duration    // a sync longer than this is an outage; zero: 10 s

	// OnFailure is called when the log can no longer be written, and OnRestored when it can again, with how long it
	// was away. Both come from the log's own goroutine and must not wait.
	OnFailure  func(error)
	OnRestored func(away time.Duration)

	// OnControl is told when an anchor or a copy fails, and with nil when it works again. The log has the record.
	OnControl func(name string, failed error)

	Anchors []config.Destination // where checkpoints are kept off the host
	Copies  []config.Destination // where segments are

	// OnCheckpoint is given each signed checkpoint, from the log's own goroutine; it must not wait.
	OnCheckpoint func(signed []byte)

	// Folder replaces the files at Dir, for tests that take the disk away.
	Folder ledger.Folder
}

const (
	minRetain    = 400 * 24 * time.Hour
	defaultStall = 10 * time.Second

	maxBatch        = 1024        // records of one sync
	maxQueue        = 4096        // blocked requests waiting to be written, before they fold
	maxSegment      = 256 << 20   // bytes of a segment
	checkpointEvery = time.Minute // if anything was written
	checkpointAfter = 1000        // records
	clockSlack      = time.Second // a clock may go back this far without a record
)

func (o *Options) defaults() {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Retain = max(o.Retain, minRetain)
	if o.Stall <= 0 {
		o.Stall = defaultStall
	}
	if o.OnFailure == nil {
		o.OnFailure = func(error) {}
	}
	if o.OnRestored == nil {
		o.OnRestored = func(time.Duration) {}
	}
	if o.OnControl == nil {
		o.OnControl = func(string, error) {}
	}
	if o.OnCheckpoint == nil {
		o.OnCheckpoint = func([]byte) {}
	}
	if o.Rules == "" {
		o.Rules = "none"
	}
}

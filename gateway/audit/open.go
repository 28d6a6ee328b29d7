package audit

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// Open opens the log, or begins one, and writes log.opened. A log that does not agree with its own past is left as it
// is, as evidence, and a new epoch is begun beside it whose first records say so.
func Open(o Options) (*Log, error) {
	o.defaults()
	if o.Origin == "" || strings.ContainsFunc(o.Origin, unicode.IsSpace) || strings.Contains(o.Origin, "+") {
		return nil, fmt.Errorf("opening the redaction log: %q is no origin: a name like shop.example/gw-1, without spaces and plus", o.Origin)
	}
	l := &Log{
		o: o, folder: o.Folder, base: o.Origin,
		wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
		rotated: make(chan struct{}, 1), cared: make(chan struct{}),
	}
	l.rules.Store(&o.Rules)
	if err := l.open(); err != nil {
		return nil, fmt.Errorf("opening the redaction log: %w", errors.Join(err, l.release()))
	}
	ctx, cancel := context.WithCancel(context.Background())
	l.careless = cancel
	go l.run()
	go l.care(ctx)
	return l, nil
}

func (l *Log) open() error {
	var err error
	if l.dir, err = ledger.MakeDir(l.o.Dir); err != nil {
		return err
	}
	if l.folder == nil {
		l.folder = l.dir
	}
	l.root = l.folder
	if l.lock, err = ledger.Await(l.o.Dir, l.o.Patience); err != nil {
		return err
	}
	if l.key, err = ledger.LoadKey(l.folder, l.o.Origin, l.o.Key); err != nil {
		return err
	}
	chain, err := ledger.ReadChain(l.folder)
	if err != nil {
		return err
	}
	l.keys = chain.Trusted(chain.Last())
	if l.off.anchors, err = dialAnchors(l.o.Anchors, l.o.Origin); err != nil {
		return err
	}
	state, broken, err := l.recover()
	if err != nil {
		return err
	}
	verifier := l.key.Signer(l.o.Origin)
	if l.w.ledger, err = ledger.NewWriter(l.folder, l.o.Origin, verifier, state); err != nil {
		return err
	}
	if err := ledger.KeepReserve(l.folder); err != nil {
		return err
	}
	l.continueFrom(state)
	if err := l.startCouriers(); err != nil {
		return err
	}
	return l.begin(state, broken)
}

// release lets the folder and the lock go.
func (l *Log) release() error {
	l.off.close()
	var errs []error
	if l.lock != nil {
		errs = append(errs, l.lock.Release())
	}
	if l.dir != nil {
		errs = append(errs, l.dir.Close())
	}
	return errors.Join(errs...)
}

// recover finds where the log ended, in its last epoch, and begins a new epoch if that one is broken.
func (l *Log) recover() (*ledger.State, *ledger.Break, error) {
	base, root := l.o.Origin, l.folder
	epoch, err := lastEpoch(root)
	if err != nil {
		return nil, nil, err
	}
	for broken := (*ledger.Break)(nil); ; epoch++ {
		if err := l.enter(root, base, epoch); err != nil {
			return nil, nil, err
		}
		ring, err := ledger.NewKeyring(l.keys, l.o.Origin)
		if err != nil {
			return nil, nil, err
		}
		state, err := ledger.Recover(l.folder, ring)
		if err != nil {
			return nil, nil, err
		}
		if state.Broken == nil {
			state.Broken, epoch = l.compare(state, base, epoch)
		}
		if state.Broken == nil {
			return state, broken, nil
		}
		broken = state.Broken
		l.o.Log.Error().Str("cause", broken.Cause).Int64("have", broken.Have.Size).Int64("want", broken.Want.Size).
			Msg("the redaction log does not agree with its own past: a new epoch begins")
	}
}

// enter makes epoch the one that is read and written.
func (l *Log) enter(root ledger.Folder, base string, epoch int) (err error) {
	l.folder, l.o.Origin = root, ledger.EpochOrigin(base, epoch)
	if epoch > 1 {
		if l.folder, err = root.Sub(ledger.EpochName(epoch), true); err != nil {
			return fmt.Errorf("entering epoch %d: %w", epoch, err)
		}
	}
	return nil
}

func lastEpoch(root ledger.Folder) (int, error) {
	epochs, err := ledger.Epochs(root)
	if err != nil {
		return 0, err
	}
	return epochs[len(epochs)-1], nil
}

func (l *Log) continueFrom(state *ledger.State) {
	l.w.signed, l.w.signedAt = state.Last.Size, l.o.Now()
	if t, err := time.Parse(record.TimeLayout, state.Time); err == nil {
		l.w.last, l.w.day = t, t.Format(time.DateOnly)
	}
}

// begin writes log.opened, after log.broken if a new epoch begins, and signs a checkpoint over them.
func (l *Log) begin(state *ledger.State, broken *ledger.Break) error {
	now := l.o.Now()
	if err := l.turn(now); err != nil {
		return err
	}
	opened := own(record.LogOpened)
	opened.Log = l.state()
	opened.Log.Cut, opened.Log.Clean = state.Cut, state.Clean() && broken == nil
	opened.Log.Key = l.key.Verifier(l.o.Origin)
	opened.Log.Version, opened.Log.Binary, opened.Log.Config = l.o.Version, l.o.Binary, l.o.Config
	opened.Log.Clock = ClockState()
	if err := l.say(now, opened); err != nil {
		return err
	}
	if err := l.sign(now); err != nil || broken == nil {
		return err
	}
	return errors.Join(l.say(now, l.breakRecord(broken)), l.sign(now))
}

func (l *Log) breakRecord(b *ledger.Break) *record.Record {
	r := own(record.LogBroken)
	r.Outcome = record.Failure
	r.Log = &record.LogState{
		Origin: b.Want.Origin, Cause: b.Cause, Size: b.Have.Size, Root: base64.StdEncoding.EncodeToString(b.Have.Root[:]),
		OtherSize: b.Want.Size, OtherRoot: base64.StdEncoding.EncodeToString(b.Want.Root[:]),
	}
	return r
}

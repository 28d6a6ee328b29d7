package audit

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/cappertrophy/panwall/gateway/audit/courier"
	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/config"
)

// offhost is what takes the log off its host.
type offhost struct {
	anchors  []courier.Anchor
	couriers []*courier.Courier
	latest   atomic.Pointer[departure]
}

// departure is a checkpoint and how much of the log was on the disk when it was signed.
type departure struct {
	signed  []byte
	durable ledger.Durable
}

const (
	askTimeout   = 5 * time.Second // of asking an anchor at start
	closeTimeout = 5 * time.Second // of a last delivery to each destination
)

// depart sends a checkpoint, and what it vouches for, on its way. It never waits.
func (h *offhost) depart(signed []byte, durable ledger.Durable) {
	h.latest.Store(&departure{signed, durable})
	for _, c := range h.couriers {
		c.Wake()
	}
}

// close lets every courier make a last attempt. What could not be delivered is delivered after the next start.
func (h *offhost) close() {
	for _, c := range h.couriers {
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		_ = c.Close(ctx) // its status has told; an anchor that is away must not keep the gateway from ending
		cancel()
	}
	h.couriers = nil
}

// Offhost is how the log's anchors and copies fare.
func (l *Log) Offhost() []courier.Status {
	var all []courier.Status
	for _, c := range l.off.couriers {
		all = append(all, c.Status())
	}
	return all
}

func dialAnchors(destinations []config.Destination, origin string) ([]courier.Anchor, error) {
	var anchors []courier.Anchor
	for _, d := range destinations {
		a, err := courier.NewAnchor(d, origin)
		if err != nil {
			return nil, err
		}
		anchors = append(anchors, a)
	}
	return anchors, nil
}

// startCouriers starts one courier for each anchor and copy.
func (l *Log) startCouriers() error {
	for _, a := range l.off.anchors {
		l.off.couriers = append(l.off.couriers, courier.New(a.Name(), "", func(ctx context.Context) error {
			return a.Put(ctx, l.off.latest.Load().signed)
		}, l.courierTells("anchor")))
	}
	for _, d := range l.o.Copies {
		store, err := courier.NewStore(d, l.o.Origin)
		if err != nil {
			return err
		}
		l.off.couriers = append(l.off.couriers, courier.New(store.Name(), d.Region, func(ctx context.Context) error {
			return courier.Copy(ctx, l.root, l.folder, l.off.latest.Load().durable, store)
		}, l.courierTells("copy")))
	}
	return nil
}

// courierTells records that a destination fails, or is reached again.
func (l *Log) courierTells(kind string) func(string, error, time.Duration) {
	return func(name string, failed error, away time.Duration) {
		since := record.At(l.o.Now().Add(-away))
		c := Control{Type: record.ControlRestored, Control: &record.Control{Name: kind, Cause: name, Since: since, Millis: away.Milliseconds()}}
		if failed != nil {
			c = Control{Type: record.ControlFailed, Outcome: record.Failure, Control: &record.Control{Name: kind, Cause: name + ": " + failed.Error(), Since: since}}
			l.o.Log.Error().Err(failed).Str("destination", name).Msg("the redaction log does not get off this host")
		}
		l.o.OnControl(kind+" "+name, failed)
		ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
		defer cancel()
		if err := l.Note(ctx, c); err != nil {
			l.o.Log.Error().Err(err).Msg("the record could not be written")
		}
	}
}

// compare holds the log against what its anchors have last seen. An anchor that has seen more than there is means that
// this machine was set back to an earlier state. The epoch returned is the last that any anchor knows.
func (l *Log) compare(state *ledger.State, base string, epoch int) (*ledger.Break, int) {
	for _, a := range l.off.anchors {
		seen, err := l.ask(a)
		if errors.Is(err, courier.ErrForgets) || err == nil && seen.Size == 0 {
			continue
		}
		if err != nil {
			l.o.Log.Error().Err(err).Str("anchor", a.Name()).Msg("the log could not be held against its anchor")
			continue
		}
		have := ledger.Checkpoint{Origin: l.o.Origin, Size: state.Tree.Size(), Root: state.Tree.Root()}
		switch of := ledger.EpochOf(base, seen.Origin); {
		case of < epoch: // of a history that was given up
		case of > epoch || seen.Size > have.Size:
			return &ledger.Break{Cause: "rollback", Want: seen, Have: have}, max(epoch, of)
		case l.rootAt(seen.Size) != seen.Root:
			return &ledger.Break{Cause: "anchor", Want: seen, Have: have}, epoch
		}
	}
	return nil, epoch
}

// ask is the newest checkpoint of this log that an anchor keeps; the zero Checkpoint if it has none.
func (l *Log) ask(a courier.Anchor) (ledger.Checkpoint, error) {
	ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
	defer cancel()
	signed, err := a.Last(ctx)
	if err != nil || signed == nil {
		return ledger.Checkpoint{}, err
	}
	verifiers, err := ledger.VerifiersOfNote(l.keys, signed)
	if err != nil {
		return ledger.Checkpoint{}, err
	}
	return ledger.OpenCheckpoint(signed, verifiers)
}

// rootAt is the root of the log over its first size records; zero if its hashes cannot say.
func (l *Log) rootAt(size int64) tlog.Hash {
	f, err := l.folder.Open(ledger.HashesName, os.O_RDONLY, 0)
	if err != nil {
		return tlog.Hash{}
	}
	defer func() { _ = f.Close() }()
	root, err := tlog.TreeHash(size, ledger.HashFile{R: f})
	if err != nil {
		return tlog.Hash{}
	}
	return root
}

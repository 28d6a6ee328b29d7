package audit

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// RotateKey replaces the signing key of a log that nobody writes at the moment. The old key signs a record that names the
// new one; from the next start on the new one signs. Next may be nil: then a key is made. It is returned, for a log
// whose key is kept elsewhere; one that keeps its key in its folder has it there already.
func RotateKey(ctx context.Context, o Options, actor record.Actor, next *ledger.Key) (*ledger.Key, error) {
	if next == nil {
		var err error
		if next, err = ledger.NewKey(o.Origin); err != nil {
			return nil, err
		}
	}
	l, err := Open(o)
	if err != nil {
		return nil, err
	}
	chain, err := ledger.ReadChain(l.root)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	link := chain.Succeed(l.key, next)
	r := own(record.KeyRotated)
	r.Actor = actor
	r.Log = &record.LogState{
		Origin: l.o.Origin, Key: link.Last(), Signed: base64.StdEncoding.EncodeToString(link[len(link)-1].Old),
	}
	if err := l.commit(ctx, r); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	err = l.closeWith(func() error { return ledger.RotateKey(l.root, l.key, next, len(o.Key) == 0) })
	if err != nil {
		return nil, fmt.Errorf("replacing the signing key: %w", err)
	}
	return next, nil
}

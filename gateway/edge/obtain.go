package edge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
)

// ErrNotACME is wrapped when an authority is to be asked and the issuer is not acme.
var ErrNotACME = errors.New("tls.issuer is not acme: nobody is asked for certificates")

// Obtain asks the authority for every host given that has no certificate, all configured ones when none is given. It
// works with and without a running gateway: one that runs answers the authority's checks from the storage both share.
func (e *Edge) Obtain(ctx context.Context, hosts ...string) error {
	return e.ask(ctx, hosts, func(ctx context.Context, a *acme, host string) error {
		return a.config.ObtainCertAsync(ctx, host)
	})
}

// Renew renews the certificates of the hosts given, all configured ones when none is given: those that are due, or
// every one with force.
func (e *Edge) Renew(ctx context.Context, force bool, hosts ...string) error {
	return e.ask(ctx, hosts, func(ctx context.Context, a *acme, host string) error {
		return a.config.RenewCertAsync(ctx, host, force)
	})
}

func (e *Edge) ask(ctx context.Context, hosts []string, call func(context.Context, *acme, string) error) error {
	s := e.state.Load()
	a, ok := s.source.(*acme)
	if !ok {
		return ErrNotACME
	}
	if len(hosts) == 0 {
		hosts = s.names
	}
	a.aim()
	for _, host := range hosts {
		if !slices.Contains(s.names, host) {
			return fmt.Errorf("asking for a certificate: %s is no configured host", host)
		}
		if err := a.once(ctx, func(ctx context.Context) error { return call(ctx, a, host) }); err != nil {
			return fmt.Errorf("asking for a certificate of %s: %w", host, err)
		}
	}
	return a.load()
}

// once ends a call at its first failure. certmagic has a way of its own for that, which may ask questions on standard
// input.
func (a *acme) once(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	failed := func(err error) { cancel(err) }
	a.failed.Store(&failed)
	defer a.failed.Store(nil)
	if err := call(ctx); err != nil {
		return cmp.Or(context.Cause(ctx), err)
	}
	return nil
}

package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cappertrophy/panwall/gateway/admin"
	"github.com/cappertrophy/panwall/gateway/alert"
	"github.com/cappertrophy/panwall/gateway/audit"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/edge"
)

// Names of controls, as /readyz, alerts and records show them.
const (
	problemRules  = "rules"        // a kept set runs because the folder is faulty
	problemAudit  = "audit"        // the redaction log cannot be written
	problemCert   = "certificates" // one is failing, aging or expired
	problemStore  = "limits store" // replicas cannot count together
	problemClock  = "clock"        // nothing keeps this machine's clock right any more
	problemVerify = "verify"       // the redaction log was tampered with
	problemReview = "daily review" // the redaction log could not be reviewed
	problemAccess = "access log"   // requests leave no line
)

// fail raises a problem with a control; the redaction log says since when and why (PCI DSS 10.7.2, 10.7.3).
func (g *Gateway) fail(name string, err error) {
	if since, isNew := g.raise(name, err); isNew {
		g.untold.add(audit.Control{Type: record.ControlFailed, Outcome: record.Failure, Control: &record.Control{
			Name: name, Cause: err.Error(), Since: record.At(since),
		}})
	}
}

// raise is fail for what the redaction log records by itself. It reports since when, and whether the problem is new.
func (g *Gateway) raise(name string, err error) (since time.Time, isNew bool) {
	since = g.now()
	if !g.problems.raise(admin.Problem{Name: name, Detail: err.Error(), Since: since}) {
		return since, false
	}
	g.log.Error().Str("control", name).Err(err).Msg("control failed")
	g.ring(alert.Message{Event: alert.Failed, Control: name, Detail: err.Error(), Since: since})
	return since, true
}

// restore settles a problem; the redaction log says how long the control was away.
func (g *Gateway) restore(name string) {
	if p, away, settled := g.settle(name); settled {
		g.untold.add(audit.Control{Type: record.ControlRestored, Control: &record.Control{
			Name: name, Cause: p.Detail, Since: record.At(p.Since), Millis: away.Milliseconds(),
		}})
	}
}

// settle is restore for what the redaction log records by itself.
func (g *Gateway) settle(name string) (p admin.Problem, away time.Duration, settled bool) {
	if p, settled = g.problems.settle(name); !settled {
		return p, 0, false
	}
	away = g.now().Sub(p.Since)
	g.log.Info().Str("control", name).Dur("away", away).Msg("control restored")
	g.ring(alert.Message{Event: alert.Restored, Control: name, Detail: p.Detail, Since: p.Since, Seconds: int64(away.Seconds())})
	return p, away, true
}

// offhostTells is told how an anchor or a copy fares.
func (g *Gateway) offhostTells(name string, failed error) {
	if failed != nil {
		g.raise(name, failed)
		return
	}
	g.settle(name)
}

// doorEvent is told what happens at the door. A failing certificate stays a problem until one is obtained; trouble
// with single connections passes and is only logged.
func (g *Gateway) doorEvent(e edge.Event) {
	name := problemCert + " " + e.Host
	switch e.Kind {
	case edge.CertificateObtained, edge.CertificateLoaded:
		g.restore(name)
	case edge.CertificateFailed, edge.CertificateAging, edge.CertificateExpired:
		g.fail(name, fmt.Errorf("%s: %w", e.Kind, cmp.Or(e.Err, errNoDetail)))
	default:
		g.log.Warn().Str("event", string(e.Kind)).Err(e.Err).Msg("the door")
	}
}

var errNoDetail = errors.New("no further detail")

// maxUntold is how many records of controls wait for a log that is down.
const maxUntold = 256

// untold are records of controls on their way to the redaction log. Whoever fails must not wait for it, and the log
// may be the one that is down. The zero value is empty.
type untold struct {
	mu      sync.Mutex
	waiting []audit.Control
	wake    chan struct{}
}

func (u *untold) add(c audit.Control) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.waiting) < maxUntold {
		u.waiting = append(u.waiting, c)
	}
	u.rouse()
}

func (u *untold) rouse() {
	select {
	case u.wake <- struct{}{}:
	default:
	}
}

// tell writes what waits, oldest first, until one cannot be written.
func (u *untold) tell(ctx context.Context, note func(context.Context, audit.Control) error) error {
	for {
		u.mu.Lock()
		if len(u.waiting) == 0 {
			u.mu.Unlock()
			return nil
		}
		c := u.waiting[0]
		u.mu.Unlock()
		if err := note(ctx, c); err != nil && !errors.Is(err, record.ErrVocabulary) {
			return err
		}
		u.mu.Lock()
		u.waiting = u.waiting[1:]
		u.mu.Unlock()
	}
}

// tellOfControls writes the records of controls as they come, until ctx is done. What a log that is down did not take
// is tried again when it is restored.
func (g *Gateway) tellOfControls(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-g.untold.wake:
			if err := g.untold.tell(ctx, g.audit.Note); err != nil && ctx.Err() == nil {
				g.log.Error().Err(err).Msg("records of controls wait for the redaction log")
			}
		}
	}
}

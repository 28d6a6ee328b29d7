package gateway

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cappertrophy/panwall/gateway/alert"
	"github.com/cappertrophy/panwall/gateway/audit"
	"github.com/cappertrophy/panwall/gateway/audit/review"
)

// tend is what the house does by itself while it runs: at the start it says which rules are about to expire, and
// each night it says so again, proves that a card is refused, and reviews the redaction log.
func (g *Gateway) tend(ctx context.Context, background *sync.WaitGroup) {
	background.Go(func() { g.heedClock(ctx) })
	background.Go(func() {
		g.warnOfRules()
		for g.untilNight(ctx) {
			g.warnOfRules()
			g.testItself(ctx)
			g.reviewYesterday(ctx)
		}
	})
}

// heedClock watches whether something keeps this machine's clock right (PCI DSS 10.6). How it was at the start is in
// log.opened; that it no longer is so is a failed control.
func (g *Gateway) heedClock(ctx context.Context) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for was := audit.ClockState(); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			is := audit.ClockState()
			g.clockMoved(was, is)
			was = is
		}
	}
}

// clockMoved tells of a clock that lost what kept it right, or found it again.
func (g *Gateway) clockMoved(was, is string) {
	switch {
	case is == audit.Synchronised:
		g.restore(problemClock)
	case was == audit.Synchronised:
		g.fail(problemClock, errDrifting)
	}
}

var errDrifting = errors.New("nothing keeps this machine's clock right any more: the times of records drift")

// reviewYesterday has the log verified and the day that ended counted in it (PCI DSS 10.3.4, 10.4.1.1).
func (g *Gateway) reviewYesterday(ctx context.Context) {
	digest, err := g.audit.Review(ctx, g.now().AddDate(0, 0, -1))
	if digest != nil {
		g.judge(digest)
	}
	if err != nil && ctx.Err() == nil {
		g.fail(problemReview, err)
		return
	}
	g.restore(problemReview)
}

// judge tells what a review found. The log has a record of it already, and of tampering another.
func (g *Gateway) judge(d *audit.Digest) {
	g.ring(alert.Message{Event: alert.Review, Detail: d.String()})
	if d.Result.Verdict == review.Tampered {
		g.raise(problemVerify, fmt.Errorf("the redaction log was tampered with: %s", d.Result.Faults[0]))
		return
	}
	g.restore(problemVerify)
}

func (g *Gateway) warnOfRules() {
	for _, warning := range g.rules.Load().Warnings(g.now()) {
		g.log.Warn().Str("warning", warning).Msg("rules")
	}
}

// untilNight waits for the hour at which a shop has the fewest visitors; false when ctx ended first.
func (g *Gateway) untilNight(ctx context.Context) bool {
	now := g.now().In(g.ruleOptions(g.house.Load().config).Location)
	night := time.Date(now.Year(), now.Month(), now.Day(), 3, 17, 0, 0, now.Location())
	if !night.After(now) {
		night = night.AddDate(0, 0, 1)
	}
	timer := time.NewTimer(night.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

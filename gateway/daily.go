package gateway

import (
	"context"
	"sync"
	"time"
)

// tend is what the house does by itself while it runs: at the start it says which rules are about to expire, and
// each night it says so again, proves that a card is refused, and reviews the redaction log.
func (g *Gateway) tend(ctx context.Context, background *sync.WaitGroup) {
	background.Go(func() {
		g.warnOfRules()
		for g.untilNight(ctx) {
			g.warnOfRules()
			g.testItself(ctx)
			g.reviewYesterday(ctx)
		}
	})
}

// reviewYesterday has the log verified and the day that ended counted in it (PCI DSS 10.3.4, 10.4.1.1).
func (g *Gateway) reviewYesterday(ctx context.Context) {
	if err := g.audit.Review(ctx, g.now().AddDate(0, 0, -1)); err != nil {
		g.log.Error().Err(err).Msg("the redaction log could not be reviewed")
	}
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

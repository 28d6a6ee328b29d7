package gateway

import (
	"context"
	"sync"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// settled is how long a rules folder has to be quiet before it is read: editors save in several steps.
const settled = 200 * time.Millisecond

// watch reloads when the rules folder changes, where the configuration says so; for development, since nobody answers
// for such a change by name. A watch that cannot be kept is told, and SIGHUP works on.
func (g *Gateway) watch(ctx context.Context, background *sync.WaitGroup) {
	rules := g.house.Load().config.Rules
	if rules.Apply != config.ApplyWatch {
		return
	}
	background.Go(func() {
		if err := ruleset.Watch(ctx, rules.Dir, settled, func() { g.reloadBy(ctx, byWatch) }); err != nil {
			g.log.Error().Err(err).Msg("edited rules are not seen: reload by SIGHUP")
		}
	})
}

package gateway

import (
	"github.com/rs/zerolog"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/logbook"
)

// openAccess opens the log of requests: files of its own, kept as long as the configuration says, or the operator's log,
// whose collector then decides how long visitors' lines are kept.
func (g *Gateway) openAccess(c *config.Config) (err error) {
	lines := g.lines
	if c.Log.AccessDir != "" && c.Log.Access {
		g.days, err = logbook.OpenDays(logbook.DaysOptions{
			Dir: c.Log.AccessDir, Retain: c.Log.AccessRetain, Now: g.now, Told: g.accessTells,
		})
		if err != nil {
			return err
		}
		lines = logbook.NewWriter(g.days)
		g.accessLines = lines
	}
	g.access = logbook.New(lines, zerolog.InfoLevel, g.now)
	return nil
}

// accessTells is told when the access log cannot be written, and with nil when it can again. Requests go on: it is not
// the witness of cards.
func (g *Gateway) accessTells(err error) {
	if err != nil {
		g.fail(problemAccess, err)
		return
	}
	g.restore(problemAccess)
}

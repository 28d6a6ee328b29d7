package gateway

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/cappertrophy/panwall/gateway/alert"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/config"
)

// openBell makes the bell that tells people. It rings from now on: what fails while the house is built is told too.
func (g *Gateway) openBell(c *config.Config) error {
	bell, err := g.newBell(c)
	if err != nil {
		return err
	}
	g.bell.Store(bell)
	return nil
}

func (g *Gateway) newBell(c *config.Config) (*alert.Bell, error) {
	return alert.New(c.Alerts, func(kind string, err error) {
		if err == nil {
			g.metrics.alerts.WithLabelValues(kind, "told").Inc()
			return
		}
		g.metrics.alerts.WithLabelValues(kind, "failed").Inc()
		g.log.Error().Err(err).Str("alert", kind).Msg("somebody could not be told")
	})
}

// ring tells whoever wants to know. Errors may quote files and peers, so every text passes the log's own net first.
func (g *Gateway) ring(m alert.Message) {
	bell := g.bell.Load()
	if bell == nil {
		return
	}
	m.Gateway, m.At = g.options.Config.Audit.Origin, g.now().UTC()
	m.Control, m.Detail = record.Words(m.Control, alertBytes), record.Words(m.Detail, alertBytes)
	bell.Ring(m)
}

const (
	alertBytes    = 1024            // of a text in an alert
	alertPatience = 5 * time.Second // for alerts that wait when the house is closed
)

// replaceBell rings with another configuration's destinations from now on; what waits for the old ones gets a last try.
func (g *Gateway) replaceBell(bell *alert.Bell) {
	old := g.bell.Swap(bell)
	g.closing.Go(func() { closeBell(old) })
}

func closeBell(bell *alert.Bell) {
	if bell == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), alertPatience)
	defer cancel()
	bell.Close(ctx)
}

// hour counts the requests of one hour in which a card was found: many mean that a page of the shop asks for cards, or
// that somebody tries numbers.
type hour struct {
	mu    sync.Mutex
	began time.Time
	n     int
}

// count adds one and returns how many the hour has.
func (h *hour) count(now time.Time) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	if began := now.Truncate(time.Hour); !began.Equal(h.began) {
		h.began, h.n = began, 0
	}
	h.n++
	return h.n
}

// cardFound counts a request in which a card was found. Each destination is told once an hour, at its own number.
func (g *Gateway) cardFound() {
	n := g.hour.count(g.now())
	g.ring(alert.Message{Event: alert.Cards, Count: n, Detail: fmt.Sprintf("%d requests of this hour held a card number", n)})
}

package edge

import (
	"log"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// errorLog gives net/http a place for its lines. Failed handshakes are the weather of the internet and carry whole
// client addresses, so they are shown without one and only when asked for.
func (e *Edge) errorLog() *log.Logger { return log.New(serverLines{e.log}, "", 0) }

type serverLines struct{ log zerolog.Logger }

func (s serverLines) Write(p []byte) (int, error) {
	line := strings.TrimSpace(string(p))
	if rest, ok := strings.CutPrefix(line, "http: TLS handshake error from "); ok {
		_, reason, _ := strings.Cut(rest, ": ")
		s.log.Debug().Str("component", "net/http").Str("reason", reason).Msg("a handshake failed")
		return len(p), nil
	}
	s.log.Warn().Str("component", "net/http").Msg(line)
	return len(p), nil
}

// quiet lets one through a minute.
type quiet struct {
	mu   sync.Mutex
	last time.Time
}

func (q *quiet) pass(now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.last.IsZero() && now.Sub(q.last) < time.Minute {
		return false
	}
	q.last = now
	return true
}

// troubled tells that a listener cannot accept connections.
func (e *Edge) troubled(err error) {
	if e.trouble.pass(e.now()) {
		e.log.Error().Err(err).Msg("connections cannot be accepted")
		e.options.OnEvent(Event{Kind: ListenerTrouble, Err: err})
	}
}

// turnedAway tells that a limit on connections was met.
func (e *Edge) turnedAway() {
	if e.crowd.pass(e.now()) {
		e.log.Warn().Uint64("refused", e.door.count().Refused).Msg("connections were refused: a limit of listen.limits was met")
		e.options.OnEvent(Event{Kind: ClientsRefused})
	}
}

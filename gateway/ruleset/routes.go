package ruleset

import (
	"net/http"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
)

// webSocketRow is a route that may be upgraded.
type webSocketRow struct {
	ID         string      `yaml:"id"`
	About      string      `yaml:"about"`
	Where      Where       `yaml:"where"`
	MaxMessage config.Size `yaml:"max_message"` // default 1MiB
	Rate       float64     `yaml:"rate"`        // messages a second; default 50
}

// bodyRow says what of a route's bodies may pass without being read whole.
type bodyRow struct {
	ID          string      `yaml:"id"`
	About       string      `yaml:"about"`
	Where       Where       `yaml:"where"`
	Uninspected uninspected `yaml:"uninspected"` // default refuse
	Large       large       `yaml:"large"`       // default refuse
	Max         config.Size `yaml:"max"`         // of a streamed body; none: no bound of its own
	Governance  `yaml:",inline"`
}

// targetRow is a route that may carry what is refused elsewhere in a path.
type targetRow struct {
	ID    string      `yaml:"id"`
	About string      `yaml:"about"`
	Where Where       `yaml:"where"`
	Allow []oddTarget `yaml:"allow"`
}

// oddTarget is something in a path that shops read in different ways.
type oddTarget string

// The odd things, as rules name them.
const (
	dotSegments oddTarget = "dot-segments" // /../ and /./, also escaped
	nulByte     oddTarget = "nul"          // %00
	backslash   oddTarget = "backslash"    // %5C
	slash       oddTarget = "slash"        // %2F
)

// Choices are the odd things.
func (oddTarget) Choices() []string {
	return []string{string(dotSegments), string(nulByte), string(backslash), string(slash)}
}

// trailerRow names the trailers of a route.
type trailerRow struct {
	ID    string   `yaml:"id"`
	About string   `yaml:"about"`
	Where Where    `yaml:"where"`
	Names []string `yaml:"names"`
}

// bodyPolicy is a bodyRow, compiled.
type bodyPolicy struct {
	BodyPolicy
	end time.Time
}

func (c *compiler) webSockets(rows []webSocketRow, p place) {
	wheres := make([]*where, len(rows))
	for i, row := range rows {
		at := p.Item(i)
		wheres[i] = c.route(at, row.Where)
		ws := WebSocket{Rule: row.ID, MaxMessage: int64(row.MaxMessage), Rate: row.Rate}
		if row.Rate < 0 {
			at.Key("rate").Fault("write messages a second, for example 20", "a rate below zero")
		}
		if !at.Has("max_message") {
			ws.MaxMessage = 1 << 20
		}
		if !at.Has("rate") {
			ws.Rate = 50
		}
		c.set.sockets = append(c.set.sockets, ws)
	}
	c.uniqueIDs(p, len(rows))
	c.firstWins(p, "websocket", wheres, nil)
	c.set.socketIndex = newIndex(wheres)
}

func (c *compiler) bodies(rows []bodyRow, p place) {
	wheres := make([]*where, len(rows))
	for i, row := range rows {
		at := p.Item(i)
		wheres[i] = c.route(at, row.Where)
		b := bodyPolicy{BodyPolicy: BodyPolicy{
			Rule: row.ID, RecordUninspected: row.Uninspected == "record", Stream: row.Large == "stream", Max: int64(row.Max),
		}}
		lets := ""
		if b.RecordUninspected {
			lets = "forwarding what was not inspected"
		}
		b.end = c.govern(at, &row.Governance, lets)
		if row.Max > 0 && !b.Stream {
			at.Key("max").Fault("write large: stream, or remove it", "max bounds streamed bodies and none may stream here")
		}
		c.set.bodies = append(c.set.bodies, b)
	}
	c.uniqueIDs(p, len(rows))
	c.firstWins(p, "body", wheres, func(i int) bool { return !c.set.bodies[i].end.IsZero() })
	c.set.bodyIndex = newIndex(wheres)
}

func (c *compiler) targets(rows []targetRow, p place) {
	wheres := make([]*where, len(rows))
	for i, row := range rows {
		wheres[i] = c.route(p.Item(i), row.Where)
		p.Item(i).Require("write allow: [dot-segments], or nul, backslash, slash", "allow")
		c.set.targets = append(c.set.targets, row.Allow)
	}
	c.uniqueIDs(p, len(rows))
	c.firstWins(p, "target", wheres, nil)
	c.set.targetIndex = newIndex(wheres)
}

func (c *compiler) trailers(rows []trailerRow, p place) {
	wheres := make([]*where, len(rows))
	for i, row := range rows {
		wheres[i] = c.route(p.Item(i), row.Where)
		p.Item(i).Require("write names: [X-Checksum]", "names")
		var names []string
		for j, name := range row.Names {
			if !validName(name) {
				p.Item(i).Key("names").Item(j).Fault("letters, digits and dashes", "%s is no header name", strictyaml.Quote(name))
			}
			names = append(names, http.CanonicalHeaderKey(name))
		}
		c.set.trailers = append(c.set.trailers, names)
	}
	c.uniqueIDs(p, len(rows))
	c.firstWins(p, "trailer", wheres, nil)
	c.set.trailerIndex = newIndex(wheres)
}

// validName accepts a header name that every shop reads alike: a token (RFC 9110 section 5.6.2) of letters, digits and dashes.
func validName(name string) bool {
	return name != "" && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// route compiles a where that must say something: what a row relaxes, it does not relax everywhere by an oversight.
func (c *compiler) route(p place, w Where) *where {
	compiled := w.compile(p.Key("where"))
	if compiled.everything() && !p.Has("where") {
		p.Fault("write where: {paths: [/upload]}, or [/**] if you mean every path", "says nowhere")
	}
	return &compiled
}

// Package visit is what the stations know of one request on its way through the house.
package visit

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"net/netip"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// Visit is one request's papers. The first station fills them in; later ones read them and note what they did.
// A Visit belongs to the goroutine that serves the request.
type Visit struct {
	ID      string     // incident number: 80 random bits of ours, 16 characters of Crockford's base32
	Start   time.Time  // when the request's header had been read
	Client  netip.Addr // whose request this is, by config.ClientAddress
	Site    *config.Site
	Rules   *ruleset.Set     // the set this request began with; a reload does not change it
	Request *ruleset.Request // what rules select on
	Route   string           // name of the route in logs

	// What stations note for the access log, metrics and records.
	Action   string // what was decided: "pass", "block", "redact", "report", "limit", "refuse"
	Verified bool   // a provider's notification with a good signature: client limits do not count it
	Test     bool   // our own self-test: recorded as one, counted by no client limit
	Code     string // why it was refused, one of refusal's codes
	Nonce    string // of this answer's scripts, where its page wants one; the policy must name it
}

type contextKey struct{}

// With gives ctx the visit.
func With(ctx context.Context, v *Visit) context.Context {
	return context.WithValue(ctx, contextKey{}, v)
}

// From is the visit of ctx, nil when there is none.
func From(ctx context.Context) *Visit {
	v, _ := ctx.Value(contextKey{}).(*Visit)
	return v
}

var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// NewID makes an incident number: 80 random bits in 16 characters that can be read aloud.
func NewID() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24: crypto/rand ends the process instead
	return crockford.EncodeToString(b[:])
}

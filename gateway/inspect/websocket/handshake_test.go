package websocket

import (
	"net/http"
	"testing"
)

// The key and its answer are RFC 6455 section 1.3's own.
func TestAccepted(t *testing.T) {
	tests := map[string]struct {
		change func(req http.Header, resp *http.Response)
		ok     bool
	}{
		"a plain upgrade":                 {func(http.Header, *http.Response) {}, true},
		"a subprotocol that was offered":  {func(_ http.Header, r *http.Response) { r.Header.Set("Sec-WebSocket-Protocol", "chat") }, true},
		"connection among other options":  {func(_ http.Header, r *http.Response) { r.Header.Set("Connection", "keep-alive, Upgrade") }, true},
		"an extension":                    {func(_ http.Header, r *http.Response) { r.Header.Set("Sec-WebSocket-Extensions", "permessage-deflate") }, false},
		"an extension in a second header": {func(_ http.Header, r *http.Response) { r.Header["Sec-Websocket-Extensions"] = []string{"", "x"} }, false},
		"a subprotocol nobody offered":    {func(_ http.Header, r *http.Response) { r.Header.Set("Sec-WebSocket-Protocol", "other") }, false},
		"two subprotocols":                {func(_ http.Header, r *http.Response) { r.Header["Sec-Websocket-Protocol"] = []string{"chat", "soap"} }, false},
		"a wrong proof":                   {func(_ http.Header, r *http.Response) { r.Header.Set("Sec-WebSocket-Accept", "AAAA") }, false},
		"no proof":                        {func(_ http.Header, r *http.Response) { r.Header.Del("Sec-WebSocket-Accept") }, false},
		"a proof of another key":          {func(q http.Header, _ *http.Response) { q.Set("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==") }, false},
		"another protocol":                {func(_ http.Header, r *http.Response) { r.Header.Set("Upgrade", "h2c") }, false},
		"no connection header":            {func(_ http.Header, r *http.Response) { r.Header.Del("Connection") }, false},
		"an answer that does not upgrade": {func(_ http.Header, r *http.Response) { r.StatusCode = 200 }, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			req, resp := http.Header{}, &http.Response{StatusCode: 101, Header: http.Header{}}
			req.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
			req.Set("Sec-WebSocket-Protocol", "soap, chat")
			resp.Header.Set("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
			resp.Header.Set("Upgrade", "WebSocket")
			resp.Header.Set("Connection", "Upgrade")
			test.change(req, resp)
			if err := Accepted(req, resp); (err == nil) != test.ok {
				t.Errorf("accepted: %v", err)
			}
		})
	}
}

func TestOfferNone(t *testing.T) {
	h := http.Header{}
	h.Add("Sec-WebSocket-Extensions", "permessage-deflate")
	h.Add("sec-websocket-extensions", "x-other")
	if OfferNone(h); len(h) != 0 {
		t.Errorf("still offered: %v", h)
	}
}

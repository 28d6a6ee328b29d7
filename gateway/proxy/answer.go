package proxy

import (
	"context"
	"io"
	"mime"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"sync"

	"golang.org/x/net/http/httpguts"
)

// upstreamError is a fault on the shop's side of an answer that had begun.
type upstreamError struct{ err error }

func (e *upstreamError) Error() string { return "reading the shop's answer: " + e.err.Error() }
func (e *upstreamError) Unwrap() error { return e.err }

// ends are fields of an answer that speak for the shop's own server. Alt-Svc (RFC 7838) would lead browsers to another
// address of the same origin, past every inspection.
var ends = map[string]bool{"Alt-Svc": true}

// relay writes the shop's answer: header, body, trailers.
func relay(w http.ResponseWriter, resp *http.Response) error {
	h := w.Header()
	named := resp.Header["Connection"]
	for name, values := range resp.Header {
		if ends[name] || hopByHop[name] && name != "Content-Length" || len(named) > 0 && httpguts.HeaderValuesContainsToken(named, name) {
			continue
		}
		h[name] = values
	}
	if _, typed := h["Content-Type"]; !typed {
		h["Content-Type"] = nil // keeps net/http from guessing one
	}
	announced := len(resp.Trailer)
	for name := range resp.Trailer {
		h.Add("Trailer", name)
	}
	w.WriteHeader(resp.StatusCode)
	if err := stream(w, resp); err != nil {
		return err
	}
	if len(resp.Trailer) == 0 {
		return nil
	}
	_ = http.NewResponseController(w).Flush() // a body so short that it is still buffered would get a Content-Length and lose its trailers
	for name, values := range resp.Trailer {
		if len(resp.Trailer) == announced {
			h[name] = values
		} else {
			h[http.TrailerPrefix+name] = values
		}
	}
	return nil
}

// buffers carry answers.
var buffers = sync.Pool{New: func() any { return new([32 << 10]byte) }}

// stream copies the body. What has no length of its own is being made while we read, so each piece goes out at once.
func stream(w http.ResponseWriter, resp *http.Response) error {
	if resp.Body == http.NoBody {
		return nil
	}
	buffer := buffers.Get().(*[32 << 10]byte)
	used := 0
	defer func() {
		clear(buffer[:used]) // nobody's answer lies in memory for longer than it takes
		buffers.Put(buffer)
	}()
	var flush *http.ResponseController
	if resp.ContentLength < 0 || isEventStream(resp.Header.Get("Content-Type")) {
		flush = http.NewResponseController(w)
		_ = flush.Flush() // a stream may be open for long before its first event
	}
	for {
		n, err := resp.Body.Read(buffer[:])
		used = max(used, n)
		if n > 0 {
			if _, werr := w.Write(buffer[:n]); werr != nil {
				return werr
			}
			if flush != nil {
				_ = flush.Flush() // the next write says what is wrong
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return &upstreamError{err}
		}
	}
}

func isEventStream(contentType string) bool {
	if !strings.HasPrefix(contentType, "text/event-stream") {
		return false
	}
	mediaType, _, _ := mime.ParseMediaType(contentType)
	return mediaType == "text/event-stream"
}

// hints pass the shop's informational answers on while it is still thinking (RFC 8297). The transport calls from a
// goroutine of its own, so nothing passes once the handler has gone on.
type hints struct {
	mu    sync.Mutex
	to    http.ResponseWriter
	ended bool
}

func (s *hints) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got1xxResponse: s.pass})
}

func (s *hints) end() {
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
}

// pass writes one informational answer. A 100 stays: the client has got ours, or asked for none.
func (s *hints) pass(code int, header textproto.MIMEHeader) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || code == http.StatusContinue {
		return nil
	}
	h := s.to.Header()
	for name, values := range header {
		if !hopByHop[name] {
			h[name] = values
		}
	}
	s.to.WriteHeader(code)
	clear(h) // what was hinted is not yet said: the final header comes from the final answer
	return nil
}

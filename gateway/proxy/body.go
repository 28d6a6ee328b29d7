package proxy

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/cappertrophy/panwall/gateway/refusal"
)

// body is the client's body on its way to the shop. It notes what ended it, and lets go of the reader when the handler
// returns: a transport may go on reading in the background, from memory that by then holds somebody else's request.
type body struct {
	mu   sync.Mutex
	from io.Reader // nil: there is no body
	err  error     // what ended it; io.EOF when all was read
}

var errReleased = errors.New("the request is over")

func newBody(r *http.Request) *body {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return &body{err: io.EOF}
	}
	return &body{from: r.Body}
}

// Read reads on. An error stays: after it there is nothing that could be taken for the rest.
func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.from.Read(p)
	if err != nil {
		b.err = err
	}
	return n, err
}

// Close leaves the body open: a transport closes it after a dial that failed, and the next origin needs it. The server
// closes it in the end.
func (b *body) Close() error { return nil }

// release ends reading. Where a read still waits for the client, its deadline is drawn in; the rest of such a body is
// never read, so net/http closes the connection.
func (b *body) release(w http.ResponseWriter) {
	if b.from == nil {
		return
	}
	if !b.mu.TryLock() {
		_ = http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0))
		b.mu.Lock()
	}
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = errReleased
	}
}

// fault is the refusal that the client's side of a body deserves, nil if that side did not fail.
func (b *body) fault() *refusal.Refusal {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil || errors.Is(b.err, io.EOF) && !errors.Is(b.err, io.ErrUnexpectedEOF) {
		return nil
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(b.err, &tooLarge):
		return &refusal.Refusal{Code: refusal.TooLarge}
	case errors.Is(b.err, os.ErrDeadlineExceeded):
		return &refusal.Refusal{Code: refusal.Timeout}
	}
	return refusalOr(b.err, refusal.BadRequest)
}

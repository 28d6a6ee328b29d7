package inspect

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/cappertrophy/panwall/gateway/refusal"
)

// Payload is a body in memory. It can be read many times until it is released: then readers fail, and the bytes are gone.
type Payload struct {
	mu    sync.Mutex
	bytes []byte
	gone  bool
}

var errReleased = errors.New("body was released")

// Open is a new reader from the start.
func (p *Payload) Open() io.ReadCloser { return &replay{payload: p} }

func (p *Payload) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.gone {
		discard(p.bytes)
	}
	p.bytes, p.gone = nil, true
}

// replay reads a payload once. A transport may still be reading when the answer is already there; it is then told that
// the body ended, and never reads memory that serves another request.
type replay struct {
	payload *Payload
	at      int
}

func (r *replay) Read(b []byte) (int, error) {
	r.payload.mu.Lock()
	defer r.payload.mu.Unlock()
	if r.payload.gone {
		return 0, errReleased
	}
	if r.at == len(r.payload.bytes) {
		return 0, io.EOF
	}
	n := copy(b, r.payload.bytes[r.at:])
	r.at += n
	return n, nil
}

func (r *replay) Close() error { return nil }

// take reads the body whole, charging memory as it arrives.
func take(ctx context.Context, r *http.Request, limit int64, h *hold) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, &refusal.Refusal{Code: refusal.TooLarge}
	}
	room := int64(4 << 10)
	if r.ContentLength >= 0 {
		room = min(r.ContentLength+1, 64<<10) // one byte more than announced shows the end without growing
	}
	if err := h.take(room); err != nil {
		return nil, err
	}
	b := buffer(int(room))
	for {
		n, err := r.Body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		switch {
		case int64(len(b)) > limit:
			discard(b)
			return nil, &refusal.Refusal{Code: refusal.TooLarge}
		case err == io.EOF:
			return b, nil
		case err != nil:
			discard(b)
			return nil, readFault(ctx, err)
		case len(b) == cap(b):
			more := int64(2 * cap(b))
			if r.ContentLength >= 0 {
				more = min(more, r.ContentLength+1)
			}
			if err := h.take(more - int64(cap(b))); err != nil {
				discard(b)
				return nil, err
			}
			grown := append(buffer(int(more)), b...)
			discard(b)
			b = grown
		}
	}
}

// readFault is the answer to a body that did not arrive.
func readFault(ctx context.Context, err error) error {
	var timeout net.Error
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &refusal.Refusal{Code: refusal.TooLarge}
	}
	if errors.As(err, &timeout) && timeout.Timeout() || errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &refusal.Refusal{Code: refusal.Timeout}
	}
	return &refusal.Refusal{Code: refusal.BadRequest}
}

// fault is the answer to an inspection that ended before its end.
func fault(err error) error {
	switch {
	case errors.Is(err, errMemory):
		return &refusal.Refusal{Code: refusal.Busy, RetryAfter: 5 * time.Second}
	case errors.Is(err, errBudget):
		return &refusal.Refusal{Code: refusal.TooLarge}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &refusal.Refusal{Code: refusal.Timeout} // the client went away, or took too long
	case errors.Is(err, errUnknown), errors.Is(err, errCharset):
		return &refusal.Refusal{Code: refusal.UnsupportedMedia}
	case errors.Is(err, errCoding), errors.Is(err, errFraming):
		return &refusal.Refusal{Code: refusal.BadRequest}
	default:
		return err
	}
}

var (
	errCharset = errors.New("charset is not read here")
	errFraming = errors.New("framing is ambiguous")
)

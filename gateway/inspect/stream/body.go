package stream

import (
	"errors"
	"io"
	"sync"

	"github.com/cappertrophy/panwall/gateway/pan"
)

// Body is an upload being passed on; it is read by one goroutine and may be closed by another.
type Body struct {
	src io.ReadCloser
	o   Options

	mu        sync.Mutex // held by Read; Close takes it if it can
	closing   sync.Once
	raw       *pan.Stream
	matches   []pan.Match
	parser    parser
	buf       []byte // bytes that have arrived and not been forwarded
	base      int64  // offset of buf in the body
	ended     bool   // the source has
	failed    error
	forwarded int64
}

// readSize is how much is taken from the source at once.
const readSize = 32 << 10

// New is a body that reads src. boundary is the multipart boundary; empty: the body is one file.
func New(src io.ReadCloser, boundary string, o Options) *Body {
	b := &Body{src: src, o: o, raw: pan.NewStream(o.Scanner, "")}
	b.parser = newParser(&b.o, boundary)
	return b
}

// Read gives bytes that have been decided. Its error, other than io.EOF, is a *Cut.
func (b *Body) Read(p []byte) (n int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer func() {
		if recover() != nil { // a transport's goroutine: nobody else would catch it
			n, err = 0, b.fail(ErrFault)
		}
	}()
	for b.failed == nil && len(p) > 0 {
		if ready := b.ready(); ready > 0 {
			return b.give(p, ready), nil
		}
		if b.ended {
			return 0, b.end()
		}
		if err := b.fill(); err != nil {
			return 0, b.fail(err)
		}
	}
	return 0, b.failed
}

// ready is how many bytes from the beginning of buf may go on.
func (b *Body) ready() int {
	safe := b.base + int64(len(b.buf))
	if !b.ended {
		safe = b.raw.Safe()
	}
	return int(min(safe, b.parser.decided) - b.base)
}

func (b *Body) give(p []byte, ready int) int {
	n := copy(p, b.buf[:ready])
	rest := copy(b.buf, b.buf[n:])
	clear(b.buf[rest:])
	b.buf = b.buf[:rest]
	b.base += int64(n)
	b.forwarded += int64(n)
	return n
}

// fill takes more from the source and decides what can be.
func (b *Body) fill() error {
	b.room()
	at := len(b.buf)
	n, err := b.src.Read(b.buf[at:min(cap(b.buf), at+readSize)])
	b.buf = b.buf[:at+n]
	if b.o.Max > 0 && b.base+int64(len(b.buf)) > b.o.Max {
		return ErrTooLarge
	}
	b.matches = b.raw.Feed(b.matches[:0], b.buf[at:])
	if errors.Is(err, io.EOF) {
		b.ended, err = true, nil
		b.matches = b.raw.Close(b.matches)
	}
	if err != nil {
		return err
	}
	if err := b.tell(); err != nil {
		return err
	}
	return b.parser.parse(b.buf, b.base, b.ended)
}

func (b *Body) tell() error {
	for _, m := range b.matches {
		if err := b.o.Found(b.parser.part, m); err != nil {
			return err
		}
	}
	return nil
}

// room makes place for one read, and overwrites what it leaves.
func (b *Body) room() {
	if cap(b.buf)-len(b.buf) >= readSize {
		return
	}
	larger := make([]byte, len(b.buf), max(window+Overlap+2*readSize, 2*cap(b.buf)))
	copy(larger, b.buf)
	clear(b.buf)
	b.buf = larger
}

// end is the answer once all has been given.
func (b *Body) end() error {
	b.failed = io.EOF
	b.forget()
	return io.EOF
}

func (b *Body) fail(why error) error {
	b.failed = &Cut{Forwarded: b.forwarded, Why: why}
	b.forget()
	return b.failed
}

func (b *Body) forget() {
	clear(b.buf[:cap(b.buf)])
	b.buf = nil
}

// Forwarded is how many bytes have gone on. It is to be asked once reading is over.
func (b *Body) Forwarded() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.forwarded
}

// Close ends the upload. A Read under way is ended by the source.
func (b *Body) Close() (err error) {
	b.closing.Do(func() {
		err = b.src.Close()
		if b.mu.TryLock() {
			if b.failed == nil {
				_ = b.fail(io.ErrClosedPipe)
			}
			b.mu.Unlock()
		}
	})
	return err
}

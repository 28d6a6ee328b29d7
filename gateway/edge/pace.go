package edge

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// paced gives every body a minimum rate, and every answer over HTTP/2, where a client can hold one stream back by flow
// control. (RFC 9110 section 15.5.9 has 408 for a slow body; a client that does not read cannot be told anything.)
// Answers over HTTP/1.1 are paced by conn.Write.
func (e *Edge) paced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limits := e.door.current()
		rate, grace := limits.minRate, limits.grace
		control := http.NewResponseController(w)
		c := connFrom(r)
		var body *pacedBody
		if r.Body != nil && r.Body != http.NoBody {
			body = &pacedBody{ReadCloser: r.Body, conn: c, pace: pace{rate: rate, grace: grace, cut: control.SetReadDeadline}}
			r.Body = body
		}
		if r.ProtoMajor < 2 {
			c.plain.Store(true)
			next.ServeHTTP(w, r)
			return
		}
		c.account.begin()
		next.ServeHTTP(&pacedWriter{ResponseWriter: w, pace: pace{rate: rate, grace: grace, cut: control.SetWriteDeadline}}, r)
		_ = control.SetWriteDeadline(time.Now().Add(2 * grace)) // the last bytes leave after the handler
		if !c.account.end(r, body == nil || body.ended) {
			_ = c.Close()
		}
	})
}

// pace is the time that a stream of bytes has left: a grace, and what the bytes so far have earned at the minimum
// rate. Only waiting for the client counts, never what we do between two calls.
type pace struct {
	rate  int64 // bytes a second
	grace time.Duration
	cut   func(time.Time) error // ends a call that waits
	spent time.Duration
	bytes int64
	timer *time.Timer
}

// wait runs call, which moves bytes from or to the client, and cuts it when the stream's time is up.
// A deadline set beforehand would be cheaper, but HTTP/2 resets a stream whose deadline passes between two calls.
func (p *pace) wait(call func() (int, error)) (int, error) {
	start := time.Now() // deadlines are on the machine's clock, whatever the gateway's says
	// A fast start does not buy an endless stall.
	allowed := min(p.grace+time.Duration(p.bytes/p.rate)*time.Second-p.spent, 2*p.grace)
	if p.timer == nil {
		p.timer = time.AfterFunc(allowed, p.expire)
	} else {
		p.timer.Reset(allowed)
	}
	n, err := call()
	p.timer.Stop()
	p.bytes += int64(n)
	p.spent += time.Since(start)
	return n, err
}

// expire runs on the timer's goroutine. net/http's HTTP/2 panics when the handler has ended in the same moment; then
// there is nothing left to cut.
func (p *pace) expire() {
	defer func() { _ = recover() }()
	_ = p.cut(time.Unix(1, 0))
}

type pacedBody struct {
	io.ReadCloser
	conn  *conn
	pace  pace
	ended bool // nothing of it is left
}

func (b *pacedBody) Read(p []byte) (int, error) {
	n, err := b.pace.wait(func() (int, error) { return b.ReadCloser.Read(p) })
	b.conn.account.body(n)
	b.ended = errors.Is(err, io.EOF)
	return n, err
}

type pacedWriter struct {
	http.ResponseWriter
	pace pace
}

func (w *pacedWriter) Write(p []byte) (int, error) {
	return w.pace.wait(func() (int, error) { return w.ResponseWriter.Write(p) })
}

// FlushError flushes; it waits for the client as Write does.
func (w *pacedWriter) FlushError() error {
	_, err := w.pace.wait(func() (int, error) { return 0, http.NewResponseController(w.ResponseWriter).Flush() })
	return err
}

// Flush is for callers that know no other way to flush.
func (w *pacedWriter) Flush() { _ = w.FlushError() }

// Unwrap lets http.ResponseController find the writer below.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

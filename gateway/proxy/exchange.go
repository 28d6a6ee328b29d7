package proxy

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"time"
)

// exchange is one request and its answer on a connection; afterwards it is the answer's body.
type exchange struct {
	client  *Client
	conn    *conn
	release func() bool
	writing chan error    // nil when the request was written before its answer was read
	whole   bool          // the request was written whole
	keep    bool          // the shop keeps the connection open after this answer
	body    io.ReadCloser // of the answer, as net/http frames it
	ended   bool
}

// newExchange binds a connection to a request: who waits in a read or write wakes up when the client goes.
func newExchange(c *Client, conn *conn, r *http.Request) *exchange {
	conn.begin()
	return &exchange{client: c, conn: conn, release: context.AfterFunc(r.Context(), conn.interrupt)}
}

// run writes the request and reads the header of its answer.
func (x *exchange) run(r *http.Request) (*http.Response, error) {
	resp, err := x.send(r)
	if err == nil {
		return resp, nil
	}
	x.end(false)
	if ended := r.Context().Err(); ended != nil {
		return nil, ended
	}
	return nil, err
}

// smallBody is how much is written before the answer is read, in bytes: it fits into the buffers between two machines.
// A larger body, or one of unknown length, is written beside, since the shop may answer before it has all of it.
const smallBody = 64 << 10

func (x *exchange) send(r *http.Request) (*http.Response, error) {
	if err := writeHead(x.conn.out, r); err != nil {
		return nil, err
	}
	if !hasBody(r) || r.ContentLength >= 0 && r.ContentLength <= smallBody && len(r.Trailer) == 0 {
		err := writeBody(x.conn, r, x.client.timeout)
		if err != nil && !mayHaveAnswered(err) {
			return nil, err
		}
		x.whole = err == nil
		x.conn.readWithin(x.client.timeout)
		return x.answer(r)
	}
	x.writing = make(chan error, 1)
	go x.writeBeside(r)
	return x.answer(r)
}

// writeBeside writes a body while the answer is awaited. The clock of the answer starts when the shop has it all.
func (x *exchange) writeBeside(r *http.Request) {
	err := errPanicked
	defer func() {
		_ = recover() // net/http recovers only its own goroutine
		if err != nil && !mayHaveAnswered(err) {
			x.conn.interrupt() // a request that cannot be completed has no answer to wait for
		}
		x.writing <- err
	}()
	if err = writeBody(x.conn, r, x.client.timeout); err == nil {
		x.conn.readWithin(x.client.timeout)
	}
}

// The faults that are the client's own.
var (
	errPanicked  = errors.New("panic while writing a body")
	errAfterRead = errors.New("the answer's body is closed")
)

// answer reads headers until one is final; how many come before is bounded by the bytes that a header may have.
func (x *exchange) answer(r *http.Request) (*http.Response, error) {
	trace := httptrace.ContextClientTrace(r.Context())
	for {
		resp, err := x.conn.readHeader(r)
		if err != nil {
			return nil, err
		}
		switch {
		case resp.StatusCode == http.StatusSwitchingProtocols:
			return x.switched(resp), nil
		case resp.StatusCode >= 200:
			return x.final(resp), nil
		case trace != nil && trace.Got1xxResponse != nil:
			if err := trace.Got1xxResponse(resp.StatusCode, textproto.MIMEHeader(resp.Header)); err != nil {
				return nil, err
			}
		}
	}
}

// final makes the exchange the answer's body.
func (x *exchange) final(resp *http.Response) *http.Response {
	x.conn.stream()
	x.keep = !resp.Close
	if resp.Body == http.NoBody {
		x.end(true)
		return resp
	}
	x.body = resp.Body
	resp.Body = x
	return resp
}

// switched hands the connection over as the answer's body: from now on it carries another protocol.
func (x *exchange) switched(resp *http.Response) *http.Response {
	x.conn.stream()
	x.release()
	x.ended = true
	resp.Body = struct {
		io.Reader
		io.WriteCloser
	}{x.conn.in, x.conn}
	return resp
}

// Read reads the answer's body; its end gives the connection back.
func (x *exchange) Read(p []byte) (int, error) {
	if x.body == nil {
		return 0, errAfterRead
	}
	n, err := x.body.Read(p)
	if err != nil {
		x.end(err == io.EOF)
	}
	return n, err
}

// Close ends the exchange; a body that was not read to its end takes the connection with it.
func (x *exchange) Close() error {
	x.end(false)
	x.body = nil
	return nil
}

// end gives the connection back if both sides are through with each other, and closes it in every other case: after
// half a request or half an answer the next bytes would be taken for something else.
func (x *exchange) end(read bool) {
	if x.ended {
		return
	}
	x.ended = true
	undisturbed := x.release()
	if x.writing != nil {
		select {
		case err := <-x.writing:
			x.whole = err == nil
		default:
		}
	}
	if read && undisturbed && x.whole && x.keep && x.conn.in.Buffered() == 0 {
		x.client.pool.put(x.conn)
		return
	}
	_ = x.conn.Close()
}

// newBuffers are a connection's, for its whole life.
func newBuffers(c *conn) (*bufio.Reader, *bufio.Writer) {
	const size = 16 << 10 // a head and a small body in one read or write
	return bufio.NewReaderSize(reader{c}, size), bufio.NewWriterSize(c, size)
}

// long ago wakes whoever waits.
var longAgo = time.Unix(1, 0)

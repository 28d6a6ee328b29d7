package proxy

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"os"
	"strconv"
	"time"

	"golang.org/x/net/http/httpguts"
)

// writeHead writes request line and header. Everything in it has been through net/http's parser; what could end a line
// is checked all the same, since here it would begin another request.
func writeHead(out *bufio.Writer, r *http.Request) error {
	target := r.URL.Opaque
	if target == "" {
		target = r.URL.EscapedPath()
	}
	if r.URL.RawQuery != "" || r.URL.ForceQuery {
		target += "?" + r.URL.RawQuery
	}
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	if !httpguts.ValidHeaderFieldName(r.Method) || !oneWord(target) || !oneWord(host) {
		return errUnwritable
	}
	for _, s := range [...]string{r.Method, " ", target, " HTTP/1.1\r\nHost: ", host, "\r\n"} {
		_, _ = out.WriteString(s) // a bufio.Writer keeps its error until Flush
	}
	for name, values := range r.Header {
		if err := writeField(out, name, values); err != nil {
			return err
		}
	}
	writeFraming(out, r)
	_, _ = out.WriteString("\r\n")
	return nil
}

// errUnwritable is a request that would not be one on the wire.
var errUnwritable = errors.New("request that cannot be written")

// oneWord reports whether s can stand in a request line: no space, no control byte, not empty.
func oneWord(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7f {
			return false
		}
	}
	return s != ""
}

func writeField(out *bufio.Writer, name string, values []string) error {
	switch name {
	case "Host", "Content-Length", "Transfer-Encoding", "Trailer":
		return nil // framing is ours
	case "User-Agent":
		if len(values) == 1 && values[0] == "" {
			return nil // the sign to http.Transport that there is none
		}
	}
	if !httpguts.ValidHeaderFieldName(name) {
		return errUnwritable
	}
	for _, value := range values {
		if !httpguts.ValidHeaderFieldValue(value) {
			return errUnwritable
		}
		for _, s := range [...]string{name, ": ", value, "\r\n"} {
			_, _ = out.WriteString(s)
		}
	}
	return nil
}

func hasBody(r *http.Request) bool { return r.Body != nil && r.Body != http.NoBody }

func isChunked(r *http.Request) bool { return r.ContentLength < 0 || len(r.Trailer) > 0 }

// writeFraming says how long the body is (RFC 9112 section 6); a POST, PUT or PATCH without one says so (RFC 9110
// section 8.6).
func writeFraming(out *bufio.Writer, r *http.Request) {
	switch {
	case !hasBody(r):
		if r.Method == http.MethodPost || r.Method == http.MethodPut || r.Method == http.MethodPatch {
			_, _ = out.WriteString("Content-Length: 0\r\n")
		}
	case isChunked(r):
		for name := range r.Trailer {
			_, _ = out.WriteString("Trailer: " + name + "\r\n")
		}
		_, _ = out.WriteString("Transfer-Encoding: chunked\r\n")
	default:
		_, _ = out.WriteString("Content-Length: ")
		_, _ = out.Write(strconv.AppendInt(out.AvailableBuffer(), r.ContentLength, 10))
		_, _ = out.WriteString("\r\n")
	}
}

// writeError is a fault of the connection, not of the body.
type writeError struct{ err error }

func (e *writeError) Error() string { return "writing to the shop: " + e.err.Error() }
func (e *writeError) Unwrap() error { return e.err }

// mayHaveAnswered reports whether the shop may have answered though it did not take all: it hung up, perhaps on a body
// that it found too large.
func mayHaveAnswered(err error) bool {
	var broken *writeError
	return errors.As(err, &broken) && !errors.Is(err, os.ErrDeadlineExceeded)
}

// writeBody writes the body, if any, and what is still in the buffer. Patience is for each piece.
func writeBody(c *conn, r *http.Request, patience time.Duration) error {
	c.writeWithin(patience)
	switch {
	case !hasBody(r):
	case isChunked(r):
		if err := copyChunks(c, r, patience); err != nil {
			return err
		}
	default:
		if err := copyBody(c.out, c, r.Body, r.ContentLength, patience); err != nil {
			return err
		}
	}
	return flush(c)
}

func flush(c *conn) error {
	if err := c.out.Flush(); err != nil {
		return &writeError{err}
	}
	return nil
}

// copyBody writes exactly length bytes, or fails: a body that is shorter must not look whole.
func copyBody(to io.Writer, c *conn, body io.Reader, length int64, patience time.Duration) error {
	buffer := buffers.Get().(*[32 << 10]byte)
	used := 0
	defer func() {
		clear(buffer[:used]) // what visitors send lies in memory no longer than it must
		buffers.Put(buffer)
	}()
	for rest := length; length < 0 || rest > 0; {
		piece := buffer[:]
		if length >= 0 {
			piece = piece[:min(rest, int64(len(piece)))]
		}
		n, err := body.Read(piece)
		used, rest = max(used, n), rest-int64(n)
		if n > 0 {
			c.writeWithin(patience)
			if _, werr := to.Write(piece[:n]); werr != nil {
				return &writeError{werr}
			}
			if length < 0 || length > smallBody { // somebody may be waiting for just this piece
				if err := flush(c); err != nil {
					return err
				}
			}
		}
		switch {
		case err == io.EOF && length >= 0 && rest > 0:
			return fmt.Errorf("reading the body: %w", io.ErrUnexpectedEOF)
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("reading the body: %w", err)
		}
	}
	return nil
}

// copyChunks writes a body of unknown length as it comes, and its trailers.
func copyChunks(c *conn, r *http.Request, patience time.Duration) error {
	chunks := httputil.NewChunkedWriter(c.out)
	if err := copyBody(chunks, c, r.Body, -1, patience); err != nil {
		return err
	}
	if err := chunks.Close(); err != nil {
		return &writeError{err}
	}
	for name, values := range r.Trailer {
		if err := writeField(c.out, name, values); err != nil {
			return err
		}
	}
	_, _ = c.out.WriteString("\r\n")
	return nil
}

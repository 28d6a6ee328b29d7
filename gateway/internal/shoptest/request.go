package shoptest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// Request is one request as it arrived.
type Request struct {
	Raw    []byte // every byte, head, framing and body
	Method string
	Target string
	Lines  []string // header lines as sent, without CRLF, in order
	Body   []byte   // without framing
	// Trailer is the lines after the last chunk.
	Trailer []string
}

// Path is the target up to the query.
func (q Request) Path() string {
	path, _, _ := strings.Cut(q.Target, "?")
	return path
}

// Values are the values of a header in the order they were sent; the name is compared without regard to case.
func (q Request) Values(name string) []string {
	var values []string
	for _, line := range q.Lines {
		key, value, _ := strings.Cut(line, ":")
		if strings.EqualFold(key, name) {
			values = append(values, strings.TrimPrefix(value, " "))
		}
	}
	return values
}

// Value is the first value of a header, empty if there is none.
func (q Request) Value(name string) string {
	if v := q.Values(name); len(v) > 0 {
		return v[0]
	}
	return ""
}

// readRequest reads one request with as little judgement as framing needs.
func readRequest(in *bufio.Reader) (Request, error) {
	var q Request
	first, err := line(in)
	if err != nil {
		return q, err
	}
	parts := strings.Split(first, " ")
	if len(parts) != 3 {
		return q, fmt.Errorf("request line %q", first)
	}
	q.Method, q.Target = parts[0], parts[1]
	if q.Lines, err = lines(in); err != nil {
		return q, err
	}
	switch length := q.Value("Content-Length"); {
	case strings.EqualFold(q.Value("Transfer-Encoding"), "chunked"):
		err = q.readChunks(in)
	case length != "":
		n, bad := strconv.ParseInt(length, 10, 64)
		if bad != nil {
			return q, bad
		}
		q.Body = make([]byte, n)
		_, err = io.ReadFull(in, q.Body)
	}
	return q, err
}

func (q *Request) readChunks(in *bufio.Reader) error {
	for {
		size, err := line(in)
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(size, 16, 64)
		if err != nil {
			return err
		}
		if n == 0 {
			q.Trailer, err = lines(in)
			return err
		}
		chunk := make([]byte, n+2)
		if _, err := io.ReadFull(in, chunk); err != nil {
			return err
		}
		q.Body = append(q.Body, chunk[:n]...)
	}
}

func line(in *bufio.Reader) (string, error) {
	s, err := in.ReadString('\n')
	return strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r"), err
}

func lines(in *bufio.Reader) ([]string, error) {
	var all []string
	for {
		s, err := line(in)
		if err != nil || s == "" {
			return all, err
		}
		all = append(all, s)
	}
}

// tee keeps what is read.
type tee struct {
	from net.Conn
	kept []byte
}

func (t *tee) Read(p []byte) (int, error) {
	n, err := t.from.Read(p)
	t.kept = append(t.kept, p[:n]...)
	return n, err
}

// forget keeps only the last n bytes, which belong to what follows.
func (t *tee) forget(n int) { t.kept = append([]byte(nil), t.kept[len(t.kept)-n:]...) }

// without is what was kept but for the last n bytes, which belong to what follows.
func (t *tee) without(n int) []byte { return t.kept[:len(t.kept)-n] }

package headers

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// writer stamps at the final WriteHeader and nowhere before: a 103 from the shop would take stamps set earlier with it,
// and what the shop's answer carries is known only then.
type writer struct {
	http.ResponseWriter
	station *Station
	request *http.Request
	decided bool // the final header is out, or the connection is somebody else's
}

// WriteHeader stamps and sends a final header; informational ones pass, but not to an HTTP/1.0 client, which would take
// one for the answer (RFC 9110 section 15.2). A second final one is dropped, as net/http would do with a complaint.
func (w *writer) WriteHeader(status int) {
	if status >= 100 && status < 200 && status != http.StatusSwitchingProtocols {
		if !w.decided && w.request.ProtoAtLeast(1, 1) {
			w.ResponseWriter.WriteHeader(status)
		}
		return
	}
	if w.decided {
		return
	}
	w.decided = true
	w.station.stamp(w.Header(), w.request)
	w.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the body; the first one makes the status 200 if there is none yet.
func (w *writer) Write(p []byte) (int, error) {
	if !w.decided {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(p)
}

// ReadFrom keeps net/http's own way of copying a body.
func (w *writer) ReadFrom(from io.Reader) (int64, error) {
	if !w.decided {
		w.WriteHeader(http.StatusOK)
	}
	return io.Copy(w.ResponseWriter, from)
}

// FlushError sends what is buffered; net/http would send the header with it, unstamped.
func (w *writer) FlushError() error {
	if !w.decided {
		w.WriteHeader(http.StatusOK)
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Flush is FlushError for those who ask for an http.Flusher.
func (w *writer) Flush() { _ = w.FlushError() }

// Hijack hands over the connection. Whoever takes it before a status writes an answer of their own.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.decided = true
	}
	return conn, rw, err
}

// Unwrap lets http.ResponseController reach deadlines and full duplex.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

package pages

import (
	"mime"
	"net/http"

	"github.com/cappertrophy/panwall/gateway/visit"
)

// writer passes an answer on and, where it is HTML, through a rewriter.
type writer struct {
	http.ResponseWriter
	visit   *visit.Visit
	known   func(Script) bool
	decided bool
	html    *rewriter // nil: the answer passes as it is
}

// WriteHeader decides by the final header whether the body is read.
func (w *writer) WriteHeader(status int) {
	if status >= 200 && !w.decided {
		w.decided = true
		if h := w.Header(); isHTML(status, h) {
			w.visit.Nonce = newNonce()
			for _, name := range []string{"Content-Length", "Etag", "Last-Modified", "Accept-Ranges"} {
				delete(h, name) // they were about other bytes
			}
			w.html = newRewriter(w.ResponseWriter, w.visit.Nonce, w.known)
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

func isHTML(status int, h http.Header) bool {
	if status == http.StatusNoContent || status == http.StatusNotModified || status == http.StatusPartialContent {
		return false
	}
	if coding := h.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return false
	}
	mediaType, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && (mediaType == "text/html" || mediaType == "application/xhtml+xml")
}

// Write passes a part on.
func (w *writer) Write(p []byte) (int, error) {
	if !w.decided {
		w.WriteHeader(http.StatusOK)
	}
	if w.html == nil {
		return w.ResponseWriter.Write(p)
	}
	return w.html.Write(p)
}

// FlushError sends what was read whole; an unfinished tag waits.
func (w *writer) FlushError() error {
	if !w.decided {
		w.WriteHeader(http.StatusOK)
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the connection.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// finish writes what the page ended with.
func (w *writer) finish() {
	if w.html != nil {
		w.html.finish()
	}
}

// abandon lets go of a page that broke off.
func (w *writer) abandon() {
	if w.html != nil {
		w.html.stop()
	}
}

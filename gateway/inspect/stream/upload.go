package stream

import (
	"fmt"
	"mime"
	"net/http"
	"strings"
)

// Upload puts a Body in the place of r's, where r is an upload that may be streamed: in one request, without content
// codings, with one way to read its framing. The request cannot be sent a second time, and its trailers are dropped:
// they would arrive after everything had gone on.
func Upload(r *http.Request, o Options) (*Body, error) {
	if Resumable(r.Header) {
		return nil, ErrResumable
	}
	if coding := strings.ToLower(strings.Join(r.Header.Values("Content-Encoding"), ",")); coding != "" && coding != "identity" {
		return nil, ErrCoded
	}
	if o.Max > 0 && r.ContentLength > o.Max {
		return nil, ErrTooLarge
	}
	boundary, err := boundaryOf(r.Header)
	if err != nil {
		return nil, err
	}
	b := New(r.Body, boundary, o)
	r.Body, r.GetBody, r.Trailer = b, nil, nil
	r.Header.Del("Trailer")
	return b, nil
}

// boundaryOf is the boundary of a multipart body, empty for any other. Where programs could find different ones, there
// is none: RFC 2046 section 5.1.1 gives it 1 to 70 characters, and nobody needs RFC 2231's pieces.
func boundaryOf(h http.Header) (string, error) {
	types := h.Values("Content-Type")
	if len(types) > 1 {
		return "", fmt.Errorf("reading Content-Type: %w", ErrFraming)
	}
	said := strings.Join(types, "")
	if !strings.Contains(strings.ToLower(said), "multipart") {
		return "", nil
	}
	kind, parameters, err := mime.ParseMediaType(said)
	boundary := parameters["boundary"]
	odd := strings.Contains(strings.ToLower(said), "boundary*") || strings.TrimSpace(boundary) != boundary
	if err != nil || kind != "multipart/form-data" || odd || len(boundary) < 1 || len(boundary) > 70 {
		return "", fmt.Errorf("reading Content-Type: %w", ErrFraming)
	}
	return boundary, nil
}

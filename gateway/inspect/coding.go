package inspect

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// Bounds on what a coding may make of a body.
const (
	mostCodings = 2
	zstdWindow  = 8 << 20 // RFC 9659
)

var (
	errCoding  = errors.New("coding is broken")
	errUnknown = errors.New("coding is unknown")
)

// codingsOf is the content codings of a header, in the order in which they were applied.
func codingsOf(h http.Header) ([]string, error) {
	var codings []string
	for _, line := range h["Content-Encoding"] {
		for name := range strings.SplitSeq(line, ",") {
			switch name = strings.ToLower(strings.Trim(name, " \t")); name {
			case "", "identity":
			case "gzip", "x-gzip", "deflate", "br", "zstd":
				codings = append(codings, strings.TrimPrefix(name, "x-"))
			default:
				return nil, errUnknown
			}
		}
	}
	if len(codings) > mostCodings {
		return nil, fmt.Errorf("more than %d codings: %w", mostCodings, errUnknown)
	}
	return codings, nil
}

// decodeCoding undoes one coding. What follows the coded bytes is given back too: a reader of the shop's may see it.
func decodeCoding(coding string, src []byte, b *budget) (out, rest []byte, err error) {
	switch coding {
	case "gzip":
		return inflate(src, b, func(r *bytes.Reader) (io.Reader, error) { return gzip.NewReader(r) })
	case "deflate":
		if out, rest, err = inflate(src, b, func(r *bytes.Reader) (io.Reader, error) { return zlib.NewReader(r) }); err == nil || errors.Is(err, errBudget) {
			return out, rest, err
		}
		return inflate(src, b, func(r *bytes.Reader) (io.Reader, error) { return flate.NewReader(r), nil })
	case "br":
		return inflate(src, b, func(r *bytes.Reader) (io.Reader, error) { return brotli.NewReader(r), nil })
	case "zstd":
		return inflate(src, b, zstdReader)
	}
	return nil, nil, errUnknown
}

func zstdReader(r *bytes.Reader) (io.Reader, error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderMaxMemory(mostDecoded))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

// inflate reads one decoder to its end, charging what it makes before it is kept.
func inflate(src []byte, b *budget, open func(*bytes.Reader) (io.Reader, error)) (out, rest []byte, err error) {
	in := bytes.NewReader(src)
	r, err := open(in)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errCoding, err)
	}
	if c, ok := r.(io.Closer); ok {
		defer func() { _ = c.Close() }() // frees a decoder; what it held was read
	}
	var chunk [16 << 10]byte
	for {
		n, err := r.Read(chunk[:])
		if n > 0 {
			if err := b.Grow(len(src), len(out)+n); err != nil {
				return nil, nil, err
			}
			if err := b.Spend(n); err != nil {
				return nil, nil, err
			}
			if err := b.hold.take(int64(n)); err != nil {
				return nil, nil, err
			}
			out = append(out, chunk[:n]...)
		}
		switch {
		case err == io.EOF:
			return out, src[len(src)-in.Len():], nil
		case err != nil:
			return nil, nil, fmt.Errorf("%w: %w", errCoding, err)
		}
	}
}

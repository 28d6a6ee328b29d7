// Package stream passes a large upload on while looking at it, in constant memory. Bytes go on only once everything
// that depends on them has been decided; where the decision is to block, the upload ends in an error, upon which a
// transport closes the upstream connection without using it again.
//
// It reads the body twice at the same time: its bytes, through a scanner that holds back the longest number, and its
// structure: headers and fields of a multipart body are held whole, the contents of files go through a window.
package stream

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/cappertrophy/panwall/gateway/pan"
)

// Bounds of what is held. Together with the scanner's own buffer they are the memory of one upload: about a megabyte
// and a half at most, 400 KiB while a file passes.
const (
	longestHeader = 16 << 10  // of one part, and of what stands before the first
	longestField  = 1 << 20   // content of a part that is no file
	longestPiece  = 64        // of a number in several fields, in bytes
	longestEnd    = 64 << 10  // what follows the last part
	sniffed       = 4 << 10   // of a file, held until its type is known
	window        = 192 << 10 // of a file's content, looked at in one piece
)

// Overlap is how many bytes two windows share: longer than any number in any encoding, words before it included.
const Overlap = 16 << 10

// Why an upload cannot be passed on.
var (
	// ErrFraming says that two readers could take the body apart differently, or that it ended early.
	ErrFraming = errors.New("multipart framing is ambiguous")
	// ErrTooLarge says that the body, a field or a header is larger than allowed.
	ErrTooLarge = errors.New("upload is too large")
	// ErrResumable says that the request is a piece of an upload in several: a number cut in two by them would be seen
	// by nobody.
	ErrResumable = errors.New("upload is one of several pieces")
	// ErrCoded says that a content coding stands between the bytes and their reader.
	ErrCoded = errors.New("upload is coded")
	// ErrFault says that our own code failed.
	ErrFault = errors.New("looking at the upload failed")
)

// Part is what a multipart body says of one of its parts. The zero Part is a body that is one file.
type Part struct {
	Name     string // of the field
	Filename string
	File     bool // it has a file name or a type of its own that is no text: its content streams
	Index    int  // from 1
}

// Options are who decides. Each function is called before any byte it was given is forwarded, and an error of it ends
// the upload; none may keep the bytes. All but Scanner and Found may be nil, which looks no further.
type Options struct {
	Scanner *pan.Scanner
	// Found is told of each match in the raw bytes, with the part it ends in.
	Found func(Part, pan.Match) error
	// Header looks at a part's whole header, and at what stands before the first part and behind the last.
	Header func(Part, []byte) error
	// Field looks at the whole content of a part that is no file. One of a few digits alone goes on only once the part
	// behind it was looked at too, or the end.
	Field func(Part, []byte) error
	// File is asked about a file by its first bytes: a format that cannot be looked into is the caller's to refuse.
	File func(Part, []byte) error
	// Window looks at a stretch of a file's content. Stretches overlap by Overlap, more than the longest number.
	Window func(Part, []byte) error
	// Max is the largest body in bytes; zero sets no bound.
	Max int64
}

// Cut is the error of an upload that was ended.
type Cut struct {
	Forwarded int64 // bytes that had gone on
	Why       error
}

// Error says that the upload was cut, not why: the cause may be shown where its own words are safe.
func (c *Cut) Error() string { return fmt.Sprintf("upload cut after %d bytes", c.Forwarded) }

// Unwrap is the cause.
func (c *Cut) Unwrap() error { return c.Why }

// resumable are the headers of uploads in several requests: RFC 9110 section 14.4, tus 1.0, and the IETF's resumable
// uploads.
var resumable = []string{"Content-Range", "Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Defer-Length", "Upload-Concat", "Upload-Complete", "Upload-Incomplete"}

// Resumable reports whether a request is a piece of an upload in several requests.
func Resumable(h http.Header) bool {
	for _, name := range resumable {
		if len(h.Values(name)) > 0 {
			return true
		}
	}
	return false
}

// Package carrier takes texts out of the formats that hold them: archives, office documents, PDF, mail and the
// metadata of images. It knows nothing of cards and nothing of HTTP: it is given bytes and a budget, and hands each
// text to its caller.
//
// Everything it reads was made by a stranger. Where two readers of a format could disagree (a zip's directory and its
// local headers, bytes before, between and behind), both readings are handed over or the whole is refused.
//
// Not seen: pixels and sound; text drawn as lines, or with a font that maps its glyphs to nothing; what a formula, macro
// or script would compute; a PDF's images and font programs, whose streams stay packed; documents under a password,
// legacy Office, 7z, RAR, xz and the like, which are opaque and refused unless a route records them.
package carrier

import "errors"

// Why a carrier could not be read. The caller decides whether that refuses the request or is recorded.
var (
	// ErrEncrypted says that the texts are there but sealed with a password.
	ErrEncrypted = errors.New("carrier is encrypted")
	// ErrBroken says that the carrier contradicts its format or itself.
	ErrBroken = errors.New("carrier is broken")
	// ErrOpaque says that the format, or a method inside it, is one this package does not read.
	ErrOpaque = errors.New("carrier is opaque")
)

// Text is one text found in a carrier. Data is valid only until visit returns.
type Text struct {
	Name  string // of the cell, entry, key or header the text belongs to; empty if it has none. A stranger's words
	Data  []byte
	Type  string // media type with parameters as a part of a mail declares it, empty elsewhere; its charset is the caller's
	Whole bool   // Data is exactly one value of Name
	View  string // the reading it took to see it: "zip", "xlsx", "pdf", "exif"
	File  bool   // Data is the content of a file: to be looked at by type, as if it had been uploaded by itself
}

// Budget is the caller's purse. An error it returns ends the walk and is returned as it is.
type Budget interface {
	// Spend is asked before n more decoded bytes are kept or handed over.
	Spend(n int) error
	// Grow is asked when a carrier of so many packed bytes has made so many plain ones so far.
	Grow(packed, plain int) error
	// Hold is asked before n more bytes of memory are taken for decoded bytes; Free gives them back.
	Hold(n int) error
	Free(n int)
	// Entry is asked before each entry of an archive, page, sheet or part is opened.
	Entry() error
	// Enter is asked once for each carrier opened that may hold files, never for an image; leave gives the level back.
	Enter() (leave func(), err error)
}

// Walk hands every text in content to visit, in the order of the carrier as far as it has one. name is the file's
// name or empty. The first error of visit or b ends it and is returned as it is; other errors wrap ErrEncrypted,
// ErrBroken or ErrOpaque and come after the texts that could be read. A Format that holds no texts gives none.
func Walk(f Format, content []byte, name string, b Budget, visit func(Text) error) error {
	w := &walk{b: b, visit: visit, name: name, view: f.String(), packed: len(content)}
	switch {
	case f == None || f == Media:
		return nil
	case f.Image():
		return w.images(f, content)
	case f.Opaque():
		return opaque("a format of its own")
	}
	leave, err := b.Enter()
	if err != nil {
		return err
	}
	defer leave()
	return w.open(f, content)
}

// open reads a carrier that may hold files.
func (w *walk) open(f Format, content []byte) error {
	switch f {
	case Gzip:
		return w.gzip(content)
	case Zlib:
		return w.zlib(content)
	case Deflate:
		return w.deflate(content)
	case Bzip2:
		return w.bzip2(content)
	case Zstd:
		return w.zstd(content)
	case Brotli:
		return w.brotli(content)
	case Zip:
		return w.zip(content)
	case Tar:
		return w.tar(content)
	case PDF:
		return w.pdf(content)
	case RTF:
		return w.rtf(content)
	default:
		return w.mail(content)
	}
}

package carrier

import (
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/flate"
)

// Compression methods (APPNOTE.TXT section 4.4.5).
const (
	methodStore   = 0
	methodDeflate = 8
	methodBzip2   = 12
	methodZstd    = 93
	methodAES     = 99
)

// zip reads an archive twice: by its directory, as most programs do, and by its local headers from front to back, as
// programs that stream do. What only the second finds (deleted or hidden entries) is handed over as well.
func (w *walk) zip(content []byte) error {
	d, fault := readDirectory(content)
	if fault != nil {
		d = zipDirectory{from: len(content), to: len(content)}
	}
	z := zipWalk{walk: w, shared: -1, content: content, directory: d, office: newOffice(w, d.entries)}
	for _, step := range []func() error{z.words, z.sharedStrings, z.before, z.behind, z.sharedBesides, z.office.end} {
		if err := step(); err != nil {
			return err
		}
	}
	if fault == nil && z.second {
		return broken("a zip with two directories")
	}
	return fault
}

// zipWalk is one archive being read.
type zipWalk struct {
	*walk
	content   []byte
	directory zipDirectory
	next      int // entry of the directory that comes next
	office    *office
	shared    int       // where the table of shared strings is, which has been read; -1 without one
	second    bool      // something that a reader could take for another directory
	late      *zipEntry // the table of shared strings, whose bytes are read when the cells have shown what they show of it
}

// words hands over what stands in the directory itself.
func (z *zipWalk) words() error {
	for _, e := range z.directory.entries {
		for _, words := range [][]byte{e.name, e.extra, e.comment} {
			if err := z.value("", words); err != nil {
				return err
			}
		}
	}
	return z.value("", z.directory.comment)
}

// before and behind read the entries in front of the directory and whatever follows it.
func (z *zipWalk) before() error { return z.locals(0, z.directory.from) }
func (z *zipWalk) behind() error { return z.locals(z.directory.to, len(z.content)) }

// locals goes from local header to local header. Bytes between them are stray.
func (z *zipWalk) locals(at, limit int) error {
	for at < limit {
		header := bytes.Index(z.content[at:limit], []byte(localSignature))
		if header < 0 {
			return z.gap(z.content[at:limit])
		}
		header += at
		if err := z.gap(z.content[at:header]); err != nil {
			return err
		}
		end, err := z.local(header, limit)
		if err != nil {
			return err
		}
		at = end
	}
	return nil
}

// gap hands over what stands between entries. A directory there is one that some other program may go by.
func (z *zipWalk) gap(between []byte) error {
	z.second = z.second || bytes.Contains(between, []byte(endSignature)) || bytes.Contains(between, []byte(directorySignature))
	return z.stray(between)
}

// local reads the entry whose local header is at a place and says where it ends.
func (z *zipWalk) local(header, limit int) (end int, err error) {
	e, ok := localEntry(z.content, header)
	known := z.next < len(z.directory.entries) && z.directory.entries[z.next].header == header
	if known {
		e = z.directory.entries[z.next]
		z.next++
	}
	switch {
	case !ok || !e.fits(limit):
		return 0, broken("a zip entry")
	case e.sealed():
		return 0, fmt.Errorf("reading a zip entry: %w", ErrEncrypted)
	}
	if err := z.b.Entry(); err != nil {
		return 0, err
	}
	if known && header == z.shared {
		z.late = &e
		return e.end(), nil
	}
	if known || e.packed > 0 || e.flags&flagDescriptor == 0 {
		return e.end(), z.entry(&e, z.content[e.start:e.end()])
	}
	took, err := z.endless(&e, z.content[e.start:limit])
	return e.start + took, err
}

// entry unpacks one entry and hands it over. What the compressed data leave over is stray.
func (z *zipWalk) entry(e *zipEntry, packed []byte) error {
	if e.method == methodStore || len(packed) == 0 {
		return z.hand(e, packed)
	}
	src := bytes.NewReader(packed)
	r, closer, err := decoder(e.method, src)
	if err != nil {
		return err
	}
	defer closer()
	if err := z.unpack(r, func(plain []byte) error { return z.hand(e, plain) }); err != nil {
		return err
	}
	return z.stray(packed[len(packed)-src.Len():])
}

// endless unpacks an entry whose size nothing says but its own end, which deflate alone has.
func (z *zipWalk) endless(e *zipEntry, packed []byte) (took int, err error) {
	if e.method != methodDeflate {
		return 0, broken("a zip entry of unknown size")
	}
	src := bytes.NewReader(packed)
	err = z.unpack(flate.NewReader(src), func(plain []byte) error { return z.hand(e, plain) })
	return len(packed) - src.Len(), err
}

func (z *zipWalk) hand(e *zipEntry, plain []byte) error {
	if e.header == z.shared {
		z.office.seen(plain)
	} else if err := z.office.read(plain); err != nil {
		return err
	}
	return z.office.besides(string(e.name), plain)
}

// sharedStrings reads a workbook's strings before the sheets that point at them.
func (z *zipWalk) sharedStrings() error {
	i := slices.IndexFunc(z.directory.entries, func(e zipEntry) bool { return isSharedStrings(e.name) })
	if i < 0 {
		return nil
	}
	e := &z.directory.entries[i]
	if e.sealed() || !z.office.active {
		return nil // its turn comes, and with it the refusal
	}
	z.shared = e.header
	r, closer, err := decoder(e.method, bytes.NewReader(z.content[e.start:e.end()]))
	if err != nil {
		return err
	}
	defer closer()
	return z.unpack(r, z.office.strings)
}

// sharedBesides reads the bytes of the table of shared strings.
func (z *zipWalk) sharedBesides() error {
	if z.late == nil {
		return nil
	}
	return z.entry(z.late, z.content[z.late.start:z.late.end()])
}

// decoder undoes one of the methods that have a maintained library; the others are opaque.
func decoder(method uint16, src *bytes.Reader) (r io.Reader, done func(), err error) {
	switch method {
	case methodStore:
		return src, func() {}, nil
	case methodDeflate:
		return flate.NewReader(src), func() {}, nil
	case methodBzip2:
		return slow{bzip2.NewReader(src)}, func() {}, nil
	case methodZstd:
		zr, err := newZstd(src)
		if err != nil {
			return nil, nil, broken("a zip entry")
		}
		return zr, zr.Close, nil
	default:
		return nil, nil, fmt.Errorf("undoing a zip method: %w", ErrOpaque)
	}
}

package carrier

import (
	"bytes"
	"compress/bzip2"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// zstdWindow is the largest window a decoder must support (RFC 8878 section 3.1.1.1.2), and RFC 9659 allows no more.
const zstdWindow = 8 << 20

// gzip reads every member (RFC 1952 section 2.2) as one text, as gunzip does, so that a number cut in two by a
// member's end is whole again; then the members' own names and comments, and what follows the last.
func (w *walk) gzip(content []byte) error {
	src := bytes.NewReader(content) // a ByteReader: the decoder takes nothing beyond a member's end
	members := &members{src: src}
	err := w.unpack(members, func(plain []byte) error { return w.file(w.inner(), plain) })
	if err != nil {
		return err
	}
	for _, words := range members.words {
		if err := w.value("", []byte(words)); err != nil {
			return err
		}
	}
	return w.stray(content[len(content)-src.Len():])
}

// mostMembers bounds the members of one gzip file; bgzip makes one in 64 KiB.
const mostMembers = 4096

// members reads gzip members one after another and stops where no other begins.
type members struct {
	src   *bytes.Reader
	gz    *gzip.Reader
	count int
	words []string
}

func (m *members) Read(p []byte) (int, error) {
	for {
		if m.gz == nil {
			if err := m.next(); err != nil {
				return 0, err
			}
		}
		n, err := m.gz.Read(p)
		if err == io.EOF {
			m.words = append(m.words, m.gz.Name, m.gz.Comment, string(m.gz.Extra))
			m.gz = nil
			err = nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (m *members) next() error {
	var magic [2]byte
	at := m.src.Size() - int64(m.src.Len())
	if _, err := m.src.ReadAt(magic[:], at); m.count > 0 && (err != nil || magic != [2]byte{0x1f, 0x8b}) {
		return io.EOF
	}
	if m.count++; m.count > mostMembers {
		return ErrBroken
	}
	gz, err := gzip.NewReader(m.src)
	if err != nil {
		return err
	}
	gz.Multistream(false)
	m.gz = gz
	return nil
}

func (w *walk) zlib(content []byte) error {
	src := bytes.NewReader(content)
	r, err := zlib.NewReader(src)
	if err != nil {
		return broken("a zlib header")
	}
	if err := w.unpack(r, func(plain []byte) error { return w.file(w.inner(), plain) }); err != nil {
		return err
	}
	return w.stray(content[len(content)-src.Len():])
}

// zstd reads every frame. What follows the last frame is an error of the decoder's: it is refused, not looked at.
func (w *walk) zstd(content []byte) error {
	r, err := newZstd(bytes.NewReader(content))
	if err != nil {
		return broken("a zstd frame")
	}
	defer r.Close()
	return w.unpack(r, func(plain []byte) error { return w.file(w.inner(), plain) })
}

func newZstd(src io.Reader) (*zstd.Decoder, error) {
	return zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderMaxMemory(1<<30)) // the budget ends it long before
}

func (w *walk) bzip2(content []byte) error {
	src := bytes.NewReader(content)
	if err := w.unpack(slow{bzip2.NewReader(src)}, func(plain []byte) error { return w.file(w.inner(), plain) }); err != nil {
		return err
	}
	return w.stray(content[len(content)-src.Len():])
}

func (w *walk) brotli(content []byte) error {
	src := bytes.NewReader(content)
	if err := w.unpack(brotli.NewReader(src), func(plain []byte) error { return w.file(w.inner(), plain) }); err != nil {
		return err
	}
	return w.stray(content[len(content)-src.Len():])
}

package carrier

import (
	"archive/tar"
	"bytes"
	"io"
	"maps"
	"slices"
)

// tar hands over the entries and every word of their headers. Bytes behind the end are stray: GNU tar reads on with
// --ignore-zeros.
func (w *walk) tar(content []byte) error {
	src := bytes.NewReader(content)
	archive := tar.NewReader(src)
	for {
		h, err := archive.Next()
		if err == io.EOF {
			return w.stray(content[len(content)-src.Len():])
		}
		if err != nil {
			return broken("a tar header")
		}
		if err := w.b.Entry(); err != nil {
			return err
		}
		if err := w.tarWords(h); err != nil {
			return err
		}
		if err := w.unpack(archive, func(plain []byte) error { return w.file(h.Name, plain) }); err != nil {
			return err
		}
	}
}

func (w *walk) tarWords(h *tar.Header) error {
	words := []string{h.Name, h.Linkname, h.Uname, h.Gname}
	for _, key := range slices.Sorted(maps.Keys(h.PAXRecords)) {
		words = append(words, key, h.PAXRecords[key])
	}
	for _, s := range words {
		if err := w.value("", []byte(s)); err != nil {
			return err
		}
	}
	return nil
}

package carrier

import (
	"bytes"
	"encoding/binary"

	"github.com/klauspost/compress/zlib"
)

// png hands over the text chunks of ISO/IEC 15948 (section 11.3.3) and EXIF. Checksums are not looked at: viewers
// show what has a wrong one.
func (w *walk) png(content []byte) (rest []byte, err error) {
	for rest = skip(content, 8); len(rest) >= 12; {
		size, name := int(binary.BigEndian.Uint32(rest)), string(rest[4:8])
		if size > len(rest)-12 {
			return nil, nil
		}
		if err := w.pngChunk(name, rest[8:8+size]); err != nil {
			return nil, err
		}
		if rest = rest[12+size:]; name == "IEND" {
			return rest, nil
		}
	}
	return nil, nil
}

func (w *walk) pngChunk(name string, body []byte) error {
	key, text, _ := bytes.Cut(body, []byte{0})
	switch name {
	case "tEXt":
		return w.keyed(key, text)
	case "zTXt":
		return w.pngPacked(key, skip(text, 1)) // one compression method
	case "iTXt":
		return w.pngInternational(key, text)
	case "eXIf":
		return w.exif(body)
	case "IDAT", "IHDR", "PLTE":
		return nil
	}
	return w.loose("", body)
}

// keyed hands over a key and its text. XMP stands in such a text, so it is a file.
func (w *walk) keyed(key, text []byte) error {
	if err := w.value("", key); err != nil {
		return err
	}
	return w.file(string(key), text)
}

// pngPacked undoes zlib. What does not unpack stays raw. Each costs a decoder, and counts as an entry.
func (w *walk) pngPacked(key, packed []byte) error {
	if err := w.b.Entry(); err != nil {
		return err
	}
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil
	}
	return w.unpack(r, func(text []byte) error { return w.keyed(key, text) })
}

// pngInternational reads: flag, method, language, NUL, translated key, NUL, text.
func (w *walk) pngInternational(key, rest []byte) error {
	if len(rest) < 2 {
		return nil
	}
	packed := rest[0] == 1
	language, rest, _ := bytes.Cut(rest[2:], []byte{0})
	translated, text, _ := bytes.Cut(rest, []byte{0})
	for _, words := range [][]byte{language, translated} {
		if err := w.value("", words); err != nil {
			return err
		}
	}
	if packed {
		return w.pngPacked(key, text)
	}
	return w.keyed(key, text)
}

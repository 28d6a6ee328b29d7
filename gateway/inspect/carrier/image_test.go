package carrier

import (
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"
)

// pngOf is a PNG of one pixel with further chunks before its end.
func pngOf(chunks ...[]byte) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	b = append(b, pngChunkOf("IHDR", "\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00")...)
	for _, c := range chunks {
		b = append(b, c...)
	}
	b = append(b, pngChunkOf("IDAT", "\x78\x9c\x63\x00\x00\x00\x02\x00\x01")...)
	return append(b, pngChunkOf("IEND", "")...)
}

func pngChunkOf(name, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, name...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// jpegOf is a JPEG of segments, each a marker and its bytes, with a scan that holds what a scan may.
func jpegOf(segments ...string) []byte {
	b := "\xff\xd8"
	for _, s := range segments {
		b += "\xff" + s[:1] + string(binary.BigEndian.AppendUint16(nil, uint16(len(s)+1))) + s[1:]
	}
	return []byte(b + "\xff\xda\x00\x04\x01\x00scan\xff\x00\xff\xd0more\xff\xd9")
}

// tiffOf is a TIFF, little endian, of one folder: tags with their type and value.
func tiffOf(tags ...tiffTag) []byte {
	b := []byte("II*\x00\x08\x00\x00\x00")
	b = binary.LittleEndian.AppendUint16(b, uint16(len(tags)))
	at := len(b) + 12*len(tags) + 4
	var values string
	for _, tag := range tags {
		b = binary.LittleEndian.AppendUint16(b, tag.id)
		b = binary.LittleEndian.AppendUint16(b, tag.kind)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(tag.value)))
		b = binary.LittleEndian.AppendUint32(b, uint32(at+len(values)))
		values += tag.value
	}
	return append(append(b, 0, 0, 0, 0), values...)
}

type tiffTag struct {
	id, kind uint16
	value    string
}

func riffOf(chunk, body string) []byte {
	b := "WEBP" + chunk + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body + strings.Repeat("\x00", len(body)&1)
	return []byte("RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(b)))) + b)
}

func gifOf(blocks string) []byte {
	return []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00" + blocks + "\x3b")
}

func TestImages(t *testing.T) {
	wide := func(n string) string { return utf16Of(n)[2:] }
	everyCard(t, map[string]func(n string) []byte{
		"a JPEG's comment": func(n string) []byte { return jpegOf("\xfecard " + n) },
		"EXIF: a description": func(n string) []byte {
			return jpegOf("\xe1Exif\x00\x00" + string(tiffOf(tiffTag{0x010e, 2, n + "\x00"})))
		},
		"EXIF: a comment in UTF-16": func(n string) []byte {
			return jpegOf("\xe1Exif\x00\x00" + string(tiffOf(tiffTag{0x9286, 7, "UNICODE\x00" + wide(n)})))
		},
		"EXIF: a comment in ASCII": func(n string) []byte {
			return jpegOf("\xe1Exif\x00\x00" + string(tiffOf(tiffTag{0x9286, 7, "ASCII\x00\x00\x00" + n})))
		},
		"EXIF: Windows' title": func(n string) []byte {
			return jpegOf("\xe1Exif\x00\x00" + string(tiffOf(tiffTag{0x9c9b, 1, wide(n) + "\x00\x00"})))
		},
		"XMP": func(n string) []byte { return jpegOf("\xe1http://ns.adobe.com/xap/1.0/\x00<x>" + n + "</x>") },
		"IPTC": func(n string) []byte {
			return jpegOf("\xedPhotoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x20\x1c\x02\x78\x00\x10" + n)
		},
		"text behind a JPEG":         func(n string) []byte { return append(jpegOf(), "a text with "+n...) },
		"a gzip behind a JPEG":       func(n string) []byte { return append(jpegOf(), gzipped(t, n)...) },
		"a JPEG behind a JPEG":       func(n string) []byte { return append(jpegOf(), jpegOf("\xfecard "+n)...) },
		"a PNG's text":               func(n string) []byte { return pngOf(pngChunkOf("tEXt", "Comment\x00"+n)) },
		"a PNG's packed text":        func(n string) []byte { return pngOf(pngChunkOf("zTXt", "Comment\x00\x00"+string(zlibbed(t, n)))) },
		"a PNG's international text": func(n string) []byte { return pngOf(pngChunkOf("iTXt", "Comment\x00\x00\x00kk\x00x\x00"+n)) },
		"the same, packed": func(n string) []byte {
			return pngOf(pngChunkOf("iTXt", "Comment\x00\x01\x00\x00\x00"+string(zlibbed(t, n))))
		},
		"a PNG's EXIF":         func(n string) []byte { return pngOf(pngChunkOf("eXIf", string(tiffOf(tiffTag{0x010e, 2, n})))) },
		"a chunk of one's own": func(n string) []byte { return pngOf(pngChunkOf("caRd", n)) },
		"text behind a PNG":    func(n string) []byte { return append(pngOf(), "a text with "+n...) },
		"a GIF's comment":      func(n string) []byte { return gifOf("\x21\xfe\x08" + n[:8] + "\x08" + n[8:] + "\x00") },
		"text behind a GIF":    func(n string) []byte { return append(gifOf(""), "a text with "+n...) },
		"WebP's XMP":           func(n string) []byte { return riffOf("XMP ", "<x>"+n+"</x>") },
		"WebP's EXIF":          func(n string) []byte { return riffOf("EXIF", string(tiffOf(tiffTag{0x010e, 2, n}))) },
		"text behind a WebP":   func(n string) []byte { return append(riffOf("VP8 ", "xx"), "a text with "+n...) },
		"a TIFF's description": func(n string) []byte { return tiffOf(tiffTag{0x010e, 2, n}) },
	})
}

// Pixels may look like anything: an image that breaks is no fault, and what follows its end mark is still found.
func TestImagesAreNeverBroken(t *testing.T) {
	for name, content := range map[string]string{
		"half a JPEG":                "\xff\xd8\xff\xe0\x00\x10JFIF",
		"a JPEG of noise":            "\xff\xd8\xff\xdb\x00\x43\xaf\xd5\xaa",
		"a PNG whose chunk is short": "\x89PNG\r\n\x1a\n\x00\x00\xff\xffIDAT\x00",
		"a GIF of a header":          "GIF89a\x01",
		"a WebP that ends early":     "RIFF\xff\xff\x00\x00WEBPVP8 \xff\xff\x00\x00",
		"a TIFF that points outside": "II*\x00\xff\xff\xff\x7f",
	} {
		if got, err := look([]byte(content), "", newPurse()); err != nil {
			t.Errorf("%s: %v%s", name, err, got.shape())
		}
	}
}

// A million images of four bytes behind one another cost entries, not time.
func TestImagesInARowAreBounded(t *testing.T) {
	if _, err := look([]byte(strings.Repeat("\xff\xd8\xff\xd9", 1<<20)), "", newPurse()); err != errSpent {
		t.Errorf("walking: %v", err)
	}
	texts := strings.Repeat(string(pngChunkOf("zTXt", "a\x00\x00"+string(zlibbed(t, "b")))), 100_000)
	if _, err := look(pngOf([]byte(texts)), "", newPurse()); err != errSpent {
		t.Errorf("walking packed texts: %v", err)
	}
}

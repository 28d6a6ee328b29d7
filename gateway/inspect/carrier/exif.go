package carrier

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/text/encoding/unicode"
)

// Tags and types of TIFF 6.0 and EXIF 2.32 (CIPA DC-008) that lead further or hold text.
const (
	tagXMP         = 0x02bc
	tagIPTC        = 0x83bb
	tagPhotoshop   = 0x8649
	tagExifIFD     = 0x8769
	tagGPSIFD      = 0x8825
	tagSubIFDs     = 0x014a
	tagInteropIFD  = 0xa005
	tagUserComment = 0x9286
	tagXPTitle     = 0x9c9b // and the four after it: Windows' own, in UTF-16
	tagXPSubject   = 0x9c9f

	typeASCII = 2
	typeLong  = 4

	mostFolders = 64   // image file directories in one TIFF
	mostTags    = 4096 // tags in all of them
)

// exif reads a TIFF structure, which EXIF is: folders of tags that point anywhere in it.
func (w *walk) exif(tiff []byte) error {
	var order binary.ByteOrder = binary.LittleEndian
	if len(tiff) < 8 {
		return nil
	}
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	t := tiffReader{walk: w, bytes: tiff, order: order, seen: make(map[uint32]bool)}
	t.queue = []uint32{order.Uint32(tiff[4:])}
	for len(t.queue) > 0 && len(t.seen) < mostFolders {
		at := t.queue[0]
		t.queue = t.queue[1:]
		if t.seen[at] {
			continue
		}
		t.seen[at] = true
		if err := t.folder(at); err != nil {
			return err
		}
	}
	return nil
}

type tiffReader struct {
	*walk
	bytes []byte
	order binary.ByteOrder
	queue []uint32
	seen  map[uint32]bool
	tags  int
}

// folder reads one directory: a count, tags of twelve bytes, the place of the next.
func (t *tiffReader) folder(at uint32) error {
	if uint64(at)+2 > uint64(len(t.bytes)) {
		return nil
	}
	count := int(t.order.Uint16(t.bytes[at:]))
	rest := t.bytes[at+2:]
	for ; count > 0 && len(rest) >= 12 && t.tags < mostTags; count-- {
		t.tags++
		if err := t.tag(rest[:12]); err != nil {
			return err
		}
		rest = rest[12:]
	}
	if count == 0 && len(rest) >= 4 {
		t.queue = append(t.queue, t.order.Uint32(rest))
	}
	return nil
}

func (t *tiffReader) tag(entry []byte) error {
	id, kind := t.order.Uint16(entry), t.order.Uint16(entry[2:])
	value, ok := t.value(kind, t.order.Uint32(entry[4:]), entry[8:12])
	if !ok {
		return nil
	}
	switch {
	case id == tagExifIFD || id == tagGPSIFD || id == tagInteropIFD || id == tagSubIFDs:
		for kind == typeLong && len(value) >= 4 && len(t.queue) < mostFolders {
			t.queue, value = append(t.queue, t.order.Uint32(value)), value[4:]
		}
		return nil
	case id == tagXMP:
		return t.spent(value, func() error { return t.file("xmp", value) })
	case id == tagIPTC || id == tagPhotoshop:
		return t.spent(value, func() error { return t.iptc(value) })
	case id == tagUserComment:
		return t.spent(value, func() error { return t.comment(value) })
	case id >= tagXPTitle && id <= tagXPSubject:
		return t.spent(value, func() error { return t.wide(unicode.LittleEndian, value) })
	case kind == typeASCII:
		return t.spent(value, func() error { return t.walk.value("exif", bytes.Trim(value, "\x00")) })
	}
	return nil
}

// spent charges the bytes before they are used: a thousand tags may point at the same megabyte.
func (t *tiffReader) spent(value []byte, use func() error) error {
	if err := t.b.Spend(len(value)); err != nil {
		return err
	}
	return use()
}

// sizes of a TIFF value by its type (TIFF 6.0 page 15); types above are unknown.
var tiffSizes = [...]uint64{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}

func (t *tiffReader) value(kind uint16, count uint32, inline []byte) ([]byte, bool) {
	if int(kind) >= len(tiffSizes) || tiffSizes[kind] == 0 {
		return nil, false
	}
	size := tiffSizes[kind] * uint64(count)
	if size <= 4 {
		return inline[:size], true
	}
	at := uint64(t.order.Uint32(inline))
	if at > uint64(len(t.bytes)) || size > uint64(len(t.bytes))-at {
		return nil, false
	}
	return t.bytes[at : at+size], true
}

// comment reads EXIF's UserComment: eight bytes say how it is written.
func (t *tiffReader) comment(value []byte) error {
	if !bytes.HasPrefix(value, []byte("UNICODE\x00")) {
		return t.walk.value("comment", skip(value, 8))
	}
	endian := unicode.BigEndian
	if t.order == binary.LittleEndian {
		endian = unicode.LittleEndian
	}
	return t.wide(endian, value[8:])
}

// wide hands over UTF-16 as UTF-8.
func (t *tiffReader) wide(endian unicode.Endianness, value []byte) error {
	text, err := unicode.UTF16(endian, unicode.UseBOM).NewDecoder().Bytes(value)
	if err != nil {
		return nil
	}
	return t.walk.value("comment", bytes.Trim(text, "\x00"))
}

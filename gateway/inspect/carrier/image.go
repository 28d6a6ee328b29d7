package carrier

import (
	"bytes"
	"encoding/binary"
)

// images reads an image's metadata, and those of the images that stand behind it, as phones write them (CIPA
// DC-007). Whatever else is behind is a file of its own: a zip behind a photograph is an old disguise.
//
// An image is never broken: what is not understood stays raw bytes, which the caller has looked at. Pixels are no text.
func (w *walk) images(f Format, content []byte) error {
	for f.Image() {
		if err := w.b.Entry(); err != nil {
			return err
		}
		rest, err := w.image(f, content)
		if err != nil {
			return err
		}
		content, f = rest, Sniff(rest, "")
	}
	return w.stray(content)
}

// image reads one image and gives what follows its end.
func (w *walk) image(f Format, content []byte) (rest []byte, err error) {
	w.view = f.String()
	switch f {
	case JPEG:
		return w.jpeg(content)
	case PNG:
		return w.png(content)
	case GIF:
		return w.gif(content)
	case WebP:
		return w.webp(content)
	default:
		return nil, w.exif(content) // a TIFF has no end: its parts lie anywhere
	}
}

// Markers of JPEG (ISO/IEC 10918-1 table B.1).
const (
	jpegEnd     = 0xd9
	jpegScan    = 0xda
	jpegAPP1    = 0xe1
	jpegAPP13   = 0xed
	jpegComment = 0xfe
)

func (w *walk) jpeg(content []byte) (rest []byte, err error) {
	rest = skip(content, 2)
	for len(rest) >= 4 {
		if rest[0] != 0xff {
			return afterEnd(rest), nil
		}
		marker := rest[1]
		switch {
		case marker == 0xff: // fill byte
			rest = rest[1:]
			continue
		case marker == jpegEnd:
			return rest[2:], nil
		case marker >= 0xd0 && marker <= 0xd8 || marker == 1: // no length
			rest = rest[2:]
			continue
		}
		size := int(binary.BigEndian.Uint16(rest[2:]))
		if size < 2 || size+2 > len(rest) {
			return afterEnd(rest), nil
		}
		if err := w.jpegSegment(marker, rest[4:2+size]); err != nil {
			return nil, err
		}
		if rest = rest[2+size:]; marker == jpegScan {
			rest = afterScan(rest)
		}
	}
	return nil, nil
}

// afterEnd is for an image whose structure breaks before its end mark: something may still stand behind that.
func afterEnd(rest []byte) []byte {
	if i := bytes.Index(rest, []byte{0xff, jpegEnd}); i >= 0 {
		return rest[i+2:]
	}
	return nil
}

// afterScan skips entropy-coded bytes: 0xff is followed by zero or a restart marker inside them.
func afterScan(rest []byte) []byte {
	for {
		i := bytes.IndexByte(rest, 0xff)
		if i < 0 || i+1 >= len(rest) {
			return nil
		}
		if next := rest[i+1]; next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7) {
			return rest[i:]
		}
		rest = rest[i+1:]
	}
}

func (w *walk) jpegSegment(marker byte, segment []byte) error {
	switch {
	case marker == jpegComment:
		return w.value("comment", segment)
	case marker == jpegAPP1 && bytes.HasPrefix(segment, []byte("Exif\x00")):
		return w.exif(segment[min(len(segment), 6):])
	case marker == jpegAPP1 && bytes.HasPrefix(segment, []byte("http://ns.adobe.com/")):
		_, xmp, _ := bytes.Cut(segment, []byte{0})
		return w.file("xmp", xmp)
	case marker == jpegAPP13:
		return w.iptc(segment)
	case marker > 0xe0 && marker < 0xf0:
		return w.loose("", segment)
	}
	return nil
}

// iptc hands over the records of IPTC-IIM 4.2 (chapter 3, part II), wherever they stand in Photoshop's block.
func (w *walk) iptc(segment []byte) error {
	for {
		i := bytes.IndexByte(segment, 0x1c)
		if i < 0 || i+5 > len(segment) {
			return nil
		}
		size := int(binary.BigEndian.Uint16(segment[i+3:]))
		if segment = segment[i+1:]; size > len(segment)-4 {
			continue
		}
		if err := w.value("iptc", segment[4:4+size]); err != nil {
			return err
		}
		segment = segment[4+size:]
	}
}

// gif hands over comments, plain text and applications' blocks (GIF89a section 15 and after), their sub-blocks
// joined: a length byte in the middle would cut a number in two.
func (w *walk) gif(content []byte) (rest []byte, err error) {
	if len(content) < 13 {
		return nil, nil
	}
	rest = skip(content[13:], colours(content[10]))
	for len(rest) > 1 {
		switch rest[0] {
		case 0x3b:
			return rest[1:], nil
		case 0x2c:
			if len(rest) < 11 {
				return nil, nil
			}
			_, rest = subBlocks(skip(rest[10:], colours(rest[9])+1))
		case 0x21:
			var text []byte
			text, rest = subBlocks(rest[2:])
			if err := w.loose("comment", text); err != nil {
				return nil, err
			}
		default:
			return nil, nil
		}
	}
	return nil, nil
}

// colours is the size of the table that a GIF's flags announce.
func colours(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

func skip(rest []byte, n int) []byte { return rest[min(n, len(rest)):] }

// subBlocks joins the sub-blocks at the beginning of rest.
func subBlocks(rest []byte) (joined, after []byte) {
	for len(rest) > 0 && rest[0] != 0 {
		size := min(int(rest[0]), len(rest)-1)
		joined = append(joined, rest[1:1+size]...)
		rest = rest[1+size:]
	}
	return joined, skip(rest, 1)
}

// webp hands over the metadata chunks of a RIFF file (RFC 9649 section 2.7).
func (w *walk) webp(content []byte) (rest []byte, err error) {
	if len(content) < 12 {
		return nil, nil
	}
	size, end := int(binary.LittleEndian.Uint32(content[4:])), len(content)
	if size <= len(content)-8 {
		end = 8 + size + size&1
	}
	end = max(12, min(end, len(content))) // a size of nothing is no less than the header
	for chunks := content[12:end]; len(chunks) >= 8; {
		name, size := string(chunks[:4]), int(binary.LittleEndian.Uint32(chunks[4:]))
		if size > len(chunks)-8 {
			break
		}
		switch body := chunks[8 : 8+size]; name {
		case "EXIF":
			err = w.exif(bytes.TrimPrefix(body, []byte("Exif\x00\x00")))
		case "XMP ":
			err = w.file("xmp", body)
		}
		if err != nil {
			return nil, err
		}
		chunks = skip(chunks[8:], size+size&1)
	}
	return content[end:], nil
}

package carrier

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"github.com/klauspost/compress/zlib"
)

// Format is a format that holds texts, or hides them. The zero Format is neither: plain text or bytes that are
// looked at as they are.
type Format uint8

// The formats.
const (
	None    Format = iota
	Gzip           // RFC 1952, any number of members
	Zlib           // RFC 1950
	Deflate        // RFC 1951, by itself
	Bzip2          // as bzip2 1.0 writes it
	Zstd           // RFC 8878
	Brotli         // RFC 7932; has no signature, known by the file's name alone
	Zip            // APPNOTE.TXT 6.3.10; also docx, xlsx, pptx, odt, ods, jar, epub
	Tar            // ustar, pax, GNU and their ancestor
	PDF            // ISO 32000
	RTF            // Rich Text Format 1.9
	Mail           // RFC 5322 with MIME parts
	JPEG           // with EXIF, XMP, IPTC, comments
	PNG            // with its text chunks
	GIF            // with its comments
	WebP           // with EXIF and XMP
	TIFF           // and camera formats built on it
	Media          // sound, film, fonts, other images: their bytes are all there is
	Opaque         // archives and documents that are not read: 7z, RAR, xz, legacy Office
)

var formatNames = [...]string{
	None: "none", Gzip: "gzip", Zlib: "zlib", Deflate: "deflate", Bzip2: "bzip2", Zstd: "zstd", Brotli: "brotli", Zip: "zip", Tar: "tar", PDF: "pdf",
	RTF: "rtf", Mail: "mail", JPEG: "jpeg", PNG: "png", GIF: "gif", WebP: "webp", TIFF: "tiff", Media: "media", Opaque: "opaque",
}

// String is the format's word in records.
func (f Format) String() string {
	if int(f) >= len(formatNames) {
		return "opaque"
	}
	return formatNames[f]
}

// Opaque reports whether nothing in the format can be read. Media is not opaque: it holds no text of its own, and its
// bytes are looked at as they are.
func (f Format) Opaque() bool { return f >= Opaque }

// Image reports whether the format is an image whose metadata are read. An image is opened without Budget.Enter: it
// holds no other files.
func (f Format) Image() bool { return f >= JPEG && f <= TIFF }

// Sniff says what content is, by its bytes first; name is a hint for formats that have no signature. content is the
// whole file where there is one: a zip is found by its end too. A head of 4 KiB is enough for everything else.
func Sniff(content []byte, name string) Format {
	for _, s := range signatures {
		if len(content) >= s.at && bytes.HasPrefix(content[s.at:], []byte(s.bytes)) {
			return s.format
		}
	}
	switch {
	case bytes.HasPrefix(content, []byte("RIFF")) && len(content) >= 12:
		return inRIFF(content)
	case bytes.HasPrefix(content, []byte("\x00\x00")) && len(content) >= 8 && string(content[4:8]) == "ftyp":
		return Media
	case isTar(content):
		return Tar
	case bytes.Contains(content[:min(len(content), 1024)], []byte("%PDF-")): // where readers look for it (ISO 32000-1 annex H.3)
		return PDF
	case endsAsZip(content):
		return Zip
	case isZlib(content):
		return Zlib
	case isBitmap(content):
		return Media
	case isMail(content):
		return Mail
	case isDeflate(content):
		return Deflate
	}
	return byName(name)
}

// signature is a format's mark at a fixed place.
type signature struct {
	at     int
	bytes  string
	format Format
}

var signatures = []signature{
	{0, "\x1f\x8b\x08", Gzip}, {0, "\x28\xb5\x2f\xfd", Zstd}, {0, localSignature, Zip}, {0, endSignature, Zip},
	{4, "1AY&SY", Bzip2}, {4, "\x17\x72\x45\x38\x50\x90", Bzip2},
	{0, `{\rtf`, RTF}, {0, "\xff\xd8\xff", JPEG}, {0, "\x89PNG\r\n\x1a\n", PNG}, {0, "GIF87a", GIF}, {0, "GIF89a", GIF},
	{0, "II*\x00", TIFF}, {0, "MM\x00*", TIFF},

	{0, "7z\xbc\xaf\x27\x1c", Opaque}, {0, "Rar!\x1a\x07", Opaque}, {0, "\xfd7zXZ\x00", Opaque}, {0, "LZIP\x01", Opaque},
	{0, "\x04\x22\x4d\x18", Opaque}, {0, "\x1f\x9d\x90", Opaque}, {0, "MSCF\x00\x00\x00\x00", Opaque},
	{0, "\x60\xea\x2b\x00", Opaque}, {0, "\x60\xea\x2c\x00", Opaque}, {2, "-lh5-", Opaque}, {2, "-lh6-", Opaque}, {2, "-lh7-", Opaque}, {7, "**ACE**", Opaque},
	{0, "\xff\x06\x00\x00sNaPpY", Opaque}, {0, "MSWIM\x00", Opaque}, {0, "xar!\x00", Opaque}, {0, "AT&TFORM", Opaque}, {0, "Obj\x01", Opaque},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Opaque}, // legacy Office, and any Office document under a password

	{0, "\x00\x00\x00\x0cjP  ", Media}, {0, "\xff\x0a", Media}, {0, "\x00\x00\x01\x00", Media}, {0, "\x1a\x45\xdf\xa3", Media},
	{0, "wOFF\x00", Media}, {0, "wOFFOTTO", Media}, {0, "wOF2\x00", Media}, {0, "wOF2OTTO", Media}, {0, "\x00\x01\x00\x00\x00", Media},
	{0, "OTTO\x00", Media}, {0, "OggS\x00", Media}, {0, "fLaC\x00", Media}, {0, "8BPS\x00", Media},
	{0, "ID3\x02", Media}, {0, "ID3\x03", Media}, {0, "ID3\x04", Media},
}

// inRIFF tells WebP from sound and film.
func inRIFF(content []byte) Format {
	if string(content[8:12]) == "WEBP" {
		return WebP
	}
	return Media
}

// isTar checks the header's checksum, which every kind of tar has (POSIX.1-2008, pax, "ustar Interchange Format").
func isTar(content []byte) bool {
	if len(content) < 512 {
		return false
	}
	sum, field := 0, strings.Trim(string(content[148:156]), " \x00")
	for i, c := range content[:512] {
		if i >= 148 && i < 156 {
			c = ' '
		}
		sum += int(c)
	}
	want := 0
	for _, c := range field {
		if c < '0' || c > '7' {
			return false
		}
		want = want*8 + int(c-'0')
	}
	return field != "" && sum == want
}

// zipTail is how far from its end a zip's end record is looked for: a comment's 64 KiB and some bytes behind it.
const zipTail = 128 << 10

// endsAsZip finds an archive with something in front of it: a program that unpacks itself, an image, a text.
func endsAsZip(content []byte) bool {
	if !bytes.Contains(content[max(0, len(content)-zipTail):], []byte(endSignature)) {
		return false
	}
	d, _, _, ok := locate(content)
	return ok && bytes.HasPrefix(content[d.from:], []byte(directorySignature))
}

// isZlib tries: the header has eleven bits of signature only (RFC 1950 section 2.2), and a protobuf message begins with
// the same byte as often as not. With the window that everybody uses some bytes are proof enough; with any other, the
// checksum is asked for.
func isZlib(content []byte) bool {
	const usual, proof = 0x78, 64
	if len(content) < 8 || !isZlibHeader(content) {
		return false
	}
	r, err := zlib.NewReader(bytes.NewReader(content))
	if err != nil {
		return false
	}
	some := make([]byte, 4<<10)
	n, err := io.ReadFull(r, some)
	whole := err == nil || errors.Is(err, io.ErrUnexpectedEOF) && endsWell(r)
	return whole || content[0] == usual && n >= proof
}

// endsWell reports whether a stream that gave fewer bytes than asked for came to its end, and not to a fault.
func endsWell(r io.Reader) bool {
	_, err := r.Read(make([]byte, 1))
	return err == io.EOF
}

func isZlibHeader(content []byte) bool {
	return len(content) >= 2 && content[0]&0x0f == 8 && binary.BigEndian.Uint16(content)%31 == 0
}

// isBitmap looks at more than the letters BM, which begin a text as well.
func isBitmap(content []byte) bool {
	return len(content) > 18 && content[0] == 'B' && content[1] == 'M' && binary.LittleEndian.Uint32(content[6:]) == 0 &&
		binary.LittleEndian.Uint32(content[14:]) <= 124
}

// byName is the last resort, for formats that have no signature.
func byName(name string) Format {
	switch lower := strings.ToLower(name); {
	case strings.HasSuffix(lower, ".br"):
		return Brotli
	case strings.HasSuffix(lower, ".lzma"):
		return Opaque
	}
	return None
}

package carrier

// Format is a format that holds texts, or hides them. The zero Format is neither: plain text or bytes that are
// looked at as they are.
type Format uint8

// The formats.
const (
	None   Format = iota
	Gzip          // RFC 1952, any number of members
	Zlib          // RFC 1950
	Bzip2         //
	Zstd          // RFC 8878
	Brotli        // RFC 7932; has no signature, known by the file's name alone
	Zip           // also docx, xlsx, pptx, odt, ods, jar, epub
	Tar           // ustar, pax, GNU
	PDF           //
	RTF           //
	Mail          // RFC 5322 with MIME parts
	JPEG          //
	PNG           //
	GIF           //
	WebP          //
	TIFF          //
	Media         // sound, film, fonts, other images: nothing in them is a text
	Opaque        // archives and documents that are not read: 7z, RAR, xz, legacy Office
)

var formatNames = [...]string{
	None: "none", Gzip: "gzip", Zlib: "zlib", Bzip2: "bzip2", Zstd: "zstd", Brotli: "brotli", Zip: "zip", Tar: "tar", PDF: "pdf",
	RTF: "rtf", Mail: "mail", JPEG: "jpeg", PNG: "png", GIF: "gif", WebP: "webp", TIFF: "tiff", Media: "media", Opaque: "opaque",
}

// String is the format's word in records.
func (f Format) String() string {
	if int(f) >= len(formatNames) {
		return "opaque"
	}
	return formatNames[f]
}

// Opaque reports whether nothing in the format can be read. Media is not opaque: it holds no text, and its bytes are
// looked at as they are.
func (f Format) Opaque() bool { return f >= Opaque }

// Sniff says what content is, by its bytes first; name is a hint for formats that have no signature. content is the
// whole file where there is one: a zip is found by its end too. A head of 1 KiB is enough for everything else.
func Sniff(content []byte, name string) Format { return None }

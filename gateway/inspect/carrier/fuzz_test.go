package carrier

import (
	"errors"
	"strings"
	"testing"
)

// fuzz holds what is promised of any bytes: no panic, one of the known errors, and no more spent than the budget.
func fuzz(f *testing.F, format Format, seeds ...[]byte) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		p := &purse{bytes: 1 << 20, entries: 100, depth: 2}
		err := Walk(format, content, "", p, func(text Text) error {
			if text.File && Sniff(text.Data, text.Name) == format && len(text.Data) > len(content)*2000 {
				t.Fatal("more came out than any coding here can hold")
			}
			return nil
		})
		known := errors.Is(err, ErrBroken) || errors.Is(err, ErrEncrypted) || errors.Is(err, ErrOpaque) || errors.Is(err, errSpent)
		if err != nil && !known {
			t.Fatalf("an error nobody knows: %v", err)
		}
		if p.now != 0 {
			t.Fatal("a level was entered and not left")
		}
	})
}

func FuzzGzip(f *testing.F) {
	fuzz(f, Gzip, gzipped(f, "text"), append(gzipped(f, "a"), gzipped(f, "b")...))
}
func FuzzZlib(f *testing.F) { fuzz(f, Zlib, zlibbed(f, "text")) }
func FuzzDeflate(f *testing.F) {
	fuzz(f, Deflate, deflated(f, "text"), deflated(f, strings.Repeat("a text ", 100)))
}
func FuzzZstd(f *testing.F)  { fuzz(f, Zstd, zstded(f, "text")) }
func FuzzBzip2(f *testing.F) { fuzz(f, Bzip2, []byte("BZh91AY&SY")) }

func FuzzBrotli(f *testing.F) { fuzz(f, Brotli, brotlied(f, "text")) }

func FuzzZip(f *testing.F) {
	fuzz(f, Zip, zipped(f, member{"a", "text"}, member{"b", strings.Repeat("x", 100)}), stored(f, member{"a", "text"}))
}

func FuzzDocument(f *testing.F) {
	fuzz(f, Zip, docxOf(f, runs(card)), xlsxOf(f, "<si><t>a</t></si>", `<row><c r="A1" t="s"><v>0</v></c></row>`), odfOf(f, "<text:p>x<text:s/></text:p>"))
}

// FuzzOfficeXML goes past the archive, into the XML that it would hide.
func FuzzOfficeXML(f *testing.F) {
	f.Add(runs(card))
	f.Add(`<row><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>`)
	f.Fuzz(func(t *testing.T, part string) {
		o := &office{w: &walk{b: newPurse(), visit: func(Text) error { return nil }}, active: true}
		if err := o.strings([]byte(part)); err != nil && !errors.Is(err, ErrBroken) && !errors.Is(err, ErrEncrypted) && !errors.Is(err, ErrOpaque) {
			t.Fatal(err)
		}
		if err := o.read([]byte(part)); err != nil && !errors.Is(err, ErrBroken) && !errors.Is(err, ErrEncrypted) && !errors.Is(err, ErrOpaque) {
			t.Fatal(err)
		}
	})
}

func FuzzTar(f *testing.F) { fuzz(f, Tar, tarred(f, member{"a", "text"})) }

func FuzzPDF(f *testing.F) {
	fuzz(f, PDF, pageOf("/Subtype /Type0 /ToUnicode 6 0 R", "", "BT /F1 9 Tf [<0013> -20 (x)] TJ 1 0 0 1 2 3 Tm T* (y) ' ET", streamOf("", "1 beginbfrange <00> <09> <0030> endbfrange")),
		pdfOf(streamOf("/Type /ObjStm /N 1 /First 4", "9 0 << /V <41> >>")), pageOf("", "/Filter [/A85 /LZW /RL /Fl]", "x"), []byte("1 0 obj<</Filter/Fl/DecodeParms<</Predictor 12/Columns 4>>>>stream\nx\nendstream"))
}

func FuzzRTF(f *testing.F) {
	fuzz(f, RTF, []byte(`{\rtf1\ansicpg1251{\fonttbl x}\uc1\u52?\'34{\*\x y}\bin2 ab\par}`))
}

func FuzzMail(f *testing.F) {
	fuzz(f, Mail, mailOf("Content-Type: multipart/mixed; boundary=b", "--b\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n--b--\r\n"),
		mailOf("Subject: =?utf-8?Q?x?=\r\nContent-Transfer-Encoding: quoted-printable", "=41"), []byte("From a\nX: y\n\nz\nFrom b\n"))
}

func FuzzJPEG(f *testing.F) {
	fuzz(f, JPEG, jpegOf("\xfecomment", "\xe1Exif\x00\x00"+string(tiffOf(tiffTag{0x010e, 2, "text"})), "\xed\x1c\x02\x78\x00\x01x"))
}

func FuzzPNG(f *testing.F) {
	fuzz(f, PNG, pngOf(pngChunkOf("tEXt", "a\x00b"), pngChunkOf("zTXt", "a\x00\x00"+string(zlibbed(f, "b"))), pngChunkOf("iTXt", "a\x00\x00\x00\x00\x00b")))
}

func FuzzGIF(f *testing.F) {
	fuzz(f, GIF, gifOf("\x21\xfe\x01x\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x02\x01x\x00"))
}
func FuzzWebP(f *testing.F) {
	fuzz(f, WebP, riffOf("EXIF", string(tiffOf(tiffTag{0x010e, 2, "text"}))), riffOf("XMP ", "x"))
}

func FuzzTIFF(f *testing.F) {
	fuzz(f, TIFF, tiffOf(tiffTag{0x010e, 2, "text"}, tiffTag{0x9286, 7, "UNICODE\x00x\x00"}, tiffTag{0x8769, 4, "\x08\x00\x00\x00"}))
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("PK\x05\x06"), "a.br")
	f.Add(tarred(f, member{"a", "b"}), "")
	f.Fuzz(func(t *testing.T, content []byte, name string) { Sniff(content, name) })
}

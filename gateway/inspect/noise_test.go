package inspect

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/visit"
)

// picture is a photograph of so many dots a side, noisy as those of a telephone in the evening.
func picture(seed uint64, side int) *image.RGBA {
	r, m := rand.New(rand.NewPCG(seed, 1)), image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			m.Set(x, y, color.RGBA{uint8(x + r.IntN(60)), uint8(y + r.IntN(60)), uint8(x ^ y + r.IntN(90)), 255})
		}
	}
	return m
}

func attached(name, contentType, content string) string {
	return post("multipart/form-data; boundary=XX", "--XX\r\nContent-Disposition: form-data; name=\"photo\"; filename=\""+name+"\"\r\nContent-Type: "+contentType+"\r\n\r\n"+content+"\r\n--XX--\r\n")
}

// zipOf is an archive of names and contents in turn.
func zipOf(t *testing.T, pairs ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err == nil {
			_, err = w.Write([]byte(pairs[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Sound files pass: compressed bytes look like escapes, markup and UTF-16 everywhere, and each way to undo them makes more
// that does.
func TestSoundFilesPass(t *testing.T) {
	files := map[string]string{}
	for seed, side := range []int{120, 250, 420, 700} {
		var j, p bytes.Buffer
		if jpeg.Encode(&j, picture(uint64(seed), side), &jpeg.Options{Quality: 90}) != nil || png.Encode(&p, picture(uint64(seed), side)) != nil {
			t.Fatal("no picture")
		}
		files[fmt.Sprintf("a JPEG of %d KB", j.Len()>>10)] = attached("a.jpg", "image/jpeg", j.String())
		files[fmt.Sprintf("a PNG of %d KB", p.Len()>>10)] = attached("a.png", "image/png", p.String())
		files[fmt.Sprintf("the body is a JPEG of %d KB", j.Len()>>10)] = post("image/jpeg", j.String())
		if side < 400 {
			files[fmt.Sprintf("a JPEG of %d KB in JSON", j.Len()>>10)] = jsons(`{"photo":"` + b64(j.String()) + `"}`)
		}
	}
	document := zipOf(t, "word/document.xml", strings.Repeat("<w:t>lamp 12 candles</w:t>", 9), "a.xml", strings.Repeat("<b>1+2?</b>", 40))
	files["a small document in base64 in JSON"] = jsons(`{"file":"` + b64(document) + `"}`)
	files["a small document in base64 in a form"] = form("file=" + strings.NewReplacer("+", "%2B", "=", "%3D", "/", "%2F").Replace(b64(document)))
	files["a small document as a data: address"] = jsons(`{"file":"data:application/zip;base64,` + b64(document) + `"}`)
	mustPass(t, files)
}

// What hides in noise, or makes a text look like it, is found all the same.
func TestCardsInNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	noise := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return string(b)
	}
	controls := "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"
	for claim, text := range map[string]string{
		"as it is":                  visa,
		"in percent":                each(visa, "%%%02x"),
		"in base64":                 b64("card " + visa),
		"in escapes":                each(visa, `\u%04x`),
		"in references":             each(visa, "&#%d;"),
		"in percent in percent":     each(visa, "%%25%02x"),
		"in markup":                 "4111<b></b>1111<b></b>1111<b></b>1111",
		"in UTF-16":                 wide("card "+visa, 2, false, true),
		"in base64 in a JSON value": `{"a":"` + b64(each(visa, "%%%02x")) + `"}`,
		"parted by form feeds":      "%34111\x0c1111\x0c1111\x0c1111",
		"around comments":           "4111<!--\x01-->1111<!--\x01-->1111<!--\x01-->1111",
		"around tags":               "4111<b\x0c>1111</b\x0c>1111<i\x0c>1111",
	} {
		if claim != "around comments" { // a < of the noise may begin a longer one
			mustFind(t, map[string]string{claim + ", in noise": post("application/octet-stream", noise(20000)+"\x00"+text+"\x00"+noise(20000))})
		}
		mustFind(t, map[string]string{
			claim + ", beside control bytes": post("application/octet-stream", strings.Repeat("lamp "+controls, 600)+" "+text+" "+controls+"end"),
		})
	}
}

// UTF-16 holds nearly all bytes there are; it is no noise once it was decoded.
func TestCardsInWideText(t *testing.T) {
	var filler strings.Builder
	for i := range 5000 {
		filler.WriteRune(rune(0x4e00 + i*7%0x4000))
	}
	cn := filler.String()
	for claim, text := range map[string]string{
		"around tags":           " 4111<b>1111</b>1111<i>1111</i> ",
		"in percent in percent": " " + each(visa, "%%25%02x") + " ",
		"in escaped escapes":    " " + each(visa, `\\u%04x`) + " ",
	} {
		mustFind(t, map[string]string{
			claim + ", with a mark":      uploaded("a.txt", wide(cn+text+cn, 2, false, true)),
			claim + ", with its charset": post("text/plain; charset=utf-16le", wide(cn+text+cn, 2, false, false)),
		})
	}
}

// An archive that nobody can read is refused wherever its base64 stands.
func TestClosedArchivesInBase64(t *testing.T) {
	acts := acting(t)
	for _, signature := range []string{"7z\xbc\xaf\x27\x1c", "PK\x03\x04\x14\x00\x01\x00\x00\x00", "Rar!\x1a\x07\x00"} {
		z := b64(signature + strings.Repeat("x1y", 60))
		for _, raw := range []string{post("text/plain", "lamp\r\n"+z), form("f=id_" + z), jsons(`{"f":"doc-` + z + `"}`), post("text/html", "<p>"+z[:5]+"<b></b>"+z[5:]+"</p>")} {
			if !acts(raw) {
				t.Errorf("%q passes in %.60q", signature, raw)
			}
		}
		if folded := "lamp\r\n" + z[:76] + "\r\n" + z[76:152] + "\r\n" + z[152:]; signature[0] != 'P' && !acts(post("text/plain", folded)) { // a zip without its end is none
			t.Errorf("%q passes in lines", signature)
		}
	}
}

// A text with many kinds of escapes and markup is not read anew for each order in which they can be undone.
func TestEscapesInAnyOrder(t *testing.T) {
	i, body := New(Options{}), strings.Repeat(`r="\31 \\x32";q="1<i>2</i>";`, 4000)
	r, v, ok := parsed(t, uploaded("a.min.js", body), &visit.Visit{Rules: shipped(t)})
	if !ok {
		t.Fatal("not a request")
	}
	d, err := i.Request(t.Context(), v, r)
	defer d.Release()
	if err != nil || d.Acting || d.Spent.Decoded > 40*int64(len(body)) {
		t.Errorf("%d bytes made of %d, %v", d.Spent.Decoded, len(body), err)
	}
}

// Small archives and documents pass as parts of a form, whatever their compressed bytes look like: an archive that began with a
// folder was refused, and a form that begins with a document, or ends with an archive, was taken for it: what looked like its
// escapes was undone in all of it, which made other documents of these, one in fifty.
func TestPackedPartsPass(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	requests := map[string]string{}
	for name, file := range map[string]string{
		"a folder and a text":   zipOf(t, "img/", "", "img/readme.txt", "lamps"),
		"an empty file first":   zipOf(t, "a.txt", "", "b.txt", stock(r, 20)),
		"a folder and pictures": zipOf(t, "img/", "", "img/a.bin", noiseOf(r, 4000), "img/b.bin", noiseOf(r, 9000)),
	} {
		requests[name] = attached("a.zip", "application/zip", file)
	}
	for _, seed := range []uint64{67, 245} {
		workbook := zipOf(t, "xl/workbook.xml", "<workbook/>", "xl/worksheets/sheet1.xml", sheet(rand.New(rand.NewPCG(seed, 7)), 60))
		requests[fmt.Sprintf("a workbook, seed %d", seed)] = attached("a.zip", "application/zip", workbook)
	}
	for _, seed := range []uint64{53, 169, 213, 472} {
		r := rand.New(rand.NewPCG(seed, 7))
		_ = stock(r, 150) // the second list of this seed is one that did
		requests[fmt.Sprintf("a document, seed %d", seed)] = attached("a.pdf", "application/pdf", pdfOf(t, stock(r, 150)))
	}
	mustPass(t, requests)
	mustFind(t, map[string]string{
		"a card in an archive with a folder": attached("a.zip", "application/zip", zipOf(t, "docs/", "", "docs/a.txt", "card 4111111111111111")),
	})
}

// stock is rows of a price list.
func stock(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, "%06d;lamp %d;%d.00;%d;%013d\n", r.IntN(1e6), r.IntN(1e4), r.IntN(1e5), r.IntN(99), r.IntN(1e13))
	}
	return b.String()
}

// sheet is the same as a sheet of a workbook.
func sheet(r *rand.Rand, n int) string {
	var b strings.Builder
	b.WriteString("<worksheet><sheetData>")
	for i := range n {
		fmt.Fprintf(&b, `<row r="%d"><c r="A%d"><v>%06d</v></c><c r="B%d" t="inlineStr"><is><t>lamp %d</t></is></c><c r="C%d"><v>%d</v></c><c r="D%d"><v>%d</v></c><c r="E%d"><v>%013d</v></c></row>`,
			i, i, r.IntN(1e6), i, r.IntN(1e4), i, r.IntN(1e5), i, r.IntN(99), i, 4600000000000+r.IntN(1e10))
	}
	return b.String() + "</sheetData></worksheet>"
}

func noiseOf(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return string(b)
}

// pdfOf is a document whose only page draws the text.
func pdfOf(t *testing.T, text string) string {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	if _, err := fmt.Fprintf(w, "BT /F1 9 Tf (%s) Tj ET", text); err != nil || w.Close() != nil {
		t.Fatal("no document")
	}
	return fmt.Sprintf("%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R>>endobj\n4 0 obj<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF", z.Len(), z.String())
}

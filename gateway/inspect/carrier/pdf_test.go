package carrier

import (
	"bytes"
	stdlzw "compress/lzw"
	"encoding/ascii85"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pdfOf is a document of numbered objects.
func pdfOf(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	b.WriteString("trailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF\n")
	return b.Bytes()
}

// streamOf is a stream object with entries of its dictionary.
func streamOf(entries, content string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", entries, len(content), content)
}

// pageOf is a document of one page that shows content, with the font F1 made of entries and further objects from 6 on.
func pageOf(font, entries, content string, more ...string) []byte {
	return pdfOf(append([]string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F1 5 0 R >> >> >>",
		"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>", streamOf(entries, content), "<< /Type /Font " + font + " >>",
	}, more...)...)
}

// pdfTexts are documents that show a number, and how it stands in their text; nil: as it is.
func pdfTexts(t *testing.T) map[string]pdfCase {
	shown := func(ops string) func(string) []byte {
		return func(n string) []byte {
			r := strings.NewReplacer("NUMBER", n, "N1", n[:4], "N2", n[4:8], "N3", n[8:12], "N4", n[12:], "HEX", hex.EncodeToString([]byte(n)))
			return pageOf("/Subtype /Type1", "", "BT /F1 12 Tf 1 0 0 1 72 700 Tm "+r.Replace(ops)+" ET")
		}
	}
	flate := func(n string) string { return string(zlibbed(t, "BT /F1 12 Tf (N"+n[:6]+") Tj ET BT ("+n+") Tj ET")) }
	return map[string]pdfCase{
		"one string":                   {shown("(NUMBER) Tj"), nil},
		"a hexadecimal string":         {shown("<HEX> Tj"), nil},
		"kerned pieces":                {shown("[(N1) -20 (N2N3) 15 (N4)] TJ"), nil},
		"pieces with gaps of words":    {shown("[(N1) -300 (N2) -300 (N3) -300 (N4)] TJ"), spaced},
		"strings one after the other":  {shown("(N1) Tj (N2) Tj (N3N4) Tj"), nil},
		"strings put side by side":     {shown("(N1) Tj 24 0 Td (N2) Tj 24 0 Td (N3) Tj 24 0 Td (N4) Tj"), nil},
		"strings put apart":            {shown("(N1) Tj 60 0 Td (N2) Tj 60 0 Td (N3) Tj 60 0 Td (N4) Tj"), spaced},
		"strings on lines":             {shown("12 TL (N1) Tj T* (N2) Tj (N3) ' 0 0 (N4) \""), func(n string) string { return strings.ReplaceAll(spaced(n), " ", "\n") }},
		"octal and line continuations": {shown("(\\064\\\n) Tj ([) Tj (NUMBER) Tj"), func(n string) string { return "4[" + n }},
		"flate":                        {func(n string) []byte { return pageOf("", "/Filter /FlateDecode", flate(n)) }, nil},
		"flate under another name":     {func(n string) []byte { return pageOf("", "/Filter [/#46l]", flate(n)) }, nil},
		"a length that is a reference": {func(n string) []byte {
			return pageOf("", "/Filter /FlateDecode /Length 6 0 R /X", flate(n), fmt.Sprint(len(flate(n))))
		}, nil},
		"a length that lies": {func(n string) []byte {
			return bytes.Replace(pageOf("", "/Filter /FlateDecode", flate(n)), []byte("/Length "), []byte("/Length 9"), 1)
		}, nil},
		"ASCII85 around flate": {func(n string) []byte { return pageOf("", "/Filter [/ASCII85Decode /FlateDecode]", to85(flate(n))+"~>") }, nil},
		"ASCIIHex":             {func(n string) []byte { return pageOf("", "/Filter /AHx", hex.EncodeToString([]byte("("+n+") Tj"))+">") }, nil},
		"LZW":                  {func(n string) []byte { return pageOf("", "/Filter /LZWDecode", lzwOf("("+n+") Tj")) }, nil},
		"run lengths":          {func(n string) []byte { return pageOf("", "/Filter /RL", string(rune(len(n)+5))+"("+n+") Tj\x80") }, nil},
		"two streams of a page": {func(n string) []byte {
			return bytes.Replace(pageOf("", "", "("+n[:7]+") Tj", streamOf("", "("+n[7:]+") Tj")), []byte("/Contents 4 0 R"), []byte("/Contents [4 0 R 6 0 R]"), 1)
		}, nil},
		"codes with a ToUnicode map": {func(n string) []byte {
			codes := ""
			for _, c := range n {
				codes += fmt.Sprintf("%04x", c-'0'+0x13)
			}
			return pageOf("/Subtype /Type0 /ToUnicode 6 0 R", "", "/F1 9 Tf <"+codes+"> Tj",
				streamOf("", "1 beginbfchar <0001> <0041> endbfchar 1 beginbfrange <0013> <001c> <0030> endbfrange"))
		}, nil},
		"codes with glyph names": {func(n string) []byte {
			names, codes := "", ""
			for i, c := range n {
				names += " /" + []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}[c-'0'] + ".tab"
				codes += fmt.Sprintf("%02x", i+1)
			}
			return pageOf("/Encoding << /Differences [1"+names+"] >>", "", "/F1 9 Tf <"+codes+"> Tj")
		}, nil},
		"a form of its own": {func(n string) []byte {
			return pageOf("", "", "/X Do", streamOf("/Subtype /Form", "["+"("+n[:3]+")("+n[3:]+")] TJ"))
		}, nil},
		"a title":                  {func(n string) []byte { return pdfOf("<< /Title (" + n[:8] + "\\\n" + n[8:] + ") >>") }, nil},
		"a title in UTF-16":        {func(n string) []byte { return pdfOf("<< /Title <feff" + wideHex(n) + "> >>") }, nil},
		"a form field in an array": {func(n string) []byte { return pdfOf("<< /Kids [ << /V (" + n + ") >> ] >>") }, nil},
		"an object stream": {func(n string) []byte {
			return pdfOf(streamOf("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", string(zlibbed(t, "9 0 << /V <"+hex.EncodeToString([]byte(n))+"> >>"))))
		}, nil},
		"an attached file": {func(n string) []byte {
			return pdfOf(streamOf("/Type /EmbeddedFile /Filter /FlateDecode", string(zlibbed(t, string(gzipped(t, n))))))
		}, nil},
		"a stream that nothing names": {func(n string) []byte { return pdfOf(streamOf("/Filter /FlateDecode", string(zlibbed(t, n)))) }, nil},
		"text behind the end":         {func(n string) []byte { return append(pdfOf(), "a text with "+n...) }, nil},
		"a page without an end mark":  {func(n string) []byte { return bytes.TrimSuffix(pageOf("", "/Filter /Fl", flate(n)), []byte("%%EOF\n")) }, nil},
	}
}

type pdfCase struct {
	make func(n string) []byte
	form func(n string) string
}

func TestPDFText(t *testing.T) {
	for name, test := range pdfTexts(t) {
		t.Run(name, func(t *testing.T) {
			for _, n := range []string{card, clean} {
				got, err := look(test.make(n), "", newPurse())
				want := n
				if test.form != nil {
					want = test.form(n)
				}
				if err != nil || !got.has(want) {
					t.Fatalf("walking: %v; %q is not among the texts%s", err, want, got.shape())
				}
			}
		})
	}
}

func spaced(n string) string { return n[:4] + " " + n[4:8] + " " + n[8:12] + " " + n[12:] }

func wideHex(s string) (out string) {
	for _, c := range s {
		out += fmt.Sprintf("%04x", c)
	}
	return out
}

func to85(s string) string {
	out := make([]byte, ascii85.MaxEncodedLen(len(s)))
	return string(out[:ascii85.Encode(out, []byte(s))])
}

func lzwOf(s string) string {
	var b bytes.Buffer
	w := stdlzw.NewWriter(&b, stdlzw.MSB, 8)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

// The standard library's LZW is the kind with EarlyChange 0.
func TestLZWAgainstTheStandardLibrary(t *testing.T) {
	text := strings.Repeat("a text that grows the table of codes, ", 2000) + strings.Repeat("x", 5000)
	for i := range 3000 {
		text += string(rune(i%251)) + fmt.Sprint(i)
	}
	l := newLZW([]byte(lzwOf(text)), 0)
	var got []byte
	for word, ok := l.next(); ok; word, ok = l.next() {
		got = append(got, word...)
	}
	var b bytes.Buffer
	_, _ = b.WriteString(text)
	if string(got) != b.String() {
		t.Errorf("%d bytes undone, want %d the same", len(got), b.Len())
	}
}

func TestPDFColumnsStayApart(t *testing.T) {
	doc := pageOf("/Subtype /Type1", "", "BT /F1 9 Tf (4111) Tj 80 0 Td (1111) Tj 80 0 Td (1111) Tj 80 0 Td (1111) Tj ET")
	got, err := look(doc, "", newPurse())
	if err != nil || got.has(card) || !got.has(spaced(card)) {
		t.Errorf("walking: %v, columns joined: %v%s", err, got.has(card), got.shape())
	}
}

func TestHostilePDFs(t *testing.T) {
	sealed := bytes.Replace(pdfOf("<< /V (x) >>"), []byte("/Root"), []byte("/Encrypt 9 0 R /Root"), 1)
	tests := map[string]struct {
		content []byte
		err     error
	}{
		"under a password":                {sealed, ErrEncrypted},
		"under a password, name escaped":  {bytes.Replace(sealed, []byte("/Encrypt"), []byte("/#45ncrypt"), 1), ErrEncrypted},
		"under a password, in a stream":   {pdfOf(streamOf("/Type /XRef /Encrypt 3 0 R", "")), ErrEncrypted},
		"a bomb":                          {pdfOf(streamOf("/Filter [/Fl /Fl]", string(zlibbed(t, string(zlibbed(t, strings.Repeat("\x00", 64<<20))))))), errSpent},
		"brackets without end":            {[]byte("%PDF-1.4\n1 0 obj " + strings.Repeat("[", 1<<20)), ErrBroken},
		"a page that is its own ancestor": {pdfOf("<< /Parent 1 0 R /Contents 1 0 R /Length 1 0 R >>"), nil},
		"a million tiny values":           {[]byte("%PDF-1.4\n1 0 obj [" + strings.Repeat("1 ", 2<<20)), ErrBroken},
		"a page of nested brackets":       {pageOf("", "", strings.Repeat("[", 1000)+" ("+card+") Tj"), ErrBroken},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := look(test.content, "", newPurse()); !errors.Is(err, test.err) || test.err == nil && err != nil {
				t.Errorf("walking: %v, want %v", err, test.err)
			}
		})
	}
}

// A stray parenthesis, or an object that never ends, hides what follows from a reader that goes front to back.
func TestPDFObjectsBehindRubbish(t *testing.T) {
	for name, rubbish := range map[string]string{
		"a parenthesis": "(", "an object without end": "8 0 obj << /V (", "brackets": "8 0 obj [[[[", "a stream that goes too far": "8 0 obj << /Length 9999 >> stream\n",
		"a dictionary": "<<", "words": "obj 1 obj 1 1 obj",
	} {
		doc := pdfOf(streamOf("/Filter /Fl", string(zlibbed(t, "("+card+") Tj"))))
		got, err := look(bytes.Replace(doc, []byte("1 0 obj"), []byte(rubbish+"\n1 0 obj"), 1), "", newPurse())
		if err != nil || !got.has(card) {
			t.Errorf("%s: %v%s", name, err, got.shape())
		}
	}
}

// Documents whose parts point at one another's: what each could cost is charged once for every use.
func TestPDFsThatMultiply(t *testing.T) {
	const n = 6000
	fonts, pages := strings.Builder{}, strings.Builder{}
	for i := range n {
		fmt.Fprintf(&fonts, "/F%d 2 0 R ", i)
		fmt.Fprintf(&pages, "%d 0 obj << /Contents 4 0 R /Resources << /Font 3 0 R >> >> endobj\n", i+10)
	}
	head := "%PDF-1.7\n2 0 obj << /DescendantFonts [<< /W [0 65535 500] >>] >> endobj\n"
	offsets := ""
	for i := range n {
		offsets += fmt.Sprintf("%d 0 ", i+10)
	}
	tests := map[string]string{
		"pages that share fonts":          head + "3 0 obj << " + fonts.String() + " >> endobj\n" + pages.String(),
		"pages that share contents":       head + "4 0 obj [" + strings.Repeat("5 0 R ", n) + "] endobj\n5 0 obj << >> stream\nendstream\n" + pages.String(),
		"streams without an end":          strings.Repeat("1 0 obj << >> stream\n", 200_000),
		"strings without an end":          strings.Repeat("1 0 obj (", 200_000),
		"lengths that point at spaces":    strings.Repeat("1 0 obj << /Length 9 >> stream\n", n) + strings.Repeat(" ", 1<<20),
		"packed objects that are one":     head + streamless("/Type /ObjStm /N 1 /First 200000", fmt.Sprintf("%-200000s", offsets)+"["+strings.Repeat("1 ", 60000)+"]"),
		"streams that are no zlib":        strings.Repeat("1 0 obj << /Filter /Fl >> stream\nxx endstream\n", 100_000),
		"a million names of one letter":   head + "9 0 obj <<" + strings.Repeat("/A/A", 400_000) + ">>",
		"tokens that look like an object": strings.Repeat("1 1 obj ", 500_000),
	}
	for name, doc := range tests {
		took, grew, err := cost(t, []byte("%PDF-1.7\n"+doc))
		t.Logf("%s: %d bytes, %v, %d MiB, %v", name, len(doc), took.Round(time.Millisecond), grew>>20, err)
		if took > mostBombTime || grew > mostBombMemory {
			t.Errorf("%s cost %v and %d MiB", name, took, grew>>20)
		}
	}
}

func streamless(entries, content string) string {
	return "7 0 obj " + streamOf(entries, content) + " endobj\n"
}

// What a browser prints is what visitors upload: its fonts show glyph numbers, which only the ToUnicode map explains.
func TestPDFOfChromium(t *testing.T) {
	path := tool(t, "chromium")
	dir := t.TempDir()
	page, out := filepath.Join(dir, "page.html"), filepath.Join(dir, "page.pdf")
	must(t, os.WriteFile(page, []byte("<!doctype html><meta charset=utf-8><p>Карта 4111 1111 1111 1111<p style='letter-spacing:1px'>4242424242424242<table><tr><td>5105<td>1051<td>0510<td>5100</table>"), 0o600))
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+filepath.Join(dir, "profile"), "--print-to-pdf="+out, "file://"+page)
	must(t, cmd.Run())
	content, err := os.ReadFile(out)
	must(t, err)
	got, err := look(content, "", newPurse())
	if err != nil || !got.has("Карта 4111 1111 1111 1111") || !got.has("4242424242424242") || got.has("5105105105105100") {
		t.Errorf("walking: %v", err)
		for _, text := range got.texts {
			if bytes.Contains(text.Data, []byte("1111")) {
				t.Logf("%s", text.Data)
			}
		}
	}
}

package carrier

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func mailOf(header, body string) []byte {
	return []byte("Received: from shop\r\nMIME-Version: 1.0\r\n" + header + "\r\n\r\n" + body)
}

func TestMail(t *testing.T) {
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	multi := "Content-Type: multipart/mixed; boundary=\"b\""
	tests := map[string]func(n string) []byte{
		"a plain body":     func(n string) []byte { return mailOf("Subject: x", "card "+n) },
		"a body in base64": func(n string) []byte { return mailOf("Content-Transfer-Encoding: BASE64", b64("the card is "+n)) },
		"two base64 texts as one": func(n string) []byte {
			return mailOf("Content-Transfer-Encoding: base64", b64("card "+n[:8])+"\r\n"+b64(n[8:]))
		},
		"a body in quoted-printable": func(n string) []byte {
			return mailOf("Content-Transfer-Encoding: quoted-printable", "card =34"+n[1:9]+"=\r\n"+n[9:])
		},
		"a part in base64": func(n string) []byte {
			return mailOf(multi, "--b\r\nContent-Transfer-Encoding: base64\r\n\r\n"+b64("card "+n)+"\r\n--b--\r\n")
		},
		"a part without an end": func(n string) []byte {
			return mailOf(multi, "--b\r\nContent-Transfer-Encoding: base64\r\n\r\n"+b64("card "+n))
		},
		"a part with lines of LF": func(n string) []byte {
			return []byte(strings.ReplaceAll(string(mailOf(multi, "--b\r\nContent-Transfer-Encoding: base64\r\n\r\n"+b64("card "+n)+"\r\n--b--\r\n")), "\r\n", "\n"))
		},
		"a gzip in a part": func(n string) []byte {
			return mailOf(multi, "--b\r\nContent-Transfer-Encoding: base64\r\n\r\n"+b64(string(gzipped(t, "card "+n)))+"\r\n--b--\r\n")
		},
		"a multipart in a multipart": func(n string) []byte {
			return mailOf(multi, "--b\r\nContent-Type: multipart/alternative; boundary=bb\r\n\r\n--bb\r\n\r\ncard "+n+"\r\n--bb--\r\n--b--\r\n")
		},
		"words behind the last part":  func(n string) []byte { return mailOf(multi, "--b\r\n\r\nx\r\n--b--\r\ncard "+n) },
		"words before the first part": func(n string) []byte { return mailOf(multi, "card "+n+"\r\n--b\r\n\r\nx\r\n--b--\r\n") },
		"a subject in encoded words":  func(n string) []byte { return mailOf("Subject: =?utf-8?B?"+b64("card "+n)+"?=", "x") },
		"a subject over two lines":    func(n string) []byte { return mailOf("Subject: card\r\n "+n, "x") },
		"a mail in a mailbox":         func(n string) []byte { return append([]byte("From somebody\n"), mailOf("Subject: x", "card "+n)...) },
		"a mail in a mail": func(n string) []byte {
			return mailOf("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64", b64(string(mailOf("Content-Transfer-Encoding: base64", b64("card "+n)))))
		},
	}
	everyCard(t, tests)
}

// everyCard expects the number to come out of each, with a card and with its clean twin.
func everyCard(t *testing.T, tests map[string]func(n string) []byte) {
	t.Helper()
	for name, build := range tests {
		t.Run(name, func(t *testing.T) {
			for _, n := range []string{card, clean} {
				got, err := look(build(n), "", newPurse())
				if err != nil || !got.has(n) {
					t.Fatalf("walking: %v; the number is not among the texts%s", err, got.shape())
				}
			}
		})
	}
}

func TestHostileMail(t *testing.T) {
	deep := strings.Repeat("--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", 40)
	for name, mail := range map[string][]byte{
		"two content types":       mailOf("Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=b", "x"),
		"two transfer encodings":  mailOf("Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64", "x"),
		"a multipart of no bound": mailOf("Content-Type: multipart/mixed", "x"),
	} {
		if _, err := look(mail, "", newPurse()); !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := look(mailOf("Content-Type: multipart/mixed; boundary=b", deep), "", newPurse()); err != nil && !errors.Is(err, ErrBroken) {
		t.Errorf("nesting: %v", err)
	}
}

// Parts whose headers are as costly as headers can be.
func TestMailHeadersTakeLinearTime(t *testing.T) {
	for name, header := range map[string]string{
		"folds":         "X: a\r\n" + strings.Repeat(" \r\n", 20000),
		"encoded words": "X: " + strings.Repeat("=?a?Q?", 10000),
		"one word":      "X: =?utf-8?Q?" + strings.Repeat("=?=?", 1900),
		"parameters":    "Content-Type: text/plain" + strings.Repeat("; a*0=x", 9000),
		"boundaries":    "Content-Type: multipart/mixed; boundary=" + strings.Repeat("-", 60000),
	} {
		body := strings.Repeat("--b\r\n"+header+"\r\n\r\n"+strings.Repeat("-", 2000)+"\r\n", 100)
		took, _, err := cost(t, mailOf("Content-Type: multipart/mixed; boundary=b", body))
		t.Logf("%s: %d bytes, %v, %v", name, len(body), took.Round(time.Millisecond), err)
		if took > mostBombTime {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func TestMailTypeIsHandedOn(t *testing.T) {
	got, err := look(mailOf("Content-Type: text/plain; charset=utf-16le\r\nContent-Transfer-Encoding: base64", "NAA="), "", newPurse())
	if err != nil || len(got.files) != 1 || got.files[0].Type != "text/plain; charset=utf-16le" || string(got.files[0].Data) != "4\x00" {
		t.Errorf("walking: %v%s", err, got.shape())
	}
}

func TestRTF(t *testing.T) {
	everyCard(t, map[string]func(n string) []byte{
		"plain text":                   func(n string) []byte { return []byte(`{\rtf1\ansi card ` + n + `\par}`) },
		"groups in the middle":         func(n string) []byte { return []byte(`{\rtf1 ` + n[:4] + `{\b ` + n[4:9] + `}\rsid123 ` + n[9:] + `}`) },
		"bytes in hexadecimal":         func(n string) []byte { return []byte(`{\rtf1 \'34` + n[1:] + `}`) },
		"characters of Unicode":        func(n string) []byte { return []byte(`{\rtf1 \u52?` + n[1:] + `}`) },
		"no characters for the others": func(n string) []byte { return []byte(`{\rtf1\uc0 \u52 ` + n[1:] + `}`) },
		"lines in the middle":          func(n string) []byte { return []byte(`{\rtf1 ` + n[:5] + "\r\n" + n[5:] + `}`) },
		"hidden words in the middle":   func(n string) []byte { return []byte(`{\rtf1 ` + n[:5] + `{\*\bkmkstart mark 12}` + n[5:] + `}`) },
		"a text box":                   func(n string) []byte { return []byte(`{\rtf1{\*\shpinst{\shptxt ` + n[:5] + `\b ` + n[5:] + `}}}`) },
		"text behind the document":     func(n string) []byte { return []byte(`{\rtf1 x}` + "a text with " + n) },
		"a picture of bytes before it": func(n string) []byte { return []byte(`{\rtf1{\pict\bin4 {{{{}` + n[:5] + `\i ` + n[5:] + `}`) },
	})
}

// A message of small fields begins as zlib does once in three hundred times; a broken stream of the usual kind is known.
func TestSniffTellsZlibFromMessages(t *testing.T) {
	for first := range 256 {
		for second := range 256 {
			message := "\x08" + string([]byte{byte(first), byte(second)}) + "\x12\x05hello\x18\x01 and more of it\x00\x00\x00"
			if got := Sniff([]byte(message), ""); got == Zlib {
				t.Fatalf("%x is taken for zlib", message[:3])
			}
		}
	}
	packed := zlibbed(t, strings.Repeat("a text that is packed ", 100)+card)
	for _, content := range [][]byte{packed, packed[:len(packed)-4], zlibbed(t, "x")} {
		if got := Sniff(content, ""); got != Zlib {
			t.Errorf("%d bytes of zlib are taken for %v", len(content), got)
		}
	}
}

// Raw deflate has no signature: a stream is known by decoding to its end, and noise is not taken for one.
func TestSniffTellsDeflateFromNoise(t *testing.T) {
	for _, text := range []string{card, "card " + card + " end", strings.Repeat("a text that is packed ", 9000) + card, `{"a":[1,2,3],"b":"` + card + `"}`} {
		if got := Sniff(deflated(t, text), ""); got != Deflate {
			t.Errorf("%d bytes that were deflated are taken for %v", len(text), got)
		}
		packed := deflated(t, text)
		if got := Sniff(packed[:len(packed)-2], ""); got == Deflate && len(text) < someDeflate {
			t.Errorf("half of %d bytes that were deflated is taken for all", len(text))
		}
	}
	dice, taken := rand.New(rand.NewPCG(1, 1)), 0
	noise := make([]byte, 48)
	for range 100_000 {
		for i := range noise {
			noise[i] = byte(dice.Uint32())
		}
		if Sniff(noise, "") == Deflate {
			taken++
		}
	}
	if taken > 0 {
		t.Errorf("noise was taken for deflate %d times", taken)
	}
}

func deflated(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, 6)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte(text))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSniff(t *testing.T) {
	tests := map[string]struct {
		content, name string
		want          Format
	}{
		"a text that begins with BM":  {"BMW X5, 2019", "", None},
		"a text that begins with ID3": {"ID3 is a tag", "", None},
		"a text about zlib":           {"x^2 + y^2 = z^2", "", None},
		"a text about PK":             {"PK is a name", "", None},
		"CSV":                         {"name;card\nA;1\n", "orders.csv", None},
		"JSON":                        {`{"received": "x"}`, "", None},
		"headers that are no mail":    {"Name: A\nPhone: B\n\ntext", "", None},
		"a YAML":                      {"version: 1\nrules: []\n", "", None},
		"SVG":                         {"<svg xmlns='x'/>", "a.svg", None},
		"an ICO":                      {"\x00\x00\x01\x00\x01\x00", "", Media},
		"a film":                      {"\x00\x00\x00\x18ftypmp42", "", Media},
		"a heading that says ftyp":    {"abcdftyp", "", None},
		"7z":                          {"7z\xbc\xaf\x27\x1c\x00\x04", "", Opaque},
		"RAR":                         {"Rar!\x1a\x07\x01\x00", "", Opaque},
		"xz":                          {"\xfd7zXZ\x00", "", Opaque},
		"LZMA by its name":            {"\x5d\x00\x00", "x.LZMA", Opaque},
		"an empty zip":                {"PK\x05\x06" + strings.Repeat("\x00", 18), "", Zip},
		"a PDF behind a line":         {"junk\n%PDF-1.4", "", PDF},
		"nothing":                     {"", "", None},
	}
	for name, test := range tests {
		if got := Sniff([]byte(test.content), test.name); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

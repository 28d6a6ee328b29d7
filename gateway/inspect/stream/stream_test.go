package stream

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/cappertrophy/panwall/gateway/pan"
)

const (
	card     = "4111111111111111"
	boundary = "----shop"
)

var errCard = errors.New("a card")

func scanner(t testing.TB) *pan.Scanner {
	t.Helper()
	table, err := pan.NewTable(pan.Shipped()...)
	if err != nil {
		t.Fatal(err)
	}
	return pan.NewScanner(table)
}

// strict blocks every acting match, and a card in any reading of what is held whole or passes a window.
func strict(t testing.TB) Options {
	look := func(_ Part, content []byte) error {
		if bytes.Contains(bytes.ReplaceAll(content, []byte{0}, nil), []byte(card)) {
			return errCard
		}
		return nil
	}
	return Options{Scanner: scanner(t), Header: look, Field: look, Window: look, Found: func(_ Part, m pan.Match) error {
		if m.Confidence.Acts() {
			return errCard
		}
		return nil
	}}
}

func part(header, content string) string {
	return "--" + boundary + "\r\nContent-Disposition: form-data; " + header + "\r\n\r\n" + content + "\r\n"
}

func form(parts ...string) string { return strings.Join(parts, "") + "--" + boundary + "--\r\n" }

func pass(o Options, content string, of string, slow func(io.Reader) io.Reader) (string, error) {
	b := New(io.NopCloser(slow(strings.NewReader(content))), of, o)
	defer b.Close()
	out, err := io.ReadAll(b)
	return string(out), err
}

func whole(r io.Reader) io.Reader { return r }

// paces are ways in which a body arrives.
var paces = map[string]func(io.Reader) io.Reader{"whole": whole, "byte by byte": iotest.OneByteReader, "halves": iotest.HalfReader, "end with the last bytes": iotest.DataErrReader}

func TestCleanBodiesPassByteForByte(t *testing.T) {
	file := strings.Repeat("Заказ 17, 14 990 ₸\r\n--not the boundary\r\n", 12000)
	bodies := map[string]string{
		"a field":                     form(part(`name="a"`, "text")),
		"nothing in a field":          form(part(`name="a"`, "")),
		"a large file between fields": form(part(`name="a"`, "x"), part(`name="f"; filename="a.txt"`, file), part(`name="b"`, "y")),
		"an empty file":               form(part(`name="f"; filename=""`, "")),
		"a file of a few bytes":       form(part(`name="f"; filename="a"`, "x")),
		"lines of LF alone":           strings.ReplaceAll(form(part(`name="f"; filename="a"`, "x\ny")), "\r\n", "\n"),
		"words before and behind":     "before\r\n" + form(part(`name="a"`, "x")) + "behind",
		"no line break at the end":    strings.TrimSuffix(form(part(`name="a"`, "x")), "\r\n"),
		"dashes inside a line":        form(part(`name="f"; filename="a"`, strings.Repeat("x--"+boundary+"\n", 6000))),
		"spaces behind a boundary":    strings.ReplaceAll(form(part(`name="f"; filename="a"`, strings.Repeat("x\n", 9000))), boundary+"\r\n", boundary+strings.Repeat(" ", 300)+"\r\n"),
		"an empty form":               form(),
	}
	for name, body := range bodies {
		for pace, slow := range paces {
			if len(body) > 1<<17 && pace == "byte by byte" {
				continue
			}
			for _, windows := range []bool{true, false} {
				o := strict(t)
				if !windows {
					o.Window = nil
				}
				got, err := pass(o, body, boundary, slow)
				if err != nil || got != body {
					t.Errorf("%s, %s, windows %v: %d bytes of %d passed, %v", name, pace, windows, len(got), len(body), err)
				}
			}
		}
	}
	if got, err := pass(strict(t), file, "", whole); err != nil || got != file {
		t.Errorf("a body that is one file: %d bytes of %d, %v", len(got), len(file), err)
	}
}

// wide is text in UTF-16: the raw bytes hold no number, the windows do.
func wide(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteByte(c)
		b.WriteByte(0)
	}
	return b.String()
}

// The number stands at every kind of place, also across the edges of reads and windows; nothing of it goes on.
func TestCardsNeverGoOn(t *testing.T) {
	filler := func(n int) string { return strings.Repeat("abcdefg ", n/8+1)[:n] }
	bodies := map[string]string{
		"a field":              form(part(`name="a"`, card)),
		"a field's name":       form(part(`name="`+card+`"`, "x")),
		"a file's name":        form(part(`name="a"; filename="`+card+`.txt"`, "x")),
		"behind the parts":     form(part(`name="a"`, "x")) + "card " + card,
		"before the parts":     "card " + card + "\r\n" + form(part(`name="a"`, "x")),
		"a field after a file": form(part(`name="f"; filename="a"`, filler(500_000)), part(`name="a"`, wide(card))),
	}
	for _, offset := range []int{0, 1, sniffed - 8, readSize - 8, window - Overlap - 8, window - 8, window, window + Overlap - 8, 2*window - Overlap - 4, 1_000_000} {
		bodies[fmt.Sprintf("a file at %d", offset)] = form(part(`name="f"; filename="a"`, filler(offset)+" "+card+" "+filler(300)))
		bodies[fmt.Sprintf("a wide file at %d", offset)] = form(part(`name="f"; filename="a"`, wide(filler(offset/2)+" "+card+" "+filler(300))))
	}
	for name, body := range bodies {
		for _, slow := range []func(io.Reader) io.Reader{whole, iotest.HalfReader} {
			got, err := pass(strict(t), body, boundary, slow)
			cut, ok := errors.AsType[*Cut](err)
			if !ok || !errors.Is(err, errCard) || cut.Forwarded != int64(len(got)) {
				t.Errorf("%s: %v after %d bytes", name, err, len(got))
			}
			if narrow := strings.ReplaceAll(got, "\x00", ""); strings.Contains(narrow, card[:6]) {
				t.Errorf("%s: some of the number went on", name)
			}
		}
	}
}

// Without windows the bytes themselves are all that is looked at: what is held back is the scanner's word alone.
func TestTheRawReadingHoldsBackByItself(t *testing.T) {
	o := strict(t)
	o.Window = nil
	for _, offset := range []int{0, readSize - 12, readSize - 1, 5*readSize - 7, 1_000_000} {
		body := form(part(`name="f"; filename="a"`, strings.Repeat("abc ", offset/4)+" 4111 1111 1111 1111 "+strings.Repeat("abc ", 100_000)))
		for _, slow := range []func(io.Reader) io.Reader{whole, iotest.HalfReader, func(r io.Reader) io.Reader { return &pieces{r, 997} }} {
			if got, err := pass(o, body, boundary, slow); !errors.Is(err, errCard) || strings.Contains(got, "4111") {
				t.Errorf("at %d: %v, some of it went on: %v", offset, err, strings.Contains(got, "4111"))
			}
		}
	}
}

func TestUploadsThatAreRefused(t *testing.T) {
	bodies := map[string]struct {
		body string
		why  error
	}{
		"no end":                       {part(`name="a"`, "x"), ErrFraming},
		"no boundary":                  {"just text", ErrFraming},
		"nothing":                      {"", ErrFraming},
		"half a header":                {"--" + boundary + "\r\nContent-Disp", ErrFraming},
		"a part without a disposition": {"--" + boundary + "\r\nContent-Type: text/plain\r\n\r\nx\r\n--" + boundary + "--", ErrFraming},
		"two dispositions":             {form(part("name=a\r\nContent-Disposition: form-data; name=b", "x")), ErrFraming},
		"two file names":               {form(part(`name="a"; filename="x"; filename="y"`, "x")), ErrFraming},
		"a folded header":              {form(part("name=a;\r\n filename=b", "x")), ErrFraming},
		"a transfer encoding":          {form(part("name=a\r\nContent-Transfer-Encoding: base64", "x")), ErrFraming},
		"a boundary that goes on":      {form(part(`name="a"`, "x\r\n--"+boundary+"x\r\ny")), ErrFraming},
		"a header without end":         {"--" + boundary + "\r\nX: " + strings.Repeat("x", 2*longestHeader), ErrTooLarge},
		"a field without end":          {"--" + boundary + "\r\nContent-Disposition: form-data; name=a\r\n\r\n" + strings.Repeat("x", longestField+readSize), ErrTooLarge},
		"a preamble without end":       {strings.Repeat("x", 2*longestHeader), ErrFraming},
		"an epilogue without end":      {form() + strings.Repeat("x", 2*longestEnd), ErrFraming},
		"a boundary and spaces no end": {"--" + boundary + strings.Repeat(" ", 2*longestHeader), ErrFraming},
		"more than allowed":            {form(part(`name="f"; filename="a"`, strings.Repeat("x", 3<<20))), ErrTooLarge},
	}
	for name, test := range bodies {
		o := strict(t)
		o.Max = 2 << 20
		if _, err := pass(o, test.body, boundary, whole); !errors.Is(err, test.why) {
			t.Errorf("%s: %v, want %v", name, err, test.why)
		}
	}
}

func TestFilesAreAskedAboutBeforeTheyGoOn(t *testing.T) {
	o := strict(t)
	errOpaque := errors.New("opaque")
	o.File = func(p Part, head []byte) error {
		if p.Filename == "a.7z" && bytes.HasPrefix(head, []byte("7z\xbc\xaf")) {
			return errOpaque
		}
		return nil
	}
	got, err := pass(o, form(part(`name="f"; filename="a.7z"`, "7z\xbc\xaf"+strings.Repeat("x", 1<<20))), boundary, whole)
	if !errors.Is(err, errOpaque) || strings.Contains(got, "7z\xbc") {
		t.Errorf("%v after %d bytes", err, len(got))
	}
}

func TestASourceThatFails(t *testing.T) {
	broken := errors.New("reset")
	b := New(io.NopCloser(io.MultiReader(strings.NewReader(form(part(`name="a"`, "x"))[:40]), iotest.ErrReader(broken))), boundary, strict(t))
	if _, err := io.ReadAll(b); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if _, err := b.Read(make([]byte, 1)); !errors.Is(err, broken) {
		t.Errorf("the second time: %v", err)
	}
}

func TestAPanicIsAnErrorOfOurs(t *testing.T) {
	o := strict(t)
	o.Field = func(Part, []byte) error { panic("a detector's bug") }
	if _, err := pass(o, form(part(`name="a"`, "x")), boundary, whole); !errors.Is(err, ErrFault) {
		t.Errorf("%v", err)
	}
}

func TestResumable(t *testing.T) {
	for name, want := range map[string]bool{"content-range": true, "Tus-Resumable": true, "Upload-Offset": true, "Upload-Complete": true, "Range": false, "Content-Length": false} {
		h := http.Header{}
		h.Set(name, "1")
		if Resumable(h) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}

// FuzzStream holds that how a body arrives changes nothing, and that what goes on is a beginning of it without a card.
func FuzzStream(f *testing.F) {
	f.Add(form(part(`name="a"`, "x"), part(`name="f"; filename="a"`, "file "+card)), 3)
	f.Add("before\n--"+boundary+"\nContent-Disposition: form-data; name=f; filename=x\n\n\n--"+boundary+"--", 1)
	o := strict(f)
	f.Fuzz(func(t *testing.T, body string, piece int) {
		atOnce, err := pass(o, body, boundary, whole)
		cut, err2 := pass(o, body, boundary, func(r io.Reader) io.Reader { return &pieces{r, max(1, piece%100)} })
		if (err == nil) != (err2 == nil) || err == nil && atOnce != cut {
			t.Fatalf("whole: %v and %d bytes; in pieces: %v and %d", err, len(atOnce), err2, len(cut))
		}
		if !strings.HasPrefix(body, cut) || strings.Contains(cut, " "+card+" ") {
			t.Fatal("something else went on, or a card")
		}
	})
}

type pieces struct {
	r io.Reader
	n int
}

func (p *pieces) Read(b []byte) (int, error) { return p.r.Read(b[:min(len(b), p.n)]) }

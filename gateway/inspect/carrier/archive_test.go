package carrier

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	stdzlib "compress/zlib"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// member is a file in an archive under test.
type member struct{ name, content string }

func zipped(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		f, err := w.Create(m.name)
		must(t, err)
		_, err = f.Write([]byte(m.content))
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

func stored(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		f, err := w.CreateRaw(&zip.FileHeader{Name: m.name, UncompressedSize64: uint64(len(m.content)), CompressedSize64: uint64(len(m.content))})
		must(t, err)
		_, err = f.Write([]byte(m.content))
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

func gzipped(t testing.TB, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(content))
	must(t, err)
	must(t, w.Close())
	return b.Bytes()
}

func zlibbed(t testing.TB, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := stdzlib.NewWriter(&b)
	_, err := w.Write([]byte(content))
	must(t, err)
	must(t, w.Close())
	return b.Bytes()
}

func tarred(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		must(t, w.WriteHeader(&tar.Header{Name: m.name, Mode: 0o600, Size: int64(len(m.content)), Format: tar.FormatPAX, PAXRecords: map[string]string{"SHOP.note": "note of " + m.name}}))
		_, err := w.Write([]byte(m.content))
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

func zstded(t testing.TB, content string) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	must(t, err)
	return w.EncodeAll([]byte(content), nil)
}

func brotlied(t testing.TB, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := brotli.NewWriter(&b)
	_, err := w.Write([]byte(content))
	must(t, err)
	must(t, w.Close())
	return b.Bytes()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Every format, once with a card and once with its clean twin: the text comes out, and nothing else differs.
func TestArchives(t *testing.T) {
	text := func(number string) string { return "order 17\ncard " + number + "\n" + strings.Repeat("padding ", 40) }
	formats := map[string]struct {
		make func(number string) []byte
		name string
	}{
		"gzip":                                {func(n string) []byte { return gzipped(t, text(n)) }, ""},
		"a number cut by two members of gzip": {func(n string) []byte { return append(gzipped(t, "card "+n[:8]), gzipped(t, n[8:])...) }, ""},
		"text behind a gzip":                  {func(n string) []byte { return append(gzipped(t, "x"), text(n)...) }, ""},
		"zlib":                                {func(n string) []byte { return zlibbed(t, text(n)) }, ""},
		"zstd":                                {func(n string) []byte { return zstded(t, text(n)) }, ""},
		"two frames of zstd":                  {func(n string) []byte { return append(zstded(t, "card "+n[:8]), zstded(t, n[8:])...) }, ""},
		"brotli by its name":                  {func(n string) []byte { return brotlied(t, text(n)) }, "x.br"},
		"zip":                                 {func(n string) []byte { return zipped(t, member{"a.txt", "a"}, member{"b.txt", text(n)}) }, ""},
		"a stored zip":                        {func(n string) []byte { return stored(t, member{"a.txt", "a"}, member{"b.txt", text(n)}) }, ""},
		"a zip's entry name":                  {func(n string) []byte { return zipped(t, member{n + ".txt", "a"}) }, ""},
		"a zip behind a text":                 {func(n string) []byte { return append([]byte("#!/bin/sh\n"), zipped(t, member{"b.txt", text(n)})...) }, ""},
		"a zip behind an image":               {func(n string) []byte { return append(pngOf(), zipped(t, member{"b.txt", text(n)})...) }, ""},
		"text behind a zip":                   {func(n string) []byte { return append(zipped(t, member{"b.txt", "x"}), text(n)...) }, ""},
		"a zip in a zip":                      {func(n string) []byte { return zipped(t, member{"in.zip", string(zipped(t, member{"b.txt", text(n)}))}) }, ""},
		"tar":                                 {func(n string) []byte { return tarred(t, member{"a", "a"}, member{"b", text(n)}) }, ""},
		"a tar's entry name":                  {func(n string) []byte { return tarred(t, member{n, "a"}) }, ""},
		"a tar's extended header":             {func(n string) []byte { return tarred(t, member{n, ""}) }, ""},
		"tar in gzip":                         {func(n string) []byte { return gzipped(t, string(tarred(t, member{"b", text(n)}))) }, ""},
		"text behind a tar's end":             {func(n string) []byte { return append(tarred(t, member{"b", "x"}), tarred(t, member{"c", text(n)})...) }, ""},
	}
	for name, format := range formats {
		t.Run(name, func(t *testing.T) {
			for _, number := range []string{card, clean} {
				got, err := look(format.make(number), format.name, newPurse())
				if err != nil {
					t.Fatalf("walking: %v%s", err, got.shape())
				}
				if !got.has(number) {
					t.Fatalf("the number is not among the texts%s", got.shape())
				}
				if number == clean && got.has(card) {
					t.Fatal("a card out of nowhere")
				}
			}
		})
	}
}

// patch changes bytes at every place where a pattern stands, from its end on.
func patch(content []byte, pattern string, offset int, with ...byte) []byte {
	out := bytes.Clone(content)
	for at := 0; ; {
		i := bytes.Index(out[at:], []byte(pattern))
		if i < 0 {
			return out
		}
		at += i + len(pattern)
		copy(out[at-len(pattern)+offset:], with)
	}
}

func TestHostileZips(t *testing.T) {
	secret := member{"secret.txt", "card " + card + strings.Repeat(" filler", 30)}
	plain := zipped(t, secret)
	tests := map[string]struct {
		content []byte
		err     error
		seen    bool // the card is handed over all the same
	}{
		"a name that differs in the directory":       {patch(plain, directorySignature, 46, 'S'), ErrBroken, true},
		"a method that differs in the directory":     {patch(plain, directorySignature, 10, 0), ErrBroken, true},
		"an entry the directory hides":               {hidden(t, secret), nil, true},
		"a directory without entries":                {patch(plain, endSignature, 8, 0, 0, 0, 0, 0, 0, 0, 0), ErrBroken, true},
		"no directory at all":                        {plain[:bytes.Index(plain, []byte(directorySignature))], ErrBroken, true},
		"a count that is wrong":                      {patch(plain, endSignature, 8, 2, 0, 2, 0), ErrBroken, true},
		"half an entry":                              {plain[:60], ErrBroken, true},
		"a zip behind another":                       {append(zipped(t, secret), zipped(t, member{"b", "x"})...), ErrBroken, true},
		"an entry under a password":                  {patch(patch(plain, directorySignature, 8, 1), localSignature, 6, 1), ErrEncrypted, false},
		"an entry under AES":                         {patch(patch(plain, directorySignature, 10, 99), localSignature, 8, 99), ErrEncrypted, false},
		"a method nobody reads":                      {patch(patch(plain, directorySignature, 10, 14), localSignature, 8, 14), ErrOpaque, false},
		"two entries that share their bytes":         {overlapping(t, secret), ErrBroken, true},
		"an end record inside the archive's comment": {commented(t, secret, endSignature+strings.Repeat("\x00", 18)), ErrBroken, true},
		"a card in the archive's comment":            {commented(t, member{"a", "b"}, "note "+card), nil, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := look(test.content, "", newPurse())
			if !errors.Is(err, test.err) || test.err == nil && err != nil {
				t.Errorf("walking: %v, want %v", err, test.err)
			}
			if got.has(card) != test.seen {
				t.Errorf("card seen: %v%s", got.has(card), got.shape())
			}
		})
	}
}

// hidden is a zip whose directory names one of its two entries.
func hidden(t *testing.T, secret member) []byte {
	both := zipped(t, member{"shown.txt", "nothing here"}, secret)
	first := bytes.Index(both, []byte(directorySignature))
	second := first + 4 + bytes.Index(both[first+4:], []byte(directorySignature))
	end := bytes.LastIndex(both, []byte(endSignature))
	out := append(bytes.Clone(both[:second]), both[end:]...)
	at := len(out) - endSize
	out[at+8], out[at+10] = 1, 1
	out[at+12], out[at+13], out[at+14], out[at+15] = byte(second-first), byte((second-first)>>8), 0, 0
	return out
}

// overlapping is a zip whose directory names its one entry twice, as bombs do.
func overlapping(t *testing.T, m member) []byte {
	one := zipped(t, m)
	first, end := bytes.Index(one, []byte(directorySignature)), bytes.LastIndex(one, []byte(endSignature))
	record := one[first:end]
	out := append(append(bytes.Clone(one[:end]), record...), one[end:]...)
	at, size := len(out)-endSize, 2*len(record)
	out[at+8], out[at+10], out[at+12], out[at+13] = 2, 2, byte(size), byte(size>>8)
	return out
}

func commented(t *testing.T, m member, comment string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create(m.name)
	must(t, err)
	_, err = f.Write([]byte(m.content))
	must(t, err)
	must(t, w.SetComment(comment))
	must(t, w.Close())
	return b.Bytes()
}

// What other programs write must be read: zips from the tools people have.
func TestZipsOfOtherPrograms(t *testing.T) {
	python := tool(t, "python3")
	for name, script := range map[string]string{
		"deflate":         `z=zipfile.ZipFile(o,'w',zipfile.ZIP_DEFLATED);z.writestr('a.txt',text)`,
		"bzip2":           `z=zipfile.ZipFile(o,'w',zipfile.ZIP_BZIP2);z.writestr('a.txt',text)`,
		"zip64":           `z=zipfile.ZipFile(o,'w',zipfile.ZIP_DEFLATED);f=z.open('a.txt','w',force_zip64=True);f.write(text.encode());f.close()`,
		"a stream":        `z=zipfile.ZipFile(Unseekable(o),'w',zipfile.ZIP_DEFLATED);z.writestr('a.txt',text)`,
		"a stored stream": `z=zipfile.ZipFile(Unseekable(o),'w',zipfile.ZIP_STORED);z.writestr('a.txt',text)`,
		"folders":         `z=zipfile.ZipFile(o,'w',zipfile.ZIP_DEFLATED);z.writestr('d/','');z.writestr('d/a.txt',text);z.writestr('d/empty','')`,
	} {
		t.Run(name, func(t *testing.T) {
			preamble := "import zipfile,sys,io\n" +
				"class Unseekable:\n  def __init__(s,o): s.o=o\n  def write(s,b): return s.o.write(b)\n  def flush(s): s.o.flush()\n" +
				"o=io.BytesIO()\ntext='card " + card + "'+' filler'*20\n"
			out, err := exec.Command(python, "-c", preamble+script+"\nz.close()\nsys.stdout.buffer.write(o.getvalue())").Output()
			must(t, err)
			got, err := look(out, "", newPurse())
			if err != nil || !got.has(card) {
				t.Errorf("walking: %v, card seen: %v%s", err, got.has(card), got.shape())
			}
		})
	}
}

package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// scanned runs the command over a folder of files and gives what it printed and its exit code.
func scanned(t *testing.T, files map[string]string, stdin string, flags ...string) (stdout, stderr string, code int) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	a := &app{Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs, Ctx: context.Background()}
	c := scanCmd{Paths: []string{dir}}
	for _, f := range flags {
		switch f {
		case "--json":
			c.JSON = true
		case "--possible":
			c.Possible = true
		default:
			c.Paths = append(c.Paths, f)
		}
	}
	err := c.Run(a)
	var exit exitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return strings.ReplaceAll(out.String(), dir, "DIR"), strings.ReplaceAll(errs.String(), dir, "DIR"), int(exit)
}

func gzipped(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestScan(t *testing.T) {
	utf16 := "\xff\xfe"
	for _, c := range "card 4111111111111111" {
		utf16 += string(rune(c)) + "\x00"
	}
	for claim, tc := range map[string]struct {
		files map[string]string
		stdin string
		flags []string
		want  string
		code  int
	}{
		"clean files":                 {files: map[string]string{"a.txt": "nothing here", "b.log": "barcode=4600000000008"}, want: "", code: 0},
		"a number and its place":      {files: map[string]string{"a.log": "one\ntwo\ncard 4111 1111 1111 1111\n"}, want: "DIR/a.log:3:6: pan visa, 16 digits, certain\n", code: 1},
		"a number deep in a folder":   {files: map[string]string{"x/y/z": "2200000000000004"}, want: "DIR/x/y/z:1:1: pan mir, 16 digits, likely\n", code: 1},
		"a number in gzip":            {files: map[string]string{"d.sql.gz": gzipped(t, "INSERT INTO t VALUES (1,'5555555555554444');\n")}, want: "DIR/d.sql.gz:1:26: pan mastercard, 16 digits, likely\n", code: 1},
		"a number in UTF-16":          {files: map[string]string{"w.txt": utf16}, want: "DIR/w.txt:1:6: pan visa, 16 digits, certain\n", code: 1},
		"a number among binary bytes": {files: map[string]string{"b": "\x00\x01\xff\xfe4111111111111111\x00"}, want: "DIR/b:1:5: pan visa, 16 digits, likely\n", code: 1},
		"a number in a file's name":   {files: map[string]string{"4111111111111111.txt": "x"}, want: "DIR/****************.txt: pan visa, 16 digits, likely\n", code: 1},
		"standard input":              {stdin: "a\nb 378282246310005", flags: []string{"-"}, want: "-:2:3: pan amex, 15 digits, likely\n", code: 1},
		"JSON":                        {files: map[string]string{"a": "4111111111111111"}, flags: []string{"--json"}, want: `{"path":"DIR/a","line":1,"column":1,"offset":0,"kind":"pan","brand":"visa","length":16,"confidence":"likely","reasons":["16 digits","visa range","Luhn holds"]}` + "\n", code: 1},
		"a number in an SQL dump":     {files: map[string]string{"d.sql": "INSERT INTO `o` VALUES (1,'5555555555554444',4600000000008),(2,'5555555555554445',NULL);\n"}, want: "DIR/d.sql:1:28: pan mastercard, 16 digits, likely\n", code: 1},
		"a number in a log":           {files: map[string]string{"a.log": "2026-11-22T15:40:05.123456Z GET /pay?card=4242424242424242&ts=1763803600123 200\n"}, want: "DIR/a.log:1:43: pan visa, 16 digits, certain\n", code: 1},
		"a clean log":                 {files: map[string]string{"a.log": "2026-11-22T15:40:05.123456Z 5555555555554445 00-0af7651916cd43dd8448eb211c80319c-4111111111111111-01\n"}, want: "", code: 0},
		"two members of one gzip":     {files: map[string]string{"a.gz": gzipped(t, "nothing\n") + gzipped(t, "4242424242424242\n")}, want: "DIR/a.gz:2:1: pan visa, 16 digits, likely\n", code: 1},
		"a broken gzip is unread":     {files: map[string]string{"a.gz": gzipped(t, strings.Repeat("x", 9999))[:20]}, want: "", code: 2},
		"a missing path is unread":    {flags: []string{"/nonexistent/path"}, want: "", code: 2},
	} {
		stdout, stderr, code := scanned(t, tc.files, tc.stdin, tc.flags...)
		if stdout != tc.want || code != tc.code {
			t.Errorf("%s: exit %d, want %d; printed %q, want %q; errors %q", claim, code, tc.code, stdout, tc.want, stderr)
		}
		if strings.Contains(stdout+stderr, "4111") || strings.Contains(stdout+stderr, "1111") {
			t.Errorf("%s: a digit of the number was printed", claim)
		}
	}
}

func TestScanKnowsLinesOfBigFiles(t *testing.T) {
	text := strings.Repeat("a line of no interest\n", 50_000) + "4242424242424242\n" + strings.Repeat("another line\n", 50_000)
	stdout, _, code := scanned(t, map[string]string{"big": text}, "")
	if want := "DIR/big:50001:1: pan visa, 16 digits, likely\n"; stdout != want || code != 1 {
		t.Errorf("exit %d, printed %q", code, stdout)
	}
}

// endless is so many lines and then a number, made as they are read.
type endless struct{ lines int }

func (e *endless) Read(p []byte) (n int, err error) {
	const line = "2026-11-22 15:40:05 order 4600000000008 paid, ts=1763803600123, id=4111111111111112\n"
	for ; e.lines > 0 && len(p)-n >= len(line); e.lines-- {
		n += copy(p[n:], line)
	}
	if n == 0 {
		return copy(p, "4242424242424242\n"), io.EOF
	}
	return n, nil
}

func TestScanOfABigFileTakesConstantMemory(t *testing.T) {
	const lines = 400_000 // 33 megabytes
	var out, errs bytes.Buffer
	a := &app{Stdin: &endless{lines: lines}, Stdout: &out, Stderr: &errs, Ctx: context.Background()}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := scanCmd{Paths: []string{"-"}}.Run(a)
	runtime.ReadMemStats(&after)
	if want := fmt.Sprintf("-:%d:1: pan visa, 16 digits, likely\n", lines+1); out.String() != want {
		t.Errorf("printed %q, want %q; %v, errors %q", out.String(), want, err, errs.String())
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
		t.Errorf("%d bytes were allocated for 33 megabytes", used)
	}
}

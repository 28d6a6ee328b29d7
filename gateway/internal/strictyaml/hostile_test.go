package strictyaml

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// hostile are files made to cost time or memory; each is cut to its size by the reader's own limit.
func hostile(size int) map[string][]byte {
	fill := func(s string) []byte { return bytes.Repeat([]byte(s), size/len(s)) }
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 12; i++ {
		was, is := string(rune('a'+i-1))+"0", string(rune('a'+i))+"0"
		bomb += is + ": &" + is + " [*" + was + strings.Repeat(", *"+was, 8) + "]\n"
	}
	return map[string][]byte{
		"brackets opened": fill("["), "braces opened": fill("{a: "), "dashes": fill("- "), "question marks": fill("? "),
		"anchors": fill("- &a x\n"), "commas": append([]byte("["), fill(",")...), "long line": fill("x"), "quotes": append([]byte(`"`), fill("\\u0041")...),
		"unknown keys": numbered(size), "comments": fill("#\n"), "documents": fill("---\n"), "block text": append([]byte("a: |\n"), fill("  x\n")...),
		"indents": indents(size), "alias bomb": []byte(bomb), "NUL": fill("\x00"), "colons": fill(": "), "a key as long as the file": append(fill("k"), ": 1"...),
	}
}

func numbered(size int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < size-16; i++ {
		b.WriteString("k")
		for n := i; n > 0; n /= 26 {
			b.WriteByte(byte('a' + n%26))
		}
		b.WriteString(": 1\n")
	}
	return b.Bytes()
}

func indents(size int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len()+i+4 < size; i++ {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.Bytes()
}

func TestHostileFilesEndSoon(t *testing.T) {
	t.Parallel()
	for name, src := range hostile(MaxBytes) {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			var f file
			faults := Read("f.yaml", src, &f).Faults()
			if len(faults) == 0 {
				t.Error("no fault")
			}
			took := time.Since(start)
			t.Logf("%d bytes, %d faults, %v", len(src), len(faults), took)
			if took > 2*time.Minute {
				t.Errorf("took %v", took)
			}
		})
	}
	var f file
	if faults := Read("f.yaml", make([]byte, 10<<20), &f).Faults(); len(faults) != 1 || faults[0].Text != "is larger than 1024 KiB" {
		t.Errorf("10 MiB: %v", faults)
	}
}

func FuzzRead(f *testing.F) {
	for _, src := range hostile(256) {
		f.Add(src)
	}
	f.Add([]byte("version: 1\nrows:\n  - {id: a, tint: red}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		var into file
		d := Read("f.yaml", src, &into)
		for _, fault := range d.Faults() {
			if fault.Text == "" || strings.Contains(fault.File, "\n") {
				t.Errorf("fault %+v", fault)
			}
		}
	})
}

package carrier

import (
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"
)

// What a bomb may cost: the budget's decoded bytes, their copy while a buffer grows, and the decoders' windows.
const (
	mostBombTime   = 2 * time.Minute // seconds on a quiet machine; the race detector on a busy one is far slower
	mostBombMemory = 160 << 20
)

func TestBombs(t *testing.T) {
	zeros := strings.Repeat("\x00", 64<<20)
	tests := map[string]func() []byte{
		"gzip of zeros":                    func() []byte { return gzipped(t, zeros) },
		"gzip in gzip":                     func() []byte { return gzipped(t, string(gzipped(t, zeros))) },
		"zlib of zeros":                    func() []byte { return zlibbed(t, zeros) },
		"zstd of zeros":                    func() []byte { return zstded(t, zeros) },
		"brotli of zeros":                  func() []byte { return brotlied(t, zeros) },
		"bzip2 of zeros":                   func() []byte { return bzip2Zeros(t) },
		"zip of zeros":                     func() []byte { return zipped(t, member{"a", zeros}) },
		"a zip of sixteen zips, five deep": func() []byte { return nested(t, 5) },
		"entries that share one kernel":    func() []byte { return quoted(t, 250) },
		"a thousand entries and one":       func() []byte { return many(t, 1001) },
		"a hundred thousand empty entries": func() []byte { return many(t, 60000) },
		"tar of zeros in gzip":             func() []byte { return gzipped(t, string(tarred(t, member{"a", zeros}))) },
		"a tar with a hole of a terabyte":  func() []byte { return sparse() },
		"a sheet of zeros":                 func() []byte { return xlsxOf(t, "", "<row><c><v>"+strings.Repeat("0", 64<<20)+"</v></c></row>") },
		"a PDF page of zeros":              func() []byte { return pageOf("", "/Filter /FlateDecode", string(zlibbed(t, zeros))) },
		"a PDF's page shown by a thousand": func() []byte { return pagesOf(t, 1000) },
		"a PNG text of zeros":              func() []byte { return pngOf(pngChunkOf("zTXt", "a\x00\x00"+string(zlibbed(t, zeros)))) },
		"a TIFF whose tags share bytes":    func() []byte { return sharing() },
		"a window of a gigabyte in zstd":   func() []byte { return []byte("\x28\xb5\x2f\xfd\x00\xa0\x01\x00\x00") },
	}
	for name, build := range tests {
		t.Run(name, func(t *testing.T) {
			content := build()
			took, grew, err := cost(t, content)
			t.Logf("%d bytes: refused with %q after %v, %d KiB allocated at most", len(content), err, took.Round(time.Millisecond), grew>>10)
			if err == nil {
				t.Error("walked to its end")
			}
			if took > mostBombTime || grew > mostBombMemory {
				t.Errorf("cost %v and %d MiB", took, grew>>20)
			}
		})
	}
}

// cost walks content and watches the heap meanwhile.
func cost(t *testing.T, content []byte) (took time.Duration, grew uint64, err error) {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	done, highest := make(chan struct{}), make(chan uint64)
	go func() {
		top := uint64(0)
		for tick := time.NewTicker(5 * time.Millisecond); ; {
			select {
			case <-done:
				tick.Stop()
				highest <- top
				return
			case <-tick.C:
				runtime.ReadMemStats(&now)
				top = max(top, now.HeapInuse)
			}
		}
	}()
	began := time.Now()
	outer, inner := newPurse(), newPurse()
	err = Walk(Sniff(content, "x.br"), content, "", outer, walkOn(inner))
	if outer.held != 0 || inner.held != 0 {
		t.Errorf("%d and %d bytes of memory were not given back", outer.held, inner.held)
	}
	took = time.Since(began)
	close(done)
	top := <-highest
	return took, top - min(top, before.HeapInuse), err
}

// walkOn walks the files inside, keeping nothing, with one purse for all.
func walkOn(p *purse) (visit func(Text) error) {
	visit = func(t Text) error {
		if !t.File {
			return nil
		}
		return Walk(Sniff(t.Data, t.Name), t.Data, t.Name, p, visit)
	}
	p.depth-- // the outermost level is the caller's
	return visit
}

func bzip2Zeros(t *testing.T) []byte {
	out, err := exec.Command(tool(t, "python3"), "-c", "import bz2,sys;sys.stdout.buffer.write(bz2.compress(bytes(64<<20)))").Output()
	must(t, err)
	return out
}

// nested is sixteen zips in each zip, as in 42.zip.
func nested(t *testing.T, levels int) []byte {
	inner := zipped(t, member{"0.dll", strings.Repeat("\x00", 4<<20)})
	for range levels {
		var members []member
		for i := range 16 {
			members = append(members, member{fmt.Sprintf("lib %x.zip", i), string(inner)})
		}
		inner = zipped(t, members...)
	}
	return inner
}

// quoted is a zip whose entries all end in the same compressed kernel: each quotes the local header of the next.
func quoted(t *testing.T, entries int) []byte {
	var kernel bytes.Buffer
	w, err := flate.NewWriter(&kernel, 9)
	must(t, err)
	_, err = w.Write(bytes.Repeat([]byte{0}, 1<<20))
	must(t, err)
	must(t, w.Close())
	var content, directory []byte
	packed := entries*localSize + kernel.Len()
	for i := range entries {
		h := binary.LittleEndian.AppendUint32([]byte(localSignature+"\x14\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00"), uint32(packed-(i+1)*localSize))
		h = binary.LittleEndian.AppendUint32(h, 1<<20)
		h = append(h, 0, 0, 0, 0)
		directory = append(directory, directorySignature+"\x14\x00"...)
		directory = append(directory, h[4:30]...)
		directory = append(directory, make([]byte, 10)...)
		directory = binary.LittleEndian.AppendUint32(directory, uint32(len(content)))
		content = append(content, h...)
	}
	content = append(content, kernel.Bytes()...)
	end := []byte(endSignature + "\x00\x00\x00\x00")
	end = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(end, uint16(entries)), uint16(entries))
	end = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(end, uint32(len(directory))), uint32(len(content)))
	return append(append(append(content, directory...), end...), 0, 0)
}

func many(t *testing.T, entries int) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range entries {
		_, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(i)})
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

// sparse is a GNU tar of one file with a hole of a terabyte.
func sparse() []byte {
	h := make([]byte, 1024)
	copy(h, "hole")
	copy(h[100:], "0000600\x000000000\x000000000\x0000000000000\x0000000000000\x00        S")
	copy(h[257:], "ustar  \x00")
	h[386+12+11], h[386] = 0, '1'
	copy(h[386:], "20000000000\x0000000000000\x00") // one empty piece at the end of the hole
	h[483] = 0x80
	binary.BigEndian.PutUint64(h[487:], 1<<40)
	copy(h[386:], "\x80\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00")
	sum := 0
	for _, c := range h[:512] {
		sum += int(c)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	return append(h, make([]byte, 512)...)
}

func pagesOf(t *testing.T, pages int) []byte {
	objects := []string{streamOf("/Filter /FlateDecode", string(zlibbed(t, strings.Repeat("(x) Tj ", 1<<16))))}
	for range pages {
		objects = append(objects, "<< /Type /Page /Contents 1 0 R >>")
	}
	return pdfOf(objects...)
}

// sharing is a TIFF of a thousand tags that are the same megabyte.
func sharing() []byte {
	const tags = 1000
	b := binary.LittleEndian.AppendUint16([]byte("II*\x00\x08\x00\x00\x00"), tags)
	for range tags {
		b = append(b, "\x0e\x01\x02\x00\x00\x00\x10\x00\x00\x40\x00\x00"...)
	}
	return append(b, make([]byte, 2<<20)...)
}

func TestBzip2(t *testing.T) {
	out, err := exec.Command(tool(t, "python3"), "-c", "import bz2,sys;sys.stdout.buffer.write(bz2.compress(b'card "+card+"')+b'behind it "+clean+"')").Output()
	must(t, err)
	if _, err := io.ReadAll(bzip2.NewReader(bytes.NewReader(out))); err == nil {
		t.Fatal("the library takes what stands behind for nothing: this test tests nothing")
	}
	got, err := look(out, "", newPurse())
	if !got.has(card) {
		t.Errorf("walking: %v%s", err, got.shape())
	}
}

package carrier

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"io"
	"slices"
	"testing"
	"time"
)

// A gzip that unpacks to itself is a gzip in a gzip without end: the bound on depth ends it.
func TestAGzipWithoutEndStopsAtTheBoundOfDepth(t *testing.T) {
	content := quine(t)
	z, err := gzip.NewReader(bytes.NewReader(content))
	must(t, err)
	inside, err := io.ReadAll(z)
	must(t, err)
	if !bytes.Equal(inside, content) {
		t.Fatal("it does not unpack to itself: this test tests nothing")
	}
	p := newPurse()
	if _, err := look(content, "", p); err != errSpent || p.most != p.depth {
		t.Errorf("walking it: %v, %d deep", err, p.most)
	}
	took, grew, err := cost(t, content)
	t.Logf("%d bytes: refused with %q after %v, %d KiB allocated at most", len(content), err, took.Round(time.Microsecond), grew>>10)
	if err == nil || took > mostBombTime || grew > mostBombMemory {
		t.Errorf("%v after %v and %d MiB", err, took, grew>>20)
	}
}

// quineSize is 15 bytes of head, 27 units of five and 13 bytes of end.
const quineSize = 15 + 27*5 + 13

// quine is a gzip that unpacks to itself. Its deflate stream is made of two instructions, each five bytes long: show the
// bytes that follow (a stored block), and repeat the last of what was shown. Written so, a program can print itself
// together with a head and a tail; the checksum, which stands in the text twice, is what is left to solve for.
func quine(t *testing.T) []byte {
	t.Helper()
	head := []byte("\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xffq.gz\x00")
	show1, show4, repeat4 := show(5), show(20), repeat(20, 10, 10, false) // units of five bytes
	with := func(sum uint32) []byte {
		end := append(repeat(13, 10, 3, true), binary.LittleEndian.AppendUint32(nil, sum)...)
		end = binary.LittleEndian.AppendUint32(end, quineSize)
		return slices.Concat(
			head, show4, head, show4, repeat4, // shows the head, the first instruction and both again
			show1, repeat4, show1, show1, show4, repeat4, show1, show1, show4, repeat4,
			show4, repeat4, show4, repeat4, show4, repeat4,
			show4, []byte("panwall"), end, // shows itself, then repeats the end
			end,
		)
	}
	return with(fixedPoint(t, func(sum uint32) uint32 { return crc32.ChecksumIEEE(with(sum)) }))
}

// show is the head of a stored block of n bytes (RFC 1951 section 3.2.4).
func show(n uint16) []byte {
	return binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16([]byte{0}, n), ^n)
}

// repeat is a block of fixed codes that copies a and then b bytes, of 3 to 10, from a distance of 13 or 20 (RFC 1951
// section 3.2.5 and 3.2.6).
func repeat(distance, a, b int, last bool) []byte {
	var bits []byte
	low := func(v, n int) { // least significant bit first, as numbers are
		for i := range n {
			bits = append(bits, byte(v>>i&1))
		}
	}
	high := func(v, n int) { // most significant bit first, as codes are
		for i := n - 1; i >= 0; i-- {
			bits = append(bits, byte(v>>i&1))
		}
	}
	final := 0
	if last {
		final = 1
	}
	low(final, 1)
	low(1, 2)
	for _, length := range []int{a, b} {
		high(length-2, 7)
		if distance == 20 {
			high(8, 5)
			low(3, 3)
		} else {
			high(7, 5)
			low(0, 2)
		}
	}
	high(0, 7)
	out := make([]byte, 5)
	for i, bit := range bits {
		out[i/8] |= bit << (i % 8)
	}
	return out
}

// fixedPoint is an x with f(x) = x, for an f that is affine over bits, as a checksum of a text with x in it is.
func fixedPoint(t *testing.T, f func(uint32) uint32) uint32 {
	t.Helper()
	zero := f(0)
	var rows [32]uint64 // the equations (f(x)^f(0))^x = f(0), a bit each: which bits of x, and above them the right side
	for column := range 32 {
		image := f(1<<column) ^ zero ^ 1<<column
		for row := range rows {
			rows[row] |= uint64(image>>row&1) << column
		}
	}
	for row := range rows {
		rows[row] |= uint64(zero>>row&1) << 32
	}
	for column := range 32 {
		pivot := slices.IndexFunc(rows[column:], func(r uint64) bool { return r>>column&1 == 1 })
		if pivot < 0 {
			t.Fatal("no checksum fits: change the words in the text")
		}
		rows[column], rows[column+pivot] = rows[column+pivot], rows[column]
		for row := range rows {
			if row != column && rows[row]>>column&1 == 1 {
				rows[row] ^= rows[column]
			}
		}
	}
	var x uint32
	for column := range 32 {
		x |= uint32(rows[column]>>32&1) << column
	}
	return x
}

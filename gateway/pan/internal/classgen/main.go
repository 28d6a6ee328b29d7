// Command classgen writes the AVX2 form of the survey's classifier: go generate in gateway/pan.
package main

import (
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// set is a class of bytes as the product of a set of high and a set of low nibbles.
type set struct {
	bit       byte
	high, low []byte
}

// The first table: digits, then what parts numbers. The second: characters of base64, then the marks of escapes.
var (
	first = []set{
		{0x80, []byte{3}, span(0, 9)},
		{0x01, []byte{4, 6}, span(1, 15)},             // letters
		{0x02, []byte{5, 7}, span(0, 10)},             // letters
		{0x04, []byte{0}, append(span(1, 8), 14, 15)}, // control bytes, but NUL and space
		{0x08, []byte{1}, span(0, 15)},                // control bytes
		{0x10, []byte{2}, []byte{2, 7}},               // quotes
		{0x20, []byte{6, 7}, []byte{0, 15}},           // grave accent and DEL; p and o are letters
		{0x40, []byte{13}, []byte{0, 1}},              // lead bytes of Cyrillic
	}
	second = []set{
		{0x01, []byte{2, 5}, []byte{11, 13, 15}}, // + - / _ and, in vain, [ ]
		{0x02, []byte{3}, span(0, 9)},
		{0x04, []byte{4, 6}, span(1, 15)},
		{0x08, []byte{5, 7}, span(0, 10)},
		{0x10, []byte{2}, []byte{5}},  // percent
		{0x20, []byte{2}, []byte{6}},  // ampersand
		{0x40, []byte{5}, []byte{12}}, // backslash
		{0x80, []byte{3}, []byte{13}}, // equals
	}
)

// plain is the first table for a scan, which knows no escapes: NUL and the percent sign part numbers.
var plain = append(slices.Clone(first), set{0x04, []byte{0}, []byte{0}}, set{0x10, []byte{2}, []byte{5}})

// The layout of masks in the package, and its sparse.
const (
	joinedAt = 128
	sparse   = 9
)

func span(from, to byte) (s []byte) {
	for b := from; b <= to; b++ {
		s = append(s, b)
	}
	return s
}

// tables is the two nibble tables of the sets.
func tables(sets []set) (low, high [16]byte) {
	for _, s := range sets {
		for _, n := range s.low {
			low[n] |= s.bit
		}
		for _, n := range s.high {
			high[n] |= s.bit
		}
	}
	return low, high
}

// table is sixteen bytes in both halves of a register.
func table(name string, t [16]byte) VecVirtual {
	m := GLOBL(name, RODATA|NOPTR)
	DATA(0, String(t[:]))
	v := YMM()
	VBROADCASTI128(m, v)
	return v
}

// all is one byte in every place of a register.
func all(name string, b byte) VecVirtual {
	var t [16]byte
	for i := range t {
		t[i] = b
	}
	return table(name, t)
}

// constants is what both kernels hold in registers from beginning to end.
type constants struct{ low, high, nibble, parts, lead, tail VecVirtual }

func load(sets []set, name string) (c constants) {
	low, high := tables(sets)
	c.low, c.high = table(name+"Low", low), table(name+"High", high)
	c.nibble, c.parts = all(name+"Nibble", 0x0F), all(name+"Parting", 0x7F)
	c.lead, c.tail = all(name+"Lead", 0xC2), all(name+"Tail", 0xC0)
	return c
}

// classes is 32 bytes at an offset of src and their classes by the tables.
func (c constants) classes(src Register, at int) (v, class VecVirtual) {
	v, class = YMM(), YMM()
	low, high, x := YMM(), YMM(), YMM()
	VMOVDQU(Mem{Base: src, Disp: at}, v)
	VPSRLW(U8(4), v, high)
	VPAND(c.nibble, high, high)
	VPAND(c.nibble, v, low)
	VPSHUFB(low, c.low, class)
	VPSHUFB(high, c.high, x)
	VPAND(x, class, class)
	return v, class
}

// wide parts the bytes from C2 on into those that a continuation byte follows and those that are not UTF-8.
func (c constants) wide(src Register, at int, v VecVirtual) (good, bad VecVirtual) {
	good, bad = YMM(), YMM()
	lead := YMM()
	VPMAXUB(c.lead, v, lead)
	VPCMPEQB(v, lead, lead)
	VMOVDQU(Mem{Base: src, Disp: at + 1}, bad)
	VPCMPGTB(bad, c.tail, bad) // 80 to BF are the least of signed bytes
	VPAND(bad, lead, good)
	VPANDN(lead, bad, bad)
	return good, bad
}

// mask is the top bits of 64 bytes.
func mask(low, high VecVirtual) GPVirtual {
	m, x := GP64(), GP64()
	VPMOVMSKB(low, m.As32())
	VPMOVMSKB(high, x.As32())
	SHLQ(U8(32), x)
	ORQ(x, m)
	return m
}

// seek writes the kernel of a scan: no marks, no tokens, and which blocks are worth a look.
func seek() {
	TEXT("seekAVX2", NOSPLIT, "func(src *byte, blocks int, out *uint64) uint64")
	Pragma("noescape")
	Doc("seekAVX2 classifies blocks of 64 bytes, of which one more byte must follow the last, and gives those in which a", "run of twelve joined bytes may end among nine digits, the last block as the top bit.")
	src, n, out := Load(Param("src"), GP64()), Load(Param("blocks"), GP64()), Load(Param("out"), GP64())
	c := load(plain, "seek")
	zero := YMM()
	VPXOR(zero, zero, zero)
	hot, before := GP64(), GP64()
	XORQ(hot, hot)
	MOVQ(U32(sparse), before)
	var stages [4]GPVirtual // the runs of 1, 2, 4 and 8 that end in the block before
	for i := range stages {
		stages[i] = GP64()
		MOVQ(I32(-1), stages[i])
	}
	half := func(at int) (digits, joined VecVirtual) {
		v, class := c.classes(src, at)
		good, bad := c.wide(src, at, v)
		digits, joined = YMM(), YMM()
		VPOR(class, good, digits) // the top bit of a digit is set
		VPAND(c.parts, class, class)
		VPCMPEQB(zero, class, class)
		VPANDN(class, bad, joined)
		return digits, joined
	}
	Label("block")
	d0, j0 := half(0)
	d1, j1 := half(32)
	digits := mask(d0, d1)
	MOVQ(digits, Mem{Base: out})
	run, both := mask(j0, j1), GP64()
	MOVQ(run, Mem{Base: out, Disp: joinedAt})
	POPCNTQ(digits, digits)
	MOVQ(before, both)
	ADDQ(digits, both)
	MOVQ(digits, before)
	for i, shift := range []uint64{1, 2, 4, 4} {
		longer := GP64()
		MOVQ(run, longer)
		SHLQ(U8(shift), stages[i], longer)
		MOVQ(run, stages[i])
		ANDQ(longer, run)
	}
	SHRQ(U8(1), hot)
	CMPQ(both, U8(sparse))
	JLT(LabelRef("cold"))
	TESTQ(run, run)
	JZ(LabelRef("cold"))
	BTSQ(U8(63), hot)
	Label("cold")
	ADDQ(U8(64), src)
	ADDQ(U8(8), out)
	DECQ(n)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	Store(hot, ReturnIndex(0))
	RET()
}

// survey writes the kernel of a survey.
func survey() {
	TEXT("classifyAVX2", NOSPLIT, "func(src *byte, blocks int, out *uint64) uint8")
	Pragma("noescape")
	Doc("classifyAVX2 classifies blocks of 64 bytes and gives the marks of escapes among them.")
	src, n, out := Load(Param("src"), GP64()), Load(Param("blocks"), GP64()), Load(Param("out"), GP64())
	lo1, hi1 := tables(first)
	lo2, hi2 := tables(second)
	l1, h1, l2, h2 := table("low1", lo1), table("high1", hi1), table("low2", lo2), table("high2", hi2)
	nibble, parts := all("nibble", 0x0F), all("parting", 0x7F)
	lead, jis, ones := all("lead", 0xC2), all("jis", 0x82), all("ones", 0xFF)
	zero, marks := YMM(), YMM()
	VPXOR(zero, zero, zero)
	VPXOR(marks, marks, marks)

	store := func(v VecVirtual, offset int, invert bool) {
		x := GP32()
		VPMOVMSKB(v, x)
		if invert {
			NOTL(x)
		}
		MOVL(x, Mem{Base: out, Disp: offset})
	}
	// Sixteen registers are just enough: eleven constants and five values.
	half := func(at, offset int) {
		v, low, high, class, x := YMM(), YMM(), YMM(), YMM(), YMM()
		VMOVDQU(Mem{Base: src, Disp: at}, v)
		VPSRLW(U8(4), v, high)
		VPAND(nibble, high, high)
		VPAND(nibble, v, low)
		VPSHUFB(low, l1, class)
		VPSHUFB(high, h1, x)
		VPAND(x, class, class)
		VPSHUFB(low, l2, low)
		VPSHUFB(high, h2, high)
		VPAND(high, low, low) // class of the second table
		VPOR(low, marks, marks)
		VPAND(nibble, low, low)
		VPCMPEQB(zero, low, low)
		store(low, offset+256, true)
		VPMAXUB(lead, v, x)
		VPCMPEQB(v, x, x) // lead bytes of wide characters
		VPOR(class, x, x) // the top bit of a digit is set
		store(x, offset, false)
		VPAND(parts, class, class)
		VPCMPEQB(zero, class, class)
		store(class, offset+128, false)
		VPCMPEQB(jis, v, x)
		VPCMPEQB(ones, v, v)
		VPOR(v, x, x)
		store(x, offset+384, false)
	}
	Label("block")
	half(0, 0)
	half(32, 4)
	ADDQ(U8(64), src)
	ADDQ(U8(8), out)
	DECQ(n)
	JNZ(LabelRef("block"))

	// Fold the marks: 32 bytes to 4, then to one in Go's return value.
	x, y := XMM(), XMM()
	VEXTRACTI128(U8(1), marks, x)
	VPOR(x, marks.AsX(), x)
	VPSRLDQ(U8(8), x, y)
	VPOR(y, x, x)
	a, b := GP64(), GP64()
	VMOVQ(x, a)
	for _, shift := range []uint64{32, 16, 8} {
		MOVQ(a, b)
		SHRQ(U8(shift), b)
		ORQ(b, a)
	}
	VZEROUPPER()
	Store(a.As8(), ReturnIndex(0))
	RET()
}

func main() {
	survey()
	seek()
	Generate()
}

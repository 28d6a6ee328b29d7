package pan

import "golang.org/x/sys/cpu"

//go:generate go -C internal/classgen run . -out ../../classify_amd64.s -stubs ../../classify_stub_amd64.go -pkg pan

// haveAVX2 chooses at run time; the tests hold both ways against each other.
var haveAVX2 = cpu.X86.HasAVX2 && cpu.X86.HasPOPCNT

func (m *masks) fast(text []byte, blocks int) uint8 {
	return classifyAVX2(&text[0], blocks, &m.digits[0]) & (markPercent | markAmpersand | markBackslash | markEquals)
}

func (m *masks) quick(text []byte, blocks int) uint64 {
	return seekAVX2(&text[0], blocks, &m.digits[0])
}

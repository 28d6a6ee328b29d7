//go:build !amd64

package pan

var haveAVX2 = false

func (m *masks) fast(text []byte, blocks int) uint8 { return m.slow(text, blocks) }

// quick is never asked where haveAVX2 is false.
func (m *masks) quick([]byte, int) uint64 { return 0 }

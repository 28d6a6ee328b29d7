//go:build !amd64

package pan

const haveAVX2 = false

func (m *masks) fast(text []byte, blocks int) uint8 { return m.slow(text, blocks) }

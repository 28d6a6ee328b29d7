package carrier

import (
	"encoding/binary"
	"hash/crc32"
)

// pngOf is a PNG of one pixel with further chunks before its end.
func pngOf(chunks ...[]byte) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	b = append(b, pngChunkOf("IHDR", "\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00")...)
	for _, c := range chunks {
		b = append(b, c...)
	}
	b = append(b, pngChunkOf("IDAT", "\x78\x9c\x63\x00\x00\x00\x02\x00\x01")...)
	return append(b, pngChunkOf("IEND", "")...)
}

func pngChunkOf(name, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, name...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

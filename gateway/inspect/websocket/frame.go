package websocket

import (
	"crypto/rand"
	"encoding/binary"
	"unicode/utf8"
)

// Opcodes (RFC 6455 section 5.2).
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xa
)

const (
	maxHeader  = 14  // bytes of the longest frame header
	maxControl = 125 // bytes of payload of a control frame (section 5.5)
)

// header is the first part of a frame.
type header struct {
	fin, masked bool
	reserved    bool // one of RSV1 to RSV3 is set
	op          byte
	length      uint64
	key         [4]byte
	minimal     bool // the length is written as short as it can be, as section 5.2 demands
	size        int  // bytes of the header itself
}

func (h *header) control() bool { return h.op&0x8 != 0 }

// parseHeader reads a header from the beginning of b. Where b is too short, need is how many bytes it takes to go on.
func parseHeader(b []byte) (h header, need int) {
	if len(b) < 2 {
		return h, 2
	}
	h.fin, h.reserved, h.op, h.masked = b[0]&0x80 != 0, b[0]&0x70 != 0, b[0]&0x0f, b[1]&0x80 != 0
	h.size, h.minimal = 2, true
	short := b[1] & 0x7f
	switch short {
	case 126:
		h.size += 2
	case 127:
		h.size += 8
	}
	if h.masked {
		h.size += 4
	}
	if len(b) < h.size {
		return h, h.size
	}
	switch short {
	case 126:
		h.length = uint64(binary.BigEndian.Uint16(b[2:]))
		h.minimal = h.length > maxControl
	case 127:
		h.length = binary.BigEndian.Uint64(b[2:])
		h.minimal = h.length > 0xffff
	default:
		h.length = uint64(short)
	}
	if h.masked {
		copy(h.key[:], b[h.size-4:h.size])
	}
	return h, 0
}

// unmask undoes the masking (section 5.3) of a piece of payload that begins at a position of its frame.
func unmask(dst, src []byte, key [4]byte, position uint64) {
	for i, c := range src {
		dst[i] = c ^ key[(position+uint64(i))&3]
	}
}

// Code is a close code of section 7.4.1.
type Code uint16

// The codes this package closes with.
const (
	ProtocolError Code = 1002
	InvalidText   Code = 1007
	Refused       Code = 1008
	TooBig        Code = 1009
	InternalError Code = 1011
	TryLater      Code = 1013
)

var reasons = map[Code]string{
	ProtocolError: "protocol error",
	InvalidText:   "text is not UTF-8",
	Refused:       "message refused",
	TooBig:        "message too big",
	InternalError: "internal error",
	TryLater:      "busy",
}

// closeFrame is a close frame of ours; masked towards the upstream, where we stand in for a client.
func closeFrame(code Code, masked bool) []byte {
	reason := reasons[code]
	frame := []byte{0x80 | opClose, byte(2 + len(reason))}
	payload := append(binary.BigEndian.AppendUint16(nil, uint16(code)), reason...)
	if masked {
		var key [4]byte
		_, _ = rand.Read(key[:]) // never fails since Go 1.24
		frame[1] |= 0x80
		frame = append(frame, key[:]...)
		unmask(payload, payload, key, 0)
	}
	return append(frame, payload...)
}

// checkClose judges the payload of a client's close frame (sections 5.5.1, 7.4 and the IANA registry); zero is good.
func checkClose(payload []byte) Code {
	if len(payload) == 0 {
		return 0
	}
	if len(payload) == 1 {
		return ProtocolError
	}
	switch code := binary.BigEndian.Uint16(payload); {
	case code >= 1000 && code <= 1003, code >= 1007 && code <= 1014, code >= 3000 && code <= 4999:
	default:
		return ProtocolError
	}
	if !utf8.Valid(payload[2:]) {
		return InvalidText
	}
	return 0
}

// boundary follows frames through a stream of bytes without keeping them.
type boundary struct {
	head   []byte
	left   uint64 // payload of this frame still to come
	closed bool   // a close frame has begun
}

// between reports whether the stream stands between two frames.
func (b *boundary) between() bool { return len(b.head) == 0 && b.left == 0 }

// advance takes bytes up to the end of the current frame at most and says how many it took.
func (b *boundary) advance(p []byte) int {
	took := 0
	for took < len(p) && b.left == 0 {
		b.head = append(b.head, p[took])
		took++
		h, need := parseHeader(b.head)
		if need > 0 {
			continue
		}
		b.head, b.left, b.closed = b.head[:0], h.length, b.closed || h.op == opClose
		if b.left == 0 {
			return took
		}
	}
	n := min(uint64(len(p)-took), b.left)
	b.left -= n
	return took + int(n)
}

package websocket

import (
	"bytes"
	"testing"
)

// FuzzWebSocket holds three promises against any bytes a client may send: how they are cut into writes changes
// nothing; what is forwarded is whole frames; and every message in it was inspected and found clean.
func FuzzWebSocket(f *testing.F) {
	f.Add(clientFrame(fin|opText, hello), 3)
	f.Add(joined(clientFrame(opText, card[:8]), clientFrame(fin|opPing, "p"), clientFrame(fin|opContinuation, card[8:])), 1)
	f.Add(joined(fragments(opBinary, "some bytes"), clientFrame(fin|opClose, closePayload(1000, "bye"))), 5)
	f.Add(clientFrame(fin|rsv1|opText, "x"), 1)
	f.Fuzz(func(t *testing.T, wire []byte, piece int) {
		l := Limits{MaxMessage: 1 << 12, Rate: 1e6}
		whole := send(t, l, wire, len(wire)+1)
		cut := send(t, l, wire, max(1, piece%64))
		if whole.code != cut.code || !bytes.Equal(whole.forwarded, cut.forwarded) {
			t.Fatalf("cut into writes: code %d and %d bytes; whole: %d and %d", cut.code, len(cut.forwarded), whole.code, len(whole.forwarded))
		}
		for _, m := range replay(t, whole.forwarded) {
			if bytes.Contains(m, []byte(card)) {
				t.Fatal("a card went on")
			}
		}
	})
}

// replay reads forwarded bytes as an upstream does and gives its messages; it fails on half a frame or message.
func replay(t *testing.T, wire []byte) (messages [][]byte) {
	t.Helper()
	var message []byte
	open := false
	for len(wire) > 0 {
		h, need := parseHeader(wire)
		if need > 0 || uint64(len(wire)-h.size) < h.length {
			t.Fatal("half a frame went on")
		}
		payload := make([]byte, h.length)
		unmask(payload, wire[h.size:h.size+int(h.length)], h.key, 0)
		wire = wire[h.size+int(h.length):]
		if h.control() {
			messages = append(messages, payload)
			continue
		}
		message, open = append(message, payload...), !h.fin
		if h.fin {
			messages, message = append(messages, message), nil
		}
	}
	if open {
		t.Fatal("half a message went on")
	}
	return messages
}

package websocket

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// Opcodes' first bytes with and without FIN.
const (
	fin   = 0x80
	rsv1  = 0x40
	card  = "4111111111111111"
	hello = "hello"
)

// clientFrame is a frame as a client sends it.
func clientFrame(first byte, payload string) []byte { return frameBytes(first, []byte(payload), true) }

func frameBytes(first byte, payload []byte, masked bool) []byte {
	b := []byte{first}
	mask := byte(0)
	if masked {
		mask = 0x80
	}
	switch n := len(payload); {
	case n <= maxControl:
		b = append(b, mask|byte(n))
	case n <= 0xffff:
		b = binary.BigEndian.AppendUint16(append(b, mask|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, mask|127), uint64(n))
	}
	if !masked {
		return append(b, payload...)
	}
	key := [4]byte{1, 2, 3, 250}
	b = append(b, key[:]...)
	at := len(b)
	b = append(b, payload...)
	unmask(b[at:], payload, key, 0)
	return b
}

func closePayload(code uint16, reason string) string {
	return string(binary.BigEndian.AppendUint16(nil, code)) + reason
}

func joined(frames ...[]byte) []byte { return bytes.Join(frames, nil) }

// wide is a limit nothing here reaches.
var wide = Limits{MaxMessage: 1 << 20, Rate: 1e6}

// sent is what a client's bytes come to.
type sent struct {
	code      Code
	forwarded []byte
	messages  []string // as inspected
}

// send gives bytes to a fresh client in pieces of a size.
func send(t testing.TB, l Limits, wire []byte, piece int) sent {
	t.Helper()
	var s sent
	c := newClient(l, func(payload []byte, _ bool) bool {
		s.messages = append(s.messages, string(payload))
		return !strings.Contains(string(payload), card)
	}, func(frame []byte) error {
		s.forwarded = append(s.forwarded, frame...)
		return nil
	})
	for len(wire) > 0 && s.code == 0 {
		n := min(piece, len(wire))
		code, err := c.take(wire[:n])
		if err != nil {
			t.Fatal(err)
		}
		s.code, wire = code, wire[n:]
	}
	return s
}

// frameCase is what a client sends and the code it is refused with; without one it must arrive byte for byte.
type frameCase struct {
	wire []byte
	code Code
	kept int // bytes at the end that are not forwarded all the same
}

// frameCases are of the kinds that the Autobahn test suite lists.
func frameCases() map[string]frameCase {
	big := strings.Repeat("x", 65536)
	return map[string]frameCase{
		"an empty text message":                {wire: clientFrame(fin|opText, "")},
		"a text of 125 bytes":                  {wire: clientFrame(fin|opText, big[:125])},
		"a text of 126 bytes":                  {wire: clientFrame(fin|opText, big[:126])},
		"a text of 65535 bytes":                {wire: clientFrame(fin|opText, big[:65535])},
		"a binary message of 65536 bytes":      {wire: clientFrame(fin|opBinary, big)},
		"a ping with 125 bytes":                {wire: clientFrame(fin|opPing, big[:125])},
		"an unasked pong":                      {wire: clientFrame(fin|opPong, "x")},
		"ten pings in one write":               {wire: bytes.Repeat(clientFrame(fin|opPing, "p"), 10)},
		"a text in two fragments":              {wire: joined(clientFrame(opText, "hel"), clientFrame(fin|opContinuation, "lo"))},
		"empty fragments":                      {wire: joined(clientFrame(opText, ""), clientFrame(opContinuation, ""), clientFrame(fin|opContinuation, ""))},
		"a character cut by a fragment":        {wire: joined(clientFrame(opText, "\xd0"), clientFrame(fin|opContinuation, "\xba"))},
		"text in every plane":                  {wire: clientFrame(fin|opText, "κόσμε \U0010ffff \u0000")},
		"binary that is no UTF-8":              {wire: clientFrame(fin|opBinary, "\xff\xfe")},
		"a close without a code":               {wire: clientFrame(fin|opClose, "")},
		"a close with a code":                  {wire: clientFrame(fin|opClose, closePayload(1000, ""))},
		"a close with the longest reason":      {wire: clientFrame(fin|opClose, closePayload(1001, big[:123]))},
		"a close with a code of the program's": {wire: clientFrame(fin|opClose, closePayload(4999, "bye"))},
		"bytes behind the close are dropped":   {wire: joined(clientFrame(fin|opClose, ""), clientFrame(fin|opText, hello)), kept: len(clientFrame(fin|opText, hello))},

		"a ping of 126 bytes":                  {wire: clientFrame(fin|opPing, big[:126]), code: ProtocolError},
		"a ping in fragments":                  {wire: clientFrame(opPing, "x"), code: ProtocolError},
		"RSV1 without an extension":            {wire: clientFrame(fin|rsv1|opText, "x"), code: ProtocolError},
		"RSV2":                                 {wire: clientFrame(fin|0x20|opText, "x"), code: ProtocolError},
		"RSV3 on a ping":                       {wire: clientFrame(fin|0x10|opPing, "x"), code: ProtocolError},
		"opcode 3":                             {wire: clientFrame(fin|3, "x"), code: ProtocolError},
		"opcode 11":                            {wire: clientFrame(fin|11, "x"), code: ProtocolError},
		"a frame that is not masked":           {wire: frameBytes(fin|opText, []byte(hello), false), code: ProtocolError},
		"a continuation of nothing":            {wire: clientFrame(fin|opContinuation, "x"), code: ProtocolError},
		"a message inside a message":           {wire: joined(clientFrame(opText, "x"), clientFrame(fin|opText, "y")), code: ProtocolError},
		"a length of 64 bits with the top set": {wire: append([]byte{fin | opText, 0xff}, bytes.Repeat([]byte{0xff}, 12)...), code: ProtocolError},
		"a length written longer than needed":  {wire: []byte{fin | opText, 0x80 | 126, 0, 1, 0, 0, 0, 0, 'x'}, code: ProtocolError},
		"a close of one byte":                  {wire: clientFrame(fin|opClose, "x"), code: ProtocolError},
		"close code 999":                       {wire: clientFrame(fin|opClose, closePayload(999, "")), code: ProtocolError},
		"close code 1004":                      {wire: clientFrame(fin|opClose, closePayload(1004, "")), code: ProtocolError},
		"close code 1005":                      {wire: clientFrame(fin|opClose, closePayload(1005, "")), code: ProtocolError},
		"close code 1006":                      {wire: clientFrame(fin|opClose, closePayload(1006, "")), code: ProtocolError},
		"close code 1015":                      {wire: clientFrame(fin|opClose, closePayload(1015, "")), code: ProtocolError},
		"close code 2999":                      {wire: clientFrame(fin|opClose, closePayload(2999, "")), code: ProtocolError},
		"close code 5000":                      {wire: clientFrame(fin|opClose, closePayload(5000, "")), code: ProtocolError},
		"a close reason that is no UTF-8":      {wire: clientFrame(fin|opClose, closePayload(1000, "\xff")), code: InvalidText},
		"text that is no UTF-8":                {wire: clientFrame(fin|opText, "a\xff"), code: InvalidText},
		"text with a surrogate":                {wire: clientFrame(fin|opText, "\xed\xa0\x80"), code: InvalidText},
		"text that ends inside a character":    {wire: clientFrame(fin|opText, "\xd0"), code: InvalidText},
		"bad UTF-8 in a later fragment":        {wire: joined(clientFrame(opText, "a"), clientFrame(fin|opContinuation, "\xc0\xaf")), code: InvalidText},
		"a card in a text":                     {wire: clientFrame(fin|opText, "pay "+card), code: Refused},
		"a card in binary":                     {wire: clientFrame(fin|opBinary, "\xff"+card), code: Refused},
		"a card cut by fragments":              {wire: joined(clientFrame(opText, card[:7]), clientFrame(opContinuation, card[7:9]), clientFrame(fin|opContinuation, card[9:])), code: Refused},
		"a card cut by fragments of one byte":  {wire: fragments(opText, card), code: Refused},
		"a card in a ping":                     {wire: clientFrame(fin|opPing, card), code: Refused},
		"a card in a pong":                     {wire: clientFrame(fin|opPong, card), code: Refused},
		"a card in a close reason":             {wire: clientFrame(fin|opClose, closePayload(1000, card)), code: Refused},
		"a card in a ping inside a message":    {wire: joined(clientFrame(opText, "x"), clientFrame(fin|opPing, card)), code: Refused},
		"a message beyond the limit":           {wire: append([]byte{fin | opBinary, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 1}, 0, 0, 0, 0), code: TooBig},
		"a message beyond the limit in two":    {wire: joined(clientFrame(opBinary, big[:65535]), append([]byte{fin | opContinuation, 0xff, 0, 0, 0, 0, 0, 0x0f, 0xff, 0xff}, 0, 0, 0, 0)), code: TooBig},
		"a message of too many frames":         {wire: joined(clientFrame(opBinary, ""), bytes.Repeat(clientFrame(opContinuation, ""), mostFrames)), code: TooBig},
	}
}

func TestClientFrames(t *testing.T) {
	for name, test := range frameCases() {
		t.Run(name, func(t *testing.T) {
			for _, piece := range []int{1, 3, 4096, len(test.wire)} {
				got := send(t, wide, test.wire, piece)
				if got.code != test.code {
					t.Fatalf("in pieces of %d: code %d, want %d", piece, got.code, test.code)
				}
				want := test.wire[:len(test.wire)-test.kept]
				if test.code != 0 {
					want = nil
				}
				if !bytes.Equal(got.forwarded, want) {
					t.Fatalf("in pieces of %d: forwarded %d bytes, want %d the same", piece, len(got.forwarded), len(want))
				}
			}
		})
	}
}

func fragments(op byte, payload string) (wire []byte) {
	for i := range len(payload) {
		first := byte(opContinuation)
		if i == 0 {
			first = op
		}
		if i == len(payload)-1 {
			first |= fin
		}
		wire = append(wire, clientFrame(first, payload[i:i+1])...)
	}
	return wire
}

func TestControlFramesPassInsideAMessage(t *testing.T) {
	first, ping, last := clientFrame(opText, "hel"), clientFrame(fin|opPing, "p"), clientFrame(fin|opContinuation, "lo")
	got := send(t, wide, joined(first, ping, last), 1)
	if want := joined(ping, first, last); !bytes.Equal(got.forwarded, want) {
		t.Errorf("the ping did not go ahead of the message that is held back")
	}
	if len(got.messages) != 2 || got.messages[1] != hello {
		t.Errorf("inspected %q", got.messages)
	}
}

func TestNothingIsForwardedBeforeTheLastFragment(t *testing.T) {
	got := send(t, wide, joined(clientFrame(opText, "x"), clientFrame(opContinuation, strings.Repeat("y", 5000))), 7)
	if len(got.forwarded) != 0 || got.code != 0 {
		t.Errorf("forwarded %d bytes of a message without an end, code %d", len(got.forwarded), got.code)
	}
}

func TestLimits(t *testing.T) {
	message := clientFrame(fin|opText, hello)
	tests := map[string]struct {
		limits Limits
		wire   []byte
		code   Code
	}{
		"the zero limits refuse":                  {Limits{}, message, Refused},
		"no rate refuses":                         {Limits{MaxMessage: 100}, message, Refused},
		"no size refuses":                         {Limits{Rate: 100}, message, Refused},
		"a message as large as allowed":           {Limits{MaxMessage: 5, Rate: 1}, message, 0},
		"one byte more than allowed":              {Limits{MaxMessage: 4, Rate: 1}, message, TooBig},
		"as many messages as a second allows":     {Limits{MaxMessage: 9, Rate: 3}, bytes.Repeat(message, 3), 0},
		"more messages than that":                 {Limits{MaxMessage: 9, Rate: 3}, bytes.Repeat(message, 4), Refused},
		"pings count":                             {Limits{MaxMessage: 9, Rate: 3}, bytes.Repeat(clientFrame(fin|opPing, ""), 4), Refused},
		"fragments of a message do not":           {Limits{MaxMessage: 9, Rate: 1}, fragments(opText, hello), 0},
		"a control frame is no smaller than that": {Limits{MaxMessage: 1, Rate: 1}, clientFrame(fin|opPing, "ping"), 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := send(t, test.limits, test.wire, 4096); got.code != test.code {
				t.Errorf("code %d, want %d", got.code, test.code)
			}
		})
	}
}

func TestHeldBytesAreAskedForAndGivenBack(t *testing.T) {
	held, most := 0, 0
	l := wide
	l.Hold = func(n int) bool {
		held += n
		most = max(most, held)
		return n < 0 || held <= 1000
	}
	if got := send(t, l, clientFrame(fin|opText, strings.Repeat("x", 400)), 64); got.code != 0 || held != 0 || most < 800 {
		t.Errorf("code %d, %d bytes still held, %d at most", got.code, held, most)
	}
	c := newClient(l, func([]byte, bool) bool { return true }, func([]byte) error { return nil })
	code, _ := c.take(clientFrame(fin|opText, strings.Repeat("x", 2000)))
	c.refuse()
	if code != TryLater {
		t.Errorf("code %d without room, want %d", code, TryLater)
	}
}

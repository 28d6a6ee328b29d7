package websocket

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/inspect"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// conversation is a WebSocket case of the labelled corpus; inspect/testdata/README.md describes the fields.
type conversation struct {
	ID       string
	Label    string // pan | clean
	Target   string
	Headers  [][2]string
	Markers  []string
	Messages []struct {
		Opcode   byte
		Payload  string `json:"payload_b64"`
		Fragment []int
	} `json:"ws"`
}

func conversations(t *testing.T) (all []conversation) {
	t.Helper()
	f, err := os.Open("../testdata/pan-sample.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for d := json.NewDecoder(f); d.More(); {
		var c conversation
		if err := d.Decode(&c); err != nil {
			t.Fatal(err)
		}
		if len(c.Messages) > 0 {
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		t.Fatal("the corpus has no conversation: this test tests nothing")
	}
	return all
}

// frames are the messages as the client sends them, in the fragments the corpus asks for.
func (c *conversation) frames(t *testing.T) (wire []byte, payloads []string) {
	t.Helper()
	for _, m := range c.Messages {
		payload, err := base64.StdEncoding.DecodeString(m.Payload)
		if err != nil {
			t.Fatal(err)
		}
		payloads = append(payloads, string(payload))
		op := m.Opcode
		for _, n := range m.Fragment {
			wire, payload, op = append(wire, clientFrame(op, string(payload[:n]))...), payload[n:], opContinuation
		}
		wire = append(wire, clientFrame(fin|op, string(payload))...)
	}
	return wire, payloads
}

// inspected is an Inspect with the shipped rules, for one connection.
func inspected(t *testing.T) func() Inspect {
	rules, err := ruleset.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodGet, "http://shop.example.kz/ws/chat", nil)
	if err != nil {
		t.Fatal(err)
	}
	client := netip.MustParseAddr("192.0.2.7")
	v := &visit.Visit{ID: visit.NewID(), Client: client, Rules: rules, Request: ruleset.NewRequest(r, client)}
	inspector := inspect.New(inspect.Options{})
	return func() Inspect {
		window := &inspect.Window{}
		return func(payload []byte, text bool) bool { return inspector.Message(v, window, payload, text).Passes() }
	}
}

// TestCorpus plays the labelled conversations over raw sockets: clean ones arrive message by message as they were
// sent, a number never does.
func TestCorpus(t *testing.T) {
	newInspect := inspected(t)
	for _, c := range conversations(t) {
		t.Run(c.ID, func(t *testing.T) {
			s := newShop(t, newInspect)
			conn, in := dial(t, s.url, c.Headers)
			wire, payloads := c.frames(t)
			go func() { _, _ = conn.Write(wire) }()
			code := echoes(t, in, len(payloads))
			got := s.got()
			if c.Label == "clean" && (code != 0 || strings.Join(got, "\n") != strings.Join(payloads, "\n")) {
				t.Errorf("%d messages of %d arrived, close code %d", len(got), len(payloads), code)
			}
			if c.Label == "pan" && code != Refused {
				t.Errorf("close code %d, want %d", code, Refused)
			}
			for _, marker := range c.Markers {
				if strings.Contains(onlyDigits(strings.Join(got, "\n")), marker) {
					t.Error("LEAK: the number reached the shop")
				}
			}
		})
	}
}

// TestANumberOverSeveralMessages is the helper's promise kept: what a closure remembers closes the connection before
// the last piece goes on.
func TestANumberOverSeveralMessages(t *testing.T) {
	s := newShop(t, inspected(t))
	conn, in := dial(t, s.url, nil)
	for i, piece := range []string{card[:4], card[4:8], card[8:12], card[12:]} {
		if _, err := conn.Write(clientFrame(fin|opText, piece)); err != nil {
			t.Fatal(err)
		}
		if code := echoes(t, in, 1); (code == Refused) != (i == 3) {
			t.Errorf("close code %d after piece %d", code, i)
		}
	}
	if n := len(s.got()); n != 3 {
		t.Errorf("%d pieces reached the shop, want all but the last", n)
	}
}

// dial makes the opening handshake by hand, with the corpus's headers, and refuses an answer that negotiates anything.
func dial(t *testing.T, url string, headers [][2]string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if headers == nil {
		headers = [][2]string{{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}, {"Sec-WebSocket-Version", "13"}}
	}
	request := "GET /ws/chat HTTP/1.1\r\nHost: shop.example.kz\r\n"
	for _, h := range headers {
		request += h[0] + ": " + h[1] + "\r\n"
	}
	if _, err := io.WriteString(conn, request+"\r\n"); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols || resp.Header.Get("Sec-WebSocket-Extensions") != "" {
		t.Fatalf("upgrading: %v, %v", resp, err)
	}
	return conn, in
}

// echoes reads what comes back until n messages or a close frame; its code, or zero.
func echoes(t *testing.T, in *bufio.Reader, n int) Code {
	t.Helper()
	for ; n > 0; n-- {
		var head []byte
		h, need := parseHeader(head)
		for need > 0 {
			more := make([]byte, need-len(head))
			if _, err := io.ReadFull(in, more); err != nil {
				t.Fatalf("reading a frame: %v", err)
			}
			head = append(head, more...)
			h, need = parseHeader(head)
		}
		var payload bytes.Buffer
		if _, err := io.CopyN(&payload, in, int64(h.length)); err != nil {
			t.Fatalf("reading a frame: %v", err)
		}
		if h.op == opClose {
			return Code(payload.Bytes()[0])<<8 | Code(payload.Bytes()[1])
		}
		if !h.fin {
			n++
		}
	}
	return 0
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

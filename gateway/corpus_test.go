package gateway_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
)

// labelled is one request of a corpus; gateway/inspect/testdata/README.md describes the fields.
type labelled struct {
	ID        string
	Category  string
	Label     string // pan | clean
	Method    string
	Target    string
	Headers   [][2]string
	Body      string `json:"body_b64"`
	Raw       string `json:"raw_b64"`
	Markers   []string
	Needles   []string `json:"needles_b64"`
	Fragments [][]string
	WebSocket []json.RawMessage `json:"ws"`
	Pad       *struct {
		Prefix string `json:"prefix_b64"`
		Byte   any
		Count  int
		Suffix string `json:"suffix_b64"`
	}
}

// TestCorporaThroughTheBuiltBinary sends both corpora through the built gateway with the shipped rules, one connection
// a request, bytes as they are. Aim the same requests at another proxy by reading testdata the same way.
func TestCorporaThroughTheBuiltBinary(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	g := inFront(t, shop.URL())
	for _, file := range []string{"leak-bench.jsonl", "pan-sample.jsonl"} {
		leaks, falseBlocks, pans, clean := 0, 0, 0, 0
		for _, c := range corpus(t, file) {
			if c.WebSocket != nil {
				continue // messages, not requests: gateway/inspect/websocket
			}
			before := len(shop.Received())
			status := g.send(t, c)
			arrived := shop.Received()[before:]
			switch c.Label {
			case "pan":
				pans++
				if c.leaked(arrived) {
					leaks++
					t.Errorf("%s (%s): LEAK, answered %d", c.ID, c.Category, status)
				}
			default:
				clean++
				if status != http.StatusOK || !bytes.Contains(arrived, []byte(c.Method+" "+c.Target+" ")) {
					falseBlocks++
					t.Errorf("%s (%s): FALSE BLOCK, answered %d", c.ID, c.Category, status)
				} else if body := c.body(t); !bytes.HasSuffix(arrived, body) && !c.chunked() {
					t.Errorf("%s (%s): the body arrived changed", c.ID, c.Category)
				}
			}
		}
		t.Logf("%s: %d leaks of %d, %d false blocks of %d", file, leaks, pans, falseBlocks, clean)
	}
}

func corpus(t *testing.T, file string) []labelled {
	t.Helper()
	f, err := os.Open("inspect/testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []labelled
	for d := json.NewDecoder(f); d.More(); {
		var c labelled
		if err := d.Decode(&c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

func unbase64(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (c labelled) body(t *testing.T) []byte {
	t.Helper()
	if c.Pad == nil {
		return unbase64(t, c.Body)
	}
	pad := []byte{' '}
	switch b := c.Pad.Byte.(type) {
	case string:
		pad = []byte(b)
	case float64:
		pad = []byte{byte(b)}
	}
	return bytes.Join([][]byte{unbase64(t, c.Pad.Prefix), bytes.Repeat(pad, c.Pad.Count), unbase64(t, c.Pad.Suffix)}, nil)
}

func (c labelled) chunked() bool {
	for _, h := range c.Headers {
		if strings.EqualFold(h[0], "Transfer-Encoding") {
			return true
		}
	}
	return false
}

// bytes is the request as it goes over the wire.
func (c labelled) bytes(t *testing.T) []byte {
	t.Helper()
	if c.Raw != "" {
		return bytes.ReplaceAll(unbase64(t, c.Raw), []byte("{HOST}"), []byte("localhost"))
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: localhost\r\n", c.Method, c.Target)
	body, length := c.body(t), false
	for _, h := range c.Headers {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], latin1(h[1]))
		length = length || strings.EqualFold(h[0], "Content-Length")
	}
	if len(body) > 0 && !length && !c.chunked() {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString("Connection: close\r\n\r\n")
	b.Write(body)
	return b.Bytes()
}

// latin1 gives a header value its bytes back: the corpus writes each byte as one character.
func latin1(s string) []byte {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return b
}

// send gives the status of the answer; zero when the connection just ended.
func (r *running) send(t *testing.T, c labelled) int {
	t.Helper()
	conn := r.dial()
	defer conn.Close()
	go func(request []byte) { _, _ = conn.Write(request) }(c.bytes(t))
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

// leaked reports whether what arrived gives the number away, plainly, percent-encoded, or in the case's own needles.
func (c labelled) leaked(arrived []byte) bool {
	text := string(arrived)
	for range 3 {
		for _, marker := range c.Markers {
			if strings.Contains(bare(text), marker) {
				return true
			}
		}
		if decoded, err := url.QueryUnescape(text); err == nil {
			text = decoded
		}
	}
	for _, n := range c.Needles {
		if needle, err := base64.StdEncoding.DecodeString(n); err == nil && bytes.Contains(arrived, needle) {
			return true
		}
	}
	return c.split(arrived)
}

// split reports whether every piece of some number that was spread over fields arrived, in order.
func (c labelled) split(arrived []byte) bool {
	return slices.ContainsFunc(c.Fragments, func(pieces []string) bool {
		at := 0
		for _, piece := range pieces {
			i := bytes.Index(arrived[at:], []byte(piece))
			if i < 0 {
				return false
			}
			at += i + len(piece)
		}
		return len(pieces) > 0
	})
}

// bare is text without anything that is no digit.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

package inspect

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// sample is one line of a corpus; see testdata/README.md.
type sample struct {
	ID, Category, Label, Tier string
	Method, Target            string
	Headers                   [][2]string
	Body                      []byte `json:"body_b64"`
	Raw                       []byte `json:"raw_b64"`
	Markers                   []string
	Fragments                 json.RawMessage
	Needles                   [][]byte `json:"needles_b64"`
	Pad                       *struct {
		Prefix []byte `json:"prefix_b64"`
		Byte   string
		Count  int
		Suffix []byte `json:"suffix_b64"`
	}
	WS []struct {
		Opcode  int
		Payload []byte `json:"payload_b64"`
	}
}

func corpus(t testing.TB, file string) (samples []sample) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var s sample
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		samples = append(samples, s)
	}
	return samples
}

// request is the sample as it goes over the wire.
func (s *sample) request(host string) string {
	if s.Raw != nil {
		return strings.ReplaceAll(string(s.Raw), "{HOST}", host)
	}
	body := s.Body
	if p := s.Pad; p != nil {
		body = slices.Concat(p.Prefix, bytes.Repeat([]byte(p.Byte), p.Count), p.Suffix)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", s.Method, s.Target, host)
	framed := false
	for _, h := range s.Headers {
		framed = framed || strings.EqualFold(h[0], "content-length") || strings.EqualFold(h[0], "transfer-encoding")
		b.WriteString(h[0] + ": " + latin1(h[1]) + "\r\n")
	}
	if !framed && len(body) > 0 {
		b.WriteString("Content-Length: " + strconv.Itoa(len(body)) + "\r\n")
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.String()
}

func latin1(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

func TestNoLeakAndNoFalseBlockOnTheBench(t *testing.T) { runCorpus(t, "testdata/leak-bench.jsonl") }
func TestEveryCarrierOfTheSample(t *testing.T)         { runCorpus(t, "testdata/pan-sample.jsonl") }

func runCorpus(t *testing.T, file string) {
	g := newRig(t, shipped(t), Options{})
	for _, s := range corpus(t, file) {
		t.Run(s.ID, func(t *testing.T) {
			if s.WS != nil {
				g.messages(t, &s)
				return
			}
			a := g.send(t, s.request("shop.example.kz"))
			if s.Label == "clean" {
				untouched(t, &s, a)
				return
			}
			if len(a.forwarded) > 0 {
				kept(t, &s, a.forwarded[0])
			} else if a.header.Get("Panwall-Refused") == "" {
				t.Errorf("%s: answered %d", s.Category, a.status)
			}
		})
	}
}

// kept fails if the number can be read in what was forwarded.
func kept(t *testing.T, s *sample, q shoptest.Request) {
	t.Helper()
	if string(q.Raw) == "" || slices.ContainsFunc(s.Needles, func(n []byte) bool { return bytes.Contains(q.Raw, n) }) {
		t.Errorf("%s: forwarded with its number", s.Category)
	}
	for _, m := range s.Markers {
		for _, reading := range readings(q.Raw) {
			if strings.Contains(reading, m) {
				t.Errorf("%s: forwarded with its number", s.Category)
				return
			}
		}
	}
	if bytes.Equal(q.Body, s.Body) && s.Target == q.Target && !strings.Contains(string(q.Raw), "*") && !strings.Contains(string(q.Raw), "Kio") {
		t.Errorf("%s: forwarded as it came", s.Category)
	}
}

// readings is a text with its escapes undone in the ways a shop would, digits alone.
func readings(raw []byte) []string {
	digits := func(b []byte) string {
		var d []byte
		for _, c := range b {
			switch {
			case c >= '0' && c <= '9':
				d = append(d, c)
			case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '*', c == '\n':
				d = append(d, '|')
			}
		}
		return string(d)
	}
	once := unescape(nil, raw, nil, percents|plusses|backslashes|entities)
	twice := unescape(nil, once, nil, percents|plusses|backslashes|entities)
	out := []string{digits(raw), digits(once), digits(twice)}
	for at := 0; at < len(raw); at++ {
		if end := tokenEnd(raw, at); end-at >= shortestToken {
			b, _ := base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/").Replace(string(raw[at:end])))
			out = append(out, digits(b))
			at = end
		}
	}
	return out
}

// untouched fails unless the shop got what was sent.
func untouched(t *testing.T, s *sample, a answer) {
	t.Helper()
	if len(a.forwarded) != 1 {
		t.Fatalf("%s: refused with %d (%s)", s.Category, a.status, a.header.Get("Panwall-Refused"))
	}
	q := a.forwarded[0]
	if q.Method != s.Method || q.Target != s.Target {
		t.Errorf("%s: %s %s became %s %s", s.Category, s.Method, s.Target, q.Method, q.Target)
	}
	chunked := false
	for _, h := range s.Headers {
		switch strings.ToLower(h[0]) {
		case "connection", "content-length":
			continue
		case "transfer-encoding":
			chunked = true
			continue
		}
		if got := q.Values(h[0]); !slices.Contains(got, latin1(h[1])) {
			t.Errorf("%s: header %s changed", s.Category, h[0])
		}
	}
	if !chunked && !bytes.Equal(q.Body, s.Body) {
		t.Errorf("%s: body changed", s.Category)
	}
}

func (g *rig) messages(t *testing.T, s *sample) {
	t.Helper()
	v := visitOfTarget(t, s)
	found := false
	window := &Window{}
	for _, m := range s.WS {
		found = found || !g.Message(v, window, m.Payload, m.Opcode == 1).Passes()
	}
	if found != (s.Label == "pan") {
		t.Errorf("%s: found %v", s.Category, found)
	}
}

func visitOfTarget(t *testing.T, s *sample) *visit.Visit {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), s.Method, "https://shop.example.kz"+s.Target, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return visitOf(shipped(t), r)
}

package shops

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Reading is one string or number a shop could see, and where. A | in the place marks what shop code decoded after the
// parser of its language was done.
type Reading struct{ Place, Text string }

// Parsed reports what the language's own parsers made, nothing decoded after them.
func (r Reading) Parsed() bool { return !strings.Contains(r.Place, "|") }

// Read sends the bytes of one request to the shop and gives what it could see. A status other than 200 means that the
// shop's server refused it, with no readings.
func (s *Shop) Read(request []byte) (readings []Reading, status int, err error) {
	conn, err := net.DialTimeout("tcp", s.Addr, time.Minute)
	if err != nil {
		return nil, 0, fmt.Errorf("%s shop: %w", s.Name, err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	go func() { _, _ = conn.Write(request) }()
	return readAnswer(bufio.NewReader(conn), s.Name)
}

func readAnswer(in *bufio.Reader, name string) (readings []Reading, status int, err error) {
	answer, err := http.ReadResponse(in, nil)
	if err != nil {
		return nil, 0, fmt.Errorf("%s shop: reading its answer: %w", name, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, 0, fmt.Errorf("%s shop: reading its answer: %w", name, err)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, answer.StatusCode, nil
	}
	for line := range bytes.SplitSeq(bytes.TrimRight(body, "\n"), []byte("\n")) {
		r, err := parseReading(string(line))
		if err != nil {
			return nil, 0, fmt.Errorf("%s shop: %w", name, err)
		}
		readings = append(readings, r)
	}
	return readings, http.StatusOK, nil
}

func parseReading(line string) (Reading, error) {
	place, text, ok := strings.Cut(line, " ")
	p, err := base64.StdEncoding.DecodeString(place)
	if err == nil {
		var decoded []byte
		if decoded, err = base64.StdEncoding.DecodeString(text); err == nil && ok {
			return Reading{string(p), string(decoded)}, nil
		}
	}
	return Reading{}, fmt.Errorf("a line of its answer is no reading (%d bytes)", len(line))
}

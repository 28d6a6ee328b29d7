package proof

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/internal/proof/gate"
	"github.com/cappertrophy/panwall/gateway/internal/proof/shops"
)

// within is how long an attack may go without an answer before the client gives up on its connection.
const within = 3 * time.Second

// TestDesync sends requests that two readers could cut differently. Each server behind the gateway must see exactly the
// requests whose answers the client got, and a visitor who comes next gets the answer to his own.
func TestDesync(t *testing.T) {
	binary := gate.Build(t)
	for _, seer := range shops.Seers(t) {
		g := gate.Start(t, binary, seer.URL)
		t.Run(seer.Name, func(t *testing.T) {
			var group sync.WaitGroup
			turns := make(chan struct{}, 16) // most of them wait for what never comes
			for claim, raw := range attacks {
				group.Go(func() {
					turns <- struct{}{}
					defer func() { <-turns }()
					strike(t, g, seer, claim, raw)
				})
			}
			group.Wait()
			t.Logf("%d attacks", len(attacks))
		})
	}
}

func strike(t *testing.T, g *gate.Gate, seer *shops.Seer, claim, raw string) {
	mark := "~" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, claim) + "~" // a claim may be part of another
	conn, err := g.Dial("http/1.1")
	if err != nil {
		t.Errorf("%s: %v", claim, err)
		return
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(within))
	go func() { _, _ = io.WriteString(conn, strings.ReplaceAll(raw, "MARK", mark)) }()
	answered := slices.DeleteFunc(answers(conn, strings.HasPrefix(raw, "HEAD ")), func(seen string) bool {
		return !strings.Contains(seen, mark) && seen != "" // OPTIONS * has no mark
	})
	if len(answered) > 0 && answered[0] == "" {
		answered[0] = "HEAD /first-" + mark
	}
	victim := visit(g, mark)
	if victim != "GET /victim-"+mark {
		t.Errorf("%s: the next visitor got the answer to %q", claim, victim)
	}
	answered = append(answered, victim)
	slices.Sort(answered)
	if seen := settled(seer, mark, answered); !slices.Equal(seen, answered) {
		t.Errorf("%s: the client was answered %q, the shop saw %q", claim, answered, seen)
	}
}

// settled waits for the log to hold what was answered, then for what should not be there.
func settled(seer *shops.Seer, mark string, answered []string) (seen []string) {
	for turn := range 200 {
		if seen = seer.Seen(mark); len(seen) > len(answered) || turn > 4 && len(seen) == len(answered) {
			return seen
		}
		<-time.After(15 * time.Millisecond)
	}
	return seen
}

// answers is which requests the answers on a connection say the shop saw; empty for one to HEAD, which says nothing.
func answers(conn io.Reader, head bool) (seen []string) {
	in := bufio.NewReader(conn)
	for {
		var asked *http.Request
		if head {
			asked = &http.Request{Method: http.MethodHead}
		}
		answer, err := http.ReadResponse(in, asked)
		if err != nil {
			return seen
		}
		if head && answer.StatusCode == http.StatusOK {
			seen = append(seen, "")
		}
		head = false
		body, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if line, ok := strings.CutPrefix(string(body), "SEEN "); ok {
			seen = append(seen, strings.TrimSpace(line))
		}
	}
}

func visit(g *gate.Gate, mark string) string {
	conn, err := g.Dial("http/1.1")
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	_, _ = fmt.Fprintf(conn, "GET /victim-%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", mark)
	return strings.Join(answers(conn, false), ", ")
}

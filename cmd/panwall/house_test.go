package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// shop stands behind the gateway and answers with what reached it: shop. Its address is $SHOP.
func shop(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: shop")
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "arrived: %s %s\n%s\n", r.Method, r.RequestURI, body)
	}))
	ts.Defer(s.Close)
	ts.Setenv("SHOP", s.URL)
}

// startGateway runs `panwall serve` until the script ends: gateway [arg …]. Its address is then $GATEWAY.
func startGateway(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: gateway [arg ...]")
	}
	cmd := exec.Command(programIn(ts.Getenv("PATH")), append([]string{"serve"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = []string{"PATH=" + ts.Getenv("PATH"), "HOME=" + ts.Getenv("WORK"), "TMPDIR=" + ts.Getenv("TMPDIR")}
	stderr, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ended := make(chan struct{})
	ts.Defer(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-ended
	})
	ready := make(chan string, 1)
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			if strings.Contains(lines.Text(), `"message":"ready"`) {
				ready <- lines.Text()
			}
		}
		_ = cmd.Wait()
	}()
	select {
	case line := <-ready:
		var says struct{ HTTPS string }
		ts.Check(json.Unmarshal([]byte(line), &says))
		ts.Setenv("GATEWAY", says.HTTPS)
	case <-ended:
		ts.Fatalf("the gateway did not start")
	}
}

func programIn(path string) string {
	for _, dir := range filepath.SplitList(path) {
		if at := filepath.Join(dir, "panwall"); exists(at) {
			return at
		}
	}
	return "panwall"
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// ask sends a request through the gateway and prints status, headers and body: ask METHOD TARGET [BODY [TYPE]].
// {visa} is Visa's published test number.
func ask(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 4 {
		ts.Fatalf("usage: ask METHOD TARGET [BODY [TYPE]]")
	}
	args = append(args, "", "application/x-www-form-urlencoded")[:4]
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "{visa}", "4111111111111111")
	}
	if args[3] == "" {
		args[3] = "application/x-www-form-urlencoded"
	}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // the certificate is the gateway's own of a moment ago
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, ts.Getenv("GATEWAY"))
		},
	}
	defer transport.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, args[0], "https://localhost"+args[1], strings.NewReader(args[2]))
	ts.Check(err)
	if args[2] != "" {
		r.Header.Set("Content-Type", args[3])
	}
	answer, err := transport.RoundTrip(r)
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	out := ts.Stdout()
	fmt.Fprintln(out, answer.StatusCode)
	for _, name := range slices.Sorted(maps.Keys(answer.Header)) {
		fmt.Fprintf(out, "%s: %s\n", name, strings.Join(answer.Header[name], ", "))
	}
	fmt.Fprintf(out, "\n%s\n", body)
}

// paste puts the n-th example under a heading of rules/README.md where the guide says it belongs, as a reader would:
// paste HEADING N FILE [above LINE]. Without a place it is the file's whole text; "under KEY:" takes an empty list's place.
func paste(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 && len(args) != 5 {
		ts.Fatalf("usage: paste HEADING N FILE [above|under LINE]")
	}
	example := exampleOf(ts, args[0], args[1])
	path := ts.MkAbs(args[2])
	if len(args) == 5 {
		text := ts.ReadFile(args[2])
		at := strings.Index(text, args[4])
		if at < 0 {
			ts.Fatalf("%s has no %q", args[2], args[4])
		}
		at = strings.LastIndexByte(text[:at], '\n') + 1
		rest := text[at:]
		if args[3] == "under" {
			key, _, _ := strings.Cut(args[4], ":")
			_, rest, _ = strings.Cut(rest, "\n")
			example = key + ":\n" + example
		}
		example = text[:at] + example + "\n" + rest
	}
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	ts.Check(os.WriteFile(path, []byte(example), 0o644))
}

var ahead = regexp.MustCompile(`expires: [0-9-]+`)

// exampleOf is an indented block of the guide without the guide's own four spaces; days in it are moved ahead, so that
// the guide may name one.
func exampleOf(ts *testscript.TestScript, heading, n string) string {
	guide, err := os.ReadFile("../../rules/README.md")
	ts.Check(err)
	_, section, found := strings.Cut(string(guide), "\n## "+heading+"\n")
	if !found {
		ts.Fatalf("the guide has no heading %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var blocks []string
	inside := false
	for line := range strings.Lines(section) {
		text, indented := strings.CutPrefix(line, "    ")
		switch {
		case indented && !inside:
			blocks = append(blocks, text)
		case indented:
			blocks[len(blocks)-1] += text
		}
		inside = indented
	}
	var at int
	if _, err := fmt.Sscan(n, &at); err != nil || at < 1 || at > len(blocks) {
		ts.Fatalf("the guide has %d examples under %q", len(blocks), heading)
	}
	return ahead.ReplaceAllString(blocks[at-1], "expires: "+time.Now().AddDate(0, 0, 100).Format(time.DateOnly))
}

package gateway_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// buildDir holds the binary; TestMain makes and removes it.
var buildDir string

// built is the panwall binary, built once for all end-to-end tests.
var built = sync.OnceValues(func() (string, error) {
	path := filepath.Join(buildDir, "panwall")
	out, err := exec.Command("go", "build", "-o", path, "../cmd/panwall").CombinedOutput()
	if err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return path, nil
})

// binary gives the path of the built binary.
func binary(t testing.TB) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatalf("building panwall: %v", err)
	}
	return path
}

// running is a gateway process in front of a shop.
type running struct {
	t     testing.TB
	cmd   *exec.Cmd
	addr  string // host:port of its TLS listener
	admin string
	data  string // its storage folder
	rules string // hash in the ready line
	roots *x509.CertPool
	lines chan string // what it logs after the ready line
	ended chan error
	mu    sync.Mutex
	log   bytes.Buffer
}

// serve starts `panwall serve` with args and waits for its ready line.
func serve(t testing.TB, args ...string) *running {
	t.Helper()
	r := launch(t, args...)
	select {
	case line := <-r.lines:
		r.ready(line)
	case err := <-r.ended:
		t.Fatalf("panwall ended before it was ready: %v\n%s", err, r.logged())
	case <-time.After(30 * time.Second):
		t.Fatalf("panwall was not ready in 30 s:\n%s", r.logged())
	}
	return r
}

// inFront starts the gateway for localhost in front of a shop.
func inFront(t testing.TB, shop string, more ...string) *running {
	t.Helper()
	return serve(t, append([]string{"--to", shop, "--host", "localhost", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--data", t.TempDir()}, more...)...)
}

// launch starts the process; the first line it sends on is the ready line.
func launch(t testing.TB, args ...string) *running {
	t.Helper()
	r := &running{t: t, lines: make(chan string, 1024), ended: make(chan error, 1)}
	for i, a := range args {
		if a == "--data" {
			r.data = args[i+1]
		}
	}
	r.cmd = exec.Command(binary(t), append([]string{"serve"}, args...)...)
	r.cmd.Env = append(os.Environ(), "GOTRACEBACK=single")
	stderr, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go r.read(stderr)
	t.Cleanup(r.stop)
	return r
}

func (r *running) read(stderr io.Reader) {
	ready := false
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		r.mu.Lock()
		r.log.WriteString(lines.Text() + "\n")
		r.mu.Unlock()
		if ready = ready || strings.Contains(lines.Text(), `"message":"ready"`); ready {
			select {
			case r.lines <- lines.Text():
			default: // nobody reads: the log keeps it
			}
		}
	}
	r.ended <- r.cmd.Wait()
}

func (r *running) ready(line string) {
	r.t.Helper()
	var ready struct{ HTTPS, Admin, Rules, Mode string }
	if err := json.Unmarshal([]byte(line), &ready); err != nil {
		r.t.Fatalf("the ready line is no JSON: %v: %s", err, line)
	}
	if ready.Mode == "" || !strings.HasPrefix(ready.Rules, "sha256:") {
		r.t.Errorf("the ready line says neither mode nor rules: %s", line)
	}
	r.addr, r.admin, r.rules = ready.HTTPS, ready.Admin, ready.Rules
	root, err := os.ReadFile(filepath.Join(r.data, "internal-ca", "root.pem"))
	if err == nil {
		r.roots = x509.NewCertPool()
		r.roots.AppendCertsFromPEM(root)
	}
}

func (r *running) logged() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.String()
}

// stop ends the process if a test has not, and looks through what it logged.
func (r *running) stop() {
	if r.cmd.ProcessState == nil {
		_ = r.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-r.ended:
		case <-time.After(20 * time.Second):
			_ = r.cmd.Process.Kill()
			<-r.ended
			r.t.Errorf("panwall did not drain in 20 s:\n%s", r.logged())
		}
	}
	guard(r.t, "the log of panwall", r.logged())
}

// exit waits for the process to end and gives its exit code.
func (r *running) exit() int {
	r.t.Helper()
	select {
	case err := <-r.ended:
		r.ended <- err
		return r.cmd.ProcessState.ExitCode()
	case <-time.After(30 * time.Second):
		r.t.Fatalf("panwall did not end in 30 s:\n%s", r.logged())
		return -1
	}
}

func (r *running) signal(s os.Signal) {
	r.t.Helper()
	if err := r.cmd.Process.Signal(s); err != nil {
		r.t.Fatal(err)
	}
}

// client speaks HTTP/1.1 or HTTP/2 to the gateway whatever host a URL names, and follows no redirect.
func (r *running) client(http2 bool) *http.Client {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(!http2)
	protocols.SetHTTP2(http2)
	transport := &http.Transport{
		Protocols:       protocols,
		TLSClientConfig: &tls.Config{RootCAs: r.roots, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, r.addr)
		},
		DisableCompression: true,
	}
	r.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport:     transport,
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// dial opens a TLS connection for bytes written by hand.
func (r *running) dial() *tls.Conn {
	r.t.Helper()
	conn, err := tls.Dial("tcp", r.addr, &tls.Config{RootCAs: r.roots, ServerName: "localhost", MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn
}

// run runs a subcommand of the binary and gives its output and exit code.
func run(t *testing.T, args ...string) (output string, code int) {
	t.Helper()
	cmd := exec.Command(binary(t), args...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatalf("running panwall %v: %v", args, err)
	}
	guard(t, "the output of panwall "+strings.Join(args, " "), string(out))
	return string(out), cmd.ProcessState.ExitCode()
}

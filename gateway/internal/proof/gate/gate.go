// Package gate runs the built gateway in front of a shop, for tests, and opens connections to it for bytes written by
// hand.
package gate

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Gate is a gateway process in front of a shop. It ends with its test.
type Gate struct {
	Addr string // host:port of its TLS listener

	t     testing.TB
	cmd   *exec.Cmd
	roots *x509.CertPool
	ready chan []byte
	ended chan struct{}

	mu  sync.Mutex
	log bytes.Buffer
}

// Build gives the path of the panwall binary: the one that PANWALL_BINARY names, or one built for this test.
func Build(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("PANWALL_BINARY"); path != "" {
		return path
	}
	path := filepath.Join(t.TempDir(), "panwall")
	out, err := exec.Command("go", "build", "-o", path, "github.com/cappertrophy/panwall/cmd/panwall").CombinedOutput()
	if err != nil {
		t.Fatalf("building panwall: %v\n%s", err, out)
	}
	return path
}

// Start runs binary for localhost in front of the shop at url. Its rules are the shipped ones without limits: a proof
// sends more than any visitor.
func Start(t testing.TB, binary, url string, more ...string) *Gate {
	t.Helper()
	dir := t.TempDir()
	args := append([]string{
		"serve", "--to", url, "--host", "localhost", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
		"--data", dir, "--rules", unlimited(t, binary),
	}, more...)
	g := &Gate{t: t, cmd: exec.Command(binary, args...), ready: make(chan []byte, 1), ended: make(chan struct{})}
	stderr, err := g.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := g.cmd.Start(); err != nil {
		t.Fatalf("starting panwall: %v", err)
	}
	go g.read(stderr)
	t.Cleanup(g.stop)
	select {
	case line := <-g.ready:
		g.listening(line, filepath.Join(dir, "internal-ca", "root.pem"))
	case <-g.ended:
		t.Fatalf("panwall ended before it was ready:\n%s", g.Log())
	case <-time.After(30 * time.Second):
		t.Fatalf("panwall was not ready in 30 s:\n%s", g.Log())
	}
	return g
}

// unlimited writes the shipped rules with an empty limits.yaml, and without the cases that say what the limits are.
func unlimited(t testing.TB, binary string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "rules")
	if out, err := exec.Command(binary, "rules", "init", dir).CombinedOutput(); err != nil {
		t.Fatalf("writing rules: %v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "limits.yaml"), []byte("version: 1\nlimits: []\nallowances: []\nbans: []\nconcurrency: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "cases")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func (g *Gate) read(stderr io.Reader) {
	defer close(g.ended)
	told := false
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		g.mu.Lock()
		if g.log.Len() < 1<<20 {
			g.log.Write(append(bytes.Clone(lines.Bytes()), '\n'))
		}
		g.mu.Unlock()
		if !told && strings.Contains(lines.Text(), `"message":"ready"`) {
			told = true
			g.ready <- bytes.Clone(lines.Bytes())
		}
	}
	_ = g.cmd.Wait()
}

func (g *Gate) listening(line []byte, root string) {
	g.t.Helper()
	var ready struct{ HTTPS string }
	if err := json.Unmarshal(line, &ready); err != nil {
		g.t.Fatalf("the ready line is no JSON: %v", err)
	}
	pem, err := os.ReadFile(root)
	if err != nil {
		g.t.Fatal(err)
	}
	g.Addr, g.roots = ready.HTTPS, x509.NewCertPool()
	g.roots.AppendCertsFromPEM(pem)
}

// Log is what the process wrote to standard error, its first MiB.
func (g *Gate) Log() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.log.String()
}

// Dial opens a TLS connection that speaks protocol: http/1.1 or h2. All of it has to be over in a minute.
func (g *Gate) Dial(protocol string) (*tls.Conn, error) {
	conn, err := tls.Dial("tcp", g.Addr, &tls.Config{
		RootCAs: g.roots, ServerName: "localhost", MinVersion: tls.VersionTLS12, NextProtos: []string{protocol},
	})
	if err != nil {
		return nil, err
	}
	return conn, conn.SetDeadline(time.Now().Add(time.Minute))
}

func (g *Gate) stop() {
	_ = g.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-g.ended:
	case <-time.After(20 * time.Second):
		_ = g.cmd.Process.Kill()
		<-g.ended
		g.t.Error("panwall did not drain in 20 s")
	}
}

package shops

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Seer is a real server that says which requests it saw: "METHOD TARGET" each, in its answer to the request and in its
// log. Where the two differ, somebody smuggled.
type Seer struct {
	Name string
	URL  string

	mu   sync.Mutex
	seen []string
}

const seerPHP = `<?php
$seen = $_SERVER['REQUEST_METHOD'] . ' ' . $_SERVER['REQUEST_URI'];
file_put_contents('php://stderr', "SEEN $seen\n");
echo "SEEN $seen\n";
`

const seerNode = `
const server = require('http').createServer((q, s) => {
  const seen = 'SEEN ' + q.method + ' ' + q.url + '\n';
  process.stdout.write(seen);
  q.resume().on('end', () => s.end(seen));
});
server.keepAliveTimeout = 60000;
server.listen(%s, '127.0.0.1');
`

const seerNginx = `
daemon off; master_process off; pid %[1]s/pid; error_log %[1]s/error.log;
events {}
http {
  log_format seen 'SEEN $request_method $request_uri';
  access_log /dev/stdout seen;
  client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
  keepalive_timeout 60s; client_max_body_size 0;
  server { listen %[2]s; default_type text/plain; location / { return 200 "SEEN $request_method $request_uri\n"; } }
}
`

// Seers starts nginx, and the servers of PHP and of Node; they end with the test. One that is not installed is left out
// loudly, and fails the test where PANWALL_CI is set.
func Seers(t testing.TB) []*Seer {
	t.Helper()
	var all []*Seer
	if nginx, ok := tool(t, "nginx"); ok {
		dir := t.TempDir()
		addr := free(t)
		path := filepath.Join(dir, "nginx.conf")
		if err := os.WriteFile(path, fmt.Appendf(nil, seerNginx, dir, addr), 0o600); err != nil {
			t.Fatal(err)
		}
		all = append(all, newSeer(t, "nginx", addr, exec.Command(nginx, "-e", filepath.Join(dir, "early.log"), "-p", dir, "-c", path)))
	}
	if php, ok := tool(t, "php"); ok {
		addr := free(t)
		all = append(all, newSeer(t, "php", addr, exec.Command(php, "-q", "-S", addr, script(t, "seer.php", []byte(seerPHP)))))
	}
	if node, ok := tool(t, "node"); ok {
		addr := free(t)
		_, port, _ := net.SplitHostPort(addr)
		all = append(all, newSeer(t, "node", addr, exec.Command(node, script(t, "seer.js", fmt.Appendf(nil, seerNode, port)))))
	}
	return all
}

// free is a loopback address that nobody listens on.
func free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func newSeer(t testing.TB, name, addr string, cmd *exec.Cmd) *Seer {
	t.Helper()
	s := &Seer{Name: name, URL: "http://" + addr}
	log, said := io.Pipe()
	cmd.Stdout, cmd.Stderr = said, said
	go s.read(log)
	run(t, cmd)
	t.Cleanup(func() { _ = said.Close() })
	listens(t, addr)
	return s
}

// listens waits until somebody does.
func listens(t testing.TB, addr string) {
	t.Helper()
	for range 200 {
		if conn, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
			_ = conn.Close()
			return
		}
		<-time.After(25 * time.Millisecond)
	}
	t.Fatalf("nobody listens on %s", addr)
}

func (s *Seer) read(log io.Reader) {
	for lines := bufio.NewScanner(log); lines.Scan(); {
		if _, seen, ok := strings.Cut(lines.Text(), "SEEN "); ok {
			s.mu.Lock()
			s.seen = append(s.seen, seen)
			s.mu.Unlock()
		}
	}
}

// Seen is what the server says it saw whose target holds mark, in sorted order.
func (s *Seer) Seen(mark string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []string
	for _, seen := range s.seen {
		if strings.Contains(seen, mark) {
			found = append(found, seen)
		}
	}
	slices.Sort(found)
	return found
}

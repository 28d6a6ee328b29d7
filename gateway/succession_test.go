package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
)

// successor waits for the line that tells of a successor, and ends it with the test.
func (r *running) successor() (pid int) {
	r.t.Helper()
	var line struct{ PID int }
	if err := json.Unmarshal([]byte(r.waitFor("successor started")), &line); err != nil || line.PID == 0 {
		r.t.Fatalf("the log names no successor: %v", err)
	}
	r.t.Cleanup(func() { _ = syscall.Kill(line.PID, syscall.SIGTERM) })
	return line.PID
}

// TestASuccessorTakesTheSocketsOver changes the process under requests on new connections: none fails, and the log that
// both wrote is one.
func TestASuccessorTakesTheSocketsOver(t *testing.T) {
	g := inFront(t, shoptest.NewRecorder(t).URL())
	client := g.client(false)
	client.Transport.(*http.Transport).DisableKeepAlives = true
	stop := make(chan struct{})
	var failed atomic.Int64
	var clients sync.WaitGroup
	for range 2 {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				answer, err := client.Get("https://localhost/")
				if err != nil {
					failed.Add(1)
					t.Log(err)
					return
				}
				_ = answer.Body.Close()
			}
		})
	}
	g.signal(syscall.SIGUSR2)
	pid := g.successor()
	g.waitFor("taking over")
	g.waitFor(`"message":"ready"`)
	g.waitFor(`"status":200`) // a line of the successor's
	close(stop)
	clients.Wait()
	if failed.Load() > 0 {
		t.Errorf("%d clients met an error while the process changed", failed.Load())
	}
	_ = syscall.Kill(pid, syscall.SIGTERM)
	if code := g.exit(); code != 0 {
		t.Errorf("the predecessor exits %d", code)
	}
	if out, code := run(t, "audit", "verify", filepath.Join(g.data, "audit")); code != 2 {
		t.Errorf("two writers, one after the other, left a log that verify exits %d on: %s", code, out)
	}
}

func TestAFaultySuccessorLeavesThePredecessor(t *testing.T) {
	shop, data := shoptest.NewRecorder(t), t.TempDir()
	path := filepath.Join(t.TempDir(), "panwall.yaml")
	text := fmt.Sprintf("sites:\n- hosts: [localhost]\n  upstream: {urls: ['%s']}\nlisten: {https: ['127.0.0.1:0'], http: [], admin: '127.0.0.1:0'}\n"+
		"tls: {issuer: internal}\nstorage: {dir: %s}\naudit: {dir: %s/audit, origin: localhost/test}\n", shop.URL(), data, data)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	g := serve(t, "--config", path, "--data", data)
	if err := os.WriteFile(path, []byte(text+"surprise: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	g.signal(syscall.SIGUSR2)
	g.successor()
	g.waitFor("ended before it took over")
	if got := <-get(g, "/"); got.err != nil {
		t.Errorf("the predecessor does not serve on: %v", got.err)
	}
}

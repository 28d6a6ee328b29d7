package edge

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// doorProcess is a gateway of its own in a child process: it serves until SIGUSR1, on which it hands its sockets to a
// successor and drains, or SIGTERM. As the real one waits for the log's lock, it waits for one before it serves.
func doorProcess() int {
	folder := os.Getenv("EDGE_TEST_DOOR")
	address, err := os.ReadFile(filepath.Join(folder, "address"))
	if err != nil {
		return 1
	}
	c := local("shop.test")
	c.Listen.HTTPS, c.Listen.HTTP = []string{string(address)}, nil
	c.Listen.Limits.ConnectionsPerClient, c.Listen.Limits.HandshakesPerClient = 100_000, 100_000
	e, err := New(Options{
		Config: c, Storage: folder, Logger: zerolog.New(os.Stderr).Level(zerolog.WarnLevel), Getenv: os.Getenv,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			if r.URL.Path == "/slow" {
				<-time.After(20 * time.Millisecond)
			}
			_, _ = fmt.Fprint(w, os.Getpid())
		}),
	})
	if err != nil || e.Listen() != nil {
		return 2
	}
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGTERM)
	announce(folder)
	lock, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil || syscall.Flock(int(lock.Fd()), syscall.LOCK_EX) != nil {
		return 3
	}
	ctx, drain := context.WithCancel(context.Background())
	go func() {
		if <-signals == syscall.SIGUSR1 {
			succeed(e)
		}
		drain()
	}()
	if err := e.Serve(ctx); err != nil {
		return 4
	}
	return 0
}

func announce(folder string) {
	_ = os.WriteFile(filepath.Join(folder, "pid-"+strconv.Itoa(os.Getpid())), nil, 0o600)
}

func succeed(e *Edge) {
	cmd := exec.Command(os.Args[0])
	cmd.Stderr = os.Stderr
	started, err := e.Hand(cmd)
	if err != nil {
		panic(err)
	}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	started()
	_ = cmd.Process.Release()
}

// pids waits until n processes have announced themselves and gives the newest.
func newest(t *testing.T, folder string, known map[int]bool) int {
	t.Helper()
	for range 400 {
		found, _ := filepath.Glob(filepath.Join(folder, "pid-*"))
		for _, path := range found {
			pid, _ := strconv.Atoi(strings.TrimPrefix(filepath.Base(path), "pid-"))
			if !known[pid] {
				known[pid] = true
				return pid
			}
		}
		<-time.After(25 * time.Millisecond)
	}
	t.Fatal("no successor came")
	return 0
}

// TestRestartUnderLoad restarts the gateway while requests come on new and on kept connections: none may fail.
// EDGE_TEST_RESTARTS and EDGE_TEST_RATE (requests a second) make it longer and harder; one in EDGE_TEST_FRESH comes on a
// new connection.
func TestRestartUnderLoad(t *testing.T) {
	restarts, rate := number("EDGE_TEST_RESTARTS", 3), number("EDGE_TEST_RATE", 300)
	folder := t.TempDir()
	write(t, filepath.Join(folder, "address"), []byte(freePort(t)))
	address, _ := os.ReadFile(filepath.Join(folder, "address"))

	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), "EDGE_TEST_DOOR="+folder), os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	known := map[int]bool{}
	pid := newest(t, folder, known)
	defer func() { _ = syscall.Kill(pid, syscall.SIGTERM) }()

	l := newLoad(t, string(address), folder)
	l.every = number("EDGE_TEST_FRESH", 2)
	ctx, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	begin := time.Now()
	load.Go(func() { l.run(ctx, rate) })
	for range restarts {
		<-time.After(500 * time.Millisecond)
		if err := syscall.Kill(pid, syscall.SIGUSR1); err != nil {
			t.Fatal(err)
		}
		pid = newest(t, folder, known)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the first process ended with %v", err)
	}
	<-time.After(500 * time.Millisecond)
	stop()
	lasted := time.Since(begin)
	load.Wait()
	l.servers.Range(func(any, any) bool { restarts--; return true })
	if l.failed.Load() > 0 || restarts >= 0 {
		t.Errorf("%d of %d requests failed; first: %v; %d processes answered no request", l.failed.Load(), l.done.Load(), l.first.Load(), restarts+1)
	}
	t.Logf("%d requests, %.0f sent a second, %d failed", l.done.Load(), float64(l.done.Load())/lasted.Seconds(), l.failed.Load())
}

func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// load sends requests at a constant rate.
type load struct {
	fresh, kept  *http.Client
	url          string
	every        int // one in so many requests comes on a new connection
	done, failed atomic.Int64
	first        atomic.Value
	servers      sync.Map
}

func newLoad(t *testing.T, address, folder string) *load {
	t.Helper()
	root, err := os.ReadFile(RootFile(folder))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(root)
	client := func(alone bool) *http.Client {
		tr := &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "shop.test"}, DisableKeepAlives: alone, MaxIdleConnsPerHost: 64, MaxConnsPerHost: 64,
			DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		}
		t.Cleanup(tr.CloseIdleConnections)
		return &http.Client{Transport: tr, Timeout: 20 * time.Second}
	}
	return &load{fresh: client(true), kept: client(false), url: "https://" + address, every: 2}
}

// run sends what is due by the clock: a ticker drops ticks on a busy machine, and the rate with them.
func (l *load) run(ctx context.Context, rate int) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	var all sync.WaitGroup
	defer all.Wait()
	begin := time.Now()
	for sent := 0; ; {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			due := int(now.Sub(begin).Seconds() * float64(rate))
			for n := range due - sent {
				number := sent + n
				all.Go(func() { l.one(number) })
			}
			sent = due
		}
	}
}

func (l *load) one(i int) {
	client, path, method := l.kept, "/", http.MethodGet
	if i%l.every == 0 {
		client, method = l.fresh, http.MethodPost
	}
	if i%4 < 2 { // half of them are under way when a drain begins
		path = "/slow"
	}
	request, _ := http.NewRequest(method, l.url+path, strings.NewReader("a=b"))
	request.Host = "shop.test"
	response, err := client.Do(request)
	if err == nil {
		var server []byte
		server, err = io.ReadAll(response.Body)
		_ = response.Body.Close()
		l.servers.Store(string(server), true)
	}
	l.done.Add(1)
	if err != nil {
		l.failed.Add(1)
		l.first.CompareAndSwap(nil, err.Error())
	}
}

// systemd passes descriptors from 3 on and says whom they are for.
func TestSocketsFromSystemd(t *testing.T) {
	folder := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	write(t, filepath.Join(folder, "address"), []byte(address))
	socket, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	unix, err := net.Listen("unix", filepath.Join(folder, "admin.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close()
	admin, err := unix.(*net.UnixListener).File()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/sh", "-c", `LISTEN_PID=$$ exec "$0"`, os.Args[0])
	cmd.Env = append(os.Environ(), "EDGE_TEST_DOOR="+folder, "LISTEN_FDS=2")
	cmd.ExtraFiles, cmd.Stderr = []*os.File{admin, socket}, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _, _ = l.Close(), socket.Close(), admin.Close() // only the child holds it now
	newest(t, folder, map[int]bool{})
	load := newLoad(t, address, folder)
	load.one(0)
	if load.failed.Load() > 0 {
		t.Errorf("over an inherited socket: %v", load.first.Load())
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("the child ended with %v", err)
	}
}

func TestAnnouncementsForOthersAreIgnored(t *testing.T) {
	for claim, env := range map[string]map[string]string{
		"nothing announced":      {},
		"for another process":    {"LISTEN_FDS": "1", "LISTEN_PID": "1"},
		"for none in particular": {"LISTEN_FDS": "1"},
		"an empty handover list": {handover: ""},
		"no descriptors at all":  {"LISTEN_FDS": "0", "LISTEN_PID": strconv.Itoa(os.Getpid())},
	} {
		s, err := inherit(func(name string) string { return env[name] })
		if err != nil || len(s.listeners) > 0 {
			t.Errorf("%s: %d sockets, %v", claim, len(s.listeners), err)
		}
	}
	if _, err := inherit(func(name string) string {
		return map[string]string{"LISTEN_FDS": "many", "LISTEN_PID": strconv.Itoa(os.Getpid())}[name]
	}); err == nil {
		t.Error("a number that is none was taken")
	}
}

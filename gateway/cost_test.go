package gateway_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// BenchmarkRequest holds the built gateway, everything on, against a bare httputil.ReverseProxy, each a process of its
// own behind the same TLS client and in front of the same shop. cpu-us/req is the proxy process's own user and system
// time a request, from /proc; it is the figure to compare, since ns/op holds the client and the shop too.
//
//	go test -run '^$' -bench BenchmarkRequest -benchtime 20000x ./gateway
func BenchmarkRequest(b *testing.B) {
	page := bytes.Repeat([]byte("<p>Кубок серебряный, 14 990 тг</p>\n"), 20<<10/55)
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.Method == http.MethodGet {
			_, _ = w.Write(page)
			return
		}
		_, _ = io.WriteString(w, `{"ok":true}`)
	}))
	defer shop.Close()
	order := `{"order":"TR-20261122-0007","name":"Айдана","phone":"+7 701 234 56 78","items":[` +
		strings.Repeat(`{"sku":"CUP-12","ean":"4600051000057","uuid":"5b7a1c9e-2f43-4d1a-9c55-0e1f2a3b4c5d","t":1763800000123,"price":14990.50},`, 7) + `{}]}`
	for _, load := range []struct{ name, method, body string }{{"get-20KB", "GET", ""}, {"post-1KB", "POST", order}} {
		for name, start := range map[string]func(*testing.B, string) (string, *os.Process, *tls.Config){"panwall": startPanwall, "bare": startBare} {
			b.Run(load.name+"/"+name, func(b *testing.B) {
				addr, process, config := start(b, shop.URL)
				hammer(b, addr, process, config, load.method, load.body)
			})
		}
	}
}

func startPanwall(b *testing.B, shop string) (string, *os.Process, *tls.Config) {
	g := inFront(b, shop)
	return g.addr, g.cmd.Process, &tls.Config{RootCAs: g.roots, ServerName: "localhost"}
}

// hammer sends b.N requests over 16 kept connections and reports what they cost the process.
func hammer(b *testing.B, addr string, process *os.Process, config *tls.Config, method, body string) {
	transport := &http.Transport{TLSClientConfig: config, MaxIdleConnsPerHost: 16, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	send := func() error {
		r, err := http.NewRequestWithContext(b.Context(), method, "https://localhost/api/items", strings.NewReader(body))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/json")
		answer, err := client.Do(r)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("answered %d", answer.StatusCode)
		}
		_, err = io.Copy(io.Discard, answer.Body)
		return err
	}
	for range 64 { // connections and pools are warm
		if err := send(); err != nil {
			b.Fatal(err)
		}
	}
	before := cpuTicks(b, process.Pid)
	b.ResetTimer()
	var wg sync.WaitGroup
	for worker := range 16 {
		wg.Go(func() {
			for i := worker; i < b.N; i += 16 {
				if err := send(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(cpuTicks(b, process.Pid)-before)*1e4/float64(b.N), "cpu-us/req")
}

// cpuTicks is the user and system time of a process in hundredths of a second (proc(5), fields 14 and 15).
func cpuTicks(b *testing.B, pid int) int64 {
	b.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		b.Skip("no /proc: ", err)
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+2:]))
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return user + system
}

// bareProxy, when set, makes this test binary a bare reverse proxy in front of the URL it holds.
const bareProxy = "PANWALL_BARE_PROXY"

func startBare(b *testing.B, shop string) (string, *os.Process, *tls.Config) {
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), bareProxy+"="+shop)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	var addr string
	if _, err := fmt.Fscanln(stdout, &addr); err != nil {
		b.Fatal(err)
	}
	return addr, cmd.Process, &tls.Config{InsecureSkipVerify: true}
}

// runBareProxy is what the child does: TLS, one ReverseProxy, nothing else.
func runBareProxy(to string) {
	target, err := url.Parse(to)
	if err != nil {
		panic(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target); r.SetXForwarded() },
		Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
	}
	server := httptest.NewUnstartedServer(proxy)
	server.EnableHTTP2 = true
	server.StartTLS()
	fmt.Println(server.Listener.Addr())
	select {}
}

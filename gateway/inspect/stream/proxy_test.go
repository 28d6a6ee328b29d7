package stream

import (
	"crypto/sha256"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// upstream is a shop that takes uploads, behind a proxy that streams them.
type upstream struct {
	proxy *httptest.Server

	mu    sync.Mutex
	conns map[string]bool // connections that were opened
	sums  [][32]byte      // of bodies that arrived whole
	short []string        // of bodies that did not
	cuts  []*Cut
}

func newUpstream(t *testing.T, o Options) *upstream {
	u := &upstream{conns: make(map[string]bool)}
	shop := httptest.NewUnstartedServer(http.HandlerFunc(u.take))
	shop.Config.ConnState = func(c net.Conn, s http.ConnState) {
		if s == http.StateNew {
			u.mu.Lock()
			u.conns[c.RemoteAddr().String()] = true
			u.mu.Unlock()
		}
	}
	shop.Start()
	t.Cleanup(shop.Close)
	target, err := url.Parse(shop.URL)
	if err != nil {
		t.Fatal(err)
	}
	reverse := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, ErrorHandler: u.cut}
	u.proxy = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = New(r.Body, r.Header.Get("X-Boundary"), o)
		reverse.ServeHTTP(w, r)
	}))
	t.Cleanup(u.proxy.Close)
	return u
}

// take counts what arrives and remembers no more than the end of what was cut.
func (u *upstream) take(_ http.ResponseWriter, r *http.Request) {
	sum := sha256.New()
	var last tail
	_, err := io.Copy(io.MultiWriter(sum, &last), r.Body)
	u.mu.Lock()
	defer u.mu.Unlock()
	if err != nil {
		u.short = append(u.short, string(last))
		return
	}
	u.sums = append(u.sums, [32]byte(sum.Sum(nil)))
}

type tail []byte

func (t *tail) Write(p []byte) (int, error) {
	*t = append(*t, p...)
	if n := len(*t); n > 4096 {
		*t = append((*t)[:0], (*t)[n-4096:]...)
	}
	return len(p), nil
}

func (u *upstream) cut(w http.ResponseWriter, _ *http.Request, err error) {
	status := http.StatusBadGateway
	if c, ok := errors.AsType[*Cut](err); ok {
		status = http.StatusUnprocessableEntity
		u.mu.Lock()
		u.cuts = append(u.cuts, c)
		u.mu.Unlock()
	}
	w.WriteHeader(status)
}

func (u *upstream) post(t *testing.T, body io.Reader, length int64) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u.proxy.URL, body)
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = length
	r.Header.Set("X-Boundary", boundary)
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

// A card deep in a file cuts the connection to the shop, which sees an upload that never ended; the next request
// comes over another.
func TestABlockCutsTheUpstreamConnection(t *testing.T) {
	for name, length := range map[string]func(string) int64{"with a length": func(s string) int64 { return int64(len(s)) }, "in chunks": func(string) int64 { return -1 }} {
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t, strict(t))
			bad := form(part(`name="f"; filename="a"`, strings.Repeat("clean text ", 200_000)+card+strings.Repeat(" clean text", 10_000)))
			good := form(part(`name="f"; filename="a"`, strings.Repeat("clean text ", 1000)))
			if status := u.post(t, strings.NewReader(bad), length(bad)); status != http.StatusUnprocessableEntity {
				t.Errorf("answered %d", status)
			}
			if status := u.post(t, strings.NewReader(good), length(good)); status != http.StatusOK {
				t.Errorf("the next: answered %d", status)
			}
			u.proxy.Close() // the shop's handlers have come to their end
			u.mu.Lock()
			defer u.mu.Unlock()
			if len(u.cuts) != 1 || u.cuts[0].Forwarded == 0 || u.cuts[0].Forwarded >= int64(strings.Index(bad, card)) {
				t.Errorf("cuts: %v", u.cuts)
			}
			if len(u.sums) != 1 || u.sums[0] != sha256.Sum256([]byte(good)) {
				t.Errorf("%d bodies arrived whole", len(u.sums))
			}
			if len(u.conns) != 2 {
				t.Errorf("%d connections, want one for each", len(u.conns))
			}
			for _, s := range u.short {
				if strings.Contains(s, card[:6]) {
					t.Error("some of the number reached the shop")
				}
			}
		})
	}
}

// mostGrowth is what an upload of any size may add to the process, client and shop of the test included.
const mostGrowth = 64 << 20

// The size of the upload is PANWALL_STREAM_MIB, 256 without it; the promise is for 2048.
func TestMemoryStaysConstant(t *testing.T) {
	mib, err := strconv.ParseInt(os.Getenv("PANWALL_STREAM_MIB"), 10, 64)
	if err != nil {
		mib = 256
	}
	u := newUpstream(t, strict(t))
	before := settled(t)
	highest, stop := watch(t)
	sum := sha256.New()
	head, end := part(`name="f"; filename="film.mp4"`, ""), form()
	content := io.LimitReader(&repeat{[]byte(strings.Repeat("\x00\x00\x01\xb3 film \xff\xd8 4111-11 ", 4096))}, mib<<20)
	body := io.MultiReader(strings.NewReader(head), content, strings.NewReader("\r\n"+end))
	began := time.Now()
	status := u.post(t, io.TeeReader(body, sum), int64(len(head)+2+len(end))+mib<<20)
	took := time.Since(began)
	growth := <-stop(highest) - before
	t.Logf("%d MiB in %v (%.0f MiB/s); the process grew by %.1f MiB", mib, took.Round(time.Millisecond), float64(mib)/took.Seconds(), float64(growth)/(1<<20))
	u.mu.Lock()
	defer u.mu.Unlock()
	if status != http.StatusOK || len(u.sums) != 1 || u.sums[0] != [32]byte(sum.Sum(nil)) {
		t.Errorf("answered %d, %d bodies arrived whole", status, len(u.sums))
	}
	if growth > mostGrowth {
		t.Errorf("grew by %d MiB", growth>>20)
	}
}

// repeat gives the same bytes for ever.
type repeat struct{ bytes []byte }

func (r *repeat) Read(p []byte) (int, error) { return copy(p, r.bytes), nil }

// settled is the process's resident memory after a collection.
func settled(t *testing.T) int64 {
	runtime.GC()
	return resident(t)
}

// resident is VmRSS, which the operating system counts and not we.
func resident(t *testing.T) int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skipf("SKIPPED, there is no /proc: %v", err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kib << 10
}

// watch looks at the resident memory until it is stopped, and gives the highest.
func watch(t *testing.T) (chan int64, func(chan int64) chan int64) {
	done, highest := make(chan struct{}), make(chan int64, 1)
	go func() {
		top := resident(t)
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-tick.C:
				top = max(top, resident(t))
			case <-done:
				tick.Stop()
				highest <- top
				return
			}
		}
	}()
	return highest, func(c chan int64) chan int64 { close(done); return c }
}

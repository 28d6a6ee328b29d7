package audit

import (
	"bufio"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/audit/review"
	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// session opens a log, writes a record and closes it.
func session(t *testing.T, o Options) {
	t.Helper()
	l, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Commit(t.Context(), event(ruleset.Redact, 1)); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// clone copies a log's folder, as a snapshot of its machine does.
func clone(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to+"/log", os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to + "/log"
}

func TestARollbackBeginsANewEpoch(t *testing.T) {
	anchor := filepath.Join(t.TempDir(), "anchor")
	o := Options{Dir: t.TempDir(), Origin: testOrigin, Anchors: []config.Destination{{URL: "file://" + anchor}}}
	session(t, o)
	snapshot := clone(t, o.Dir)
	session(t, o)
	o.Dir = snapshot // the machine is set back

	session(t, o)
	late := must(ledger.OpenDir(filepath.Join(snapshot, "epoch-2")))
	var broken *record.LogState
	segments := must(ledger.Segments(late))
	_ = ledger.Lines(late, segments[0], func(text []byte, _ int64) error {
		if r := must(record.Parse(text)); r.Type == record.LogBroken {
			broken = r.Log
		}
		return nil
	})
	if broken == nil || broken.Cause != "rollback" || broken.Size != 3 || broken.OtherSize != 6 {
		t.Fatalf("told as %+v", broken)
	}

	// The first history ends where the snapshot was taken; the anchor knows better, and the log says so itself.
	e := evidence{dir: snapshot, key: string(read(t, snapshot, ledger.PublicKeyName)), anchor: new([]byte)}
	*e.anchor = must(os.ReadFile(anchor))
	r := e.verify(t)
	if r.Verdict != review.Tampered || !strings.Contains(strings.Join(r.Faults, "\n"), "has 3 records, but anchor elsewhere vouches for 6") ||
		!strings.Contains(strings.Join(r.Notes, "\n"), "(rollback)") {
		t.Errorf("%+v", r)
	}

	// The next start goes on in the new epoch, and a second rollback, to before it, begins a third.
	session(t, o)
	if n := len(must(ledger.Epochs(must(ledger.OpenDir(snapshot))))); n != 2 {
		t.Errorf("%d epochs after an ordinary restart", n)
	}
	if err := os.RemoveAll(filepath.Join(snapshot, "epoch-2")); err != nil {
		t.Fatal(err)
	}
	session(t, o)
	if n := len(must(ledger.Epochs(must(ledger.OpenDir(snapshot))))); n != 3 {
		t.Errorf("%d epochs after the second rollback", n)
	}
}

func TestADamagedLogBeginsANewEpoch(t *testing.T) {
	for claim, tc := range map[string]struct {
		damage func(t *testing.T, dir string)
		cause  string
	}{
		"its end is cut off": {func(t *testing.T, dir string) {
			edit(t, dir, dayOne, func(l []string) []string { return l[:2] })
		}, "truncated"},
		"its checkpoints are lost": {func(t *testing.T, dir string) {
			_ = os.Remove(filepath.Join(dir, ledger.CheckpointsName))
		}, "checkpoints-lost"},
		"a line and the hashes are changed": {func(t *testing.T, dir string) {
			edit(t, dir, dayOne, func(l []string) []string { l[1] = strings.Replace(l[1], "visa", "mir", 1); return l })
			_ = os.Remove(filepath.Join(dir, ledger.HashesName))
		}, "altered"},
	} {
		t.Run(claim, func(t *testing.T) {
			o := Options{Dir: t.TempDir(), Origin: testOrigin}
			session(t, o)
			tc.damage(t, o.Dir)
			before := must(os.ReadFile(filepath.Join(o.Dir, dayOne)))
			session(t, o)
			text := string(must(os.ReadFile(filepath.Join(o.Dir, "epoch-2", dayOne))))
			if !strings.Contains(text, `"cause":"`+tc.cause+`"`) {
				t.Errorf("the new epoch begins with\n%s", text)
			}
			if after := must(os.ReadFile(filepath.Join(o.Dir, dayOne))); string(after) != string(before) {
				t.Error("the evidence was touched")
			}
		})
	}
}

func TestLostHashesAreMadeAnew(t *testing.T) {
	o := Options{Dir: t.TempDir(), Origin: testOrigin}
	session(t, o)
	before := read(t, o.Dir, ledger.HashesName)
	if err := os.Remove(filepath.Join(o.Dir, ledger.HashesName)); err != nil {
		t.Fatal(err)
	}
	session(t, o)
	if after := read(t, o.Dir, ledger.HashesName); !strings.HasPrefix(string(after), string(before)) {
		t.Error("the hashes are others")
	}
	if r := verifyDir(t, o.Dir); r.Verdict != review.Intact {
		t.Errorf("%+v", r)
	}
}

// keeper is a server off the host: an anchor and a store.
type keeper struct {
	mu     sync.Mutex
	newest []byte
	files  map[string][]byte
	away   bool
	auth   string
}

func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.auth = r.Header.Get("Authorization")
	body, _ := io.ReadAll(r.Body)
	name := strings.TrimPrefix(r.URL.Path, "/")
	switch {
	case k.away:
		w.WriteHeader(http.StatusServiceUnavailable)
	case r.Method == http.MethodPost:
		k.newest = body
	case r.Method == http.MethodGet && k.newest == nil, r.Method == http.MethodHead && k.files[name] == nil:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodGet:
		_, _ = w.Write(k.newest)
	case r.Method == http.MethodHead:
		w.Header().Set("Content-Length", itoa(len(k.files[name])))
	case r.Method == http.MethodPut:
		want := fmt.Sprintf("bytes %d-%d/*", len(k.files[name]), len(k.files[name])+len(body)-1)
		if r.Header.Get("Content-Range") != want {
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			return
		}
		k.files[name] = append(k.files[name], body...)
	}
}

// serve starts a keeper and returns where it is, and the file of its authority.
func (k *keeper) serve(t *testing.T) config.Destination {
	t.Helper()
	k.files = map[string][]byte{}
	server := httptest.NewTLSServer(k)
	t.Cleanup(server.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PANWALL_TEST_TOKEN", "not-a-secret")
	return config.Destination{URL: server.URL, CA: ca, Region: "kz", Token: must(config.ParseSecret("env:PANWALL_TEST_TOKEN"))}
}

func TestTheLogGetsOffItsHost(t *testing.T) {
	var k keeper
	elsewhere := k.serve(t)
	mounted := t.TempDir()
	o := Options{
		Dir: t.TempDir(), Origin: testOrigin,
		Anchors: []config.Destination{elsewhere},
		Copies:  []config.Destination{elsewhere, {URL: "file://" + mounted, Region: "kz"}},
	}
	for range 2 {
		session(t, o)
	}
	if k.auth != "Bearer not-a-secret" {
		t.Errorf("the token came as %q", k.auth)
	}
	copied := filepath.Join(mounted, "shop.example_gw-1")
	e := evidence{dir: copied, key: string(read(t, o.Dir, ledger.PublicKeyName)), anchor: &k.newest}
	if r := e.verify(t); r.Verdict != review.Intact || r.Records != 6 {
		t.Errorf("the copy: %+v", r)
	}
	for _, name := range []string{dayOne, ledger.CheckpointsName} {
		if sent := k.files["shop.example_gw-1/"+name]; string(sent) != string(read(t, o.Dir, name)) {
			t.Errorf("%s arrived otherwise", name)
		}
	}
}

func TestAnAnchorThatIsAwayIsSeenAndCaughtUpWith(t *testing.T) {
	var k keeper
	elsewhere := k.serve(t)
	k.away = true
	o := Options{Dir: t.TempDir(), Origin: testOrigin, Anchors: []config.Destination{elsewhere}}
	l := open(t, o.Dir, func(x *Options) { *x = o })
	waitFor(t, func() bool { return l.Offhost()[0].Err != "" })
	if s := l.Offhost()[0]; s.Backlog == 0 || !s.Last.IsZero() || !strings.Contains(s.Err, "503") {
		t.Errorf("%+v", s)
	}
	k.mu.Lock()
	k.away = false
	k.mu.Unlock()
	waitFor(t, func() bool { return l.Offhost()[0].Backlog == 0 })
	if s := l.Offhost()[0]; s.Err != "" || s.Last.IsZero() {
		t.Errorf("%+v", s)
	}
}

// waitFor looks until something has come about in another goroutine.
func waitFor(t *testing.T, there func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	end := time.After(20 * time.Second)
	for !there() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatal("it did not come about")
		}
	}
}

func TestACopyNeedsARegion(t *testing.T) {
	_, err := Open(Options{Dir: t.TempDir(), Origin: testOrigin, Copies: []config.Destination{{URL: "file:///mnt"}}})
	if err == nil || !strings.Contains(err.Error(), "region is missing") {
		t.Errorf("it says %v", err)
	}
}

func TestSyslogTakesCheckpoints(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS() // for its certificate
	certificate := server.TLS.Certificates[0]
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	server.Close()
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	collector := must(tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}}))
	defer func() { _ = collector.Close() }()
	messages := make(chan string, 10)
	go func() {
		for {
			conn, err := collector.Accept()
			if err != nil {
				return
			}
			var n int
			r := bufio.NewReader(conn)
			if _, err := fmt.Fscanf(r, "%d ", &n); err != nil {
				continue
			}
			text := make([]byte, n)
			_, _ = io.ReadFull(r, text)
			messages <- string(text)
		}
	}()
	session(t, Options{Dir: t.TempDir(), Origin: testOrigin, Anchors: []config.Destination{{URL: "syslog+tls://" + collector.Addr().String(), CA: ca}}})
	m := <-messages
	for _, want := range []string{"<109>1 ", ` panwall `, ` checkpoint [checkpoint@32473 origin="shop.example/gw-1" size="`, `root="`, `signatures="`} {
		if !strings.Contains(m, want) {
			t.Errorf("the message lacks %q: %s", want, m)
		}
	}
	if slices.Contains([]byte(m), '\n') {
		t.Error("the message has a line break")
	}
}

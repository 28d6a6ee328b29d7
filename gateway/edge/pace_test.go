package edge

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

var showRemote = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-Remote", r.RemoteAddr) })

// drip is a client that sends n bytes, then waits, until it is cut.
type drip struct {
	n    int
	wait time.Duration
	end  chan struct{}
}

func (d *drip) Read(p []byte) (int, error) {
	select {
	case <-time.After(d.wait):
		return min(d.n, len(p)), nil
	case <-d.end:
		return 0, os.ErrDeadlineExceeded
	}
}

func (d *drip) Close() error { return nil }

func TestPaceOfBodies(t *testing.T) {
	for claim, c := range map[string]struct {
		bytes int
		every time.Duration
		lives time.Duration // how long it may go on, at least; zero: for ever
	}{
		"a byte every five seconds is cut after the grace": {1, 5 * time.Second, 9 * time.Second},
		"nothing at all is cut after the grace":            {0, time.Hour, 9 * time.Second},
		"the least rate may go on":                         {512, time.Second, 0},
		"large pieces with long waits may go on":           {8192, 9 * time.Second, 0},
		"just under the least rate ends at some time":      {480, time.Second, 100 * time.Second},
	} {
		t.Run(claim, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &drip{n: c.bytes, wait: c.every, end: make(chan struct{})}
				b := &pacedBody{ReadCloser: d, conn: new(conn), pace: pace{rate: 512, grace: grace, cut: func(time.Time) error { close(d.end); return nil }}}
				start, buffer := time.Now(), make([]byte, 16<<10)
				for time.Since(start) < time.Hour {
					if _, err := b.Read(buffer); err != nil {
						lived := time.Since(start)
						if c.lives == 0 || lived < c.lives || !errors.Is(err, os.ErrDeadlineExceeded) {
							t.Errorf("cut after %s with %v", lived, err)
						}
						return
					}
				}
				if c.lives != 0 {
					t.Error("it was never cut")
				}
			})
		})
	}
}

// A handler that takes its time between two reads must not use up its client's.
func TestPaceCountsOnlyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &pacedBody{ReadCloser: io.NopCloser(bytes.NewReader(make([]byte, 100))), conn: new(conn), pace: pace{rate: 512, grace: grace, cut: func(time.Time) error {
			t.Error("a client that had sent everything was cut")
			return nil
		}}}
		for range 10 {
			if _, err := b.Read(make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
		}
	})
}

// Over HTTP/2 a deadline that passes between two writes would reset the stream of a quiet event source.
func TestQuietStreamsLive(t *testing.T) {
	for proto, offered := range map[string][]string{"HTTP/2.0": nil, "HTTP/1.1": {"http/1.1"}} {
		t.Run(proto, func(t *testing.T) {
			more := make(chan struct{})
			d := open(t, Options{Config: local("shop.test"), Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, "one")
				if err := http.NewResponseController(w).Flush(); err != nil {
					t.Error(err)
				}
				<-more
				_, _ = io.WriteString(w, "two")
			})})
			r, err := d.client(t, withALPN(offered)).Get("https://shop.test/")
			if err != nil {
				t.Fatal(err)
			}
			first := make([]byte, 3)
			if _, err := io.ReadFull(r.Body, first); err != nil || string(first) != "one" {
				t.Fatalf("%q, %v: flushing does not reach the client", first, err)
			}
			close(more)
			if rest := body(t, r); rest != "two" {
				t.Errorf("the rest is %q", rest)
			}
		})
	}
}

// A client that takes nothing of its answer is cut, and its socket with all it holds is gone at once.
func TestClientsThatDoNotReadAreCut(t *testing.T) {
	for proto, offered := range map[string][]string{"HTTP/2.0": nil, "HTTP/1.1": {"http/1.1"}} {
		t.Run(proto, func(t *testing.T) {
			ended := make(chan error, 1)
			piece := make([]byte, 1<<20)
			d := open(t, Options{Config: local("shop.test"), Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for {
					if _, err := w.Write(piece); err != nil {
						ended <- err
						return
					}
				}
			})})
			hurry(d)
			r, err := d.client(t, withALPN(offered)).Get("https://shop.test/")
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			select {
			case <-ended:
			case <-time.After(10 * time.Second):
				t.Error("an answer that nobody reads goes on")
			}
		})
	}
}

func TestBodiesThatDoNotComeAreCut(t *testing.T) {
	for proto, offered := range map[string][]string{"HTTP/2.0": nil, "HTTP/1.1": {"http/1.1"}} {
		t.Run(proto, func(t *testing.T) {
			ended := make(chan error, 1)
			d := open(t, Options{Config: local("shop.test"), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, err := io.ReadAll(r.Body)
				ended <- err
				w.WriteHeader(http.StatusRequestTimeout)
			})})
			hurry(d)
			never, stop := io.Pipe()
			defer stop.Close()
			r, err := d.client(t, withALPN(offered)).Post("https://shop.test/", "text/plain", never)
			if err != nil {
				t.Fatal(err)
			}
			if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) || r.StatusCode != http.StatusRequestTimeout {
				t.Errorf("the body ended with %v, the answer was %d", err, r.StatusCode)
			}
			_ = r.Body.Close()
		})
	}
}

// hurry shortens the grace.
func hurry(d *doors) {
	l := d.door.current()
	l.grace = 200 * time.Millisecond
	d.door.setLimits(l)
}

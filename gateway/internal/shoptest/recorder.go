// Package shoptest is a shop to stand behind the gateway in tests: it keeps every request byte for byte as it arrived
// and answers as a test wants, well or badly.
package shoptest

import (
	"bufio"
	"context"
	"net"
	"slices"
	"sync"
	"testing"
	"time"
)

// Recorder is a shop that keeps what it received. It speaks HTTP/1.1 through a reader of its own, since net/http would
// already have tidied what a test wants to see. It is safe for concurrent use.
type Recorder struct {
	listener net.Listener
	arrived  chan Request
	broken   chan []byte
	done     sync.WaitGroup

	mu         sync.Mutex
	behaviours map[string]Behaviour
	requests   []Request
	partial    [][]byte
	open       map[net.Conn]struct{}
	conns      int
	closed     bool
}

// NewRecorder starts a recorder on a loopback port; it ends with the test. It answers 200 until told otherwise.
func NewRecorder(t testing.TB) *Recorder {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("starting the recording shop: %v", err)
	}
	r := &Recorder{listener: l, arrived: make(chan Request, 1024), broken: make(chan []byte, 1024), behaviours: map[string]Behaviour{}, open: map[net.Conn]struct{}{}}
	r.done.Add(1)
	go r.accept()
	t.Cleanup(r.Close)
	return r
}

// URL is the shop's origin, for upstream.urls.
func (r *Recorder) URL() string { return "http://" + r.listener.Addr().String() }

// On makes the shop behave like b for targets with this path.
func (r *Recorder) On(path string, b Behaviour) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.behaviours[path] = b
}

// Requests are the complete requests received so far.
func (r *Recorder) Requests() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// Partial are the bytes of requests that broke off before they were complete.
func (r *Recorder) Partial() [][]byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.partial)
}

// Take gives what arrived since the last Take, complete requests and broken ones, and forgets it: for tests that send
// thousands.
func (r *Recorder) Take() (requests []Request, partial [][]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	requests, partial = r.requests, r.partial
	r.requests, r.partial = nil, nil
	return requests, partial
}

// Received is every byte that reached the shop, complete requests and broken ones, in no particular order.
func (r *Recorder) Received() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []byte
	for _, q := range r.requests {
		all = append(all, q.Raw...)
	}
	for _, p := range r.partial {
		all = append(all, p...)
	}
	return all
}

// Conns is how many connections were opened to the shop.
func (r *Recorder) Conns() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.conns
}

// Next is the next complete request; the test fails when none comes.
func (r *Recorder) Next(t testing.TB) Request {
	t.Helper()
	select {
	case q := <-r.arrived:
		return q
	case <-time.After(10 * time.Second):
		t.Fatal("no request reached the shop")
		return Request{}
	}
}

// NextPartial is the next request that broke off; the test fails when none does.
func (r *Recorder) NextPartial(t testing.TB) []byte {
	t.Helper()
	select {
	case p := <-r.broken:
		return p
	case <-time.After(10 * time.Second):
		t.Fatal("no request broke off")
		return nil
	}
}

// Close shuts the shop, as a crash would: every connection ends.
func (r *Recorder) Close() {
	r.mu.Lock()
	r.closed = true
	_ = r.listener.Close()
	for conn := range r.open {
		_ = conn.Close()
	}
	r.mu.Unlock()
	r.done.Wait()
}

func (r *Recorder) accept() {
	defer r.done.Done()
	for {
		conn, err := r.listener.Accept()
		if err != nil {
			return
		}
		if !r.keep(conn) {
			_ = conn.Close()
			return
		}
		go r.serve(conn)
	}
}

func (r *Recorder) keep(conn net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.open[conn] = struct{}{}
	r.conns++
	r.done.Add(1)
	return true
}

func (r *Recorder) serve(conn net.Conn) {
	defer r.done.Done()
	defer func() {
		r.mu.Lock()
		delete(r.open, conn)
		r.mu.Unlock()
		_ = conn.Close()
	}()
	tee := &tee{from: conn}
	in := bufio.NewReaderSize(tee, 1) // the least bufio allows, so that little is read ahead of a request's end
	for {
		tee.forget(in.Buffered())
		q, err := readRequest(in)
		q.Raw = tee.without(in.Buffered())
		if err != nil {
			r.keepPartial(q.Raw)
			return
		}
		if !r.keepRequest(q)(&Conn{Conn: conn, In: in}, q) {
			return
		}
	}
}

func (r *Recorder) keepPartial(raw []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(raw) == 0 {
		return
	}
	r.partial = append(r.partial, raw)
	select {
	case r.broken <- raw:
	default:
	}
}

// keepRequest notes a request and says how to answer it.
func (r *Recorder) keepRequest(q Request) Behaviour {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, q)
	select {
	case r.arrived <- q:
	default: // a test that sends thousands looks at Requests
	}
	if b, ok := r.behaviours[q.Path()]; ok {
		return b
	}
	return Answer("200 OK", "ok\n")
}

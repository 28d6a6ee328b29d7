package leakbench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Shop keeps every byte it receives and answers every request with 200. Zero value: not usable, see NewShop.
type Shop struct {
	listener net.Listener
	mu       sync.Mutex
	arrived  bytes.Buffer
	done     sync.WaitGroup
}

// NewShop starts a shop on addr, for the proxy to send to.
func NewShop(addr string) (*Shop, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("starting the bench's shop: %w", err)
	}
	s := &Shop{listener: l}
	s.done.Go(s.accept)
	return s, nil
}

// Addr is where the shop listens.
func (s *Shop) Addr() net.Addr { return s.listener.Addr() }

// Close ends the shop.
func (s *Shop) Close() error {
	err := s.listener.Close()
	s.done.Wait()
	return err
}

// take gives what arrived since the last time.
func (s *Shop) take() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := bytes.Clone(s.arrived.Bytes())
	s.arrived.Reset()
	return b
}

func (s *Shop) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.arrived.Write(b)
}

func (s *Shop) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		go s.serve(conn)
	}
}

// patience is how long a connection may stand idle.
const patience = 30 * time.Second

// serve reads requests and answers them. Bytes that are no request are kept all the same: they arrived.
func (s *Shop) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(io.TeeReader(conn, s))
	for {
		_ = conn.SetDeadline(time.Now().Add(patience))
		r, err := http.ReadRequest(in)
		if err != nil {
			_, _ = io.Copy(io.Discard, in)
			return
		}
		if r.Header.Get("Expect") != "" {
			_, _ = io.WriteString(conn, "HTTP/1.1 100 Continue\r\n\r\n")
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n"); err != nil {
			return
		}
	}
}

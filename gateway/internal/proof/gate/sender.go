package gate

import (
	"bufio"
	"crypto/tls"
	"io"
	"net/http"
)

// Sender sends requests one after another and keeps its connection while the gateway does. It is for one goroutine.
type Sender struct {
	gate *Gate
	conn *tls.Conn
	in   *bufio.Reader
}

// NewSender is a sender of HTTP/1.1 to g. Close ends it.
func (g *Gate) NewSender() *Sender { return &Sender{gate: g} }

// Send writes one request as it stands and gives the status of the answer; zero if the connection ended without one.
// The request must be whole, or ask for the connection to be closed.
func (s *Sender) Send(request []byte) int {
	if s.conn != nil {
		if status := s.try(request); status != 0 {
			return status
		}
	}
	conn, err := s.gate.Dial("http/1.1")
	if err != nil {
		return 0
	}
	s.conn, s.in = conn, bufio.NewReader(conn)
	return s.try(request)
}

func (s *Sender) try(request []byte) int {
	conn := s.conn
	wrote := make(chan struct{})
	go func() { // the answer may come before the request is read to its end
		defer close(wrote)
		_, _ = conn.Write(request)
	}()
	status, keep := s.answer()
	if !keep {
		s.Close()
	}
	<-wrote
	return status
}

func (s *Sender) answer() (status int, keep bool) {
	for {
		answer, err := http.ReadResponse(s.in, nil)
		if err != nil {
			return 0, false
		}
		if answer.StatusCode < 200 {
			continue
		}
		_, err = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		return answer.StatusCode, err == nil && !answer.Close && s.in.Buffered() == 0
	}
}

// Close ends the connection at hand, if there is one.
func (s *Sender) Close() {
	if s.conn != nil {
		_ = s.conn.Close()
		s.conn = nil
	}
}

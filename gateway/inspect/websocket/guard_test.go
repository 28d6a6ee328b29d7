package websocket

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// stage is a guard between a client's hands and an upstream's end of a pipe.
type stage struct {
	t     *testing.T
	guard io.ReadWriteCloser
	shop  net.Conn
	code  Code // what Closed was told
}

func newStage(t *testing.T, inspect Inspect) *stage {
	ours, shop := net.Pipe()
	s := &stage{t: t, shop: shop}
	l := wide
	l.Closed = func(c Code) { s.code = c }
	s.guard = Guard(ours, l, inspect)
	return s
}

func noCards(payload []byte, _ bool) bool { return !strings.Contains(string(payload), card) }

// says lets the client send without waiting for the upstream to read.
func (s *stage) says(wire []byte) { go func() { _, _ = s.guard.Write(wire) }() }

func (s *stage) shopGets(want []byte) {
	s.t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(s.shop, got); err != nil || !bytes.Equal(got, want) {
		s.t.Fatalf("the shop got %x (%v), want %x", got, err, want)
	}
}

func (s *stage) clientGets(want []byte) {
	s.t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(s.guard, got); err != nil || !bytes.Equal(got, want) {
		s.t.Fatalf("the client got %x (%v), want %x", got, err, want)
	}
}

// drainShop reads for ever what the shop is sent.
func (s *stage) drainShop() *bytes.Buffer {
	var got bytes.Buffer
	go func() { _, _ = io.Copy(&got, s.shop) }()
	return &got
}

func (s *stage) end() {
	_ = s.guard.Close()
	_ = s.shop.Close()
}

func bubble(t *testing.T, inspect Inspect, play func(*stage)) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, inspect)
		defer s.end()
		play(s)
	})
}

func TestBothWaysByteForByte(t *testing.T) {
	bubble(t, noCards, func(s *stage) {
		wire := joined(clientFrame(opText, "hel"), clientFrame(fin|opContinuation, "lo"))
		s.says(wire)
		s.shopGets(wire)
		answer := joined(frameBytes(fin|opText, []byte("ok"), false), frameBytes(fin|opBinary, bytes.Repeat([]byte{7}, 70000), false))
		go func() { _, _ = s.shop.Write(answer) }()
		s.clientGets(answer)
	})
}

func TestRefusalClosesBothSides(t *testing.T) {
	bubble(t, noCards, func(s *stage) {
		s.says(clientFrame(fin|opText, card))
		got := make([]byte, 256)
		n, err := s.shop.Read(got)
		if err != nil || bytes.Contains(got[:n], []byte(card)) {
			t.Fatalf("the shop read %d bytes, %v", n, err)
		}
		h, _ := parseHeader(got[:n])
		payload := make([]byte, h.length)
		unmask(payload, got[h.size:n], h.key, 0)
		if h.op != opClose || !h.masked || checkClose(payload) != 0 || string(payload[:2]) != "\x03\xf0" {
			t.Fatalf("the shop was sent %x, want a masked close frame with 1008", payload)
		}
		s.clientGets(closeFrame(Refused, false))
		go func() { _, _ = s.guard.Write(clientFrame(fin|opClose, closePayload(1008, ""))) }()
		began := time.Now()
		if _, err := s.guard.Read(got); !errors.Is(err, ErrClosed) {
			t.Fatalf("after the close: %v", err)
		}
		if time.Since(began) != 0 {
			t.Errorf("waited %v although the client answered", time.Since(began))
		}
		if s.code != Refused {
			t.Errorf("told %d", s.code)
		}
	})
}

func TestACloseNeverStandsInsideAnUpstreamFrame(t *testing.T) {
	frame := frameBytes(fin|opText, bytes.Repeat([]byte("z"), 300), false)
	for cut := 1; cut < 8; cut++ { // inside the header, too
		bubble(t, noCards, func(s *stage) {
			s.drainShop()
			go func() { _, _ = s.shop.Write(frame[:cut]) }()
			s.clientGets(frame[:cut])
			_, _ = s.guard.Write(clientFrame(fin|opText, card))
			go func() { _, _ = s.shop.Write(joined(frame[cut:], frameBytes(fin|opText, []byte("later"), false))) }()
			s.clientGets(joined(frame[cut:], closeFrame(Refused, false)))
		})
	}
}

func TestAnUpstreamThatStopsInsideAFrameIsCutWithoutAClose(t *testing.T) {
	bubble(t, noCards, func(s *stage) {
		s.drainShop()
		go func() { _, _ = s.shop.Write([]byte{fin | opText, 5, 'a'}) }()
		s.clientGets([]byte{fin | opText, 5, 'a'})
		_, _ = s.guard.Write(clientFrame(fin|opText, card))
		began := time.Now()
		if n, err := s.guard.Read(make([]byte, 10)); n != 0 || !errors.Is(err, ErrClosed) || time.Since(began) != closeGrace {
			t.Errorf("read %d bytes, %v after %v", n, err, time.Since(began))
		}
	})
}

func TestAClientThatNeverAnswersTheCloseIsCut(t *testing.T) {
	bubble(t, noCards, func(s *stage) {
		s.drainShop()
		_, _ = s.guard.Write(clientFrame(fin|opText, card))
		s.clientGets(closeFrame(Refused, false))
		_, _ = s.guard.Write(clientFrame(fin|opText, "more"))
		if _, err := s.guard.Read(make([]byte, 10)); !errors.Is(err, ErrClosed) {
			t.Errorf("read: %v", err)
		}
	})
}

func TestAnUpstreamThatDoesNotReadDelaysNobody(t *testing.T) {
	bubble(t, noCards, func(s *stage) {
		s.says(clientFrame(fin|opText, card)) // blocks: the close frame towards the shop is not read
		s.clientGets(closeFrame(Refused, false))
		if _, err := s.guard.Read(make([]byte, 10)); !errors.Is(err, ErrClosed) {
			t.Errorf("read: %v", err)
		}
	})
}

func TestNothingFollowsARefusal(t *testing.T) {
	bubble(t, noCards, func(s *stage) {
		got := s.drainShop()
		_, _ = s.guard.Write(joined(clientFrame(fin|opText, card), clientFrame(fin|opText, hello)))
		_, _ = s.guard.Write(clientFrame(fin|opText, hello))
		synctest.Wait()
		if h, _ := parseHeader(got.Bytes()); h.op != opClose || got.Len() != h.size+int(h.length) {
			t.Errorf("the shop got %d bytes, more than our close frame", got.Len())
		}
	})
}

func TestTheUpstreamsOwnCloseIsTheLastWord(t *testing.T) {
	bubble(t, noCards, func(s *stage) {
		s.drainShop()
		bye := frameBytes(fin|opClose, []byte(closePayload(1001, "")), false)
		go func() { _, _ = s.shop.Write(bye) }()
		s.clientGets(bye)
		_, _ = s.guard.Write(clientFrame(fin|opText, card))
		if n, err := s.guard.Read(make([]byte, 10)); n != 0 || !errors.Is(err, ErrClosed) {
			t.Errorf("read %d bytes, %v: two close frames", n, err)
		}
	})
}

func TestAPanicClosesTheConnectionAlone(t *testing.T) {
	bubble(t, func([]byte, bool) bool { panic("a detector's bug") }, func(s *stage) {
		got := s.drainShop()
		if _, err := s.guard.Write(clientFrame(fin|opText, hello)); err != nil {
			t.Fatal(err)
		}
		s.clientGets(closeFrame(InternalError, false))
		synctest.Wait()
		if bytes.Contains(got.Bytes(), clientFrame(fin|opText, hello)) {
			t.Error("the message went on although nobody had judged it")
		}
	})
}

func TestTheUpstreamsEndIsPassedOn(t *testing.T) {
	bubble(t, noCards, func(s *stage) {
		_ = s.shop.Close()
		if _, err := s.guard.Read(make([]byte, 10)); err != io.EOF {
			t.Errorf("read: %v", err)
		}
		if _, err := s.guard.Write(clientFrame(fin|opText, hello)); err == nil {
			t.Error("wrote to an upstream that is gone")
		}
	})
}

func TestCloseFreesAWaitingReader(t *testing.T) {
	bubble(t, noCards, func(s *stage) {
		got := make(chan error)
		go func() { _, err := s.guard.Read(make([]byte, 10)); got <- err }()
		synctest.Wait()
		_ = s.guard.Close()
		if err := <-got; err == nil {
			t.Error("read went on")
		}
		if _, err := s.guard.Write([]byte("x")); !errors.Is(err, ErrClosed) {
			t.Errorf("write: %v", err)
		}
	})
}

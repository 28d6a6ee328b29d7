package shoptest

import (
	"bufio"
	"crypto/sha1" //nolint:gosec // RFC 6455 section 4.2.2 asks for it
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/gobwas/ws"
)

// Conn is the shop's side of a connection while a request is answered.
type Conn struct {
	net.Conn
	In *bufio.Reader // what follows the request
}

// Say writes an answer's bytes.
func (c *Conn) Say(s string) bool {
	_, err := io.WriteString(c, s)
	return err == nil
}

// Behaviour answers one request. False ends the connection.
type Behaviour func(c *Conn, q Request) bool

// Answer is a whole answer with a body and further header lines.
func Answer(status, body string, header ...string) Behaviour {
	return func(c *Conn, q Request) bool {
		head := "HTTP/1.1 " + status + "\r\n" + fmt.Sprintf("Content-Length: %d\r\n", len(body)) + joined(header) + "\r\n"
		if q.Method == "HEAD" {
			return c.Say(head)
		}
		return c.Say(head + body)
	}
}

// Raw says exactly these bytes and hangs up.
func Raw(answer string) Behaviour {
	return func(c *Conn, _ Request) bool {
		c.Say(answer)
		return false
	}
}

// EarlyHints answers with a 103 before the answer itself.
func EarlyHints(hint string, then Behaviour) Behaviour {
	return func(c *Conn, q Request) bool {
		return c.Say("HTTP/1.1 103 Early Hints\r\n"+hint+"\r\n\r\n") && then(c, q)
	}
}

// Events streams server-sent events as they come and ends when the channel is closed.
func Events(events <-chan string) Behaviour {
	return func(c *Conn, _ Request) bool {
		c.Say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
		for event := range events {
			text := "data: " + event + "\n\n"
			if !c.Say(fmt.Sprintf("%x\r\n%s\r\n", len(text), text)) {
				return false
			}
		}
		return c.Say("0\r\n\r\n")
	}
}

// Trailers answers in chunks with trailer lines at the end.
func Trailers(names, body string, lines ...string) Behaviour {
	return func(c *Conn, _ Request) bool {
		return c.Say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: " + names + "\r\n\r\n" +
			fmt.Sprintf("%x\r\n%s\r\n0\r\n", len(body), body) + joined(lines) + "\r\n")
	}
}

// Large answers with n bytes.
func Large(n int64) Behaviour {
	return func(c *Conn, _ Request) bool {
		if !c.Say(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", n)) {
			return false
		}
		_, err := io.CopyN(c, zeros{}, n)
		return err == nil
	}
}

// Silent never answers; it tells ended when the other side has gone.
func Silent(ended chan<- struct{}) Behaviour {
	return func(c *Conn, _ Request) bool {
		_, _ = c.In.ReadByte()
		ended <- struct{}{}
		return false
	}
}

// Reset ends the connection with a TCP reset after saying some bytes.
func Reset(said string) Behaviour {
	return func(c *Conn, _ Request) bool {
		c.Say(said)
		if tcp, ok := c.Conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		return false
	}
}

// longestEcho bounds a frame that the echo takes, in bytes.
const longestEcho = 1 << 20

// WebSocketEcho accepts an upgrade and sends every message back.
func WebSocketEcho(c *Conn, q Request) bool {
	sum := sha1.Sum([]byte(q.Value("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // see above
	c.Say("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: " +
		base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n")
	for {
		header, err := ws.ReadHeader(c.In)
		if err != nil || header.Length > longestEcho {
			return false
		}
		payload := make([]byte, header.Length)
		if _, err := io.ReadFull(c.In, payload); err != nil {
			return false
		}
		ws.Cipher(payload, header.Mask, 0)
		header.Masked = false
		if err := ws.WriteFrame(c, ws.Frame{Header: header, Payload: payload}); err != nil || header.OpCode == ws.OpClose {
			return false
		}
	}
}

func joined(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\r\n") + "\r\n"
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

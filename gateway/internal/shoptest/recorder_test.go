package shoptest

import (
	"io"
	"net"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRecorderKeepsEveryByte(t *testing.T) {
	shop := NewRecorder(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(shop.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	one := "POST /a?x=|&y=%zz HTTP/1.1\r\nhOsT: a\r\nX_Y:  two\r\ncontent-length: 3\r\n\r\nabc"
	two := "PUT /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-T: v\r\n\r\n"
	broken := "POST /c HTTP/1.1\r\nContent-Length: 10\r\n\r\nshort"
	if _, err := io.WriteString(conn, one+two+broken); err != nil {
		t.Fatal(err)
	}
	if got := shop.Next(t); string(got.Raw) != one || got.Target != "/a?x=|&y=%zz" || got.Value("host") != "a" || string(got.Body) != "abc" {
		t.Errorf("got %q", got.Raw)
	}
	if got := shop.Next(t); string(got.Raw) != two || string(got.Body) != "hi" || len(got.Trailer) != 1 {
		t.Errorf("got %q", got.Raw)
	}
	_ = conn.Close()
	if got := shop.NextPartial(t); string(got) != broken {
		t.Errorf("partial requests: %q", got)
	}
	if string(shop.Received()) != one+two+broken {
		t.Errorf("received %q", shop.Received())
	}
}

package edge

import (
	"io"
	"net/http"
	"testing"
	"time"

	"golang.org/x/net/http2"
)

func TestSlowHeadersAreCut(t *testing.T) {
	c := local("shop.test")
	c.Listen.Limits.HeaderTimeout = time.Second
	for claim, attack := range map[string]struct {
		protocol string
		begin    func(w io.Writer)
		drip     string
		limit    time.Duration
	}{
		"a header of HTTP/1.1 byte by byte": {"http/1.1", func(w io.Writer) { _, _ = io.WriteString(w, "GET / HTTP/1.1\r\nHost: shop.test\r\nA: ") }, "b", 3 * time.Second},
		"nothing at all":                    {"http/1.1", func(io.Writer) {}, "", 3 * time.Second},
		"a frame of HTTP/2 byte by byte": {"h2", func(w io.Writer) {
			_, _ = io.WriteString(w, http2.ClientPreface)
			_ = http2.NewFramer(w, nil).WriteSettings()
			_, _ = w.Write([]byte{0, 0x3f, 0, byte(http2.FrameHeaders), 0, 0, 0, 0, 1})
		}, "\x00", 8 * time.Second},
		"continuations without end": {"h2", func(w io.Writer) {
			f := http2.NewFramer(w, nil)
			_, _ = io.WriteString(w, http2.ClientPreface)
			_ = f.WriteSettings()
			_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0x82}})
		}, "\x00\x00\x00\x09\x00\x00\x00\x00\x01", 8 * time.Second},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			d := open(t, Options{Config: c, Handler: http.NotFoundHandler()})
			conn := d.dial(t, "shop.test", attack.protocol)
			_ = conn.SetDeadline(time.Now().Add(time.Minute))
			attack.begin(conn)
			start, gone := time.Now(), make(chan struct{})
			go func() {
				defer close(gone)
				_, _ = io.Copy(io.Discard, conn)
			}()
			for {
				select {
				case <-gone:
					t.Logf("cut after %s", time.Since(start).Round(time.Second/10))
					return
				case <-time.After(200 * time.Millisecond):
					_, _ = io.WriteString(conn, attack.drip)
				}
				if time.Since(start) > attack.limit {
					t.Fatal("it still goes on")
				}
			}
		})
	}
}

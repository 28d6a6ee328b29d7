package edge

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// framer opens an HTTP/2 connection; what the server sends is read and thrown away, and gone tells when it ends.
func framer(t *testing.T, d *doors) (f *http2.Framer, gone <-chan struct{}) {
	t.Helper()
	c := d.dial(t, "shop.test", "h2")
	_, _ = io.WriteString(c, http2.ClientPreface)
	f = http2.NewFramer(c, c)
	_ = f.WriteSettings()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, c)
	}()
	return f, ended
}

func ask(f *http2.Framer, stream uint32, end bool) error {
	var block strings.Builder
	e := hpack.NewEncoder(&block)
	for _, field := range [][2]string{{":method", "POST"}, {":scheme", "https"}, {":path", "/"}, {":authority", "shop.test"}} {
		_ = e.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]})
	}
	return f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: []byte(block.String()), EndStream: end, EndHeaders: true})
}

func TestFloodsOfFramesAreCut(t *testing.T) {
	for claim, flood := range map[string]func(f *http2.Framer, i uint32) error{
		"settings": func(f *http2.Framer, i uint32) error {
			return f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 65535 + i%2})
		},
		"pings":          func(f *http2.Framer, i uint32) error { return f.WritePing(false, [8]byte{byte(i)}) },
		"window updates": func(f *http2.Framer, _ uint32) error { return f.WriteWindowUpdate(1, 1) },
		"priorities": func(f *http2.Framer, i uint32) error {
			return f.WritePriority(1, http2.PriorityParam{StreamDep: 0, Weight: byte(i)})
		},
		"requests that are taken back": func(f *http2.Framer, i uint32) error {
			if err := ask(f, 3+2*i, false); err != nil {
				return err
			}
			return f.WriteRSTStream(3+2*i, http2.ErrCodeCancel)
		},
	} {
		t.Run(claim, func(t *testing.T) {
			d := open(t, Options{Config: local("shop.test"), Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				<-r.Context().Done()
			})})
			f, gone := framer(t, d)
			if err := ask(f, 1, false); err != nil {
				t.Fatal(err)
			}
			for i := range uint32(300_000) {
				if err := flood(f, i); err != nil {
					break
				}
			}
			select {
			case <-gone:
			case <-time.After(10 * time.Second):
				t.Error("300,000 frames were taken")
			}
		})
	}
}

// What the account allows must be more than any honest client needs.
func TestLargeTransfersAreNoFlood(t *testing.T) {
	answer := bytes.Repeat([]byte("x"), 64<<20)
	d := open(t, Options{Config: local("shop.test"), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil || r.ContentLength > 0 && n != r.ContentLength {
			t.Errorf("%d of %d bytes came: %v", n, r.ContentLength, err)
		}
		if r.URL.Path == "/down" {
			_, _ = w.Write(answer)
		}
	})})
	client := d.client(t, nil)
	for range 3 {
		r, err := client.Post("https://shop.test/up", "text/plain", bytes.NewReader(answer))
		if err != nil {
			t.Fatal(err)
		}
		body(t, r)
		r, err = client.Get("https://shop.test/down")
		if err != nil {
			t.Fatal(err)
		}
		if got := body(t, r); len(got) != len(answer) || r.ProtoMajor != 2 {
			t.Errorf("%d bytes over %s", len(got), r.Proto)
		}
	}
	for range 500 {
		r, err := client.Post("https://shop.test/", "text/plain", strings.NewReader("a=b"))
		if err != nil {
			t.Fatal(err)
		}
		body(t, r)
	}
}

func TestRefusedUploadsAreNoFlood(t *testing.T) {
	d := open(t, Options{Config: local("shop.test"), Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	})})
	client, upload := d.client(t, nil), make([]byte, 4<<20)
	for range 40 {
		r, err := client.Post("https://shop.test/", "application/octet-stream", bytes.NewReader(upload))
		if err != nil {
			t.Fatal(err)
		}
		body(t, r)
	}
}

package gateway_test

import (
	"context"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
)

// mostFloodLog is what the log may grow by in a flood of any size that lasts a few minutes.
const mostFloodLog = 8 << 20

// TestAFloodOfCardsNeitherFillsTheDiskNorStopsAClient sends refused cards from eight networks as fast as they are
// answered, PANWALL_FLOOD of them (2,000 without it; the promise is for 100,000), while a buyer goes on ordering.
func TestAFloodOfCardsNeitherFillsTheDiskNorStopsAClient(t *testing.T) {
	flood, err := strconv.Atoi(os.Getenv("PANWALL_FLOOD"))
	if err != nil {
		flood = 2000
	}
	shop := shoptest.NewRecorder(t)
	g := inFront(t, shop.URL())
	buyer := g.from(net.IPv4(127, 0, 9, 1))
	quiet := orders(t, buyer, 20)
	var senders sync.WaitGroup
	for network := range 8 {
		client := g.from(net.IPv4(127, 0, byte(20+network), 1))
		senders.Go(func() {
			for range flood / 8 {
				answer, err := client.Post("https://localhost/review", "application/x-www-form-urlencoded", strings.NewReader("text="+digits))
				if err != nil {
					t.Errorf("flooding: %v", err)
					return
				}
				_, _ = io.Copy(io.Discard, answer.Body)
				_ = answer.Body.Close()
				if answer.StatusCode != http.StatusUnprocessableEntity && answer.StatusCode != http.StatusTooManyRequests {
					t.Errorf("a card was answered %d", answer.StatusCode)
					return
				}
			}
		})
	}
	began := time.Now()
	busy := orders(t, buyer, 20)
	senders.Wait()
	took := time.Since(began)
	g.signal(syscall.SIGTERM)
	g.exit()
	size := sizeOf(t, filepath.Join(g.data, "audit"))
	t.Logf("%d refused cards in %v: the log holds %d KiB; an order took %v before and %v meanwhile (medians)",
		flood, took.Round(time.Millisecond), size>>10, quiet.Round(time.Microsecond), busy.Round(time.Microsecond))
	if size > mostFloodLog {
		t.Errorf("the log grew to %d MiB", size>>20)
	}
	forbidden(t, "a flood", shop.Received())
}

// from is a client of another network.
func (r *running) from(ip net.IP) *http.Client {
	client := r.client(false)
	client.Timeout = time.Minute
	client.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{LocalAddr: &net.TCPAddr{IP: ip}}).DialContext(ctx, network, r.addr)
	}
	return client
}

// orders sends n clean orders one after another and gives the median of what they took.
func orders(t *testing.T, client *http.Client, n int) time.Duration {
	t.Helper()
	var took []time.Duration
	for range n {
		began := time.Now()
		answer, err := client.Post("https://localhost/order", "application/x-www-form-urlencoded", strings.NewReader("name=%D0%90%D0%B9%D0%B3%D2%AF%D0%BB&phone=%2B77011234567"))
		if err != nil {
			t.Fatalf("an order: %v", err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("an order was answered %d", answer.StatusCode)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took[n/2]
}

func sizeOf(t *testing.T, dir string) (size int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "reserve" {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}

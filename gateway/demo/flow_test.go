package demo

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/cappertrophy/panwall/gateway/headers"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// browser is a real one, or the test is skipped, but never in CI.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"/usr/lib/chromium/chromium", "chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("PANWALL_CI") == "1" {
			t.Fatal("no browser is installed; in CI there must be one")
		}
		t.Skip("SKIPPED: no browser is installed, the demo's way to the payment window is not tested")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("ignore-certificate-errors", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// A card is typed and paid with, in a frame of another origin, under the policy of the shipped rules: and no request to
// the shop carries it.
func TestPayingInTheWindow(t *testing.T) {
	ctx := browser(t)
	window := httptest.NewTLSServer(PaymentWindow())
	defer window.Close()
	dir := t.TempDir()
	if err := WriteRules(dir, window.URL); err != nil {
		t.Fatal(err)
	}
	set, err := ruleset.Load(os.DirFS(dir), ruleset.Options{Now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var asked []string
	thanked := make(chan struct{})
	shop := Shop(window.URL)
	gateway := httptest.NewTLSServer(headers.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		asked = append(asked, r.Method+" "+r.URL.String()+" "+string(body))
		mu.Unlock()
		shop.ServeHTTP(w, r)
		if r.URL.Path == "/checkout/thanks" {
			close(thanked)
		}
	}), func(r *http.Request) *ruleset.Page { return set.Page(ruleset.NewRequest(r, netip.Addr{})) }))
	defer gateway.Close()

	if err := chromedp.Do(ctx,
		chromedp.Navigate(gateway.URL+"/"),
		chromedp.Click(`button[value="gold-cup"]`),
		chromedp.WaitVisible(`a[href="/checkout/"].button`),
		chromedp.Click(`a[href="/checkout/"].button`),
		chromedp.WaitVisible(`#pay`),
		chromedp.Click(`#pay`),
		chromedp.WaitVisible(`dialog iframe`),
	); err != nil {
		t.Fatal(err)
	}
	payInFrame(ctx, t)
	select {
	case <-thanked:
	case <-ctx.Done():
		t.Fatal("the window's word that it was paid led nowhere")
	}
	mu.Lock()
	defer mu.Unlock()
	for _, request := range asked {
		if strings.Contains(request, "4111") {
			t.Errorf("the shop was asked for %s", request)
		}
	}
}

// payInFrame fills in the window. It is of another origin, but of the same site here, so the browser's tools reach it.
func payInFrame(ctx context.Context, t *testing.T) {
	t.Helper()
	frames, err := chromedp.Run(ctx, chromedp.Nodes(`dialog iframe`))
	if err != nil {
		t.Fatal(err)
	}
	in := chromedp.FromNode(frames[0])
	if err := chromedp.Do(ctx,
		chromedp.WaitVisible(`#number`, in),
		chromedp.SendKeys(`#number`, "4111 1111 1111 1111", in),
		chromedp.SendKeys(`#expiry`, "12/30", in),
		chromedp.SendKeys(`#cvv`, "123\r", in),
	); err != nil {
		t.Fatal(err)
	}
}

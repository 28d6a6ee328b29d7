package inspect

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// Requests side by side do not see each other's bodies, and all memory comes back.
func TestSideBySide(t *testing.T) {
	i := New(Options{Record: func(context.Context, *visit.Visit, *Verdict) error { return nil }})
	rules := redacting(t)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for k := range 50 {
				want := fmt.Sprintf("note=%d-%d&n=%s", n, k, visa)
				r, v, _ := parsed(t, form(want), &visit.Visit{Rules: rules})
				d, err := i.Request(context.Background(), v, r)
				if err != nil {
					t.Error(err)
					return
				}
				got, _ := io.ReadAll(r.Body)
				if string(got) != strings.ReplaceAll(want, visa, strings.Repeat("*", 16)) {
					t.Errorf("got %q", got)
				}
				d.Release()
			}
		})
	}
	all.Wait()
	if used := i.MemoryUsed(); used != 0 {
		t.Errorf("%d bytes are still charged", used)
	}
}

// The largest bodies of every common type fit into one client's share of memory and into the budget of a request.
func TestLargestBodies(t *testing.T) {
	i := New(Options{})
	rules := shipped(t)
	const room = 7 << 20
	for claim, raw := range map[string]string{
		"an image in base64": jsons(`{"f":"data:image/jpeg;base64,` + b64("\xff\xd8\xff\xe0"+strings.Repeat("noise \x00\x01\xfe", room*3/4/9)) + `"}`),
		"a Cyrillic form":    form("text=" + strings.Repeat("%D0%BA%D0%BE%D1%82+", room/19)),
		"a text":             post("text/plain", strings.Repeat("words and words ", room/16)),
		"a windows-1251 XML": post("text/xml; charset=windows-1251", "<a>"+strings.Repeat("\xea\xee\xf2 ", room/4)+"</a>"),
		"a list of products": jsons("[" + strings.Repeat(`{"sku":"A-1","barcode":"4600682000235","price":4990},`, room/53) + "0]"),
		"an upload":          parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"a.jpg\"\nContent-Type: image/jpeg\n\n\xff\xd8\xff\xe0" + strings.Repeat("noise \x00\x01\xfe", room/9) + "\n--XX--\n"),
	} {
		r, v, ok := parsed(t, raw, &visit.Visit{Rules: rules})
		if !ok {
			t.Fatal(claim)
		}
		d, err := i.Request(t.Context(), v, r)
		if err != nil || d.Acting {
			t.Errorf("%s of %d bytes: %v, acting %v", claim, len(raw), err, d.Acting)
		}
		d.Release()
		if used := i.MemoryUsed(); used != 0 {
			t.Errorf("%s: %d bytes are still charged", claim, used)
		}
	}
}

// A client that goes away while its body is read through costs no more than it has to, and is no fault of ours.
func TestClientGone(t *testing.T) {
	i := New(Options{})
	r, v, _ := parsed(t, form("n="+strings.Repeat("%34", 1<<16)), &visit.Visit{Rules: shipped(t)})
	ctx, gone := context.WithCancel(t.Context())
	gone()
	d, err := i.Request(ctx, v, r)
	if err == nil || d.Passes() || d.Refused.Code != refusal.Timeout || i.MemoryUsed() != 0 {
		t.Errorf("%v, %+v, %d bytes are still charged", err, d.Refused, i.MemoryUsed())
	}
}

package inspect

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/visit"
)

// BenchmarkRequest is one request through the station, body included, by its type.
func BenchmarkRequest(b *testing.B) {
	dice := rand.New(rand.NewPCG(3, 5))
	requests := ordinary(dice)
	requests["form 10 KB"] = form("name=%D0%90%D0%B9%D0%B3%D2%AF%D0%BB&phone=%2B77011234567&text=" + strings.Repeat("%D0%97%D0%B2%D0%BE%D0%BD%D0%B8%D1%82%D0%B5+", 230))
	requests["JSON 64 KB"] = jsons(`{"items":[` + strings.TrimSuffix(strings.Repeat(`{"sku":"A-1","name":"Лампа","barcode":"4600682000235","ts":1763800000123,"uuid":"47223179-9330-4259-b66c-f2db26efb20c"},`, 540), ",") + `]}`)
	requests["JSON order 1 KB"] = jsons(`{"order":"TR-20261122-0007","name":"Айдана","phone":"+7 701 234 56 78","items":[` +
		strings.Repeat(`{"sku":"CUP-12","ean":"4600051000057","uuid":"5b7a1c9e-2f43-4d1a-9c55-0e1f2a3b4c5d","t":1763800000123,"price":14990.50},`, 7) + `{}]}`)
	requests["text 1 MB"] = post("text/plain", strings.Repeat("Words of a long text, with few digits 12. ", 25000))
	for name, raw := range requests {
		b.Run(name, func(b *testing.B) { benchRequest(b, raw) })
	}
}

func benchRequest(b *testing.B, raw string) {
	i := New(Options{})
	v := benchVisit(b)
	r, v, ok := parsed(b, raw, v)
	if !ok {
		b.Fatal("not a request")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.Fatal(err)
	}
	length := r.ContentLength
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		r.Body, r.ContentLength = http.NoBody, length
		if len(body) > 0 {
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		d, err := i.Request(b.Context(), v, r)
		if err != nil || !d.Passes() {
			b.Fatal(err, d.Acting)
		}
		d.Release()
	}
}

// BenchmarkWorst is the most expensive inputs known for each walker and view: the cost of a byte must not grow with the body.
func BenchmarkWorst(b *testing.B) {
	for name, unit := range map[string]string{
		"quotes": `"`, "braces": `{"a":`, "brackets": `[`, "backslashes": `\`, "percents": `%25`, "ampersands": `&#`, "tags": `<a>1</a>`, "open tags": `1<`, "runs of tags": `1<a><a>`,
		"base64": "QUJD", "digits": "4", "groups": "4111 ", "cards": "4111111111111112 ", "dashes": "--\n", "equals": "a=1&", "zeros": "\x00", "entities": "&amp;",
	} {
		for _, size := range []int{64 << 10, 1 << 20} {
			for _, contentType := range []string{"application/json", "application/x-www-form-urlencoded", "text/xml", "multipart/form-data; boundary=XX", "text/plain"} {
				b.Run(fmt.Sprintf("%s/%s/%d", name, strings.ReplaceAll(contentType, "/", "-"), size), func(b *testing.B) {
					benchWorst(b, contentType, strings.Repeat(unit, size/len(unit)))
				})
			}
		}
	}
}

func benchWorst(b *testing.B, contentType, body string) {
	i := New(Options{})
	r, v, ok := parsed(b, post(contentType, body), benchVisit(b))
	if !ok {
		b.Fatal("not a request")
	}
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		d, _ := i.Request(b.Context(), v, r) // refused or not: what counts is what it cost
		d.Release()
	}
}

func benchVisit(b *testing.B) *visit.Visit { return &visit.Visit{Rules: shipped(b)} }

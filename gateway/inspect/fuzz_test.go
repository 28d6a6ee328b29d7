package inspect

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/visit"
)

// made is a request as net/http hands it to a handler, and its visit.
func made(t testing.TB, contentType, coding string, body []byte, v *visit.Visit) (*http.Request, *visit.Visit) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://shop.example.kz/note", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.RequestURI = "/note"
	r.Header.Set("Content-Type", contentType)
	if coding != "" {
		r.Header.Set("Content-Encoding", coding)
	}
	return r, v
}

// seeds is every body of the evasions with its type.
func seeds(f *testing.F) {
	for _, raw := range evasions(visa) {
		head, body, _ := strings.Cut(raw, "\r\n\r\n")
		contentType, coding := "", ""
		for line := range strings.SplitSeq(head, "\r\n") {
			if name, value, _ := strings.Cut(line, ": "); name == "Content-Type" {
				contentType = value
			} else if name == "Content-Encoding" {
				coding = value
			}
		}
		if len(body) < 4096 && body != "" {
			f.Add(contentType, coding, []byte(body))
		}
	}
}

func fuzzVisit(f *testing.F, redact bool) *visit.Visit {
	rules := shipped(f)
	if redact {
		rules = redacting(f)
	}
	r, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, "https://shop.example.kz/note", http.NoBody)
	return visitOf(rules, r)
}

// What is sent equals what was inspected, whatever the type says and however broken the body is.
func FuzzInspect(f *testing.F) {
	seeds(f)
	v := fuzzVisit(f, false)
	i := New(Options{BodyBytes: 64 << 10, MemoryBytes: 64 << 20})
	f.Fuzz(func(t *testing.T, contentType, coding string, body []byte) {
		r, v := made(t, contentType, coding, body, v)
		d, err := i.Request(t.Context(), v, r)
		if err != nil && d.Passes() {
			t.Fatal("passes with an error")
		}
		if d.Passes() {
			sent, err := io.ReadAll(r.Body)
			if err != nil || !bytes.Equal(sent, body) || r.ContentLength != int64(len(body)) {
				t.Fatalf("sent %q of %q: %v", sent, body, err)
			}
		}
		d.Release()
		if used := i.MemoryUsed(); used != 0 {
			t.Fatalf("%d bytes are still charged", used)
		}
	})
}

// A masked body keeps its length, and inspected again it is clean.
func FuzzRedact(f *testing.F) {
	seeds(f)
	v := fuzzVisit(f, true)
	i := New(Options{BodyBytes: 64 << 10, MemoryBytes: 64 << 20})
	f.Fuzz(func(t *testing.T, contentType, coding string, body []byte) {
		r, v := made(t, contentType, coding, body, v)
		d, _ := i.Request(t.Context(), v, r)
		defer d.Release()
		if !d.Passes() || !d.Acting {
			return
		}
		sent, err := io.ReadAll(r.Body)
		if err != nil || len(sent) != len(body) {
			t.Fatalf("%q became %q: %v", body, sent, err)
		}
		again, v := made(t, contentType, coding, sent, v)
		second, err := i.Request(t.Context(), v, again)
		defer second.Release()
		if err != nil || second.Acting {
			t.Fatalf("%q was masked to %q, which is not clean: %v", body, sent, err)
		}
	})
}

// A number that stands by itself in a text is found, whatever the type says of the text.
func FuzzFind(f *testing.F) {
	for _, contentType := range []string{"text/plain", "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=XX", "text/xml", "text/csv", "application/cbor", "application/msgpack", "application/x-protobuf"} {
		f.Add(contentType, "before ", " after")
		f.Add(contentType, `{"a":"`, `"}`)
		f.Add(contentType, "<a b='", "'/>")
	}
	v := fuzzVisit(f, false)
	i := New(Options{BodyBytes: 64 << 10, MemoryBytes: 64 << 20})
	f.Fuzz(func(t *testing.T, contentType, before, after string) {
		if strings.ContainsAny(before+after, "0123456789*#•…") {
			return // other digits and masks decide about a number beside them
		}
		for _, c := range before + after {
			if c >= 0x80 {
				return
			}
		}
		r, v := made(t, contentType, "", []byte(before+" \""+visa+"\" "+after), v)
		d, err := i.Request(t.Context(), v, r)
		defer d.Release()
		if err == nil && !d.Acting {
			for j := range d.Findings {
				if d.Findings[j].Finding.Brand == "visa" {
					return // an identifier by its name
				}
			}
			t.Fatalf("not found in %q", before+" \""+visa+"\" "+after)
		}
	})
}

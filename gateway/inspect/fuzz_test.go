package inspect

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
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

// A masked body keeps its length, parses as its type where it did before, and inspected again it is clean.
func FuzzRedact(f *testing.F) {
	seeds(f)
	f.Add("\xf4"+strings.Repeat("\xf1", 15), "", []byte("a number in EBCDIC in the name of the type"))
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
		if shapeOf(contentType, sent) != shapeOf(contentType, body) {
			t.Fatalf("%q is %s, and was masked to %q", body, shapeOf(contentType, body), sent)
		}
		again, v := made(t, r.Header.Get("Content-Type"), r.Header.Get("Content-Encoding"), sent, v) // they may hold a number too
		second, err := i.Request(t.Context(), v, again)
		defer second.Release()
		if err != nil || second.Acting {
			t.Fatalf("%q was masked to %q, which is not clean: %v", body, sent, err)
		}
	})
}

// shapeOf is what a parser other than ours makes of a body: how many values it has, or that it has none.
func shapeOf(contentType string, body []byte) string {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return "of no type"
	}
	n := 0
	switch {
	case media == "application/json":
		if !json.Valid(body) {
			return "no JSON"
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		for _, err := d.Token(); err == nil; _, err = d.Token() {
			n++
		}
	case media == "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return "no form"
		}
		for _, v := range values {
			n += len(v)
		}
	case strings.HasSuffix(media, "xml"):
		d := xml.NewDecoder(bytes.NewReader(body))
		d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
		var err error
		for ; err == nil; _, err = d.Token() {
			n++
		}
		if err != io.EOF {
			return "no XML"
		}
	case media == "text/csv":
		rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
		if err != nil {
			return "no CSV"
		}
		for _, row := range rows {
			n += len(row)
		}
	case media == "multipart/form-data":
		parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
		var err error
		for ; err == nil; _, err = parts.NextPart() {
			n++
		}
		if err != io.EOF {
			return "no multipart"
		}
	}
	return fmt.Sprintf("%s of %d", media, n)
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

package stream

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestUpload(t *testing.T) {
	const plain = "multipart/form-data; boundary=" + boundary
	tests := map[string]struct {
		change func(r *http.Request)
		why    error
	}{
		"a form":                      {func(*http.Request) {}, nil},
		"a quoted boundary":           {func(r *http.Request) { r.Header.Set("Content-Type", `Multipart/Form-Data; Boundary="`+boundary+`"`) }, nil},
		"a film":                      {func(r *http.Request) { r.Header.Set("Content-Type", "video/mp4") }, nil},
		"no type":                     {func(r *http.Request) { r.Header.Del("Content-Type") }, nil},
		"identity as a coding":        {func(r *http.Request) { r.Header.Set("Content-Encoding", "Identity") }, nil},
		"a coding":                    {func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }, ErrCoded},
		"a coding in a second header": {func(r *http.Request) { r.Header["Content-Encoding"] = []string{"identity", "br"} }, ErrCoded},
		"a range":                     {func(r *http.Request) { r.Header.Set("Content-Range", "bytes 0-9/20") }, ErrResumable},
		"tus":                         {func(r *http.Request) { r.Header.Set("Tus-Resumable", "1.0.0") }, ErrResumable},
		"more than allowed":           {func(r *http.Request) { r.ContentLength = 2 << 20 }, ErrTooLarge},
		"two types":                   {func(r *http.Request) { r.Header["Content-Type"] = []string{plain, plain} }, ErrFraming},
		"two boundaries":              {func(r *http.Request) { r.Header.Set("Content-Type", plain+"; boundary=x") }, ErrFraming},
		"a boundary in pieces":        {func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary*0=a; boundary*1=b") }, ErrFraming},
		"no boundary":                 {func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data") }, ErrFraming},
		"a boundary of 71 characters": {func(r *http.Request) {
			r.Header.Set("Content-Type", "multipart/form-data; boundary="+strings.Repeat("x", 71))
		}, ErrFraming},
		"a boundary that ends in spaces": {func(r *http.Request) { r.Header.Set("Content-Type", `multipart/form-data; boundary="x "`) }, ErrFraming},
		"another multipart":              {func(r *http.Request) { r.Header.Set("Content-Type", "multipart/mixed; boundary=x") }, ErrFraming},
		"a type that cannot be read":     {func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary") }, ErrFraming},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(form(part(`name="a"`, "x"))))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", plain)
			r.Trailer = http.Header{"X-Note": nil}
			test.change(r)
			o := strict(t)
			o.Max = 1 << 20
			if _, err := Upload(r, o); !errors.Is(err, test.why) || (err == nil) != (test.why == nil) {
				t.Fatalf("%v, want %v", err, test.why)
			}
			if test.why != nil {
				return
			}
			if got, err := io.ReadAll(r.Body); err != nil || len(got) == 0 || r.GetBody != nil || r.Trailer != nil {
				t.Errorf("%d bytes, %v; sent again: %v, trailers: %v", len(got), err, r.GetBody != nil, r.Trailer)
			}
		})
	}
}

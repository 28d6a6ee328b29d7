package shops

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"math/big"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// goShop reads with the parsers of the Go standard library.
func goShop(t testing.TB) *Shop {
	s := httptest.NewServer(http.HandlerFunc(tellGo))
	t.Cleanup(s.Close)
	return &Shop{Name: "go", Addr: s.Listener.Addr().String()}
}

func tellGo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "body", http.StatusBadRequest)
		return
	}
	t := telling{out: w, told: map[string]bool{}}
	t.tell("method", r.Method)
	t.read("target", r.RequestURI, 1)
	t.read("path", r.URL.Path, 2)
	t.values("query", r.URL.Query())
	for name, values := range r.Header {
		t.tell("header#", strings.ToLower(name))
		t.read("header:"+strings.ToLower(name), strings.Join(values, ", "), 2)
	}
	for _, c := range r.Cookies() {
		t.read("cookie/"+c.Name, c.Value, 3)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err := r.ParseMultipartForm(1 << 20); err == nil || errors.Is(err, http.ErrNotMultipart) {
		t.values("post", r.PostForm)
		if r.MultipartForm != nil {
			t.multipart(r.MultipartForm)
		}
	}
	t.read("body", string(body), 3)
}

// telling writes each reading once.
type telling struct {
	out  io.Writer
	told map[string]bool
}

func (t *telling) tell(place, text string) {
	line := base64.StdEncoding.EncodeToString([]byte(place)) + " " + base64.StdEncoding.EncodeToString([]byte(text))
	if !t.told[line] && len(t.told) < 20000 {
		t.told[line] = true
		fmt.Fprintln(t.out, line)
	}
}

func (t *telling) values(place string, v url.Values) {
	for name, values := range v {
		t.read(place+"#", name, 2)
		for _, value := range values {
			t.read(place+"/"+name, value, 3)
		}
	}
}

func (t *telling) multipart(form *multipart.Form) {
	for name, files := range form.File {
		t.read("file#", name, 1)
		for _, f := range files {
			t.read("file/"+name+"/name", f.Filename, 2)
			for key, values := range f.Header {
				t.read("file/"+name+"/"+strings.ToLower(key), strings.Join(values, ", "), 1)
			}
			if opened, err := f.Open(); err == nil {
				content, _ := io.ReadAll(opened)
				t.read("file/"+name+"/content", string(content), 3)
			}
		}
	}
}

func (t *telling) read(place, text string, depth int) {
	t.tell(place, text)
	if depth <= 0 || len(text) < 12 {
		return
	}
	for how, inner := range decoded(text) {
		if inner != text && inner != "" {
			t.read(place+"|"+how, inner, depth-1)
		}
	}
	if strings.ContainsAny(text, `{["`) {
		t.json(place+"|json", text, depth-1)
	}
	if strings.Contains(text, "<") {
		t.xml(place+"|xml", text, depth-1)
	}
	if _, query, _ := strings.Cut(text, "?"); strings.Contains(text, "=") {
		for _, q := range []string{text, query} {
			pairs, _ := url.ParseQuery(q)
			for name, values := range pairs {
				t.read(place+"|form#", name, depth-1)
				t.read(place+"|form", strings.Join(values, "\x01"), depth-1)
			}
		}
	}
}

// decoded is what a text reads as in the encodings shop code undoes.
func decoded(text string) map[string]string {
	all := map[string]string{"html": html.UnescapeString(text)}
	if s, err := url.QueryUnescape(text); err == nil {
		all["url"] = s
	}
	if s, err := strconv.Unquote(`"` + text + `"`); err == nil {
		all["escapes"] = s
	}
	for name, e := range map[string]*base64.Encoding{"std": base64.StdEncoding, "raw": base64.RawStdEncoding, "url": base64.URLEncoding, "rawurl": base64.RawURLEncoding} {
		if b, err := e.DecodeString(strings.TrimSpace(text)); err == nil {
			all["base64"+name] = string(b)
		}
	}
	if strings.HasPrefix(text, "\x1f\x8b") {
		if z, err := gzip.NewReader(strings.NewReader(text)); err == nil {
			b, _ := io.ReadAll(io.LimitReader(z, 1<<20))
			all["gzip"] = string(b)
		}
	}
	if strings.Contains(text, "\x00") {
		maps.Copy(all, map[string]string{"utf16le": wide(text, 0), "utf16be": wide(text, 1)})
	}
	return all
}

func wide(text string, low int) string {
	units := make([]uint16, 0, len(text)/2)
	for i := 0; i+2 <= len(text); i += 2 {
		units = append(units, uint16(text[i+low])|uint16(text[i+1-low])<<8)
	}
	return string(utf16.Decode(units))
}

func (t *telling) json(place, text string, depth int) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err != nil {
			return
		}
		switch v := token.(type) {
		case string:
			t.read(place, v, depth)
		case json.Number:
			t.tell(place, v.String())
			if f, _, err := big.ParseFloat(v.String(), 10, 200, big.ToNearestEven); err == nil && f.MantExp(nil) < 80 {
				whole, _ := f.Int(nil)
				t.tell(place, whole.String())
			}
		}
	}
}

// xml tells every token, and the text of each element with all that is in it.
func (t *telling) xml(place, text string, depth int) {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var open []*strings.Builder
	for {
		token, err := d.Token()
		if err != nil {
			return
		}
		switch v := token.(type) {
		case xml.StartElement:
			open = append(open, new(strings.Builder))
			for _, a := range v.Attr {
				t.read(place+"@", a.Value, depth)
			}
		case xml.CharData:
			t.read(place, string(v), depth)
			for _, b := range open {
				b.Write(v)
			}
		case xml.Comment:
			t.tell(place, string(v))
		case xml.EndElement:
			if n := len(open); n > 0 {
				t.read(place+"/all", open[n-1].String(), depth)
				open = open[:n-1]
			}
		}
	}
}

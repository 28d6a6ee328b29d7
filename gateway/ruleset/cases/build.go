package cases

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// boundary parts the bodies of multipart cases.
const boundary = "----panwall-case"

// defaultClient is the documentation address that cases come from (RFC 5737).
var defaultClient = netip.AddrFrom4([4]byte{203, 0, 113, 7})

// Client is the address the request comes from.
func (c *Case) Client() netip.Addr {
	if c.Request.Client.IsValid() {
		return c.Request.Client.Addr
	}
	return defaultClient
}

// Bytes is the request as it would be sent over HTTP/1.1.
func (c *Case) Bytes() ([]byte, error) {
	body, kind, err := c.Request.body()
	if err != nil {
		return nil, err
	}
	r := c.Request
	method := "GET"
	if body != nil {
		method = "POST"
	}
	target, err := expand(cmp.Or(r.Target, "/"))
	if err != nil {
		return nil, err
	}
	if method = cmp.Or(r.Method, method); strings.ContainsAny(method+target, " \r\n") {
		return nil, fmt.Errorf("method and target hold no spaces and line breaks; write %%20")
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, target, cmp.Or(r.Host, "cappertrophy.com"))
	if err := r.writeHeaders(&b, kind, body); err != nil {
		return nil, err
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes(), nil
}

func (r *Request) writeHeaders(b *bytes.Buffer, kind string, body []byte) error {
	given := make(map[string]bool)
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		value, err := expand(r.Headers[name])
		if err != nil {
			return err
		}
		if strings.ContainsAny(name+value, "\r\n") {
			return fmt.Errorf("a header is one line")
		}
		given[textproto.CanonicalMIMEHeaderKey(name)] = true
		fmt.Fprintf(b, "%s: %s\r\n", name, value)
	}
	if body == nil {
		return nil
	}
	if kind != "" && !given["Content-Type"] {
		fmt.Fprintf(b, "Content-Type: %s\r\n", kind)
	}
	if !given["Content-Length"] && !given["Transfer-Encoding"] {
		b.WriteString("Content-Length: " + strconv.Itoa(len(body)) + "\r\n")
	}
	return nil
}

// Read is the request as the server would hand it on, with nobody's address in it.
func (c *Case) Read() (*http.Request, error) {
	raw, err := c.Bytes()
	if err != nil {
		return nil, err
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, err
	}
	r.RemoteAddr = netip.AddrPortFrom(c.Client(), 40000).String()
	return r, nil
}

// body is the request's body and its media type; nil when it has none.
func (r *Request) body() (body []byte, kind string, err error) {
	switch {
	case r.Form != nil:
		body, err = r.form()
		kind = "application/x-www-form-urlencoded"
	case r.JSON != "":
		var text string
		if text, err = expand(r.JSON); err == nil && !json.Valid([]byte(text)) {
			err = fmt.Errorf("json: not JSON; write malformed bodies as raw")
		}
		body, kind = []byte(text), "application/json"
	case r.Multipart != nil:
		body, err = r.multipart()
		kind = "multipart/form-data; boundary=" + boundary
	case r.Base64 != "":
		body, err = decode(r.Base64)
		kind = "application/octet-stream"
	case r.Raw != "":
		var text string
		text, err = expand(r.Raw)
		body, kind = []byte(text), "text/plain; charset=utf-8"
	}
	return body, kind, err
}

func (r *Request) form() ([]byte, error) {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(r.Form)) {
		value, err := expand(r.Form[name])
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(value))
	}
	return []byte(strings.Join(pairs, "&")), nil
}

func (r *Request) multipart() ([]byte, error) {
	var b bytes.Buffer
	quote := strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A") // as browsers do (HTML, multipart form data)
	for _, part := range r.Multipart {
		content, err := expand(part.Content)
		if err != nil {
			return nil, err
		}
		if part.Base64 != "" {
			raw, err := decode(part.Base64)
			if err != nil {
				return nil, err
			}
			content = string(raw)
		}
		filename, err := expand(part.Filename)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=\"%s\"", boundary, quote.Replace(part.Name))
		if filename != "" {
			fmt.Fprintf(&b, "; filename=\"%s\"", quote.Replace(filename))
		}
		if part.Type != "" {
			fmt.Fprintf(&b, "\r\nContent-Type: %s", part.Type)
		}
		fmt.Fprintf(&b, "\r\n\r\n%s\r\n", content)
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	return b.Bytes(), nil
}

func decode(text string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return nil, fmt.Errorf("base64: %w", err)
	}
	return raw, nil
}

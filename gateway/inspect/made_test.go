package inspect

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// Published test numbers.
const (
	visa   = "4111111111111111"
	master = "5555555555554444"
	mir    = "2200000000000004"
	amex   = "378282246310005"
)

// request is a raw request without body.
func get(target string, headers ...string) string {
	return "GET " + target + " HTTP/1.1\r\nHost: shop.example.kz\r\n" + lines(headers) + "\r\n"
}

// post is a raw request with a body.
func post(contentType, body string, headers ...string) string {
	if contentType != "" {
		headers = append(headers, "Content-Type: "+contentType)
	}
	return "POST /note HTTP/1.1\r\nHost: shop.example.kz\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n" + lines(headers) + "\r\n" + body
}

func lines(headers []string) (s string) {
	for _, h := range headers {
		s += h + "\r\n"
	}
	return s
}

func form(body string) string  { return post("application/x-www-form-urlencoded", body) }
func jsons(body string) string { return post("application/json", body) }

func parts(body string) string {
	return post("multipart/form-data; boundary=XX", strings.ReplaceAll(body, "\n", "\r\n"))
}

// each writes f of every character of s.
func each(s, format string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

func wide(s string, width int, big, mark bool) string {
	var b []byte
	units := utf16.Encode([]rune(s))
	if mark {
		units = append([]uint16{0xFEFF}, units...)
	}
	for _, u := range units {
		unit := make([]byte, width)
		if big {
			unit[width-2], unit[width-1] = byte(u>>8), byte(u)
		} else {
			unit[0], unit[1] = byte(u), byte(u>>8)
		}
		b = append(b, unit...)
	}
	return string(b)
}

func coded(s string, coding string) string {
	var b bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "deflate":
		w, _ = flate.NewWriter(&b, 9)
	case "br":
		w = brotli.NewWriter(&b)
	case "zstd":
		w, _ = zstd.NewWriter(&b)
	}
	_, _ = io.WriteString(w, s)
	_ = w.Close()
	return b.String()
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func digitFields(n string) string {
	var b strings.Builder
	for i, c := range n {
		fmt.Fprintf(&b, "d%d=%c&", i+1, c)
	}
	return strings.TrimRight(b.String(), "&")
}

func fields(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, "--XX\nContent-Disposition: form-data; name=%q\n\n%s\n", pairs[i], pairs[i+1])
	}
	return b.String() + "--XX--\n"
}

func script(s string, zero rune) string {
	return strings.Map(func(r rune) rune { return zero + r - '0' }, s)
}

func fullWidth(s string) string { return script(s, 0xFF10) }

func escapedRunes(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, `\u%04x`, u)
	}
	return b.String()
}

func base64Lines(s string) string {
	e := b64(s)
	var b strings.Builder
	for len(e) > 76 {
		b.WriteString(e[:76] + "\r\n")
		e = e[76:]
	}
	return b.String() + e
}

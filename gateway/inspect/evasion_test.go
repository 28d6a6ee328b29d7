package inspect

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"testing"
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

// Evasions after the list of known ones, E1 to E43: in none of these does the number reach the shop.
func TestEvasions(t *testing.T) {
	g := newRig(t, shipped(t), Options{})
	list := evasions(visa)
	maps.Copy(list, large())
	for claim, raw := range list {
		t.Run(claim, func(t *testing.T) {
			a := g.send(t, raw)
			for _, q := range a.forwarded {
				if bytes.Contains(q.Raw, []byte(visa)) || !bytes.ContainsAny(q.Raw, "*") && !bytes.Contains(q.Raw, []byte("Kio")) && !bytes.Contains(q.Raw, []byte("2A")) {
					t.Errorf("forwarded: %q", q.Raw)
				}
			}
			if len(a.forwarded) == 0 && (a.status < 400 || a.status > 499) {
				t.Errorf("answered %d", a.status)
			}
		})
	}
}

func evasions(n string) map[string]string {
	fill := strings.NewReplacer("{0}", n[:4], "{1}", n[4:8], "{2}", n[8:12], "{3}", n[12:]).Replace
	get := func(target string, headers ...string) string { return fill(get(target, headers...)) }
	post := func(contentType, body string, headers ...string) string {
		return post(contentType, fill(body), headers...)
	}
	form := func(body string) string { return form(fill(body)) }
	jsons := func(body string) string { return jsons(fill(body)) }
	parts := func(body string) string { return parts(fill(body)) }
	fours := n[:4] + " " + n[4:8] + " " + n[8:12] + " " + n[12:]
	whole, _ := strconv.ParseUint(n, 10, 64)
	return map[string]string{
		"E1 query":                          get("/?n=" + n),
		"E1 path":                           get("/o/" + n),
		"E1 path segment with an extension": get("/o/" + n + ".json"),
		"E1 path in dashes":                 get("/o/{0}-{1}-{2}-{3}/x"),
		"E1 path percent":                   get("/o/" + each(n, "%%%02X")),
		"E1 path split over segments":       get("/{0}/{1}/{2}/{3}"),
		"E1 matrix parameter":               get("/o;n=" + n + "/x"),
		"E1 query without a name":           get("/?" + n),
		"E1 query behind a semicolon":       get("/?a=1;n=" + n),
		"E1 query with an invalid escape":   get("/?a=%zz&n=" + n),
		"E1 fragment in the target":         get("/?a=1%23" + n),
		"E1 referer":                        get("/", "Referer: https://shop.example.kz/pay?card="+n),
		"E1 referer escaped":                get("/", "Referer: https://shop.example.kz/pay?card="+each(n, "%%%02x")),
		"E1 user agent":                     get("/", "User-Agent: Mozilla "+fours),
		"E1 header name":                    get("/", "X-"+n+": 1"),
		"E1 cookie":                         get("/", "Cookie: a=1; n="+n+"; b=2"),
		"E1 cookie name":                    get("/", "Cookie: a=1; "+n+"=x"),
		"E1 quoted cookie":                  get("/", `Cookie: n="`+n+`"`),
		"E1 escaped cookie":                 get("/", "Cookie: n=%7B%22c%22%3A%22"+n+"%22%7D"),
		"E1 base64 JSON in a cookie":        get("/", "Cookie: s="+b64(`{"c":"`+n+`"}`)),
		"E1 basic":                          get("/", "Authorization: Basic "+b64("user:"+n)),
		"E1 bearer JWT":                     get("/", "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9."+strings.TrimRight(b64(`{"card":"`+n+`"}`), "=")+".c2ln"),
		"E1 forwarded for":                  get("/", "X-Forwarded-For: "+n),
		"E1 encoded word":                   get("/", "X-Subject: =?utf-8?B?"+b64("card "+n)+"?="),
		"E1 encoded word quoted":            get("/", "X-Subject: =?utf-8?Q?"+each(n, "=%02X")+"?="),
		"E1 two lines of one header":        get("/", "X-N: a", "X-N: "+n),
		"E2 form name":                      form(n + "=x"),
		"E2 JSON key":                       jsons(`{"` + n + `":1}`),
		"E2 JSON key escaped":               jsons(`{"` + each(n, `\u%04x`) + `":1}`),
		"E2 part name":                      parts("--XX\nContent-Disposition: form-data; name=\"" + n + "\"\n\nx\n--XX--\n"),
		"E2 filename":                       parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"" + n + ".png\"\n\nx\n--XX--\n"),
		"E2 filename*":                      parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename*=UTF-8''" + each(n, "%%%02x") + "\n\nx\n--XX--\n"),
		"E2 XML attribute name":             post("text/xml", `<a _`+n+`="x"/>`),
		"E2 XML element name":               post("text/xml", `<n`+"_"+n+`>x</n_`+n+`>`),
		"E4 preamble":                       parts(n + "\n--XX\nContent-Disposition: form-data; name=\"n\"\n\nx\n--XX--\n"),
		"E4 epilogue":                       parts("--XX\nContent-Disposition: form-data; name=\"n\"\n\nx\n--XX--\n" + n),
		"E4 epilogue escaped":               parts("--XX\nContent-Disposition: form-data; name=\"n\"\n\nx\n--XX--\n" + each(n, "&#%d;")),
		"E5 comment":                        post("text/xml", "<a><!-- "+n+" --></a>"),
		"E5 instruction":                    post("text/xml", "<a><?n "+n+"?></a>"),
		"E5 doctype":                        post("text/xml", "<!DOCTYPE a PUBLIC \""+n+"\"><a/>"),
		"E5 entity":                         post("text/xml", `<!DOCTYPE a [<!ENTITY x "{0}{1}">]><a>&x;{2}{3}</a>`),
		"E5 entity in entities":             post("text/xml", `<!DOCTYPE a [<!ENTITY x "{0}"><!ENTITY y "{1}"><!ENTITY v "{2}"><!ENTITY w "{3}"><!ENTITY z "&x;&y;&v;&w;">]><a>&z;</a>`),
		"E5 parameter entity":               post("text/xml", `<!DOCTYPE a [<!ENTITY % x "{0}{1}">%x;]><a>1</a>`),
		"E5 outside entity":                 post("text/xml", `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///n">]><a>&x;</a>`),
		"E5 CDATA":                          post("text/xml", "<a><![CDATA["+n+"]]></a>"),
		"E5 CDATA in pieces":                post("text/xml", "<a>{0}<![CDATA[{1}{2}]]>{3}</a>"),
		"E5 comment between digits":         post("text/xml", "<a>{0}{1}<!-- x -->{2}{3}</a>"),
		"E5 child between digits":           post("text/xml", "<a>{0}{1}<b/>{2}{3}</a>"),
		"E5 mixed content":                  post("text/xml", "<a>{0}<x>{1}</x>{2}<y>{3}</y></a>"),
		"E5 inline tags":                    post("text/html", "<p>{0} <b>{1}</b> <i>{2}</i> {3}</p>"),
		"E5 entities between":               post("text/xml", "<a>{0}&#160;{1}&nbsp;{2}&#8209;{3}</a>"),
		"E5 siblings":                       post("text/xml", "<a><n>{0}</n><n>{1}</n><n>{2}</n><n>{3}</n></a>"),
		"E5 attributes":                     post("application/soap+xml", `<pay card="`+n+`"/>`),
		"E6 text file":                      parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"a.bin\"\nContent-Type: application/octet-stream\n\n" + n + "\n--XX--\n"),
		"E6 SVG file":                       parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"a.svg\"\nContent-Type: image/svg+xml\n\n<svg><text>" + fours + "</text></svg>\n--XX--\n"),
		"E6 CSV file":                       parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"a.csv\"\nContent-Type: text/csv\n\nid;card\n1;" + n + "\n--XX--\n"),
		"E6 JSON file":                      parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"a.json\"\n\n{\"a\":" + n + "}\n--XX--\n"),
		"E9 protobuf":                       post("application/x-protobuf", "\x0a\x10"+n),
		"E9 protobuf behind a digit length": post("application/x-protobuf", "\x0a\x35"+n+strings.Repeat(" word", 7)+"ab"),
		"E9 protobuf before a digit tag":    post("application/x-protobuf", "\x2a\x10"+n+"\x32\x011"),
		"E9 protobuf integer":               post("application/x-protobuf", "\x08"+string(binary.AppendUvarint(nil, whole))),
		"E9 msgpack":                        post("application/msgpack", "\x81\xa1n\xb0"+n),
		"E9 msgpack before a digit":         post("application/msgpack", "\x92\xb0"+n+"\x31"),
		"E9 msgpack integer":                post("application/msgpack", "\x81\xa1n\xcf"+string(binary.BigEndian.AppendUint64(nil, whole))),
		"E9 cbor":                           post("application/cbor", "\xa1\x61n\x70"+n),
		"E9 cbor before a digit":            post("application/cbor", "\x82\x70"+n+"\x31"),
		"E9 cbor integer":                   post("application/cbor", "\xa1\x61n\x1b"+string(binary.BigEndian.AppendUint64(nil, whole))),
		"E9 gRPC":                           post("application/grpc", "\x00\x00\x00\x00\x12\x0a\x10"+n),
		"E9 gRPC web text":                  post("application/grpc-web-text", b64("\x00\x00\x00\x00\x12\x0a\x10"+n)),
		"E9 GraphQL inline":                 post("application/graphql", `mutation{pay(n:"`+n+`"){id}}`),
		"E9 GraphQL variables":              jsons(`{"query":"mutation P($n:String!){p(n:$n)}","variables":{"n":"` + n + `"}}`),
		"E9 JSON-RPC":                       jsons(`{"jsonrpc":"2.0","method":"pay","params":["` + n + `"],"id":1}`),
		"E9 beacon":                         post("text/plain;charset=UTF-8", `{"n":"`+n+`"}`),
		"E11 duplicate first":               jsons(`{"n":"` + n + `","n":"x"}`),
		"E11 duplicate last":                jsons(`{"n":"x","n":"` + n + `"}`),
		"E12 path collision":                jsons(`{"a.b":"` + n + `","a":{"b":0}}`),
		"E13 JSON in JSON":                  jsons(`{"p":"{\"n\":\"` + n + `\"}"}`),
		"E13 JSON in JSON in JSON":          jsons(`{"p":` + strconv.Quote(`{"q":`+strconv.Quote(`{"n":"`+each(n, `\u%04x`)+`"}`)+`}`) + `}`),
		"E13 form in JSON":                  jsons(`{"p":"a=1&n=` + each(n, "%%%02x") + `"}`),
		"E13 JSON in a form":                form("p=" + url.QueryEscape(`{"n":"`+each(n, `\u%04x`)+`"}`)),
		"E13 base64 form in a form":         form("p=" + url.QueryEscape(b64("a=1&n="+each(n, "%%%02x")))),
		"E13 XML in JSON":                   jsons(`{"x":"<a><n>` + each(n, "&#%d;") + `</n></a>"}`),
		"E13 XML in CDATA":                  post("text/xml", "<a><![CDATA[<n>"+each(n, "&#%d;")+"</n>]]></a>"),
		"E13 XML escaped in XML":            post("text/xml", "<a>&lt;n&gt;"+strings.ReplaceAll(each(n, "&#%d;"), "&", "&amp;")+"&lt;/n&gt;</a>"),
		"E14 form fields":                   form("cc1={0}&cc2={1}&cc3={2}&cc4={3}"),
		"E14 bracketed":                     form("card[]={0}&card[]={1}&card[]={2}&card[]={3}"),
		"E14 indexed":                       form("card[0]={0}&card[1]={1}&card[2]={2}&card[3]={3}&mm=12&yy=28"),
		"E14 sixteen fields":                form(digitFields(n)),
		"E14 query":                         get("/?c1={0}&c2={1}&c3={2}&c4={3}"),
		"E14 cookies":                       get("/", "Cookie: c1={0}; c2={1}; c3={2}; c4={3}"),
		"E14 JSON strings":                  jsons(`{"n":["{0}","{1}","{2}","{3}"]}`),
		"E14 JSON digits":                   jsons(`{"card":[4,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}`),
		"E14 JSON numbers in a card's name": jsons(`{"card_number":[{0},{1},{2},{3}]}`),
		"E14 JSON members":                  jsons(`{"cc1":"{0}","cc2":"{1}","cc3":"{2}","cc4":"{3}"}`),
		"E14 multipart":                     parts(fields("c1", "{0}", "c2", "{1}", "c3", "{2}", "c4", "{3}")),
		"E14 12 and 4":                      form("cardA1={0}{1}{2}&cardA2={3}"),
		"E14 JSON in a form":                form("p=" + url.QueryEscape(fill(`{"n":["{0}","{1}","{2}","{3}"]}`))),
		"E15 duplicates":                    form("n=a&n=" + n + "&n=b"),
		"E15 array":                         form("a[]=1&a[]=" + n),
		"E15 semicolon":                     form("a=1;n=" + n),
		"E16 concatenated":                  jsons(`{"a":1}{"n":"` + n + `"}`),
		"E16 NDJSON":                        post("application/x-ndjson", "{\"a\":1}\n{\"n\":\""+fours+"\"}\n"),
		"E16 BOM":                           jsons("\xEF\xBB\xBF{\"n\":\"" + n + "\"}"),
		"E16 trailing comma":                jsons(`{"n":"` + n + `",}`),
		"E16 JSON5":                         jsons(`{n:'` + n + `',/*c*/ m: +.5, u: Infinity}`),
		"E16 NaN":                           jsons(`{"a":NaN,"n":"` + each(n, `\u%04x`) + `"}`),
		"E16 unterminated":                  jsons(`{"a":"b","n":"` + each(n, `\u%04x`)),
		"E16 garbage before":                jsons(`)]}',{"n":"` + each(n, `\u%04x`) + `"}`),
		"E17 two boundaries":                post("multipart/form-data; boundary=YY; boundary=XX", "--XX\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n"+n+"\r\n--XX--\r\n"),
		"E17 continued boundary":            post("multipart/form-data; boundary*0=X; boundary*1=X", "--XX\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n"+n+"\r\n--XX--\r\n"),
		"E17 quoted boundary":               post(`multipart/form-data; boundary="X X"`, "--X X\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n"+each(n, "%%%02x")+"\r\n--X X--\r\n"),
		"E17 LF only":                       post("multipart/form-data; boundary=XX", "--XX\nContent-Disposition: form-data; name=\"n\"\n\n"+each(n, "&#%d;")+"\n--XX--\n"),
		"E17 no closing":                    post("multipart/form-data; boundary=XX", "--XX\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n"+n),
		"E17 folded header":                 parts("--XX\nContent-Disposition: form-data;\n name=\"n\";\n filename=\"" + n + "\"\n\nx\n--XX--\n"),
		"E17 nested":                        parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Type: multipart/mixed; boundary=YY\n\n--YY\nContent-Disposition: file; filename=\"a\"\nContent-Transfer-Encoding: base64\n\n" + b64("card "+n) + "\n--YY--\n--XX--\n"),
		"E17 multipart without a type":      post("", "--XX\r\nContent-Disposition: form-data; name=\"n\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"+each(n, "=%02X")+"\r\n--XX--\r\n"),
		"E18 base64 part":                   parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Transfer-Encoding: base64\n\n" + b64("card="+n) + "\n--XX--\n"),
		"E18 base64 part in lines":          parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Transfer-Encoding: BASE64\n\n" + b64(n)[:3] + "\n" + b64(n)[3:9] + "\n" + b64(n)[9:] + "\n--XX--\n"),
		"E18 quoted-printable part":         parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Transfer-Encoding: quoted-printable\n\n" + each(n, "=%02X") + "\n--XX--\n"),
		"E18 soft line breaks":              parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Transfer-Encoding: quoted-printable\n\n{0}{1}=\n{2}{3}\n--XX--\n"),
		"E18 part charset":                  parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Type: text/plain; charset=utf-7\n\n" + "+ADQAMQAxADEAMQAxADEAMQAxADEAMQAxADEAMQAxADE-" + "\n--XX--\n"),
		"E18 unknown transfer encoding":     parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n" + n + "\n--XX--\n"),
		"E19 percent":                       form("n=" + each(n, "%%%02X")),
		"E19 twice":                         form("n=" + each(n, "%%25%02X")),
		"E19 three times":                   form("n=" + each(n, "%%2525%02X")),
		"E19 percent u":                     form("n=" + each(n, "%%u%04X")),
		"E19 invalid escape before":         form("n=100%&m=%zz" + each(n, "%%%02X")),
		"E19 mixed":                         form("n=" + n[:2] + each(n[2:4], "%%%02x") + each(n[4:], "%%%02X")),
		"E20 HTML entities":                 form("n=" + url.QueryEscape(each(n, "&#%d;"))),
		"E20 hexadecimal entities":          form("n=" + url.QueryEscape(each(n, "&#x%x;"))),
		"E20 entities without semicolons":   form("n=" + url.QueryEscape(strings.ReplaceAll(each(n, "&#%d;"), ";", ""))),
		"E20 padded entities":               form("n=" + url.QueryEscape(each(n, "&#%07d;"))),
		"E20 JavaScript escapes":            form("n=" + url.QueryEscape(each(n, `\x%02x`))),
		"E20 braced escapes":                post("application/javascript", `var n="`+each(n, `\u{%x}`)+`"`),
		"E20 escaped in text":               post("text/plain", each(n, `\u%04x`)),
		"E21 base64":                        form("n=" + b64("card="+n)),
		"E21 base64 of digits alone":        form("n=" + b64(n)),
		"E21 base64 twice":                  form("n=" + url.QueryEscape(b64(b64("card="+n)))),
		"E21 base64 three times":            jsons(`{"n":"` + b64(b64(b64("card="+n))) + `"}`),
		"E21 base64url":                     get("/?n=" + base64.RawURLEncoding.EncodeToString([]byte(`{"c":"`+n+`","t":"ÿÿÿ???>>>"}`))),
		"E21 base64 path segment":           get("/o/a/" + base64.RawURLEncoding.EncodeToString([]byte("card="+n))),
		"E21 data URI":                      jsons(`{"n":"data:text/plain;base64,` + b64("card "+n) + `"}`),
		"E21 data URI percent":              jsons(`{"n":"data:text/plain,` + each(n, "%%%02x") + `"}`),
		"E21 base64 body":                   post("text/plain", b64("my card is "+n)),
		"E21 base64 in lines":               post("text/plain", base64Lines(strings.Repeat("a line of words ", 8)+n)),
		"E21 hex in a card's field":         form("card_number=" + hex.EncodeToString([]byte(n))),
		"E22 gzip":                          post("application/json", coded(`{"n":"`+n+`"}`, "gzip"), "Content-Encoding: gzip"),
		"E22 x-gzip":                        post("application/json", coded(`{"n":"`+n+`"}`, "gzip"), "Content-Encoding: X-GZIP"),
		"E22 deflate raw":                   post("application/json", coded(`{"n":"`+n+`"}`, "deflate"), "Content-Encoding: deflate"),
		"E22 deflate zlib":                  post("application/json", coded(`{"n":"`+n+`"}`, "zlib"), "Content-Encoding: deflate"),
		"E22 br":                            post("application/json", coded(`{"n":"`+n+`"}`, "br"), "Content-Encoding: br"),
		"E22 zstd":                          post("application/json", coded(`{"n":"`+n+`"}`, "zstd"), "Content-Encoding: zstd"),
		"E22 stacked":                       post("application/json", coded(coded(`{"n":"`+n+`"}`, "gzip"), "br"), "Content-Encoding: gzip, br"),
		"E22 stacked on two lines":          post("application/json", coded(coded(`{"n":"`+n+`"}`, "gzip"), "br"), "Content-Encoding: gzip", "Content-Encoding: br"),
		"E22 three":                         post("application/json", n, "Content-Encoding: gzip, gzip, gzip"),
		"E22 unknown":                       post("application/json", n, "Content-Encoding: lzma"),
		"E22 lying":                         post("application/json", `{"n":"`+n+`"}`, "Content-Encoding: gzip"),
		"E22 identity with gzip":            post("application/json", coded(`{"n":"`+n+`"}`, "gzip"), "Content-Encoding: identity"),
		"E22 two members":                   post("application/json", coded(`{"n":`, "gzip")+coded(`"`+n+`"}`, "gzip"), "Content-Encoding: gzip"),
		"E22 member across the number":      post("application/json", coded(`{"n":"`+n[:8], "gzip")+coded(n[8:]+`"}`, "gzip"), "Content-Encoding: gzip"),
		"E22 bytes behind":                  post("application/json", coded(`{"n":1}`, "zlib")+n, "Content-Encoding: deflate"),
		"E22 two zstd frames":               post("application/json", coded(`{"n":"{0}{1}`, "zstd")+coded(`{2}{3}"}`, "zstd"), "Content-Encoding: zstd"),
		"E22 truncated":                     post("application/json", coded(`{"n":"`+n+`"}`, "gzip")[:30], "Content-Encoding: gzip"),
		"E23 gzip unlabelled":               post("application/octet-stream", coded(`{"n":"`+n+`"}`, "gzip")),
		"E23 zlib unlabelled":               post("application/octet-stream", coded(`{"n":"`+n+`"}`, "zlib")),
		"E23 zstd unlabelled":               post("application/octet-stream", coded(`{"n":"`+n+`"}`, "zstd")),
		"E23 gzip in base64":                jsons(`{"n":"` + b64(coded(`{"n":"`+n+`"}`, "gzip")) + `"}`),
		"E24 UTF-16LE":                      post("application/json; charset=utf-16le", wide(`{"n":"`+n+`"}`, 2, false, false)),
		"E24 UTF-16BE":                      post("application/json; charset=utf-16be", wide(`{"n":"`+n+`"}`, 2, true, false)),
		"E24 UTF-16 with a mark":            post("application/json", wide(`{"n":"`+n+`"}`, 2, true, true)),
		"E24 UTF-16 unlabelled":             post("application/json", wide(`{"n":"`+n+`"}`, 2, false, false)),
		"E24 UTF-16 full width":             post("text/plain; charset=utf-16", wide(fullWidth(n), 2, false, true)),
		"E24 UTF-32":                        post("application/json", wide(`{"n":"`+n+`"}`, 4, false, false)),
		"E24 UTF-32BE":                      post("application/json; charset=utf-32be", wide(`{"n":"`+n+`"}`, 4, true, false)),
		"E24 UTF-7":                         post("text/plain; charset=utf-7", n),
		"E24 EBCDIC":                        post("text/plain; charset=ibm037", "\xf4\xf1\xf1\xf1"),
		"E24 XML in EBCDIC":                 post("text/xml", `<?xml version="1.0" encoding="IBM037"?><a>`+n+`</a>`),
		"E24 two charsets":                  post("text/plain; charset=utf-8; charset=utf-16", n),
		"E24 Shift-JIS":                     post("text/plain; charset=Shift_JIS", "\x82\x53"+strings.Repeat("\x82\x50", 15)),
		"E24 Shift-JIS form":                post("application/x-www-form-urlencoded; charset=Shift_JIS", "n=%82%53"+strings.Repeat("%82%50", 15)),
		"E24 windows-1251":                  post("text/plain; charset=windows-1251", "\xea\xe0\xf0\xf2\xe0 "+fours),
		"E24 KOI8-R":                        post("text/plain; charset=koi8-r", "\xcb\xc1\xd2\xd4\xc1 "+fours),
		"E24 windows-1251 form":             post("application/x-www-form-urlencoded; charset=windows-1251", "n=%EA%E0%F0%F2%E0+"+n),
		"E25 full width":                    jsons(`{"n":"` + fullWidth(n) + `"}`),
		"E25 full width escaped":            jsons(`{"n":"` + escapedRunes(fullWidth(n)) + `"}`),
		"E25 Arabic-Indic":                  form("n=" + url.QueryEscape(script(n, 0x0660))),
		"E25 Devanagari":                    form("n=" + url.QueryEscape(script(n, 0x0966))),
		"E25 mathematical":                  jsons(`{"n":"` + script(n, 0x1D7CE) + `"}`),
		"E25 mathematical escaped":          jsons(`{"n":"` + escapedRunes(script(n, 0x1D7CE)) + `"}`),
		"E25 circled":                       form("n=" + url.QueryEscape(strings.ReplaceAll(script(n, 0x245F), "\u245F", "⓪"))),
		"E26 NBSP":                          form("n={0}%C2%A0{1}%C2%A0{2}%C2%A0{3}"),
		"E26 zero width":                    form("n={0}%E2%80%8B{1}%E2%80%8B{2}%E2%80%8B{3}"),
		"E26 en dash":                       form("n={0}%E2%80%93{1}%E2%80%93{2}%E2%80%93{3}"),
		"E26 dots":                          form("n={0}.{1}.{2}.{3}"),
		"E26 slashes":                       form("n={0}/{1}/{2}/{3}"),
		"E26 underscores":                   form("n={0}_{1}_{2}_{3}"),
		"E26 emoji":                         form("n=" + url.QueryEscape(fill("{0}💳{1}💳{2}💳{3}"))),
		"E26 soft hyphen":                   form("n={0}%C2%AD{1}%C2%AD{2}%C2%AD{3}"),
		"E26 tabs":                          form("n={0}%09{1}%09{2}%09{3}"),
		"E26 lines":                         form("n={0}%0D%0A{1}%0D%0A{2}%0D%0A{3}"),
		"E26 JSON line escapes":             jsons(`{"n":"{0}\n{1}\n{2}\n{3}"}`),
		"E26 right to left marks":           form("n=%E2%80%8F{0}%E2%80%8F{1}%E2%80%8F{2}%E2%80%8F{3}"),
		"E28 point zero":                    jsons(`{"n":` + n + `.0}`),
		"E28 exponent":                      jsons(`{"n":` + n[:1] + `.` + n[1:] + `e15}`),
		"E28 exponent plus":                 jsons(`{"n":` + n[:13] + `.` + n[13:] + `E+3}`),
		"E28 negative exponent":             jsons(`{"n":` + n + `0e-1}`),
		"E28 minus":                         jsons(`{"n":-` + n + `}`),
		"E34 two content types":             post("text/plain", `{"n":"x"}`, "Content-Type: application/json"),
		"E34 odd case":                      post("Application/JSON ;x", `{"n":"`+n+`"}`),
		"E34 missing type":                  post("", `n=`+each(n, "%%%02X")),
		"E34 wrong type":                    post("application/json", `a=1&n=`+each(n, "%%%02X")),
		"E34 JSON as a form":                form(`{"n":"` + each(n, `\u%04x`) + `"}`),
		"E34 form as multipart":             post("multipart/form-data; boundary=XX", "a=1&n="+each(n, "%%%02X")),
		"E34 form as octets":                post("application/octet-stream", "a=1&n="+each(n, "%%%02X")),
		"E35 GET with body":                 "GET / HTTP/1.1\r\nHost: shop.example.kz\r\nContent-Length: 18\r\n\r\nn=" + n,
		"E35 DELETE with body":              "DELETE /a HTTP/1.1\r\nHost: shop.example.kz\r\nContent-Length: 18\r\n\r\nn=" + n,
		"E35 method override":               get("/", "X-HTTP-Method-Override: "+n),
		"E37 dot segments":                  get("/a/../b"),
		"E37 escaped dots":                  get("/a/%2e%2e/b"),
		"E37 escaped slash":                 get("/a%2fb"),
		"E37 NUL":                           get("/a%00b"),
		"E37 backslash":                     get("/a%5Cb"),
		"YAML":                              post("application/yaml", "card:\n  number: "+n+"\n"),
		"TOML":                              post("application/toml", "number = \""+n+"\"\n"),
		"PHP serialised":                    form("d=" + url.QueryEscape(`a:1:{s:1:"n";s:16:"`+n+`";}`)),
		"track 2":                           form("t=" + url.QueryEscape(";"+n+"=28121011234000012300?")),
		"track 1":                           form("t=" + url.QueryEscape("%B"+n+"^IVANOV/IVAN^2812101?")),
		"glued expiry":                      form("card=" + n + "1228"),
		"pipes":                             form("n=" + n + "|12|28|123"),
		"brackets":                          form("n=(" + n + ")"),
		"word before":                       form("n=VISA" + n),
		"amex":                              form("n=3782+822463+10005"),
		"mir":                               form("n=" + mir),
		"mail":                              post("message/rfc822", "Subject: a\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"+b64("card "+n)+"\r\n"),
		"CSV in quotes":                     post("text/csv", "id,card\n1,\""+fours+"\"\n"),
		"CSV tabs":                          post("text/tab-separated-values", "id\tcard\n1\t"+n+"\n"),
		"value of a name in the value":      jsons(`{"field":{"name":"card_number","value":"` + n + `"}}`),
		"HTML input":                        post("text/html", `<form><input name="card" value="`+n+`"></form>`),
		"CSP report":                        post("application/csp-report", `{"csp-report":{"document-uri":"https://shop.example.kz/pay?card=`+n+`"}}`),
	}
}

// large is what is refused for its size, or read to its end.
func large() map[string]string {
	return map[string]string{
		"E22 bomb":                     post("application/json", coded(strings.Repeat("0", 64<<20), "gzip"), "Content-Encoding: gzip"),
		"E29 padding":                  jsons(`{"pad":"` + strings.Repeat("A", 9<<20) + `","n":"` + visa + `"}`),
		"E29 padding within the bound": jsons(`{"pad":"` + strings.Repeat("A", 1<<20) + `","n":"` + visa + `"}`),
		"E29 padding with digits":      jsons(`{"pad":"` + strings.Repeat("4", 1<<20) + `","n":"` + visa + `"}`),
		"E29 padding with escapes":     form("pad=" + strings.Repeat("%41", 1<<20) + "&n=" + each(visa, "%%%02X")),
	}
}

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

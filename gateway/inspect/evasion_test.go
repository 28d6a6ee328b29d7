package inspect

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
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
	for claim, raw := range evasions() {
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

func evasions() map[string]string {
	fours := "4111 1111 1111 1111"
	return map[string]string{
		"E1 query":                          get("/?n=" + visa),
		"E1 path":                           get("/o/" + visa),
		"E1 path segment with an extension": get("/o/" + visa + ".json"),
		"E1 path in dashes":                 get("/o/4111-1111-1111-1111/x"),
		"E1 path percent":                   get("/o/" + each(visa, "%%%02X")),
		"E1 path split over segments":       get("/4111/1111/1111/1111"),
		"E1 matrix parameter":               get("/o;n=" + visa + "/x"),
		"E1 query without a name":           get("/?" + visa),
		"E1 query behind a semicolon":       get("/?a=1;n=" + visa),
		"E1 query with an invalid escape":   get("/?a=%zz&n=" + visa),
		"E1 fragment in the target":         get("/?a=1%23" + visa),
		"E1 referer":                        get("/", "Referer: https://shop.example.kz/pay?card="+visa),
		"E1 referer escaped":                get("/", "Referer: https://shop.example.kz/pay?card="+each(visa, "%%%02x")),
		"E1 user agent":                     get("/", "User-Agent: Mozilla "+fours),
		"E1 header name":                    get("/", "X-"+visa+": 1"),
		"E1 cookie":                         get("/", "Cookie: a=1; n="+visa+"; b=2"),
		"E1 cookie name":                    get("/", "Cookie: a=1; "+visa+"=x"),
		"E1 quoted cookie":                  get("/", `Cookie: n="`+visa+`"`),
		"E1 escaped cookie":                 get("/", "Cookie: n=%7B%22c%22%3A%22"+visa+"%22%7D"),
		"E1 base64 JSON in a cookie":        get("/", "Cookie: s="+b64(`{"c":"`+visa+`"}`)),
		"E1 basic":                          get("/", "Authorization: Basic "+b64("user:"+visa)),
		"E1 bearer JWT":                     get("/", "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9."+strings.TrimRight(b64(`{"card":"`+visa+`"}`), "=")+".c2ln"),
		"E1 forwarded for":                  get("/", "X-Forwarded-For: "+visa),
		"E1 encoded word":                   get("/", "X-Subject: =?utf-8?B?"+b64("card "+visa)+"?="),
		"E1 encoded word quoted":            get("/", "X-Subject: =?utf-8?Q?"+each(visa, "=%02X")+"?="),
		"E1 two lines of one header":        get("/", "X-N: a", "X-N: "+visa),
		"E2 form name":                      form(visa + "=x"),
		"E2 JSON key":                       jsons(`{"` + visa + `":1}`),
		"E2 JSON key escaped":               jsons(`{"` + each(visa, `\u%04x`) + `":1}`),
		"E2 part name":                      parts("--XX\nContent-Disposition: form-data; name=\"" + visa + "\"\n\nx\n--XX--\n"),
		"E2 filename":                       parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"" + visa + ".png\"\n\nx\n--XX--\n"),
		"E2 filename*":                      parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename*=UTF-8''" + each(visa, "%%%02x") + "\n\nx\n--XX--\n"),
		"E2 XML attribute name":             post("text/xml", `<a _`+visa+`="x"/>`),
		"E2 XML element name":               post("text/xml", `<n`+"_"+visa+`>x</n_`+visa+`>`),
		"E4 preamble":                       parts(visa + "\n--XX\nContent-Disposition: form-data; name=\"n\"\n\nx\n--XX--\n"),
		"E4 epilogue":                       parts("--XX\nContent-Disposition: form-data; name=\"n\"\n\nx\n--XX--\n" + visa),
		"E4 epilogue escaped":               parts("--XX\nContent-Disposition: form-data; name=\"n\"\n\nx\n--XX--\n" + each(visa, "&#%d;")),
		"E5 comment":                        post("text/xml", "<a><!-- "+visa+" --></a>"),
		"E5 instruction":                    post("text/xml", "<a><?n "+visa+"?></a>"),
		"E5 doctype":                        post("text/xml", "<!DOCTYPE a PUBLIC \""+visa+"\"><a/>"),
		"E5 entity":                         post("text/xml", `<!DOCTYPE a [<!ENTITY x "41111111">]><a>&x;11111111</a>`),
		"E5 entity in entities":             post("text/xml", `<!DOCTYPE a [<!ENTITY x "4111"><!ENTITY y "1111"><!ENTITY z "&x;&y;&y;&y;">]><a>&z;</a>`),
		"E5 parameter entity":               post("text/xml", `<!DOCTYPE a [<!ENTITY % x "41111111">%x;]><a>1</a>`),
		"E5 outside entity":                 post("text/xml", `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///n">]><a>&x;</a>`),
		"E5 CDATA":                          post("text/xml", "<a><![CDATA["+visa+"]]></a>"),
		"E5 CDATA in pieces":                post("text/xml", "<a>4111<![CDATA[11111111]]>1111</a>"),
		"E5 comment between digits":         post("text/xml", "<a>41111111<!-- x -->11111111</a>"),
		"E5 child between digits":           post("text/xml", "<a>41111111<b/>11111111</a>"),
		"E5 mixed content":                  post("text/xml", "<a>4111<x>1111</x>1111<y>1111</y></a>"),
		"E5 inline tags":                    post("text/html", "<p>4111 <b>1111</b> <i>1111</i> 1111</p>"),
		"E5 entities between":               post("text/xml", "<a>4111&#160;1111&nbsp;1111&#8209;1111</a>"),
		"E5 siblings":                       post("text/xml", "<a><n>4111</n><n>1111</n><n>1111</n><n>1111</n></a>"),
		"E5 attributes":                     post("application/soap+xml", `<pay card="`+visa+`"/>`),
		"E6 text file":                      parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"a.bin\"\nContent-Type: application/octet-stream\n\n" + visa + "\n--XX--\n"),
		"E6 SVG file":                       parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"a.svg\"\nContent-Type: image/svg+xml\n\n<svg><text>" + fours + "</text></svg>\n--XX--\n"),
		"E6 CSV file":                       parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"a.csv\"\nContent-Type: text/csv\n\nid;card\n1;" + visa + "\n--XX--\n"),
		"E6 JSON file":                      parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"a.json\"\n\n{\"a\":" + visa + "}\n--XX--\n"),
		"E9 protobuf":                       post("application/x-protobuf", "\x0a\x10"+visa),
		"E9 protobuf behind a digit length": post("application/x-protobuf", "\x0a\x35"+visa+strings.Repeat(" word", 7)+"ab"),
		"E9 protobuf before a digit tag":    post("application/x-protobuf", "\x2a\x10"+visa+"\x32\x011"),
		"E9 protobuf integer":               post("application/x-protobuf", "\x08\xc7\xe3\xa3\xab\x8a\xe1\xa6\x07"),
		"E9 msgpack":                        post("application/msgpack", "\x81\xa1n\xb0"+visa),
		"E9 msgpack before a digit":         post("application/msgpack", "\x92\xb0"+visa+"\x31"),
		"E9 msgpack integer":                post("application/msgpack", "\x81\xa1n\xcf\x00\x0e\x9b\x08\xa5\x68\xf1\xc7"),
		"E9 cbor":                           post("application/cbor", "\xa1\x61n\x70"+visa),
		"E9 cbor before a digit":            post("application/cbor", "\x82\x70"+visa+"\x31"),
		"E9 cbor integer":                   post("application/cbor", "\xa1\x61n\x1b\x00\x0e\x9b\x08\xa5\x68\xf1\xc7"),
		"E9 gRPC":                           post("application/grpc", "\x00\x00\x00\x00\x12\x0a\x10"+visa),
		"E9 gRPC web text":                  post("application/grpc-web-text", b64("\x00\x00\x00\x00\x12\x0a\x10"+visa)),
		"E9 GraphQL inline":                 post("application/graphql", `mutation{pay(n:"`+visa+`"){id}}`),
		"E9 GraphQL variables":              jsons(`{"query":"mutation P($n:String!){p(n:$n)}","variables":{"n":"` + visa + `"}}`),
		"E9 JSON-RPC":                       jsons(`{"jsonrpc":"2.0","method":"pay","params":["` + visa + `"],"id":1}`),
		"E9 beacon":                         post("text/plain;charset=UTF-8", `{"n":"`+visa+`"}`),
		"E11 duplicate first":               jsons(`{"n":"` + visa + `","n":"x"}`),
		"E11 duplicate last":                jsons(`{"n":"x","n":"` + visa + `"}`),
		"E12 path collision":                jsons(`{"a.b":"` + visa + `","a":{"b":0}}`),
		"E13 JSON in JSON":                  jsons(`{"p":"{\"n\":\"` + visa + `\"}"}`),
		"E13 JSON in JSON in JSON":          jsons(`{"p":` + strconv.Quote(`{"q":`+strconv.Quote(`{"n":"`+each(visa, `\u%04x`)+`"}`)+`}`) + `}`),
		"E13 form in JSON":                  jsons(`{"p":"a=1&n=` + each(visa, "%%%02x") + `"}`),
		"E13 JSON in a form":                form("p=" + url.QueryEscape(`{"n":"`+each(visa, `\u%04x`)+`"}`)),
		"E13 base64 form in a form":         form("p=" + url.QueryEscape(b64("a=1&n="+each(visa, "%%%02x")))),
		"E13 XML in JSON":                   jsons(`{"x":"<a><n>` + each(visa, "&#%d;") + `</n></a>"}`),
		"E13 XML in CDATA":                  post("text/xml", "<a><![CDATA[<n>"+each(visa, "&#%d;")+"</n>]]></a>"),
		"E13 XML escaped in XML":            post("text/xml", "<a>&lt;n&gt;"+strings.ReplaceAll(each(visa, "&#%d;"), "&", "&amp;")+"&lt;/n&gt;</a>"),
		"E14 form fields":                   form("cc1=4111&cc2=1111&cc3=1111&cc4=1111"),
		"E14 bracketed":                     form("card[]=4111&card[]=1111&card[]=1111&card[]=1111"),
		"E14 indexed":                       form("card[0]=4111&card[1]=1111&card[2]=1111&card[3]=1111&mm=12&yy=28"),
		"E14 sixteen fields":                form(digitFields()),
		"E14 query":                         get("/?c1=4111&c2=1111&c3=1111&c4=1111"),
		"E14 cookies":                       get("/", "Cookie: c1=4111; c2=1111; c3=1111; c4=1111"),
		"E14 JSON strings":                  jsons(`{"n":["4111","1111","1111","1111"]}`),
		"E14 JSON digits":                   jsons(`{"card":[4,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}`),
		"E14 JSON numbers in a card's name": jsons(`{"card_number":[4111,1111,1111,1111]}`),
		"E14 JSON members":                  jsons(`{"cc1":"4111","cc2":"1111","cc3":"1111","cc4":"1111"}`),
		"E14 multipart":                     parts(fields("c1", "4111", "c2", "1111", "c3", "1111", "c4", "1111")),
		"E14 12 and 4":                      form("cardA1=411111111111&cardA2=1111"),
		"E14 JSON in a form":                form("p=" + url.QueryEscape(`{"n":["4111","1111","1111","1111"]}`)),
		"E15 duplicates":                    form("n=a&n=" + visa + "&n=b"),
		"E15 array":                         form("a[]=1&a[]=" + visa),
		"E15 semicolon":                     form("a=1;n=" + visa),
		"E16 concatenated":                  jsons(`{"a":1}{"n":"` + visa + `"}`),
		"E16 NDJSON":                        post("application/x-ndjson", "{\"a\":1}\n{\"n\":\""+fours+"\"}\n"),
		"E16 BOM":                           jsons("\xEF\xBB\xBF{\"n\":\"" + visa + "\"}"),
		"E16 trailing comma":                jsons(`{"n":"` + visa + `",}`),
		"E16 JSON5":                         jsons(`{n:'` + visa + `',/*c*/ m: +.5, u: Infinity}`),
		"E16 NaN":                           jsons(`{"a":NaN,"n":"` + each(visa, `\u%04x`) + `"}`),
		"E16 unterminated":                  jsons(`{"a":"b","n":"` + each(visa, `\u%04x`)),
		"E16 garbage before":                jsons(`)]}',{"n":"` + each(visa, `\u%04x`) + `"}`),
		"E17 two boundaries":                post("multipart/form-data; boundary=YY; boundary=XX", "--XX\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n"+visa+"\r\n--XX--\r\n"),
		"E17 continued boundary":            post("multipart/form-data; boundary*0=X; boundary*1=X", "--XX\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n"+visa+"\r\n--XX--\r\n"),
		"E17 quoted boundary":               post(`multipart/form-data; boundary="X X"`, "--X X\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n"+each(visa, "%%%02x")+"\r\n--X X--\r\n"),
		"E17 LF only":                       post("multipart/form-data; boundary=XX", "--XX\nContent-Disposition: form-data; name=\"n\"\n\n"+each(visa, "&#%d;")+"\n--XX--\n"),
		"E17 no closing":                    post("multipart/form-data; boundary=XX", "--XX\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n"+visa),
		"E17 folded header":                 parts("--XX\nContent-Disposition: form-data;\n name=\"n\";\n filename=\"" + visa + "\"\n\nx\n--XX--\n"),
		"E17 nested":                        parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Type: multipart/mixed; boundary=YY\n\n--YY\nContent-Disposition: file; filename=\"a\"\nContent-Transfer-Encoding: base64\n\n" + b64("card "+visa) + "\n--YY--\n--XX--\n"),
		"E17 multipart without a type":      post("", "--XX\r\nContent-Disposition: form-data; name=\"n\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"+each(visa, "=%02X")+"\r\n--XX--\r\n"),
		"E18 base64 part":                   parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Transfer-Encoding: base64\n\n" + b64("card="+visa) + "\n--XX--\n"),
		"E18 base64 part in lines":          parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Transfer-Encoding: BASE64\n\nNDE\nxM\nTEx\nMTExMTExMTExMQ==\n--XX--\n"),
		"E18 quoted-printable part":         parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Transfer-Encoding: quoted-printable\n\n" + each(visa, "=%02X") + "\n--XX--\n"),
		"E18 soft line breaks":              parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Transfer-Encoding: quoted-printable\n\n41111111=\n11111111\n--XX--\n"),
		"E18 part charset":                  parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Type: text/plain; charset=utf-7\n\n" + "+ADQAMQAxADEAMQAxADEAMQAxADEAMQAxADEAMQAxADE-" + "\n--XX--\n"),
		"E18 unknown transfer encoding":     parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n" + visa + "\n--XX--\n"),
		"E19 percent":                       form("n=" + each(visa, "%%%02X")),
		"E19 twice":                         form("n=" + each(visa, "%%25%02X")),
		"E19 three times":                   form("n=" + each(visa, "%%2525%02X")),
		"E19 percent u":                     form("n=" + each(visa, "%%u%04X")),
		"E19 invalid escape before":         form("n=100%&m=%zz" + each(visa, "%%%02X")),
		"E19 mixed":                         form("n=41%31%31" + each(visa[4:], "%%%02X")),
		"E20 HTML entities":                 form("n=" + url.QueryEscape(each(visa, "&#%d;"))),
		"E20 hexadecimal entities":          form("n=" + url.QueryEscape(each(visa, "&#x%x;"))),
		"E20 entities without semicolons":   form("n=" + url.QueryEscape(strings.ReplaceAll(each(visa, "&#%d;"), ";", ""))),
		"E20 padded entities":               form("n=" + url.QueryEscape(each(visa, "&#%07d;"))),
		"E20 JavaScript escapes":            form("n=" + url.QueryEscape(each(visa, `\x%02x`))),
		"E20 braced escapes":                post("application/javascript", `var n="`+each(visa, `\u{%x}`)+`"`),
		"E20 escaped in text":               post("text/plain", each(visa, `\u%04x`)),
		"E21 base64":                        form("n=" + b64("card="+visa)),
		"E21 base64 of digits alone":        form("n=" + b64(visa)),
		"E21 base64 twice":                  form("n=" + url.QueryEscape(b64(b64("card="+visa)))),
		"E21 base64 three times":            jsons(`{"n":"` + b64(b64(b64("card="+visa))) + `"}`),
		"E21 base64url":                     get("/?n=" + base64.RawURLEncoding.EncodeToString([]byte(`{"c":"`+visa+`","t":"ÿÿÿ???>>>"}`))),
		"E21 base64 path segment":           get("/o/a/" + base64.RawURLEncoding.EncodeToString([]byte("card="+visa))),
		"E21 data URI":                      jsons(`{"n":"data:text/plain;base64,` + b64("card "+visa) + `"}`),
		"E21 data URI percent":              jsons(`{"n":"data:text/plain,` + each(visa, "%%%02x") + `"}`),
		"E21 base64 body":                   post("text/plain", b64("my card is "+visa)),
		"E21 base64 in lines":               post("text/plain", base64Lines(strings.Repeat("a line of words ", 8)+visa)),
		"E21 hex in a card's field":         form("card_number=" + hex.EncodeToString([]byte(visa))),
		"E22 gzip":                          post("application/json", coded(`{"n":"`+visa+`"}`, "gzip"), "Content-Encoding: gzip"),
		"E22 x-gzip":                        post("application/json", coded(`{"n":"`+visa+`"}`, "gzip"), "Content-Encoding: X-GZIP"),
		"E22 deflate raw":                   post("application/json", coded(`{"n":"`+visa+`"}`, "deflate"), "Content-Encoding: deflate"),
		"E22 deflate zlib":                  post("application/json", coded(`{"n":"`+visa+`"}`, "zlib"), "Content-Encoding: deflate"),
		"E22 br":                            post("application/json", coded(`{"n":"`+visa+`"}`, "br"), "Content-Encoding: br"),
		"E22 zstd":                          post("application/json", coded(`{"n":"`+visa+`"}`, "zstd"), "Content-Encoding: zstd"),
		"E22 stacked":                       post("application/json", coded(coded(`{"n":"`+visa+`"}`, "gzip"), "br"), "Content-Encoding: gzip, br"),
		"E22 stacked on two lines":          post("application/json", coded(coded(`{"n":"`+visa+`"}`, "gzip"), "br"), "Content-Encoding: gzip", "Content-Encoding: br"),
		"E22 three":                         post("application/json", visa, "Content-Encoding: gzip, gzip, gzip"),
		"E22 unknown":                       post("application/json", visa, "Content-Encoding: lzma"),
		"E22 lying":                         post("application/json", `{"n":"`+visa+`"}`, "Content-Encoding: gzip"),
		"E22 identity with gzip":            post("application/json", coded(`{"n":"`+visa+`"}`, "gzip"), "Content-Encoding: identity"),
		"E22 two members":                   post("application/json", coded(`{"n":`, "gzip")+coded(`"`+visa+`"}`, "gzip"), "Content-Encoding: gzip"),
		"E22 member across the number":      post("application/json", coded(`{"n":"41111111`, "gzip")+coded(`11111111"}`, "gzip"), "Content-Encoding: gzip"),
		"E22 bytes behind":                  post("application/json", coded(`{"n":1}`, "zlib")+visa, "Content-Encoding: deflate"),
		"E22 two zstd frames":               post("application/json", coded(`{"n":"41111111`, "zstd")+coded(`11111111"}`, "zstd"), "Content-Encoding: zstd"),
		"E22 bomb":                          post("application/json", coded(strings.Repeat("0", 64<<20), "gzip"), "Content-Encoding: gzip"),
		"E22 truncated":                     post("application/json", coded(`{"n":"`+visa+`"}`, "gzip")[:30], "Content-Encoding: gzip"),
		"E23 gzip unlabelled":               post("application/octet-stream", coded(`{"n":"`+visa+`"}`, "gzip")),
		"E23 zlib unlabelled":               post("application/octet-stream", coded(`{"n":"`+visa+`"}`, "zlib")),
		"E23 zstd unlabelled":               post("application/octet-stream", coded(`{"n":"`+visa+`"}`, "zstd")),
		"E23 gzip in base64":                jsons(`{"n":"` + b64(coded(`{"n":"`+visa+`"}`, "gzip")) + `"}`),
		"E24 UTF-16LE":                      post("application/json; charset=utf-16le", wide(`{"n":"`+visa+`"}`, 2, false, false)),
		"E24 UTF-16BE":                      post("application/json; charset=utf-16be", wide(`{"n":"`+visa+`"}`, 2, true, false)),
		"E24 UTF-16 with a mark":            post("application/json", wide(`{"n":"`+visa+`"}`, 2, true, true)),
		"E24 UTF-16 unlabelled":             post("application/json", wide(`{"n":"`+visa+`"}`, 2, false, false)),
		"E24 UTF-16 full width":             post("text/plain; charset=utf-16", wide(fullWidth(visa), 2, false, true)),
		"E24 UTF-32":                        post("application/json", wide(`{"n":"`+visa+`"}`, 4, false, false)),
		"E24 UTF-32BE":                      post("application/json; charset=utf-32be", wide(`{"n":"`+visa+`"}`, 4, true, false)),
		"E24 UTF-7":                         post("text/plain; charset=utf-7", visa),
		"E24 EBCDIC":                        post("text/plain; charset=ibm037", "\xf4\xf1\xf1\xf1"),
		"E24 XML in EBCDIC":                 post("text/xml", `<?xml version="1.0" encoding="IBM037"?><a>`+visa+`</a>`),
		"E24 two charsets":                  post("text/plain; charset=utf-8; charset=utf-16", visa),
		"E24 Shift-JIS":                     post("text/plain; charset=Shift_JIS", "\x82\x53"+strings.Repeat("\x82\x50", 15)),
		"E24 Shift-JIS form":                post("application/x-www-form-urlencoded; charset=Shift_JIS", "n=%82%53"+strings.Repeat("%82%50", 15)),
		"E24 windows-1251":                  post("text/plain; charset=windows-1251", "\xea\xe0\xf0\xf2\xe0 "+fours),
		"E24 KOI8-R":                        post("text/plain; charset=koi8-r", "\xcb\xc1\xd2\xd4\xc1 "+fours),
		"E24 windows-1251 form":             post("application/x-www-form-urlencoded; charset=windows-1251", "n=%EA%E0%F0%F2%E0+"+visa),
		"E25 full width":                    jsons(`{"n":"` + fullWidth(visa) + `"}`),
		"E25 full width escaped":            jsons(`{"n":"` + escapedRunes(fullWidth(visa)) + `"}`),
		"E25 Arabic-Indic":                  form("n=" + url.QueryEscape(script(visa, 0x0660))),
		"E25 Devanagari":                    form("n=" + url.QueryEscape(script(visa, 0x0966))),
		"E25 mathematical":                  jsons(`{"n":"` + script(visa, 0x1D7CE) + `"}`),
		"E25 mathematical escaped":          jsons(`{"n":"` + escapedRunes(script(visa, 0x1D7CE)) + `"}`),
		"E25 circled":                       form("n=" + url.QueryEscape(strings.ReplaceAll(script(visa, 0x245F), "\u245F", "⓪"))),
		"E26 NBSP":                          form("n=4111%C2%A01111%C2%A01111%C2%A01111"),
		"E26 zero width":                    form("n=4111%E2%80%8B1111%E2%80%8B1111%E2%80%8B1111"),
		"E26 en dash":                       form("n=4111%E2%80%931111%E2%80%931111%E2%80%931111"),
		"E26 dots":                          form("n=4111.1111.1111.1111"),
		"E26 slashes":                       form("n=4111/1111/1111/1111"),
		"E26 underscores":                   form("n=4111_1111_1111_1111"),
		"E26 emoji":                         form("n=" + url.QueryEscape("4111💳1111💳1111💳1111")),
		"E26 soft hyphen":                   form("n=4111%C2%AD1111%C2%AD1111%C2%AD1111"),
		"E26 tabs":                          form("n=4111%091111%091111%091111"),
		"E26 lines":                         form("n=4111%0D%0A1111%0D%0A1111%0D%0A1111"),
		"E26 JSON line escapes":             jsons(`{"n":"4111\n1111\n1111\n1111"}`),
		"E26 right to left marks":           form("n=%E2%80%8F4111%E2%80%8F1111%E2%80%8F1111%E2%80%8F1111"),
		"E28 point zero":                    jsons(`{"n":` + visa + `.0}`),
		"E28 exponent":                      jsons(`{"n":4.111111111111111e15}`),
		"E28 exponent plus":                 jsons(`{"n":4111111111111.111E+3}`),
		"E28 negative exponent":             jsons(`{"n":41111111111111110e-1}`),
		"E28 minus":                         jsons(`{"n":-` + visa + `}`),
		"E29 padding":                       jsons(`{"pad":"` + strings.Repeat("A", 9<<20) + `","n":"` + visa + `"}`),
		"E29 padding within the bound":      jsons(`{"pad":"` + strings.Repeat("A", 1<<20) + `","n":"` + visa + `"}`),
		"E34 two content types":             post("text/plain", `{"n":"x"}`, "Content-Type: application/json"),
		"E34 odd case":                      post("Application/JSON ;x", `{"n":"`+visa+`"}`),
		"E34 missing type":                  post("", `n=`+each(visa, "%%%02X")),
		"E34 wrong type":                    post("application/json", `a=1&n=`+each(visa, "%%%02X")),
		"E34 JSON as a form":                form(`{"n":"` + each(visa, `\u%04x`) + `"}`),
		"E34 form as multipart":             post("multipart/form-data; boundary=XX", "a=1&n="+each(visa, "%%%02X")),
		"E34 form as octets":                post("application/octet-stream", "a=1&n="+each(visa, "%%%02X")),
		"E35 GET with body":                 "GET / HTTP/1.1\r\nHost: shop.example.kz\r\nContent-Length: 18\r\n\r\nn=" + visa,
		"E35 DELETE with body":              "DELETE /a HTTP/1.1\r\nHost: shop.example.kz\r\nContent-Length: 18\r\n\r\nn=" + visa,
		"E35 method override":               get("/", "X-HTTP-Method-Override: "+visa),
		"E37 dot segments":                  get("/a/../b"),
		"E37 escaped dots":                  get("/a/%2e%2e/b"),
		"E37 escaped slash":                 get("/a%2fb"),
		"E37 NUL":                           get("/a%00b"),
		"E37 backslash":                     get("/a%5Cb"),
		"YAML":                              post("application/yaml", "card:\n  number: "+visa+"\n"),
		"TOML":                              post("application/toml", "number = \""+visa+"\"\n"),
		"PHP serialised":                    form("d=" + url.QueryEscape(`a:1:{s:1:"n";s:16:"`+visa+`";}`)),
		"track 2":                           form("t=" + url.QueryEscape(";"+visa+"=28121011234000012300?")),
		"track 1":                           form("t=" + url.QueryEscape("%B"+visa+"^IVANOV/IVAN^2812101?")),
		"glued expiry":                      form("card=" + visa + "1228"),
		"pipes":                             form("n=" + visa + "|12|28|123"),
		"brackets":                          form("n=(" + visa + ")"),
		"word before":                       form("n=VISA" + visa),
		"amex":                              form("n=3782+822463+10005"),
		"mir":                               form("n=" + mir),
		"mail":                              post("message/rfc822", "Subject: a\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"+b64("card "+visa)+"\r\n"),
		"CSV in quotes":                     post("text/csv", "id,card\n1,\""+fours+"\"\n"),
		"CSV tabs":                          post("text/tab-separated-values", "id\tcard\n1\t"+visa+"\n"),
		"value of a name in the value":      jsons(`{"field":{"name":"card_number","value":"` + visa + `"}}`),
		"HTML input":                        post("text/html", `<form><input name="card" value="`+visa+`"></form>`),
		"CSP report":                        post("application/csp-report", `{"csp-report":{"document-uri":"https://shop.example.kz/pay?card=`+visa+`"}}`),
	}
}

func digitFields() string {
	var b strings.Builder
	for i, c := range visa {
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

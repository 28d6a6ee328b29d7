package inspect

import (
	"encoding/binary"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/visit"
)

// Further ways to send a number, beyond the published list of evasions.
func TestFurtherCarriers(t *testing.T) {
	i := New(Options{})
	rules := shipped(t)
	for claim, raw := range further(visa) {
		r, v, ok := parsed(t, raw, &visit.Visit{Rules: rules})
		if !ok {
			t.Errorf("%s: not a request", claim)
			continue
		}
		if d, err := i.Request(t.Context(), v, r); err == nil && !d.Acting {
			t.Errorf("%s: not found; views %v, notes %v", claim, d.Views, d.Notes)
		} else {
			d.Release()
		}
	}
}

func further(n string) map[string]string {
	a, b, c, d := n[:4], n[4:8], n[8:12], n[12:]
	hidden := each(n, `\u%04x`)
	whole, _ := strconv.ParseUint(n, 10, 64)
	return map[string]string{
		"JSON in a header":              get("/", `X-Data: {"card":"`+hidden+`"}`),
		"forwarded":                     get("/", `Forwarded: for="`+n+`";proto=https`),
		"etag":                          get("/", `If-Match: "`+n+`"`),
		"header split":                  get("/", "X-C1: "+a, "X-C2: "+b, "X-C3: "+c, "X-C4: "+d),
		"parameter of the type":         post("text/plain; note="+n, "x"),
		"PHP session cookie":            get("/", "Cookie: s="+url.QueryEscape(`card|s:16:"`+n+`";`)),
		"cookie in base64url":           get("/", "Cookie: s="+strings.TrimRight(b64(`{"a":{"b":"`+n+`"}}`), "=")),
		"cookie in escaped base64":      get("/", "Cookie: s="+url.QueryEscape(b64(`{"a":{"b":"`+n+`"}}x`))),
		"JSON in the query":             get("/?q=" + url.QueryEscape(`{"a":["`+hidden+`"]}`)),
		"nested URL three deep":         get("/?u=" + url.QueryEscape("https://a/?u="+url.QueryEscape("https://b/?n="+each(n, "%%%02x")))),
		"path twice escaped":            get("/o/" + each(n, "%%25%02X") + "/x"),
		"JSONP":                         post("application/javascript", `cb({"n":"`+hidden+`"})`),
		"JSON text sequence":            post("application/json-seq", "\x1e{\"n\":\""+hidden+"\"}\n"),
		"JSON behind an envelope":       post("text/plain", `42["message",{"text":"`+hidden+`"}]`),
		"SockJS":                        post("text/plain", `["{\"text\":\"`+strings.ReplaceAll(hidden, `\`, `\\`)+`\"}"]`),
		"escaped JSON as text":          post("text/plain", url.QueryEscape(`{"card":"`+n+`"}`)),
		"UTF-16 form values":            form("n=" + each(n, "%%00%%%02X")),
		"UTF-16 little in a form":       form("n=" + each(n, "%%%02X%%00")),
		"NUL escapes in JSON":           jsons(`{"n":"` + each(n, "%c\\u0000") + `"}`),
		"UTF-16 form":                   post("application/x-www-form-urlencoded; charset=utf-16le", wide("a=1&n="+n, 2, false, false)),
		"UTF-16 XML":                    post("text/xml", wide(`<?xml version="1.0" encoding="UTF-16"?><a>`+n+`</a>`, 2, false, true)),
		"UTF-16 in gzip":                post("application/json", coded(wide(`{"n":"`+n+`"}`, 2, true, false), "gzip"), "Content-Encoding: gzip"),
		"UTF-16 file":                   parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\n\n" + wide("card "+n+" end", 2, false, true) + "\n--XX--\n"),
		"UTF-16 in base64":              jsons(`{"n":"` + b64(wide("card "+n, 2, false, false)) + `"}`),
		"overlong UTF-8":                form("n=" + each(n, "%%C0%%%02X")[:0] + overlongs(n)),
		"tags in a JSON string":         jsons(`{"n":"card ` + a + `<b>` + b + `</b>` + c + `<i>` + d + `</i>"}`),
		"comments in a form":            form("n=" + url.QueryEscape("card "+n[:8]+"<!-- x -->"+n[8:])),
		"soft line breaks in a text":    post("text/plain", "card "+n[:8]+"=\r\n"+n[8:]),
		"vCard":                         post("text/vcard", "BEGIN:VCARD\r\nNOTE;ENCODING=QUOTED-PRINTABLE:"+each(n, "=%02X")+"\r\nEND:VCARD"),
		"zlib in base64":                jsons(`{"d":"` + b64(coded("card "+n, "zlib")) + `"}`),
		"gzip in gzip unlabelled":       post("application/octet-stream", coded(coded("card "+n, "gzip"), "gzip")),
		"base64 in JSON in base64":      form("p=" + url.QueryEscape(b64(`{"q":"`+b64(`{"card":"`+hidden+`"}`)+`"}`))),
		"base64 of percent of base64":   form("p=" + url.QueryEscape(b64("q="+url.QueryEscape(b64("card="+n))))),
		"form in multipart":             parts("--XX\nContent-Disposition: form-data; name=\"n\"\n\na=1&n=" + each(n, "%%%02x") + "\n--XX--\n"),
		"JSON in multipart":             parts("--XX\nContent-Disposition: form-data; name=\"operations\"\nContent-Type: application/json\n\n{\"n\":\"" + hidden + "\"}\n--XX--\n"),
		"multipart in JSON":             jsons(`{"raw":"--XX\r\nContent-Disposition: form-data; name=\"n\"\r\nContent-Transfer-Encoding: base64\r\n\r\n` + b64("card "+n) + `\r\n--XX--"}`),
		"8 and 8 under a card's name":   form("card1=" + n[:8] + "&card2=" + n[8:]),
		"6 and 10 under a card's name":  form("pan[]=" + n[:6] + "&pan[]=" + n[6:]),
		"repeated and apart":            form("card=" + a + "&x=1&card=" + b + "&y=z&card=" + c + "&card=" + d),
		"digits as strings":             jsons(`{"d":["` + strings.Join(strings.Split(n, ""), `","`) + `"]}`),
		"CSV columns":                   post("text/csv", "id,cc1,cc2,cc3,cc4\n1,"+a+","+b+","+c+","+d+"\n"),
		"mail address":                  form("email=" + n + "@mail.ru"),
		"email with a word":             form("email=card" + n + "@mail.ru"),
		"query behind a hash":           get("/?a=b#" + n)[:0] + get("/?a=b%23"+n),
		"comma groups":                  form("n=" + a + "," + b + "," + c + "," + d),
		"entities called a form":        form(each(n, "&#%03d;")),
		"markup called a form":          form("<n>" + n[:3] + "<b>" + n[3:] + "</o>"),
		"octal escapes in a cookie":     get("/", `Cookie: a="`+each(n, `\%03o`)+`"`),
		"line continued in a script":    post("application/javascript", "n='"+n[:8]+"\\\n"+n[8:]+"'"),
		"line continued in YAML":        post("application/yaml", "n: \""+n[:8]+"\\\r\n    "+n[8:]+"\"\n"),
		"objects of one value each":     jsons(`{"card":[{"value":"` + a + `"},{"value":"` + b + `"},{"value":"` + c + `"},{"value":"` + d + `"}]}`),
		"behind a letter and a dash":    get("/o/a-" + n),
		"CBOR below zero":               post("application/cbor", "\xa1\x61n\x3b"+string(binary.BigEndian.AppendUint64(nil, whole-1))),
		"MessagePack below zero":        post("application/msgpack", "\x81\xa1n\xd3"+string(binary.BigEndian.AppendUint64(nil, -whole))),
		"short octal escapes":           post("application/javascript", `var n='`+each(n, `\%o`)+`'`),
		"filename in pieces":            parts("--XX\nContent-Disposition: form-data; name=\"e\"; filename*0=\"" + n[:8] + "\"; filename*1=\"" + n[8:] + "\"\n\nx\n--XX--\n"),
		"base64 over CDATA":             post("text/xml", "<n>"+b64(n)[:12]+"<![CDATA["+b64(n)[12:]+"]]></n>"),
		"Arabic digits over CDATA":      post("text/xml", "<n>"+script(n[:8], 0x0660)+"<![CDATA["+script(n[8:], 0x0660)+"]]></n>"),
		"MIME lines made blanks":        get("/", "X-N: "+strings.ReplaceAll(base64Lines(strings.Repeat("words ", 9)+"n="+n), "\r\n", "  ")),
		"a number behind a document":    jsons(`{"a":1}` + n[:1] + "." + n[1:] + "e15"),
		"an exponent behind a document": jsons(`{"a":1} ` + n + "E0"),
		"a document behind an exponent": post("text/plain", n+"e0{"),
		"data URI in a URL in a cookie": get("/", "Cookie: last = https://shop.example/cart?x=1&note=data%3Atext%2Fplain%3Bbase64%2C"+b64(script(n, 0x1D7CE))),
		"three layers of entities":      form("n=" + url.QueryEscape(strings.ReplaceAll(strings.ReplaceAll(each(n, "&#%07d;"), "&", "&amp;"), "&", "&amp;"))),
		"percent over an instruction":   post("text/xml", "<?x?><o><n>"+each(n[:8], "%%%02x")+"<?p?>"+each(n[8:], "%%%02x")+"</n></o>"),
		"zeros before":                  form("card=000" + n),
		"BigInt":                        post("application/javascript", "pay({n:"+n+"n})"),
		"plus sign":                     form("n=%2B" + n),
		"thousands":                     jsons(`{"card":"` + n[:1] + `,` + n[1:4] + `,` + n[4:7] + `,` + n[7:10] + `,` + n[10:13] + `,` + n[13:] + `"}`),
		"keycaps":                       form("n=" + url.QueryEscape(each(n, "%c\uFE0F\u20E3"))),
		"XML value by attribute name":   post("text/xml", `<p><field name="card" value="`+n+`"/></p>`),
		"XML with namespace":            post("text/xml", `<x:a xmlns:x="u"><x:n>`+each(n, "&#x%x;")+`</x:n></x:a>`),
		"HTML unquoted attribute":       post("text/html", `<input value=`+n+`>`),
		"a tag in the midst of a space": post("text/plain", a+"\xe2\x80<br>\x89"+b+"\u2009"+c+"\u2009"+d),
		"HTML spans":                    post("text/html", `<span>`+a+`</span><span>`+b+`</span><span>`+c+`</span><span>`+d+`</span>`),
		"YAML binary":                   post("application/yaml", "n: !!binary |\n  "+b64("card number "+n)+"\n"),
		"ini":                           post("text/plain", "[pay]\ncard="+n+"\n"),
		"SQL":                           post("text/plain", "INSERT INTO t VALUES ('"+n+"','12/28')"),
		"log line":                      post("text/plain", "2026-11-22T15:40:05Z POST /pay card="+n+" 200 12ms"),
		"JWT in the query":              get("/?t=eyJhbGciOiJub25lIn0." + strings.TrimRight(b64(`{"c":"`+n+`"}`), "=") + "."),
		"Bearer opaque":                 get("/", "Authorization: Bearer "+n),
		"digest user":                   get("/", `Authorization: Digest username="`+n+`", realm="a"`),
		"RFC 5987 header":               get("/", "X-Name: filename*=UTF-8''"+each(n, "%%%02x")),
		"MessagePack map":               post("application/x-msgpack", "\x82\xa4card\xb0"+n+"\xa3cvv\xa3123"),
		"BSON":                          post("application/bson", "\x27\x00\x00\x00\x02n\x00\x11\x00\x00\x00"+n+"\x00\x00"),
		"Java serialised":               post("application/x-java-serialized-object", "\xac\xed\x00\x05t\x00\x10"+n),
		"charset in the form":           form("_charset_=utf-7&n=%2B" + strings.TrimRight(b64(wide(n, 2, true, false)), "=") + "-"),
		"escaped quotes around digits":  post("text/plain", `say \u0022`+n+`\u0022`),
		"hex quotes around digits":      post("application/javascript", `say \x22`+n+`\x22`),
		"quoted-printable assignment":   post("text/plain", "card=3D"+n+"=20"),
		"MIME in a text part":           parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Type: message/rfc822\n\nSubject: =?utf-8?B?" + b64("card "+n) + "?=\n\nx\n--XX--\n"),
		"half escaped":                  jsons(`{"n":"` + n[:8] + each(n[8:], `\u%04x`) + `"}`),
		"entities then escapes":         jsons(`{"n":"` + each(n[:8], "&#%d;") + each(n[8:], `\u%04x`) + `"}`),
		"percent of entities":           form("n=" + each(each(n, "&#%d;"), "%%%02X")),
		"data URI with a charset":       jsons(`{"f":"data:text/plain;charset=utf-8;base64,` + b64("№ "+n) + `"}`),
		"upper case percent u":          form("n=" + each(n, "%%U%04X")),
		"array of objects":              jsons(`[{"p":"` + n + `"},{"p":1}]`),
		"top-level JSON string":         jsons(`"` + hidden + `"`),
		"top-level JSON number":         jsons(n),
		"JSON null bytes around":        jsons("\x00" + `{"n":"` + n + `"}`),
		"form with blanks":              form("n = " + n),
		"tab in JSON":                   jsons("{\"n\":\"" + a + "\t" + b + "\t" + c + "\t" + d + "\"}"),
		"long text around":              form("n=" + strings.Repeat("слово+", 2000) + n + strings.Repeat("+слово", 2000)),
	}
}

// overlongs is each character as two bytes of UTF-8, escaped.
func overlongs(n string) string {
	var s strings.Builder
	for _, c := range []byte(n) {
		s.WriteString("%C0%" + strings.ToUpper(string([]byte{"0123456789abcdef"[(0x80|c&0x3f)>>4], "0123456789abcdef"[(0x80|c&0x3f)&15]})))
	}
	return s.String()
}

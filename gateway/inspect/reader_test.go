package inspect

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/visit"
)

// mustFind holds that each raw request is found out: refused, or with a finding that acts.
func mustFind(t *testing.T, list map[string]string) {
	t.Helper()
	i, rules := New(Options{}), shipped(t)
	for claim, raw := range list {
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

// mustPass holds that nothing acts in any of the raw requests.
func mustPass(t *testing.T, list map[string]string) {
	t.Helper()
	i, rules := New(Options{}), shipped(t)
	for claim, raw := range list {
		r, v, ok := parsed(t, raw, &visit.Visit{Rules: rules})
		if !ok {
			t.Errorf("%s: not a request", claim)
			continue
		}
		if d, err := i.Request(t.Context(), v, r); err != nil || d.Acting {
			t.Errorf("%s: stopped: %v; views %v", claim, err, d.Views)
		} else {
			d.Release()
		}
	}
}

// What reads the text of a document and nothing else joins what a line break parts for the eye.
func TestLineBreaksOfMarkup(t *testing.T) {
	n := visa
	mustFind(t, map[string]string{
		"digits":                      post("", "<n>"+n[:6]+"<br>"+n[6:]+"</i>"),
		"digits under no type":        post("text/xml", "<n>"+n[:3]+"<br/>"+n[3:]+"</n>"),
		"percent":                     post("", "><n>"+each(n[:9], "%%%02x")+"<BR>"+each(n[9:], "%%%02x")+"</n>"),
		"half an escape":              post("", "<n>"+each(n[:9], "%%%02x")+"%<br>"+each(n[9:], "%%%02x")[1:]+"</n>>"),
		"base64":                      post("", "<n>"+b64(n)[:9]+"<br />"+b64(n)[9:]+"</n>"),
		"base64 in an inline element": post("", "<n>"+b64(n)[:9]+"<b>"+b64(n)[9:]+"</b></n>"),
		"base64 of gzip":              post("", "<n>"+b64(coded(n, "gzip"))[:20]+"<br>"+b64(coded(n, "gzip"))[20:]+"</i>"),
		"two elements of no meaning":  post("", "<n>"+b64(n)[:9]+"<r></r>"+b64(n)[9:]+"</n>"),
		"digits over two elements":    post("", "<n>"+n[:9]+"<r></r>"+n[9:]+"</n>"),
		"a torn character":            post("", "<n>"+script(n, 0x06F0)[:15]+"<br/>"+script(n, 0x06F0)[15:]+"</n>"),
		"wide with zeros missing":     post("", strings.Replace(wide("<n>"+b64("card " + n)[:9]+"<b></b>"+b64("card " + n)[9:]+"</n>", 2, false, false), "c\x00", "c", 1)),
		"an element of no meaning":    post("", "<n>"+b64(n)[:9]+"<r>"+b64(n)[9:]+"</i>"),
		"its escapes":                 post("", "<n>"+each(n[:9], "%%%02x")+"%<r>"+each(n[9:], "%%%02x")[1:]+"</n>>"),
		"UTF-16":                      post("application/xml", wide("<n>"+n[:7]+"<br>"+n[7:]+"</n>", 2, false, false)),
		"packed":                      post("", coded("<n>"+n[:7]+"<br>"+n[7:]+"</n>", "gzip")),
		"packed, other digits":        post("", coded("<?xml version='1.0'?><n>"+script(n[:8], 0x0660)+"<![CDATA["+script(n[8:], 0x0660)+"]]></n>", "gzip")),
		"CDATA behind a blank":        post("", "<n>pay "+n[:4]+" <![CDATA["+n[4:8]+" "+n[8:]+" ]]></n>"),
		"CDATA before a blank":        post("", "<n><![CDATA[pay "+n[:4]+" "+n[4:8]+" "+n[8:12]+" ]]> "+n[12:]+"</n>"),
		"base64 behind CDATA":         post("", "<n> <![CDATA["+b64(n)[:9]+"]]>"+b64(n)[9:]+"</n>"),
		"JSON string":                 jsons(`{"html":"<p>` + n[:7] + `<br>` + n[7:] + `</p>"}`),
		"halves declared, called a form": form(`<?l ?><!DOCTYPE o[<!ENTITY e "` + script(n[:8], 0xFF10) + `"><!ENTITY f '` + script(n[8:], 0xFF10) +
			`'>]><o><n>&e;&f;</n></o>`),
		"two byte order marks": post("", "\xFE\xFF\xFE\xFF"+wide(`<?xml version='1.0'?><!DOCTYPE o[<!ENTITY e "pay `+n[:8]+`"><!ENTITY f '`+n[8:]+
			` thanks'>]><o><n>&e;&f;</n></o>`, 2, true, false)),
	})
	mustPass(t, map[string]string{
		"prices in CDATA":        post("text/xml", "<r>"+strings.Repeat("<p><![CDATA[4242]]></p>", 4)+"</r>"),
		"prices in CDATA, apart": post("text/xml", "<r>"+strings.Repeat("<p> <![CDATA[ 4242 ]]> </p>\n", 4)+"</r>"),
		"lines of an order":      jsons(`{"html":"<p>4600682000235<br>4600682000242<br>2 шт<br>1500 тг</p>"}`),
		"an address":             jsons(`{"html":"Алматы<br>050000<br>+7 701 123 45 67<br>www.example.kz<br>internationalshipping"}`),
		"times, one a line":      jsons(`{"html":"1763800000<br>1763800060<br>1763800120"}`),
		"phones, one a line":     jsons(`{"html":"87011234567<br>87017654321<br>87071112233"}`),
		"names side by side":     post("text/html", `<p>Internationalisation<br>Administration</p><b>Telecommunications</b>department`),
	})
}

// Escapes in places where one escape, or its digits, hides what the raw bytes would show.
func TestEscapesWithinEscapes(t *testing.T) {
	n := visa
	nested := strings.NewReplacer("&#5", "&#&#x35;", "&#4", "&#&#x34;").Replace(each(n, "&#%d;"))
	gzipped := b64(coded(n, "gzip"))
	mustFind(t, map[string]string{
		"references in CSV":               post("text/csv", "a;b\n"+each(n, "&#%d;")),
		"escaped references in CSV":       post("text/csv", strings.ReplaceAll(each(n, "&#x%x;"), "x3", "x%33")),
		"references of references":        post("", nested),
		"the second digit is a reference": post("", strings.NewReplacer("&#50;", "&#5&#x30;;", "&#52;", "&#5&#x32;;").Replace(each(n, "&#%d;"))),
		"in a form":                       form("comment=" + url.QueryEscape(nested)),
		"octals in base64 in a cookie":    get("/", `Cookie: q="`+strings.ReplaceAll(b64(n), "N", `\116`)+`"`),
		"octals in base64 in a script":    post("", `{a:'`+strings.ReplaceAll(b64(n), "N", `\116`)+`'}`),
		"a slash in base64 of gzip":       post("", "e="+url.QueryEscape(gzipped)),
		"UTF-16 without a zero":           post("", wide("Оплата"+script(n, 0x0966), 2, false, false)),
		"UTF-16 with one zero":            post("", wide("Оплата "+script(n, 0x0660), 2, true, false)),
		"UTF-16 of digits alone":          post("", wide(script(n, 0x0660), 2, false, false)),
		"UTF-16 over an element":          post("", wide("<n>"+script(n[:7], 0x06F0)+"<w>"+script(n[7:], 0x06F0)+"</o>", 2, false, false)),
		"UTF-16 over a comment":           post("", wide("<n>"+script(n[:8], 0xFF10)+"<!-- - -->"+script(n[8:], 0xFF10)+"</n>", 2, false, false)),
		"UTF-16 called a form": form(wide(`<?x a="b"?><n>data:text;base64,`+b64(script(n, 0x1D7CE))[:30]+"<?p?>"+b64(script(n, 0x1D7CE))[30:]+"</n>", 2,
			true, false)),
		"digits of another script behind a quote": post("", "%22"+script(n, 0x0660)+"%22"),
		"half a character escaped":                get("/", `Cookie: a="n=`+regexp.MustCompile(`%B(.)`).ReplaceAllString(each(script(n, 0x06F0), "%%%02X"), `%B\06$1`)+`"`),
		"references of references without ends":   get("/", "Cookie: <n>"+each(n, "&amp#%d")+"</n>=1"),
		"references cut short":                    post("", `{a:'`+strings.Replace(each(n, "&#x%x"), "&#x31", `&#x\u0033\u0031`, 1)+`;'}`),
		"references with escaped ends":            form("n=" + url.QueryEscape(strings.ReplaceAll(each(n, "&#%d;"), ";", "%3B"))),
		"references with ends of both kinds":      post("", strings.Replace(strings.ReplaceAll(each(n, "&#%d;"), ";", "%3B"), "%3B", `\u003b`, 3)),
		"base64 from before a tag":                post("", "<n>"+b64("words are here, " + n + " it is")[:9]+"<r>"+b64("words are here, " + n + " it is")[9:]+"</n>"),
		"base64 in two lines, before an instruction": post("", "<n>"+b64("words are here, " + n + " it is")[:9]+"<?p?>"+b64("words are here, " + n + " it is")[9:22]+"\r\n"+
			b64("words are here, " + n + " it is")[22:]+"</n>"),
		"half a character of three bytes escaped": form("e=\"" + regexp.MustCompile("%bc%(9)(.)").ReplaceAllString(each(fullWidth(n), "%%%02x"), "%bc%%u0039%u003$2") + "\""),
		"a number alone":                         post("", n+"0e-1"),
		"UTF-16 in CSV":                          post("text/csv", wide("a>"+strings.ReplaceAll(each(n, "&#x%x;"), "&", "&amp;"), 2, true, false)),
		"UTF-16 of pairs":                        post("", wide(script(n, 0x1D7CE), 2, false, false)),
		"UTF-16 that begins late":                post("", "abc"+wide(script(n, 0x0966), 2, false, false)),
		"a number alone, wide":                   post("", wide(n+"0e-1", 2, false, true)),
		"an exponent behind a guard":             post("", "for(;;);[["+n+"E0]]"),
		"an exponent behind a comment in a form": form("/* order */ [[" + n + "0e-1]]"),
		"behind a stray bracket":                 post("", "><n>"+b64(n)[:10]+"<r>"+b64(n)[10:]+"</i></n>"),
	})
	mustPass(t, map[string]string{
		"CSV with a reference":  post("text/csv", "sku;name;barcode\nA&amp;B;Tom &#38; Jerry;4600682000235\n1;2;3\n"),
		"tabs with a reference": post("text/tab-separated-values", "id\tname\tcode\n4111\tA&amp;B\t1111\n"),
		"a path of Windows":     jsons(`{"path":"C:\\\\photos\\\\061\\\\IMG_20261122_154005.jpg"}`),
		"a regular expression":  post("application/javascript", `var r=/^\d{4}\s\w+\061[a-z]+$/, t=1763800000123`),
		"letters and tabs":      post("text/plain", "a\tb\tc\td\te\tf\tg\th\ti\tj\tk\tl\tm\tn\n"),
		"printf and references": post("application/javascript", `printf("%d\n&#39;%s&#39;\t4600682000235 &#%d\\n 1763800000123")`),
		"a link in a reference": form("u=" + url.QueryEscape("https://a.example/?b=1&#8470;%20id=4600682000235&t=1763800000")),
		"a matrix of floats":    post("application/javascript", "draw([[1.5e-7,4.111111111111111e-8],[5.105105105105105e2,3e8]])"),
		"a hexadecimal word":    post("", "41111111111e1111"),
		"a float alone":         form("x=4.111111111111111e-7&y=0.4111111111111111"),
		"zeros of a record":     post("application/octet-stream", "ab\x00\x00\x00\x004600682000235\x00\x00\x001763800000123\x00\x01"),
		"a sum in markup":       post("text/html", "if 4111 <b> and 1111 > 5 then 12 <i>of</i> 34 <u>56</u>"),
		"Cyrillic in UTF-16":    post("text/plain; charset=utf-16le", wide("Заказ номер 10203 оплачен, спасибо", 2, false, false)),
	})
}

// Other digits keep their byte order where they are masked.
func TestStandInsOfUTF16(t *testing.T) {
	for name, test := range map[string]struct{ unit, want string }{
		"little": {"\x67\x09", "\x66\x09"},
		"big":    {"\x09\x67", "\x09\x66"},
	} {
		if got, ok := wideAs([]byte(test.unit), []byte("\u0966"), 2); !ok || string(got) != test.want {
			t.Errorf("%s: %q, %v", name, got, ok)
		}
	}
}

// A part in UTF-16 stands behind a head that is none, where nobody can tell the parts; what parts its digits has no zero.
func TestUTF16BehindOtherWords(t *testing.T) {
	number := "card 4111\u20111111\u20111111\u20111111."
	found, passes := map[string]string{}, map[string]string{}
	for claim, head := range map[string]string{
		"even": strings.Repeat("head ", 60), "odd": strings.Repeat("head ", 61), "near and even": "head", "near and odd": "a head, near:",
	} {
		for _, order := range []bool{false, true} {
			name := fmt.Sprintf("%s, big %v", claim, order)
			found[name] = post("", head+wide(number, 2, order, false))
			found["escaped, "+name] = post("", head+wide("pay "+strings.ReplaceAll(each(visa, "&#%d;"), "&#49;&", "&#49;\u2011&"), 2, order, false))
			passes[name] = post("", head+wide("order 4111\u20111111\u20111111\u20111112, phone 8\u2011701\u2011234\u201156\u201178", 2, order, false))
		}
	}
	mustFind(t, found)
	mustPass(t, passes)
}

// Lines of base64 may be short, and a header makes blanks of their breaks.
func TestShortLinesOfBase64(t *testing.T) {
	n := b64("words " + visa)
	mustFind(t, map[string]string{
		"in a JSON string":          jsons(`{"a":"` + n[:5] + `\r\n` + n[5:] + `"}`),
		"in a JSON string, wide":    post("", wide(`{"a":"`+n[:5]+`\r\n`+n[5:]+`"}`, 2, false, false)),
		"in a folded header":        get("/", "X-Note: "+n[:18]+"\r\n "+n[18:]),
		"in a folded long header":   get("/", "X-Note: "+b64(strings.Repeat("words ", 9))+"\r\n "+n),
		"folded within its start":   get("/", "X-Note: "+n[:9]+"\r\n "+n[9:]),
		"JSON, folded":              get("/", `X-Note: {"v":"`+n[:7]+"\r\n "+n[7:]+`"}`),
		"a data URI, folded early":  get("/", "X-Note: data:text/plain;base64,"+n[:6]+"\r\n "+n[6:]),
		"a data URI, folded often":  get("/", "X-Note: data:text/plain;base64,"+regexp.MustCompile(".{6}").ReplaceAllString(n, "$0 ")),
		"folded often, in brackets": get("/", "X-Note: see ("+regexp.MustCompile(".{4}").ReplaceAllString(n, "$0 ")+")"),
		"a blank after each four":   get("/", "X-Note: "+regexp.MustCompile(".{4}").ReplaceAllString(n, "$0 ")),
	})
	mustPass(t, map[string]string{
		"words, one a line": post("text/plain", strings.Repeat("internationalization\nword\nadministration\n", 20)),
		"words in capitals": form("n=THE+QUICK+BROWN+FOX+JUMPS+OVER+THE+LAZY+DOG"),
		"groups of letters": form("n=ABCD+EFGH+IJKL+MNOP+4600+6820+0023"),
		"a long user agent": get("/", "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 internationalization of administration"),
	})
}

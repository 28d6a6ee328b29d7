package inspect

import (
	"net/url"
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
		"an element of no meaning":    post("", "<n>"+b64(n)[:9]+"<r>"+b64(n)[9:]+"</i>"),
		"its escapes":                 post("", "<n>"+each(n[:9], "%%%02x")+"%<r>"+each(n[9:], "%%%02x")[1:]+"</n>>"),
		"UTF-16":                      post("application/xml", wide("<n>"+n[:7]+"<br>"+n[7:]+"</n>", 2, false, false)),
		"packed":                      post("", coded("<n>"+n[:7]+"<br>"+n[7:]+"</n>", "gzip")),
		"packed, other digits":        post("", coded("<?xml version='1.0'?><n>"+script(n[:8], 0x0660)+"<![CDATA["+script(n[8:], 0x0660)+"]]></n>", "gzip")),
		"JSON string":                 jsons(`{"html":"<p>` + n[:7] + `<br>` + n[7:] + `</p>"}`),
		"halves declared, called a form": form(`<?l ?><!DOCTYPE o[<!ENTITY e "` + script(n[:8], 0xFF10) + `"><!ENTITY f '` + script(n[8:], 0xFF10) +
			`'>]><o><n>&e;&f;</n></o>`),
		"two byte order marks": post("", "\xFE\xFF\xFE\xFF"+wide(`<?xml version='1.0'?><!DOCTYPE o[<!ENTITY e "pay `+n[:8]+`"><!ENTITY f '`+n[8:]+
			` thanks'>]><o><n>&e;&f;</n></o>`, 2, true, false)),
	})
	mustPass(t, map[string]string{
		"lines of an order":  jsons(`{"html":"<p>4600682000235<br>4600682000242<br>2 шт<br>1500 тг</p>"}`),
		"an address":         jsons(`{"html":"Алматы<br>050000<br>+7 701 123 45 67<br>www.example.kz<br>internationalshipping"}`),
		"times, one a line":  jsons(`{"html":"1763800000<br>1763800060<br>1763800120"}`),
		"phones, one a line": jsons(`{"html":"87011234567<br>87017654321<br>87071112233"}`),
		"names side by side": post("text/html", `<p>Internationalisation<br>Administration</p><b>Telecommunications</b>department`),
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
	})
	mustPass(t, map[string]string{
		"CSV with a reference":  post("text/csv", "sku;name;barcode\nA&amp;B;Tom &#38; Jerry;4600682000235\n1;2;3\n"),
		"tabs with a reference": post("text/tab-separated-values", "id\tname\tcode\n4111\tA&amp;B\t1111\n"),
		"a path of Windows":     jsons(`{"path":"C:\\\\photos\\\\061\\\\IMG_20261122_154005.jpg"}`),
		"a regular expression":  post("application/javascript", `var r=/^\d{4}\s\w+\061[a-z]+$/, t=1763800000123`),
		"letters and tabs":      post("text/plain", "a\tb\tc\td\te\tf\tg\th\ti\tj\tk\tl\tm\tn\n"),
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

// Lines of base64 may be short, and a header makes blanks of their breaks.
func TestShortLinesOfBase64(t *testing.T) {
	n := b64("words " + visa)
	mustFind(t, map[string]string{
		"in a JSON string":        jsons(`{"a":"` + n[:5] + `\r\n` + n[5:] + `"}`),
		"in a JSON string, wide":  post("", wide(`{"a":"`+n[:5]+`\r\n`+n[5:]+`"}`, 2, false, false)),
		"in a folded header":      get("/", "X-Note: "+n[:18]+"\r\n "+n[18:]),
		"in a folded long header": get("/", "X-Note: "+b64(strings.Repeat("words ", 9))+"\r\n "+n),
	})
	mustPass(t, map[string]string{
		"words, one a line": post("text/plain", strings.Repeat("internationalization\nword\nadministration\n", 20)),
		"a long user agent": get("/", "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 internationalization of administration"),
	})
}

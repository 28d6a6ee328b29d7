package inspect

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// Values that only look like cards, in their usual places: none is refused, none is touched.
func TestLookAlikes(t *testing.T) {
	g := newRig(t, shipped(t), Options{})
	for claim, raw := range lookAlikes() {
		t.Run(claim, func(t *testing.T) {
			a := g.send(t, raw)
			if len(a.forwarded) != 1 {
				t.Fatalf("refused with %d (%s)", a.status, a.header.Get("Panwall-Refused"))
			}
			head, body, _ := strings.Cut(raw, "\r\n\r\n")
			if string(a.forwarded[0].Body) != body {
				t.Errorf("body changed: %q", a.forwarded[0].Body)
			}
			for _, line := range strings.Split(head, "\r\n")[1:] {
				name, value, _ := strings.Cut(line, ": ")
				if got := a.forwarded[0].Values(name); len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), value) {
					t.Errorf("header %s changed to %q", name, got)
				}
			}
		})
	}
}

func lookAlikes() map[string]string {
	dice := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 64<<10)
	for i := range noise {
		noise[i] = byte(dice.Uint32())
	}
	// 4242424242424242 as a whole is the value of many an identifier below: it has a range and its check digit.
	const card = "4242424242424242"
	return map[string]string{
		"GA cookies":                  get("/", "Cookie: _ga=GA1.2.415926535.1763800000; _gid=GA1.2.1415926535.1763800000; _ga_ABC123=GS2.1.s1763800000$o1$g1$t1763800042$j18$l0$h0"),
		"Metrika cookies":             get("/", "Cookie: _ym_uid=1666707227246044402; _ym_d=1763800000; yandexuid=2487169591642704719; yuidss=2487169591642704719"),
		"Facebook cookies":            get("/", "Cookie: _fbp=fb.1.1612264550000.44699980883181379; _fbc=fb.1.1554763741205.AbCdEfGhIjKlMnOpQrStUvWxYz1234567890"),
		"yclid landing":               get("/?utm_source=yandex&yclid=" + "6246805628768538595"),
		"yclid in a referer":          get("/", "Referer: https://shop.example.kz/?utm_source=yandex&yclid=6246805628768538595"),
		"yclid escaped twice":         get("/collect?dl=https%3A%2F%2Fshop.example.kz%2F%3Fyclid%3D6246805628768538595%26x%3D1"),
		"Metrika beacon":              form("browser-info=pv%3A1%3Ar%3A1%3Aen%3Autf-8%3Ast%3A1763800000%3Au%3A1666707227246044402&page-url=https%3A%2F%2Fshop.example.kz%2F%3Fyclid%3D6246805628768538595&rn=415926535"),
		"barcode":                     form("barcode=4600682000235"),
		"numbers behind equals signs": form("comment=order_id%3D3057037203269886+uid%3D564242424242424242+yclid%3D25414242424242424242"),
		"barcode by name":             jsons(`{"barcode":"` + card + `"}`),
		"GTIN number":                 jsons(`{"items":[{"gtin":4242424242424242,"qty":1}]}`),
		"barcode search":              get("/search?q=4873452914043"),
		"id in JSON in a form":        form("p=%7B%22yclid%22%3A%22" + card + "%22%7D"),
		"id in base64 JSON":           get("/", "Cookie: s="+base64.StdEncoding.EncodeToString([]byte(`{"visitor_id":"`+card+`"}`))),
		"IMEI":                        form("imei=490154203237518"),
		"ICCID":                       form("iccid=8977010123456789013"),
		"IBAN":                        form("iban=KZ86125KZT5004100100"),
		"IBAN in fours":               form("comment=KZ86+3190+0000+1234+5678"),
		"account":                     form("account=40817810099910004312"),
		"phones":                      form("comment=8+701+234+56+78%2C+8+777+345+67+89"),
		"UUIDs":                       jsons(`{"a":"47223179-9330-4259-b66c-f2db26efb20c","b":"218c7869-c25f-4407-8813-21877577cd96"}`),
		"traceparent":                 get("/", "Traceparent: 00-4111111111111111aaaaaaaaaaaaaaaa-4111111111111111-01"),
		"floats":                      jsons(`{"a":0.4539578763621486,"b":[76.6786797349302453,8.46786664623715e-47,-43.4111111111111111]}`),
		"float in a query":            get("/zone?lat=76.5501790829659381&lon=-0.2203418688173728"),
		"timestamps":                  jsons(`{"s":1789065423,"ms":1789065423959,"us":1789065423695446,"ns":1789065423626385270}`),
		"prices":                      form("text=4990+5990+6990+7990+8990"),
		"prices in JSON":              jsons(`{"items":[{"price":4990},{"price":5990},{"price":6990},{"price":7990}]}`),
		"ids in a query":              get("/compare?ids=4512,4513,4520,4531,4545,4560"),
		"ids in an array":             jsons(`{"ids":[4111,1111,1111,1111]}`),
		"order numbers":               form("order=2026112200012345"),
		"hex session":                 get("/", "Cookie: PHPSESSID=b6220842741106419c718eeefc323359; sid=4181638450200498eecbf41b3d8fa3d0"),
		"masked card":                 form("comment=4111+11**+****+1111+and+411111******1111"),
		"ids of saved cards":          form("card_id[]=45123456&card_id[]=41234567"),
		"gift cards":                  form("giftcard[]=4512&giftcard[]=3456&giftcard[]=4123&giftcard[]=4567"),
		"first six last four":         form("TransactionId=1234567890&Amount=10.00&CardFirstSix=411111&CardLastFour=1111&CardExpDate=12%2F28&Rrn=659032214137&Token=tk_0123456789abcdef0123456789abc"),
		"cryptogram info":             jsons(`{"CardInfo":{"FirstSixDigits":"424242","LastFourDigits":"4242","ExpDateYear":"25","ExpDateMonth":"01"}}`),
		"token with an expiry":        jsons(`{"iss":"a","sub":"675900001230","exp":1784272794,"iat":1784269194}`),
		"cookie with an expiry":       form("expires=1784272794&ref=675900001230"),
		"JWT":                         get("/", "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9."+strings.TrimRight(base64.URLEncoding.EncodeToString([]byte(`{"sub":"184e7fbe-e14f-4cef-8bda-873b8416a6f7","iat":1784269194,"exp":1784272794}`)), "=")+".PV53kHeCHUYBa4Uc7LR1RT1SbW01akpzbXSDJYzz"),
		"base64 noise":                jsons(`{"blob":"` + base64.StdEncoding.EncodeToString(noise[:12<<10]) + `"}`),
		"binary noise":                post("application/octet-stream", "\x01\x02"+string(noise)),
		"base64 image":                jsons(`{"avatar":"data:image/jpeg;base64,` + base64.StdEncoding.EncodeToString(append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), noise[:4096]...)) + `"}`),
		"font":                        parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"a.woff2\"\nContent-Type: font/woff2\n\nwOF2\x00\x01\x00\x00" + strings.ReplaceAll(string(noise[:4096]), "\n", " ") + "\n--XX--\n"),
		"varints":                     post("application/x-protobuf", varints()),
		"CSV of barcodes":             post("text/csv", csvOf(200)),
		"CSV of numbers":              post("text/csv", "a;b;c;d\n4111;1111;1111;1111\n5555;5555;5555;4444\n"),
		"tab-separated numbers":       post("text/tab-separated-values", "a\tb\tc\td\n4111\t1111\t1111\t1111\n"),
		"pretty JSON numbers":         jsons("{\n \"a\": [\n  4111,\n  1111,\n  1111,\n  1111\n ]\n}"),
		"table cells":                 post("text/html", "<table><tr><td>4111</td><td>1111</td><td>1111</td><td>1111</td></tr></table>"),
		"sitemap":                     post("text/xml", `<?xml version="1.0"?><!DOCTYPE yml_catalog SYSTEM "shops.dtd"><yml_catalog date="2026-11-22 15:40"><offer id="4512" barcode="4600682000235"><price>4990</price></offer></yml_catalog>`),
		"CommerceML barcode":          post("text/xml", `<Товар><Ид>bd72d8f9-55bc-11d9-848a-00112f43529a</Ид><Штрихкод>`+card+`</Штрихкод></Товар>`),
		"SVG":                         post("image/svg+xml", `<svg viewBox="0 0 24 24"><path d="M4.1111111111 1.11111111 4111 1111 1111 1111 2222 3333z"/></svg>`),
		"SVG of whole numbers":        post("image/svg+xml", `<svg><path d="M93 4242 4242 4242 4242 17 93 4242 4242 4242 4242 17L1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"/></svg>`),
		"four ids":                    get("/compare?ids=4242,4242,4242,4242"),
		"SVG with entities":           post("image/svg+xml", `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]><svg xmlns="&ns_svg;"/>`),
		"Cyrillic form":               form("name=%D0%90%D0%B9%D0%B3%D2%AF%D0%BB&city=%D0%90%D0%BB%D0%BC%D0%B0%D1%82%D1%8B&comment=%D0%97%D0%B2%D0%BE%D0%BD%D0%B8%D1%82%D0%B5+%D0%BF%D0%BE%D1%81%D0%BB%D0%B5+18%3A00"),
		"windows-1251 form":           post("application/x-www-form-urlencoded; charset=windows-1251", "name=%C0%E9%E3%FC%EB&city=%C0%EB%EC%E0%F2%FB"),
		"empty JSON":                  jsons(`{}`),
		"one character":               form("a"),
		"otp":                         form("phone=87058669199&code=110457&ts=1782290272000"),
		"cvv question":                form("comment=what+is+a+cvv%3F&cvv=no"),
		"PIN alone":                   form("pin=1234&order=4512"),
		"Sentry envelope":             post("text/plain;charset=UTF-8", "{\"event_id\":\"36651eb8342a97e607d3767d83a992e6\",\"sent_at\":\"2026-11-22T15:40:05.123Z\"}\n{\"type\":\"event\"}\n{\"timestamp\":1793666816.20643}"),
		"ethereum":                    form("wallet=0x4111111111111111111111111111111111111111"),
		"sha256":                      jsons(`{"sri":"sha256-4111111111111111abcdefabcdef4111111111111111abcdefabcdefabcdef00"}`),
		"IPv6":                        get("/", "X-Real-Ip: 2001:4111:1111:1111:1111:1111:2222:3333"),
		"minified JS":                 post("application/javascript", "var a=[1880182245,1968388663,309538777,319807521];function f(e){return e>>>13?0xd3cdfa68:92e5}"),
		"regex":                       jsons(`{"pattern":"^4[0-9]{12}(?:[0-9]{3})?$"}`),
		"JSON date list":              jsons(`["2026-01-05","2026-02-06","2026-03-07"]`),
		"tracking in fours":           form("track_number=9400+4474+2708+2351+5679+37"),
		"percent discount":            get("/?q=50%25+off&sort=price%2Cdesc"),
		"language header":             get("/", "Accept-Language: kk-KZ,kk;q=0.9,ru;q=0.8,en;q=0.7"),
	}
}

func varints() string {
	var b []byte
	for i := range 50 {
		b = append(b, 0x08)
		b = binary.AppendUvarint(b, uint64(1763800000000000+i*7919))
	}
	return string(b)
}

func csvOf(n int) string {
	var b bytes.Buffer
	b.WriteString("barcode;name;price\n")
	for i := range n {
		fmt.Fprintf(&b, "%d;item %d;%d\n", 4600000000000+i*1313131, i, 990+10*i)
	}
	return b.String()
}

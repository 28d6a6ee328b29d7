package inspect

import (
	"encoding/binary"
	"net/url"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/visit"
)

// Two encodings one in the other, each of which is seen through by itself.

// A stand-in for one byte of a character cannot be written over the escape that the whole character was.
func TestMaskInPiecesOfAnEscapeIsNoPanic(t *testing.T) {
	i := New(Options{})
	for claim, raw := range map[string]string{
		"circled digits in a form in JSON": jsons(`{"c":"a=1&note=x+` + escapedRunes(circled(visa)) + `&b=2"}`),
		"full width in a form in JSON":     jsons(`{"c":"a=1&note=x+` + escapedRunes(fullWidth(visa)) + `&b=2"}`),
	} {
		r, v, ok := parsed(t, raw, &visit.Visit{Rules: redacting(t)})
		if !ok {
			t.Fatalf("%s: not a request", claim)
		}
		d, err := i.Request(t.Context(), v, r)
		if err == nil && !d.Acting {
			t.Errorf("%s: not found", claim)
		}
		d.Release()
	}
}

// circled is each digit in a circle; no circled zero is among the numbers here.
func circled(s string) string { return script(s, 0x245F) }

// field is a string of protobuf, the first of its message.
func field(s string) string {
	return string(binary.AppendUvarint([]byte{0x0a}, uint64(len(s)))) + s
}

// frame is one message of gRPC.
func frame(s string) string {
	return string(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(s)))) + s
}

func TestTextOfGRPC(t *testing.T) {
	post := func(body string) string { return post("application/grpc-web-text", body) }
	mustFind(t, map[string]string{
		"full width":             post(b64(frame(field(fullWidth(visa))))),
		"percent":                post(b64(frame(field(each(visa, "%%%02x"))))),
		"an integer":             post(b64(frame("\x08" + string(binary.AppendUvarint(nil, 4111111111111111))))),
		"padded in the midst":    post(b64(frame(field("a"))) + b64(frame(field(fullWidth(visa))))),
		"cut where it is padded": post(b64(frame(field(visa))[:11]) + b64(frame(field(visa))[11:])),
	})
	mustPass(t, map[string]string{
		"a word":       post(b64(frame(field("Айгүл")))),
		"a barcode":    post(b64(frame(field("4600682000235")))),
		"two messages": post(b64(frame(field("a"))) + b64(frame(field("b")))),
		"no base64":    post("%%%%"),
	})
}

func TestQuotesWithinCells(t *testing.T) {
	mustFind(t, map[string]string{
		"an attribute":      post("text/csv", "id,note\n1,\"<o note=\"\"4111 1111 1111 1111\"\"/>\"\n"),
		"JSON in pieces":    post("text/csv", "id,note\n1,\"[\"\"4111\"\",\"\"1111\"\",\"\"1111\"\",\"\"1111\"\"]\"\n"),
		"JSON with escapes": post("text/csv", "id,note\n1,\"{\"\"a\"\":\"\""+each(visa, `\u%04x`)+"\"\"}\"\n"),
	})
	mustPass(t, map[string]string{
		"words":     post("text/csv", "id,note\n1,\"the \"\"good\"\" one, 4600682000235\"\n"),
		"quotes":    post("text/csv", "id,note\n1,\"\"\"\"\n"),
		"one quote": post("text/csv", "id,note\n1,\"a\"\"\n"),
	})
}

func TestFragmentOfURL(t *testing.T) {
	hidden := url.QueryEscape("please charge " + b64(coded("card "+visa, "gzip")))
	mustFind(t, map[string]string{
		"in a referer":    get("/", "Referer: https://shop.example.kz/pay#note="+hidden),
		"in a form":       form("back=" + url.QueryEscape("/pay#note="+hidden)),
		"behind a query":  get("/", "Referer: https://shop.example.kz/pay?a=1#note="+hidden),
		"in pieces":       get("/", "Referer: https://shop.example.kz/pay#c1=4111&c2=1111&c3=1111&c4=1111"),
		"without a value": get("/", "Referer: https://shop.example.kz/pay#"+visa),
	})
	mustPass(t, map[string]string{
		"an anchor":  get("/", "Referer: https://shop.example.kz/pay#top"),
		"an id":      get("/", "Referer: https://shop.example.kz/pay#yclid=4242424242424242"),
		"of a phone": get("/", "Referer: https://shop.example.kz/pay#tel=+77015551234"),
	})
}

func TestEscapedBytes(t *testing.T) {
	script := func(body string) string { return post("application/javascript", "say('"+body+"')") }
	mustFind(t, map[string]string{
		"full width":               script(each(fullWidth(visa), `\x%02x`)),
		"full width in JSON":       jsons(`{"n":"` + each(fullWidth(visa), `\\x%02x`) + `"}`),
		"blanks that do not break": script(`4111\xc2\xa01111\xc2\xa01111\xc2\xa01111`),
		"Latin-1 as before":        script(`4111\xa01111\xa01111\xa01111`),
		"a reference in a page":    script(each(visa, `\u0026#x%02x;\u0026#xad;`)),
	})
	mustPass(t, map[string]string{
		"letters":           script(each("Айгүл", `\x%02x`) + " 4600682000235"),
		"bytes of noise":    script(`\xff\xd8\xff\xe0\x00\x10`),
		"a cut character":   script(`\xef\xbc`),
		"letters of a name": script(`\u0026#x410;\u0026#x411; 4600682000235`),
	})
}

func TestEvidenceBesideAnEscape(t *testing.T) {
	zipped := url.QueryEscape(b64(coded(visa, "zlib")))
	mustFind(t, map[string]string{
		"escapes side by side in base64": form("a=1&comment=eJwyMUQFgAAAAP%2F%2FGkgDFA%3D%3D&b=2"),
		"zlib in a form":                 form("a=1&comment=" + zipped),
		"zlib in a form in JSON":         jsons(`{"c":"a=1&c=` + zipped + `"}`),
		"base64 behind a tab":            post("application/yaml", `a: "\t`+b64(visa)+`"`),
		"base64 behind markup":           post("application/javascript", `var a = "\u003cb\u003e`+b64(visa)+`\u003c/b\u003e";`),
		"keycaps behind a quote":         parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"%22" + each(visa, "%c\uFE0F\u20E3") + "%22.txt\"\n\nx\n--XX--\n"),
		"soft hyphens behind a quote":    parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"%22" + each(visa, "%c\u00AD") + "%22.txt\"\n\nx\n--XX--\n"),
	})
	mustPass(t, map[string]string{
		"words behind a line end":     post("application/javascript", `var a = "\nDescriptionOfTheShop 4600682000235";`),
		"escapes in a token":          form("a=1&token=eJwyMUQFgABBBB%2F%2FGkgDFAHHHHHH%3D%3D"),
		"a keycap behind an escape":   form("a=%2210️⃣ 4600682000235"),
		"a path with escaped slashes": post("text/plain", `https:\/\/shop.example.kz\/CatalogueOfAllGoods\/4600682000235`),
	})
}

// A plus is a blank to PHP where a cookie is read, and a slash goes on to a shop that takes the rest of a path.
func TestBase64BehindWords(t *testing.T) {
	const odd = "??>>~~?~?~" // base64 of it has every character that is none of a word
	mustFind(t, map[string]string{
		"a cookie":                get("/", "Cookie: a=1; note=please+charge+"+url.QueryEscape(b64(odd+visa+"?>?>"))),
		"gzip in a cookie":        get("/", "Cookie: a=1; note=please+charge+"+url.QueryEscape(b64(coded("card "+visa, "gzip")))),
		"a path":                  get("/pay/" + b64(odd+visa+"?>?>")),
		"a path of more segments": get("/v1/pay/now/" + b64(odd+visa+"?>?>") + "?x=1"),
		"gzip in a path":          get("/pay/" + b64(coded("card "+visa+" thanks", "gzip"))),
	})
	mustPass(t, map[string]string{
		"words in a cookie": get("/", "Cookie: note=a+b+CatalogueOfAllGoods+4600682000235"),
		"words in a path":   get("/CatalogueOfAllGoods/LampsAndCandles/4600682000235/Description"),
		"many slashes":      get("/" + strings.Repeat("CatalogueOfAll/", 40)),
	})
}

// In binary encodings nobody named, the byte before a string says its length, and may be a digit or a letter.
func TestLengthThatLooksLikeText(t *testing.T) {
	octets := func(body string) string { return post("application/octet-stream", body) }
	of := func(n int) string { return visa + strings.Repeat(" ok", n)[:n-len(visa)] }
	mustFind(t, map[string]string{
		"protobuf":         octets(field(of('4'))),
		"a later field":    octets("\x08\x01\x12\x38" + of('8') + "\x18\x02"),
		"a letter":         octets("\x08\x01\x12\x45" + strings.ReplaceAll(of('E'), visa, "4111 1111 1111 1111")[:'E'] + "\x18\x02"),
		"base64":           octets("\x08\x01\x12\x2b" + (b64(visa) + strings.Repeat(" ok", 9))[:'+'] + "\x18\x02"),
		"Java":             post("application/x-java-serialized-object", "\xac\xed\x00\x05t\x00\x30"+of('0')),
		"Avro":             post("avro/binary", "\x34"+of(26)),
		"a pickle":         jsons(`{"state":"` + b64("\x80\x04\x95\x40\x00\x00\x00\x00\x00\x00\x00\x8c\x35"+of('5')+"\x94.") + `"}`),
		"protobuf in JSON": jsons(`{"state":"` + b64(field(of('6'))) + `"}`),
	})
	mustPass(t, map[string]string{
		"an identifier":             octets("\x08\x01\x12\x1142000000000000000\x18\x02"),
		"an identifier in a value":  jsons(`{"id":"` + "3" + of(51) + `"}`),
		"an identifier in a column": post("text/plain", "a\t3"+of(51)+"\t\n"),
		"another length":            octets("\x08\x01\x12\x33" + of(49) + "\x18\x02"),
	})
}

func TestBase64InASegmentOfURL(t *testing.T) {
	url := func(s string) string { return "https://shop.example.kz/p/" + url.PathEscape(b64(s)) + "/x" }
	mustFind(t, map[string]string{
		"gzip":                jsons(`{"next":"` + url(coded("card "+visa, "gzip")) + `"}`),
		"gzip in a referer":   get("/", "Referer: "+url(coded("card "+visa, "gzip"))),
		"UTF-16":              jsons(`{"next":"` + url(wide(visa, 2, true, true)) + `"}`),
		"of a path":           form("next=%2Fp%2F" + strings.ReplaceAll(url(coded("card "+visa, "gzip"))[len("https://shop.example.kz/p/"):], "%", "%25")),
		"with a query behind": jsons(`{"next":"` + url(coded("card "+visa, "gzip")) + `?a=1"}`),
	})
	mustPass(t, map[string]string{
		"a name":    jsons(`{"next":"https://shop.example.kz/p/CatalogueOfAll%20Goods/4600682000235"}`),
		"a picture": jsons(`{"next":"https://shop.example.kz/p/` + strings.Repeat("a%2F", 40) + `.jpg"}`),
	})
}

func TestValueWithoutQuotes(t *testing.T) {
	mustFind(t, map[string]string{
		"HTML":                 post("text/html", `<input value=4111 1111 1111 1111>`),
		"XML":                  post("text/xml", `<a b=4111 1111 1111 1111 c="1"/>`),
		"quotes within a name": post("text/plain", `<order+note="4111 1111 1111 1111"/>`),
		"a tag's name before":  form("c=" + url.QueryEscape(`<card 4111 1111 1111 1111>`)),
		"behind another value": jsons(`{"a":"<b c=1 d=4111 1111 1111 1111>"}`),
	})
	mustPass(t, map[string]string{
		"numbers in quotes":  post("text/html", `<rect x="4242" y="4242" width="4242" height="4242"/>`),
		"numbers with names": post("text/html", `<rect x=4242 y=4242 width=4242 height=4242>`),
		"a date":             post("text/html", `<time at=22 11 2026 15 40>`),
	})
}

func TestEvidenceOfReferences(t *testing.T) {
	yaml := func(s string) string { return post("application/yaml", `a: "`+s+`"`) }
	file := func(s string) string {
		return parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename*=UTF-8''" + s + "\n\nx\n--XX--\n")
	}
	mustFind(t, map[string]string{
		"blanks without semicolons":       form("c=" + url.QueryEscape(each("4111\r\n1111\r\n1111\r\n1111", "&#%d"))),
		"in quoted-printable":             form("c=" + url.QueryEscape(each(each(visa, "&#x%x;"), "=%02X"))),
		"twice, as JSON for pages":        yaml(each(visa, `\u0026amp;#%d;`)),
		"soft hyphens, as JSON for pages": yaml(each(visa, `\u0026#x%x;\u0026#xad;`)),
		"a number sign in percent":        file(url.PathEscape(each(visa, "&#x%x;&#xad;"))),
		"a circled digit behind a quote":  file("%22" + circled(visa) + "%22"),
		"lines of base64 in a script":     yaml(strings.ReplaceAll(base64Lines(each(visa, `\x%02x`)), "\r\n", `\r\n`)),
		"lines of base64 in percent":      file(url.PathEscape(base64Lines(each(visa, `\x%02x`)))),
	})
	mustPass(t, map[string]string{
		"a colour":        jsons(`{"a":"https://shop.example.kz/?c=%23424242&d=%23123456"}`),
		"words of a page": yaml(`Lamps \u0026amp; candles 4600682000235`),
		"letters":         yaml(each("Lamps", `\u0026#x%x;`)),
	})
}

func TestGroupsInUTF16(t *testing.T) {
	groups := func(big bool) string {
		return wide(fullWidth("4111")+" "+fullWidth("1111")+" "+fullWidth("1111")+" "+fullWidth("1111"), 2, big, false)
	}
	mustFind(t, map[string]string{
		"full width in base64":         jsons(`{"a":"` + b64(groups(false)) + `"}`),
		"full width, most significant": jsons(`{"a":"` + b64(groups(true)) + `"}`),
		"full width in a form":         form("a=" + each(groups(true), "%%%02X")),
	})
}

func TestPiecesInOtherDigits(t *testing.T) {
	arabic := func(s string) string { return script(s, 0x0660) }
	list := func(f func(string) string, form string) string {
		return strings.NewReplacer("{0}", f("4111"), "{1}", f("1111")).Replace(form)
	}
	mustFind(t, map[string]string{
		"JSON":                       jsons(list(fullWidth, `{"a":["{0}","{1}","{1}","{1}"]}`)),
		"members":                    jsons(list(arabic, `{"p1":"{0}","p2":"{1}","p3":"{1}","p4":"{1}"}`)),
		"a form":                     form(list(func(s string) string { return url.QueryEscape(arabic(s)) }, "p1={0}&p2={1}&p3={1}&p4={1}")),
		"XML":                        post("text/xml", list(fullWidth, `<o><d>{0}</d><d>{1}</d><d>{1}</d><d>{1}</d></o>`)),
		"headers":                    get("/", strings.Split(list(arabic, "X-N: {0}|X-N: {1}|X-N: {1}|X-N: {1}"), "|")...),
		"a digit a string":           jsons(`["` + strings.Join(strings.Split(fullWidth(visa), ""), `","`) + `"]`),
		"twelve and four in headers": get("/", "X-N: 411111111111", "X-N: 1111"),
	})
	mustPass(t, map[string]string{
		"prices":        jsons(list(fullWidth, `{"price":["{0}","{1}","{1}","{1}"]}`)),
		"five pieces":   jsons(list(arabic, `["{0}","{1}","{1}","{1}","{1}"]`)),
		"words between": jsons(list(arabic, `["{0}","{1}","а","{1}","{1}"]`)),
		"headers":       get("/", "X-A: 460068200023", "X-B: 1111"),
	})
}

func TestPiecesElsewhere(t *testing.T) {
	strings4 := field("4111") + field("1111") + field("1111") + field("1111")
	mustFind(t, map[string]string{
		"strings of protobuf":      post("application/x-protobuf", strings4),
		"attributes of one tag":    post("text/xml", `<o d1="4111" d2="1111" d3="1111" d4="1111"/>`),
		"a digit a line":           post("text/plain", strings.Join(strings.Split(visa, ""), "\n")),
		"twelve and four on lines": post("text/plain", visa[:12]+"\r\n"+visa[12:]+"\r\n"),
	})
	mustPass(t, map[string]string{
		"five strings of protobuf":   post("application/x-protobuf", strings4+field("1111")),
		"prices of protobuf":         post("application/x-protobuf", field("4990")+field("5990")),
		"attributes of a drawing":    post("image/svg+xml", `<svg><line x1="4242" y1="4242" x2="4242" y2="4242"/></svg>`),
		"prices of one tag":          post("text/xml", `<o price1="4242" price2="4242" price3="4242" price4="4242"/>`),
		"attributes of several tags": post("text/xml", `<o><d n="4242"/><d n="4242"/><d n="4242"/><d n="4242"/></o>`),
		"lines of a table":           post("text/plain", "4242\t4242\n4242\t4242\n4242\t4242\n"),
		"barcodes on lines":          post("text/plain", "4600682000235\n4600682000235\n"),
	})
}

func TestPiecesInQuotes(t *testing.T) {
	yaml := func(s string) string { return post("application/yaml", s) }
	mustFind(t, map[string]string{
		"a list of GraphQL":    jsons(`{"query":"mutation{pay(n:[\"4111\",\"1111\",\"1111\",\"1111\"]){id}}"}`),
		"arguments of GraphQL": post("application/graphql", `mutation{pay(n1:"4111", n2:"1111", n3:"1111", n4:"1111"){id}}`),
		"a list of YAML":       yaml("n:\n- \"4111\"\n- \"1111\"\n- \"1111\"\n- \"1111\"\n"),
		"a map of YAML":        yaml("p1: '4111'\np2: '1111'\np3: '1111'\np4: '1111'\n"),
		"TOML":                 post("application/toml", `n = ["411111111111", "1111"]`),
		"JSON5":                jsons(`{n:['4111','1111','1111','1111',]}`),
		"a digit a string":     jsons(`{n:["` + strings.Join(strings.Split(visa, ""), `","`) + `"]}`),
		"PHP":                  form("d=" + url.QueryEscape(`a:4:{i:0;s:4:"4111";i:1;s:4:"1111";i:2;s:4:"1111";i:3;s:4:"1111";}`)),
		"a script":             post("application/javascript", `n = "4111" + "1111" + "1111" + "1111";`),
		"full width":           post("application/javascript", `n = "`+strings.Join(strings.Split(fullWidth(visa), ""), `"+"`)+`";`),
	})
	mustPass(t, map[string]string{
		"prices":            yaml("price1: '4242'\nprice2: '4242'\nprice3: '4242'\nprice4: '4242'\n"),
		"five":              jsons(`{n:["4242","4242","4242","4242","4242"]}`),
		"other words":       yaml("a: '4242'\nb: '4242'\nc: '4242'\nd: '4242'\n"),
		"years":             jsons(`{n:["2019","2020","2021","2022",]}`),
		"an open quote":     post("text/plain", `say "4111`),
		"nothing in quotes": post("text/plain", `say "" and "" 460068200023`),
	})
}

func TestShapesOfNumbers(t *testing.T) {
	note := func(s string) string { return jsons(`{"comment":"` + s + `"}`) }
	turns := func(n string, even, odd func(string) string) (s string) {
		for i := range len(n) {
			f := even
			if i%2 == 1 {
				f = odd
			}
			s += f(n[i : i+1])
		}
		return s
	}
	plain := func(s string) string { return s }
	mustFind(t, map[string]string{
		"full width and ASCII by turns":  note(turns(visa, plain, fullWidth)),
		"ASCII and full width by turns":  note("card " + turns(visa, fullWidth, plain)),
		"full width, then ASCII":         note(fullWidth(visa[:6]) + visa[6:]),
		"thousands":                      note("4,111,111,111,111,111"),
		"thousands of a network's other": note("378.282.246.310.005"),
		"a date behind":                  note("4111 1111 1111 1111 2026-11-22"),
		"groups in brackets":             note("[4111][1111][1111][1111]"),
		"a letter behind a dash":         note("4111111111111111-b"),
		"a letter on either side":        note("a-4111111111111111-b"),
		"words and plusses in a cookie":  get("/", "Cookie: note=12345+4111+1111+1111+1111"),
	})
	mustPass(t, map[string]string{
		"a sum":                   note("4,111,111.00"),
		"answers":                 note("4,2,4,2,4,2,4,2,4,2,4,2,4,2,4,2"),
		"years":                   note("4242 4242 4242 4242 2026 2027"),
		"a span of hexadecimal":   note("00-4bf92f3577b34da6a3ce929d0e0e4736-4242424242424242-d"),
		"a UUID's end":            note("4242424242424242-abcd"),
		"lists in brackets":       note("[4242] [4242]"),
		"identifiers in a cookie": get("/", "Cookie: ids=4242+4242+4242+4242+4242"),
	})
}

func TestFormatsByTheirNames(t *testing.T) {
	proto := func(b string) string { return post("application/x-protobuf", b) }
	of := func(v uint64) string { return string(binary.AppendUvarint(nil, v)) }
	const n = 4111111111111111
	hidden := each(visa, "%02x")
	mustFind(t, map[string]string{
		"a folded card of business":  post("text/vcard", "BEGIN:VCARD\r\nNOTE:41111111\r\n 11111111\r\nEND:VCARD\r\n"),
		"a folded calendar":          post("text/calendar", "BEGIN:VCALENDAR\nDESCRIPTION:pay 4111 1111 1\n\t111 1111\nEND:VCALENDAR\n"),
		"a signed integer":           proto("\x08" + of(2*n)),
		"packed integers":            proto(field(of(n))),
		"packed signed integers":     proto(field(of(2*n) + of(1<<50))),
		"track 1 in groups":          form("d=" + url.QueryEscape("%B4111 1111 1111 1111^DOE/JOHN^2812101?")),
		"zeros behind the point":     form("d=4111111111111111.00000"),
		"three bytes for one":        form("d=" + each(visa, "%%E0%%80%%B%c")),
		"HTML that begins in words":  post("text/html", "41<wbr>1111<wbr>11<b>1111</b>1111"),
		"pieces of a drawing's line": post("image/svg+xml", `<svg><text><tspan>4111</tspan><tspan>1111</tspan><tspan>1111</tspan><tspan>1111</tspan></text></svg>`),
		"hexadecimal in GraphQL":     jsons(`{"query":"{a(cardNumber:\"` + hidden + `\")}"}`),
		"hexadecimal in YAML":        post("application/yaml", "id: 1\ncard: "+hidden+"\n"),
	})
	mustPass(t, map[string]string{
		"an unfolded one":        post("text/vcard", "BEGIN:VCARD\r\nTEL:+77015551234\r\nNOTE:4600682000235\r\nEND:VCARD\r\n"),
		"a folded one":           post("text/vcard", "BEGIN:VCARD\r\nNOTE:lamps and\r\n  candles 4600682000235\r\nEND:VCARD\r\n"),
		"words of protobuf":      proto(field("Лампа и свечи")),
		"moments of protobuf":    proto("\x08" + of(1763800000123456) + "\x10" + of(1763800000123)),
		"a price":                form("d=4242.0000"),
		"a fraction":             form("d=4242424242424242.2500"),
		"a hash in YAML":         post("application/yaml", "sha: "+hidden+"\n"),
		"a drawing's numbers":    post("image/svg+xml", `<svg><text x="4242" y="4242"><tspan>a</tspan><tspan>b</tspan></text></svg>`),
		"a seed in GraphQL":      jsons(`{"query":"{a(id:\"` + hidden + `\")}"}`),
		"a certificate's letter": form("d=" + url.QueryEscape("B4242 4242 4242 4242 4242")),
	})
}

// Decoders pass over what is no character of theirs, wherever it stands.
func TestLitterInBase64(t *testing.T) {
	note := b64(`{"order":1,"note":"` + visa + `"}`)
	torn := note[:18] + "% u0030" + note[19:] // an escape that a folded line tore says five characters for one
	mustFind(t, map[string]string{
		"a mark every four characters":               form("n=" + note[:4] + "." + note[4:8] + "." + note[8:12] + "." + note[12:]),
		"fours with underscores under a list's name": jsons(`{"uid":"4111_1111_1111_1111"}`),
		"a torn escape":                              get("/", "X-Note: data:text/plain;base64,"+torn),
	})
}

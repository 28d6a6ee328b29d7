package inspect

import (
	"encoding/binary"
	"math"
	"net/url"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

func ebcdicOf(s string) string {
	e, _ := charmap.CodePage037.NewEncoder().String(s) // the tests' words are in it
	return e
}

// Ways to hide a number that attacks on the finished station found, each with a clean twin.
func TestAttacksOnNumbersInPieces(t *testing.T) {
	mustFind(t, map[string]string{
		"cookies in two lines":          get("/", "Cookie: a=b; cc1=4111; cc2=1111", "Cookie: cc3=1111; cc4=1111; c=d"),
		"objects of one piece":          jsons(`[{"p":"4111"},{"p":"1111"},{"p":"1111"},{"p":"1111"}]`),
		"objects of one numbered piece": jsons(`{"n":[{"part1":"4111"}, {"part2":"1111"}, {"part3":"1111"}, {"part4":"1111" }]}`),
		"objects under a card's name":   jsons(`[{"card":"4111"},{"card":"1111"},{"card":"1111"},{"card":"1111"}]`),
		"eight and eight under it":      jsons(`[{"card":"41111111"},{"card":"11111111"}]`),
	})
	mustPass(t, map[string]string{
		"two cookies, two lines":  get("/", "Cookie: cc1=4111; cc2=1111", "Accept: cc3", "Cookie: qty=1111; cc4=1111"),
		"objects of one id":       jsons(`[{"id":"4242"},{"id":"4242"},{"id":"4242"},{"id":"4242"}]`),
		"objects of one value":    jsons(`[{"value":"4242"},{"value":"4242"},{"value":"4242"},{"value":"4242"}]`),
		"objects of one price":    jsons(`[{"price":"4242"},{"price":"4242"},{"price":"4242"},{"price":"4242"}]`),
		"ids of saved cards":      jsons(`[{"card_id":"42424242"},{"card_id":"42424242"}]`),
		"five pieces":             jsons(`[{"p":"4242"},{"p":"4242"},{"p":"4242"},{"p":"4242"},{"p":"4242"}]`),
		"pieces and a word":       jsons(`[{"p":"4242"},{"p":"4242"},{"p":"-"},{"p":"4242"},{"p":"4242"}]`),
		"two articles of eight":   jsons(`["42424242","42424242"]`),
		"objects of two members":  jsons(`[{"p":"4242","q":"a"},{"p":"4242","q":"b"},{"p":"4242","q":"c"},{"p":"4242","q":"d"}]`),
		"pieces that are numbers": jsons(`[{"p":4242},{"p":4242},{"p":4242},{"p":4242}]`),
	})
}

// What serializeArray of jQuery makes of a form, and its relatives.
func TestValuesWithATitle(t *testing.T) {
	const card = "4242424242424242"
	mustFind(t, map[string]string{
		"pieces":                   jsons(`[{"name":"cc1","value":"4111"},{"name":"cc2","value":"1111"},{"name":"cc3","value":"1111"},{"name":"cc4","value":"1111"}]`),
		"pieces among other names": jsons(`{"form":[{"name":"holder","value":"A B"},{"name":"part1","value":"4111"},{"name":"part2","value":"1111"},{"name":"part3","value":"1111"},{"name":"part4","value":"1111"},{"name":"ok","value":"1"}]}`),
		"pieces before their name": jsons(`[{"value":"4111","key":"cc1"},{"value":"1111","key":"cc2"},{"value":"1111","key":"cc3"},{"value":"1111","key":"cc4"}]`),
		"pieces with more members": jsons(`[{"id":"cc1","i":1,"value":"4111","type":"text"},{"id":"cc2","i":2,"value":"1111","type":"text"},{"id":"cc3","i":3,"value":"1111","type":"text"},{"id":"cc4","i":4,"value":"1111","type":"text"}]`),
		"pieces that are numbers":  jsons(`[{"field":"cc1","value":4111},{"field":"cc2","value":1111},{"field":"cc3","value":1111},{"field":"cc4","value":1111}]`),
		"a number":                 jsons(`[{"name":"cardnumber","value":"4111 1111 1111 1111"}]`),
		"a number behind zeros":    jsons(`[{"name":"cardnumber","value":"0000004111111111111111"}]`),
		"a title in escapes":       jsons(`[{"name":"c\u0061rdnumber","value":"0000004111111111111111"}]`),
		"a card's name goes first": jsons(`[{"id":"barcode","name":"cardnumber","value":"` + card + `"}]`),
		"words that say nothing":   jsons(`{"card":[{"name":"John","value":"0000004111111111111111"}]}`),
	})
	mustPass(t, map[string]string{
		"ids":               jsons(`[{"name":"item1","value":"4242"},{"name":"item2","value":"4242"},{"name":"item3","value":"4242"},{"name":"item4","value":"4242"}]`),
		"prices":            jsons(`[{"name":"price","value":"4242"},{"name":"price","value":"4242"},{"name":"price","value":"4242"},{"name":"price","value":"4242"}]`),
		"prices as numbers": jsons(`[{"name":"price1","value":4242},{"name":"price2","value":4242},{"name":"price3","value":4242},{"name":"price4","value":4242}]`),
		"sizes":             jsons(`[{"key":"size","value":"42"},{"key":"size","value":"42"},{"key":"size","value":"42"},{"key":"size","value":"42"},{"key":"size","value":"42"},{"key":"size","value":"42"},{"key":"size","value":"42"},{"key":"size","value":"42"}]`),
		"numbered fields":   jsons(`[{"id":"1","value":"4242"},{"id":"2","value":"4242"},{"id":"3","value":"4242"},{"id":"4","value":"4242"}]`),
		"saved cards":       jsons(`[{"name":"card_id[]","value":"42424242"},{"name":"card_id[]","value":"42424242"}]`),
		"five pieces":       jsons(`[{"name":"p1","value":"4242"},{"name":"p2","value":"4242"},{"name":"p3","value":"4242"},{"name":"p4","value":"4242"},{"name":"p5","value":"4242"}]`),
		"a barcode":         jsons(`[{"name":"barcode","value":"` + card + `"}]`),
		"a visitor":         jsons(`{"params":[{"key":"yclid","value":"` + card + `"},{"key":"page","value":"/cart"}]}`),
		"a title of one":    jsons(`[{"name":"cc1","value":"4242"}]`),
	})
}

func TestAttacksOnBinaryNumbers(t *testing.T) {
	bits := func(f float64) (big, little string) {
		b := math.Float64bits(f)
		return string(binary.BigEndian.AppendUint64(nil, b)), string(binary.LittleEndian.AppendUint64(nil, b))
	}
	big, _ := bits(4111111111111111)
	integer := string(binary.BigEndian.AppendUint64(nil, 4111111111111111))
	mustFind(t, map[string]string{
		"a double of MessagePack":      post("application/msgpack", "\x81\xa1n\xcb"+big),
		"a double of CBOR":             post("application/cbor", "\xa1\x61n\xfb"+big),
		"a great number of CBOR":       post("application/cbor", "\xa1\x61n\xc2\x48"+integer),
		"a short great number of CBOR": post("application/cbor", "\xa1\x61n\xc2\x47"+integer[1:]),
	})
	cleanBig, cleanLittle := bits(76.5501790829659381)
	timeBig, timeLittle := bits(1763800000123)
	_, hash := bits(math.Float64frombits(4242424242424242424))
	mustPass(t, map[string]string{
		"a place in MessagePack":      post("application/msgpack", "\x81\xa3lat\xcb"+cleanBig),
		"a time in MessagePack":       post("application/msgpack", "\x81\xa1t\xcb"+timeBig),
		"an id's double":              post("application/msgpack", "\x81\xa7barcode\xcb"+big),
		"a place in CBOR":             post("application/cbor", "\xa1\x63lat\xfb"+cleanBig),
		"a time in CBOR":              post("application/cbor", "\xa1\x61t\xfb"+timeBig),
		"a place in protobuf":         post("application/x-protobuf", "\x09"+cleanLittle),
		"a time in protobuf":          post("application/x-protobuf", "\x09"+timeLittle),
		"a hash in protobuf":          post("application/x-protobuf", "\x09"+hash),
		"nanoseconds in protobuf":     post("application/x-protobuf", "\x09"+string(binary.LittleEndian.AppendUint64(nil, 1763800000123456789))),
		"a short tag of CBOR":         post("application/cbor", "\xa1\x61n\xc2\x41\x07"),
		"a broken great number":       post("application/cbor", "\xa1\x61n\xc2\x48\x01"),
		"eight bytes cut in protobuf": post("application/x-protobuf", "\x09\x01\x02"),
	})
}

func TestAttacksOnNames(t *testing.T) {
	mustFind(t, map[string]string{
		"a header's name, other words of one letter": get("/", "A-4111111111111111-B: 1"),
		"a header's name, in fours":                  get("/", "X-4111-1111-1111-1111-Z: 1"),
		"a header's name, glued":                     get("/", "X-Note4111111111111111Abc: 1"),
		"hexadecimal under a name in a URL":          get("/", "Referer: https://a.example/?x=1&card="+each(visa, "%02x")),
		"the method":                                 "4111111111111111 / HTTP/1.1\r\nHost: shop.example.kz\r\n\r\n",
		"a header's name alone":                      get("/", "4111111111111111-b: 1"),
		"EBCDIC":                                     post("application/octet-stream", ebcdicOf("CARD 4111111111111111 END")),
		"EBCDIC in a form":                           form("n=" + url.QueryEscape(ebcdicOf("4111111111111111"))),
		"EBCDIC in base64":                           jsons(`{"n":"` + b64(ebcdicOf("PAY 4111111111111111")) + `"}`),
		"behind a boundary that says id": post("multipart/form-data; boundary=yclid",
			"--yclid\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nclean\r\n--yclid--\r\n4111111111111111"),
	})
	mustPass(t, map[string]string{
		"a header's name with a date":  get("/", "X-2026-11-22-Build: 1"),
		"a header's name with an hour": get("/", "X-20261122154005-Trace: 1"),
		"a barcode in EBCDIC":          post("application/octet-stream", ebcdicOf("4600682000235")),
		"letters of a code page":       post("text/plain; charset=windows-1251", "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xf0\xf1\xf2\xf3\xf4\xf5"),
		"an epilogue of blanks":        parts("--XX\nContent-Disposition: form-data; name=\"n\"\n\nclean\n--XX--\n\n\n            \n"),
	})
}

// What masking left readable is blocked. No mask is known that leaves anything: here nothing was masked at all.
func TestSecondLookAfterMasking(t *testing.T) {
	i := New(Options{})
	r, v, ok := parsed(t, jsons(`{"n":"`+visa+`"}`), &visit.Visit{Rules: redacting(t)})
	if !ok {
		t.Fatal("not a request")
	}
	in := &inspection{Inspector: i, ctx: t.Context(), visit: v, request: r, verdict: &Verdict{}, hold: &hold{memory: i.memory}}
	if err := in.takeBody(); err != nil {
		t.Fatal(err)
	}
	if err := in.look(); err != nil {
		t.Fatal(err)
	}
	in.judge()
	if in.verdict.Action != ruleset.Redact {
		t.Fatalf("decided %v", in.verdict.Action)
	}
	if err := in.again(*in.verdict); err != nil || in.verdict.Refused == nil || in.verdict.Passes() {
		t.Errorf("passes: %v, refused %v", err, in.verdict.Refused)
	}
}

package inspect

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"math/rand/v2"
	"net/url"
	"testing"

	"github.com/cappertrophy/panwall/gateway/visit"
)

// acting is a test of whether a request would be refused or masked.
func acting(t *testing.T) func(raw string) bool {
	i, rules := New(Options{}), shipped(t)
	return func(raw string) bool {
		t.Helper()
		r, v, ok := parsed(t, raw, &visit.Visit{Rules: rules})
		if !ok {
			t.Fatalf("not a request: %q", raw)
		}
		d, err := i.Request(t.Context(), v, r)
		defer d.Release()
		return err != nil || d.Acting
	}
}

// A piece of base64 behind one of its + or /, or a line of it, may begin in the midst of a name: the whole has told what
// the number is.
func TestPiecesOfBase64(t *testing.T) {
	acts := acting(t)
	folded := func(s string) string {
		b := b64(s)
		return b[:76] + "\r\n" + b[76:]
	}
	for claim, test := range map[string]struct {
		text func(string) string
		want bool
	}{
		"a name with a + in it":  {func(n string) string { return b64(`{"НомерЗаказа":"` + n + `","x":1}`) }, false},
		"words with a + in them": {func(n string) string { return b64(`Здравствуйте, номер заказа ` + n) }, false},
		"a name at the end of a line": {func(n string) string {
			return folded(`{"name":"Aigul","city":"Almaty","street":"Abay 12","barcode":"` + n + `"}`)
		}, false},
		"a card behind a +":               {func(n string) string { return b64(`{"Примечание":"` + n + `","x":1}`) }, true},
		"a card in a piece of its own":    {func(n string) string { return "YWJj/" + b64(n) }, true},
		"a card in a line of its own":     {func(n string) string { return b64("id") + "\r\n" + b64("pay "+n+" please") }, true},
		"a card behind a piece of digits": {func(n string) string { return "MTIz/" + b64(n) }, true},
	} {
		for _, n := range []string{visa, master} {
			text := test.text(n)
			for _, raw := range []string{form("s=" + url.QueryEscape(text)), jsons(encoded(object{"s": text})), get("/?s=" + url.QueryEscape(text))} {
				if got := acts(raw); got != test.want {
					t.Errorf("%s: acts %v in %q", claim, got, raw)
				}
			}
		}
	}
}

// Exactly four goods of four digits are a card's groups by chance, one list in twenty where the goods are numbered from four
// thousand on. What is a list by its name and its marks is left alone; blanks and dashes part a card's groups wherever
// they stand.
func TestListsOfGoods(t *testing.T) {
	acts := acting(t)
	for _, n := range []string{visa, master} {
		for claim, test := range map[string]struct {
			raw  string
			want bool
		}{
			"WooCommerce's cookie":          {get("/", "Cookie: woocommerce_recently_viewed="+fours(n, "%7C")), false},
			"a cookie of goods to compare":  {get("/", "Cookie: compare="+fours(n, ",")), false},
			"a wish list":                   {form("wishlist=" + fours(n, ";")), false},
			"goods to compare in an array":  {form("compare%5B%5D=" + fours(n, "&compare%5B%5D=")), false},
			"goods to compare in JSON":      {jsons(`{"compare":["` + fours(n, `","`) + `"]}`), false},
			"identifiers in another's page": {get("/collect?dl=" + url.QueryEscape("https://shop.example.kz/compare?ids="+fours(n, ","))), false},
			"a card typed there":            {form("wishlist=" + fours(n, "+")), true},
			"a card typed there with dash":  {form("compare=" + fours(n, "-")), true},
			"a card in one":                 {form("viewed=" + n), true},
			"bars under another name":       {form("note=" + fours(n, "|")), true},
			"an array under another name":   {form("x%5B%5D=" + fours(n, "&x%5B%5D=")), true},
		} {
			if got := acts(test.raw); got != test.want {
				t.Errorf("%s: acts %v in %q", claim, got, test.raw)
			}
		}
	}
}

// The fixed codes in which small bodies are packed make digits of digits, and of some a card's number.
func TestPackedDigits(t *testing.T) {
	acts := acting(t)
	dice := rand.New(rand.NewPCG(7, 9))
	packed := func(text string, head gzip.Header) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Header = head
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		return b.String()
	}
	for range 2000 {
		text := `{"a":1,"ts":"17` + digitsOf(dice, 14) + `"}`
		body := packed(text, gzip.Header{})
		if acts(post("application/json", body, "Content-Encoding: gzip")) || acts(post("application/octet-stream", body)) || acts(jsons(`{"d":"`+b64(body)+`"}`)) {
			t.Fatalf("%s acts", text)
		}
	}
	for _, n := range []string{visa, master} {
		for claim, body := range map[string]string{
			"a card inside":         packed("n="+n, gzip.Header{}),
			"a card in the head":    packed("n", gzip.Header{Name: n}),
			"a card behind":         packed("n", gzip.Header{}) + n,
			"a card behind a blank": packed("n", gzip.Header{}) + " " + n + " ",
		} {
			if !acts(post("text/plain", body, "Content-Encoding: gzip")) || !acts(post("application/octet-stream", body)) || !acts(jsons(`{"d":"`+b64(body)+`"}`)) {
				t.Errorf("%s does not act", claim)
			}
		}
		if !acts(post("text/plain", "x "+n)) || !acts(form("c=x+"+n)) {
			t.Error("text that begins like zlib does not act")
		}
	}
}

// Identifiers of 64 random bits, of which many are a card's number of eighteen or nineteen digits.
func TestBinaryIdentifiers(t *testing.T) {
	acts := acting(t)
	dice := rand.New(rand.NewPCG(13, 15))
	for range 300 {
		proto, msgpack, cbor := []byte{}, []byte{0xDC, 0, 30}, []byte{0x98, 30}
		for range 30 {
			id := dice.Uint64N(1e18) + 4e18
			proto = binary.AppendUvarint(append(proto, 0x08), id)
			msgpack = binary.BigEndian.AppendUint64(append(msgpack, 0xCF), id)
			cbor = binary.BigEndian.AppendUint64(append(cbor, 0x1B), id)
		}
		if acts(post("application/x-protobuf", string(proto))) || acts(post("application/msgpack", string(msgpack))) || acts(post("application/cbor", string(cbor))) {
			t.Fatalf("%x acts", proto)
		}
	}
	const visa19 = 4000000000000000006
	for key, want := range map[string]bool{"id": false, "number": false, "card": true, "card_number": true} {
		head := "\x81" + string([]byte{0xA0 + byte(len(key))}) + key + "\xCF"
		if acts(post("application/msgpack", string(binary.BigEndian.AppendUint64([]byte(head), visa19)))) != want {
			t.Errorf("nineteen digits under %s: acting is not %v", key, want)
		}
	}
	if !acts(post("application/x-protobuf", "\x0A\x13"+"4000000000000000006")) {
		t.Error("nineteen digits in a string do not act")
	}
}

// fours is a number in groups of four with the mark between them.
func fours(n, mark string) string {
	return n[:4] + mark + n[4:8] + mark + n[8:12] + mark + n[12:]
}

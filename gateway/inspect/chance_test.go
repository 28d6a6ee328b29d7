package inspect

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// parsed is a raw request as net/http hands it to a handler, and its visit.
func parsed(t testing.TB, raw string, v *visit.Visit) (*http.Request, *visit.Visit, bool) {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw)))
	if err != nil {
		return nil, nil, false
	}
	seen := visitOf(v.Rules, r)
	return r.WithContext(t.Context()), seen, true
}

// cardFrom is a number of 16 digits that begins so and whose check digit holds.
func cardFrom(dice *rand.Rand, begin string) string {
	n := begin
	for len(n) < 15 {
		n += string(rune('0' + dice.IntN(10)))
	}
	sum := 0
	for i, c := range n {
		d := int(c - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return n + strconv.Itoa((10-sum%10)%10)
}

// Every evasion is seen with numbers of every network, not only with the one of the table. The numbers are random; they
// live as long as the test.
func TestEvasionsWithNumbersOfEveryNetwork(t *testing.T) {
	dice := rand.New(rand.NewPCG(7, 11))
	rules := shipped(t)
	v := &visit.Visit{Rules: rules}
	i := New(Options{})
	for _, begin := range []string{"4", "51", "55", "2221", "2720", "2200", "2204", "6011", "65", "62", "8600", "9860", "3528", "9792", "5018"} {
		n := cardFrom(dice, begin)
		list := evasions(n)
		maps.Copy(list, further(n))
		for claim, raw := range list {
			r, v, ok := parsed(t, raw, v)
			if !ok {
				continue
			}
			if d, err := i.Request(t.Context(), v, r); err == nil && !d.Acting {
				t.Errorf("%s: a number that begins with %s is not found", claim, begin)
			} else {
				d.Release()
			}
		}
	}
}

// Ordinary traffic of a shop, drawn at random: nothing in it acts.
func TestOrdinaryTraffic(t *testing.T) {
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	dice := rand.New(rand.NewPCG(3, 5))
	v := &visit.Visit{Rules: shipped(t)}
	i := New(Options{})
	for round := range rounds {
		requests := ordinary(dice)
		if round%3 == 0 {
			maps.Copy(requests, shops(dice))
		}
		for claim, raw := range requests {
			r, v, ok := parsed(t, raw, v)
			if !ok {
				t.Fatalf("%s: not a request: %q", claim, raw)
			}
			d, err := i.Request(t.Context(), v, r)
			if err != nil || d.Acting && d.Action != ruleset.Report {
				what := ""
				if j := d.Deciding(); j != nil {
					what = fmt.Sprint(j.Finding.At, j.Finding.Reasons, j.Finding.Views)
				}
				t.Errorf("%s: %v %s\n%.1500s", claim, err, what, raw)
			}
			d.Release()
		}
	}
}

// digitsOf is n random digits, the first not zero.
func digitsOf(dice *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(dice.IntN(10))
	}
	b[0] = '1' + byte(dice.IntN(9))
	return string(b)
}

func hexOf(dice *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789abcdef"[dice.IntN(16)]
	}
	return string(b)
}

func uuidOf(dice *rand.Rand) string {
	return hexOf(dice, 8) + "-" + hexOf(dice, 4) + "-4" + hexOf(dice, 3) + "-a" + hexOf(dice, 3) + "-" + hexOf(dice, 12)
}

func floatOf(dice *rand.Rand) float64 { return dice.Float64() * 100 }

// ordinary is one request of each kind.
func ordinary(dice *rand.Rand) map[string]string {
	cookies := "Cookie: PHPSESSID=" + hexOf(dice, 32) + "; _ga=GA1.2." + digitsOf(dice, 9) + "." + digitsOf(dice, 10) +
		"; _ym_uid=17" + digitsOf(dice, 16) + "; _ym_d=17" + digitsOf(dice, 8) + "; _fbp=fb.1.17" + digitsOf(dice, 11) + "." + digitsOf(dice, 17) +
		"; yandexuid=" + digitsOf(dice, 19) + "; uuid=" + uuidOf(dice) + "; laravel_session=" + b64(`{"iv":"`+b64(uuidOf(dice)[:14])+`","value":"`+b64(hexOf(dice, 64))+`","mac":"`+hexOf(dice, 64)+`"}`)
	items := make([]map[string]any, 3)
	for i := range items {
		items[i] = map[string]any{
			"id": dice.IntN(1e6), "sku": "A-" + digitsOf(dice, 6), "barcode": "46" + digitsOf(dice, 11), "gtin": digitsOf(dice, 14), "price": dice.IntN(1e5),
			"weight": floatOf(dice), "uuid": uuidOf(dice), "qty": 1 + dice.IntN(5),
		}
	}
	order, _ := json.Marshal(map[string]any{
		"items": items, "phone": "+7701" + digitsOf(dice, 7), "iin": digitsOf(dice, 12), "ts": 1763800000000 + dice.Int64N(1e10), "ns": 1763800000000000000 + dice.Int64N(1e15),
		"lat": floatOf(dice), "lon": floatOf(dice), "session": hexOf(dice, 40), "clientId": digitsOf(dice, 10) + "." + digitsOf(dice, 10), "yclid": digitsOf(dice, 19), "trace_id": hexOf(dice, 32), "span_id": digitsOf(dice, 16),
	})
	noise := make([]byte, 3000)
	for i := range noise {
		noise[i] = byte(dice.Uint32())
	}
	floats := make([]float64, 100)
	for i := range floats {
		floats[i] = floatOf(dice)
	}
	rum, _ := json.Marshal(map[string]any{"entries": floats, "origin": 1763800000000.5})
	var proto []byte
	for range 20 {
		proto = binary.AppendUvarint(append(proto, 0x08), dice.Uint64N(1<<40))
		proto = binary.LittleEndian.AppendUint64(append(proto, 0x11), dice.Uint64())
		id := uuidOf(dice)
		proto = append(append(binary.AppendUvarint(append(proto, 0x1a), uint64(len(id))), id...), 0x25)
		proto = binary.LittleEndian.AppendUint32(proto, dice.Uint32())
	}
	rows := "barcode;name;price;stock\n"
	for range 30 {
		rows += "46" + digitsOf(dice, 11) + ";Лампа;" + digitsOf(dice, 4) + ";" + digitsOf(dice, 3) + "\n"
	}
	return map[string]string{
		"page":          get("/product/"+digitsOf(dice, 6)+"?v="+digitsOf(dice, 13)+"&gclid="+b64(string(noise[:48])), cookies, "Traceparent: 00-"+hexOf(dice, 32)+"-"+hexOf(dice, 16)+"-01"),
		"order":         post("application/json", string(order), cookies),
		"form":          form("name=%D0%90%D0%B9%D0%B3%D2%AF%D0%BB&phone=8+701+" + digitsOf(dice, 3) + "+" + digitsOf(dice, 2) + "+" + digitsOf(dice, 2) + "&phone2=%2B7+(777)+" + digitsOf(dice, 3) + "-" + digitsOf(dice, 2) + "-" + digitsOf(dice, 2) + "&iin=" + digitsOf(dice, 12) + "&amount=" + digitsOf(dice, 5) + "&date=2026-11-22&token=" + hexOf(dice, 40)),
		"upload":        parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"IMG_" + digitsOf(dice, 8) + "_" + digitsOf(dice, 6) + ".jpg\"\nContent-Type: image/jpeg\n\n\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00H\x00H\x00\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + strings.ReplaceAll(string(noise), "\xff", " ") + "\xff\xd9\n--XX--\n"),
		"beacon":        post("text/plain;charset=UTF-8", string(rum)),
		"base64":        jsons(`{"data":"` + base64.StdEncoding.EncodeToString(noise) + `"}`),
		"protobuf":      post("application/x-protobuf", string(proto)),
		"csv":           post("text/csv", rows),
		"xml":           post("text/xml", "<offers><offer id=\""+digitsOf(dice, 5)+"\"><barcode>46"+digitsOf(dice, 11)+"</barcode><uuid>"+uuidOf(dice)+"</uuid><price>"+digitsOf(dice, 4)+"</price><price>"+digitsOf(dice, 4)+"</price></offer></offers>"),
		"CloudPayments": form("TransactionId=" + digitsOf(dice, 10) + "&Amount=15990.00&InvoiceId=" + digitsOf(dice, 8) + "&CardFirstSix=" + digitsOf(dice, 6) + "&CardLastFour=" + digitsOf(dice, 4) + "&CardExpDate=12%2F28&Rrn=6" + digitsOf(dice, 11) + "&Token=tk_" + hexOf(dice, 29) + "&IpLatitude=43.2566400&Data=%7B%22order%22%3A%22" + digitsOf(dice, 9) + "%22%7D&DateTime=2026-11-22+14%3A51%3A20"),
		"cryptogram":    jsons(`{"cryptogram":"01` + digitsOf(dice, 10) + `280101` + base64.StdEncoding.EncodeToString(noise[:256]) + `"}`),
		"GraphQL":       jsons(`{"query":"query($ids:[ID!]!){nodes(ids:$ids){id}}","variables":{"ids":["` + b64("gid://shop/Product/"+digitsOf(dice, 13)) + `","` + b64("gid://shop/Product/"+digitsOf(dice, 13)) + `"]}}`),
	}
}

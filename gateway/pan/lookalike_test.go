package pan

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// lookAlike is one kind of clean value of a shop's traffic: the names it goes by and how one is made.
type lookAlike struct {
	kind  string
	names []string
	make  func(r *rand.Rand) string
}

func digitsOf(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(r.IntN(10))
	}
	return string(b)
}

// pick is one of the words.
func pick(r *rand.Rand, words ...string) string { return words[r.IntN(len(words))] }

// withCheck is the digits and their GS1 check digit.
func withCheck(s string) string {
	sum := 0
	for i := range s {
		sum += int(s[i]-'0') * (1 + 2*((len(s)-i)&1))
	}
	return s + strconv.Itoa((10-sum%10)%10)
}

// withLuhn is the digits and their Luhn digit.
func withLuhn(s string) string {
	for d := byte('0'); ; d++ {
		v := []byte(s + string(d))
		for i := range v {
			v[i] -= '0'
		}
		if luhnValid(v) {
			return s + string(d)
		}
	}
}

func ean(r *rand.Rand) string {
	return withCheck(pick(r, "460", "461", "469", "487", "480", "500", "540", "570", "590", "690") + digitsOf(r, 9))
}

func hexOf(r *rand.Rand, n int) string {
	const set = "0123456789abcdef"
	b := make([]byte, n)
	for i := range b {
		b[i] = set[r.IntN(16)]
	}
	return string(b)
}

func uuid(r *rand.Rand) string {
	return hexOf(r, 8) + "-" + hexOf(r, 4) + "-4" + hexOf(r, 3) + "-" + pick(r, "8", "9", "a", "b") + hexOf(r, 3) + "-" + hexOf(r, 12)
}

func unixTime(r *rand.Rand) string { return strconv.Itoa(1_700_000_000 + r.IntN(90_000_000)) }

func phone(r *rand.Rand) string {
	d := digitsOf(r, 7)
	return fmt.Sprintf(pick(r, "8 7%s %s %s %s", "+7 7%s %s-%s-%s", "8(7%s)%s-%s-%s", "87%s%s%s%s"), digitsOf(r, 2), d[:3], d[3:5], d[5:])
}

// list is n numbers of four digits, rising, with the separator.
func list(r *rand.Rand, n int, sep string) string {
	ids := make([]int, n)
	for i := range ids {
		ids[i] = 3000 + r.IntN(4000)
	}
	slices.Sort(ids)
	words := make([]string, n)
	for i, id := range ids {
		words[i] = strconv.Itoa(id)
	}
	return strings.Join(words, sep)
}

func base64Of(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return base64.RawStdEncoding.EncodeToString(b)
}

func lookAlikes() []lookAlike {
	return slices.Concat(barcodes(), visitors(), codes(), amounts(), tokensAlike(), payments())
}

func barcodes() []lookAlike {
	return []lookAlike{
		{"EAN-13", []string{"barcode", "ean", "q", "sku", "штрихкод", "gtin", "search"}, ean},
		{"EAN-13 in a title", []string{"title", "comment"}, func(r *rand.Rand) string {
			return pick(r, "Штрихкод ", "лампа LED, ", "карта памяти Kingston ", "barcode ", "видеокарта ") + ean(r)
		}},
		{"EAN-13 with a card's word and check digit", []string{"title", "comment"}, func(r *rand.Rand) string {
			for {
				if code := "4" + ean(r)[1:12]; luhnValid([]byte(withCheck(code))) {
					return "карта " + withCheck(code)
				}
			}
		}},
		{"GTIN-14", []string{"gtin", "gtin14", "barcode"}, func(r *rand.Rand) string {
			return withCheck(strconv.Itoa(1+r.IntN(8)) + ean(r)[:12])
		}},
		{"SSCC-18", []string{"sscc"}, func(r *rand.Rand) string { return withCheck(digitsOf(r, 17)) }},
		{"ISBN-13", []string{"isbn", "q"}, func(r *rand.Rand) string { return withCheck("978" + digitsOf(r, 9)) }},
		{"DataMatrix", []string{"code", "codes"}, func(r *rand.Rand) string { return "01" + withCheck("0"+ean(r)[:12]) + "21" + base64Of(r, 9) }},
		{"IMEI", []string{"imei", "imei1", "comment", "q"}, func(r *rand.Rand) string { return withLuhn(pick(r, "35", "86", "01") + digitsOf(r, 12)) }},
		{"IMEISV", []string{"imei", "imeisv"}, func(r *rand.Rand) string { return "35" + digitsOf(r, 14) }},
		{"ICCID", []string{"iccid", "sim", "q"}, func(r *rand.Rand) string { return withLuhn("8977" + digitsOf(r, 14+r.IntN(2))) }},
		{"tracking USPS", []string{"track_number", "tracking"}, func(r *rand.Rand) string {
			d := "9400" + digitsOf(r, 18)
			return strings.Join([]string{d[:4], d[4:8], d[8:12], d[12:16], d[16:20], d[20:]}, " ")
		}},
		{"tracking Russian Post", []string{"track", "tracking_number", "rupost", "трек", "rpo", "РПО", "ttn", "НомерТТН", "НомерОтправления"}, func(r *rand.Rand) string {
			return pick(r, "300", "302", "360", "368", "386", "143") + digitsOf(r, 11)
		}},
		{"serial in words", []string{"comment", "note"}, func(r *rand.Rand) string {
			return pick(r, "S/N: ", "серийный номер: ", "Серийник ", "IMEI2: ", "ФН ", "GTIN ", "л/с ") + strconv.Itoa(1+r.IntN(9)) + digitsOf(r, 15)
		}},
		{"number of an order in words", []string{"comment", "note"}, func(r *rand.Rand) string {
			return pick(r, "Заказ №", "номер заказа ", "Order #", "order number ", "договор № ", "тапсырыс нөмірі ", "номер заказа: ", "ID заказа: ", "накладная №: ", "РПО ", "отправление № ", "ТТН: ", "номер операции ", "счет-фактура № ", "по договору № ") + strconv.Itoa(1+r.IntN(9)) + digitsOf(r, 15)
		}},
		{"number of an order", []string{"order_no", "orderNumber", "invoice_no", "НомерЗаказа", "ticket_number", "vendorCode", "billNumber", "operation_number", "НомерОперации", "item_no", "productCode", "bar_code"}, func(r *rand.Rand) string {
			return strconv.Itoa(1+r.IntN(9)) + digitsOf(r, 15)
		}},
		{"article and serial", []string{"code", "comment"}, func(r *rand.Rand) string {
			return "(01)" + withCheck("0"+ean(r)[:12]) + "(21)" + strconv.Itoa(1+r.IntN(9)) + digitsOf(r, 15)
		}},
		{"parcel in brackets", []string{"code", "comment"}, func(r *rand.Rand) string { return "(00)" + withCheck(digitsOf(r, 17)) }},
		{"picture", []string{"name", "src"}, func(r *rand.Rand) string {
			return pick(r, "IMG_", "photo_", "PXL_") + strconv.Itoa(1+r.IntN(9)) + digitsOf(r, 14+r.IntN(2)*3) + pick(r, ".jpg", "_y.jpg", ".jpeg")
		}},
		{"picture of Facebook", []string{"name", "src"}, func(r *rand.Rand) string {
			return pick(r, "received_", "449876543_") + strconv.Itoa(1+r.IntN(9)) + digitsOf(r, 14+r.IntN(5)) + pick(r, ".jpg", "_n.jpg", ".jpeg")
		}},
		{"tracking UPS", []string{"track", "comment"}, func(r *rand.Rand) string { return "1Z" + digitsOf(r, 16) }},
	}
}

func visitors() []lookAlike {
	return []lookAlike{
		{"_ga", []string{"_ga", "_gid", "cid"}, func(r *rand.Rand) string {
			return "GA1." + pick(r, "1", "2") + "." + digitsOf(r, 7+r.IntN(4)) + "." + unixTime(r)
		}},
		{"_ga stream", []string{"_ga_ABC123DEF4"}, func(r *rand.Rand) string {
			return "GS2.1.s" + unixTime(r) + "$o" + digitsOf(r, 1) + "$g1$t" + unixTime(r) + "$j60$l0$h" + digitsOf(r, 9)
		}},
		{"_gcl_au", []string{"_gcl_au"}, func(r *rand.Rand) string { return "1.1." + digitsOf(r, 10) + "." + unixTime(r) }},
		{"_ym_uid", []string{"_ym_uid"}, func(r *rand.Rand) string { return unixTime(r) + digitsOf(r, 8+r.IntN(2)) }},
		{"yandexuid", []string{"yandexuid", "yuidss"}, func(r *rand.Rand) string { return digitsOf(r, 9+r.IntN(2)) + unixTime(r) }},
		{"yclid", []string{"yclid", "ymclid"}, func(r *rand.Rand) string { return strconv.FormatUint(r.Uint64(), 10) }},
		{"_fbp", []string{"_fbp"}, func(r *rand.Rand) string {
			return "fb.1." + unixTime(r) + digitsOf(r, 3) + "." + digitsOf(r, 9+r.IntN(10))
		}},
		{"_fbc", []string{"_fbc", "fbclid", "gclid"}, func(r *rand.Rand) string { return "fb.1." + unixTime(r) + "000.IwAR" + base64Of(r, 40) }},
		{"social identifiers", []string{"tweet_id", "discord_id", "fb_id", "ig_id", "user_id", "chatId", "order_id", "clientid"}, func(r *rand.Rand) string {
			return strconv.Itoa(1+r.IntN(9)) + digitsOf(r, 14+r.IntN(5))
		}},
		{"Sentry", []string{"dsn", "url"}, func(r *rand.Rand) string {
			o, p := "450"+digitsOf(r, 13), "450"+digitsOf(r, 13)
			return pick(r, "https://abc@o"+o+".ingest.sentry.io/"+p, "/api/"+p+"/envelope/?sentry_key=abc")
		}},
		{"campaign and group", []string{"utm_content", "utm_term", "utm_campaign"}, func(r *rand.Rand) string {
			return strconv.Itoa(1+r.IntN(9)) + digitsOf(r, 7) + pick(r, "_", "|", ".", "-") + strconv.Itoa(1+r.IntN(9)) + digitsOf(r, 7+r.IntN(4))
		}},
		{"pixel", []string{"pixel", "pixel_id", "id"}, func(r *rand.Rand) string { return digitsOf(r, 15+r.IntN(2)) }},
		{"Shopify", []string{"id", "admin_graphql_api_id", "merchandise"}, func(r *rand.Rand) string {
			return "gid://shopify/" + pick(r, "Order", "ProductVariant", "Customer") + "/" + pick(r, "30", "36", "38", "41") + digitsOf(r, 11+r.IntN(2))
		}},
		{"post in an address", []string{"url", "ref", "comment"}, func(r *rand.Rand) string {
			return pick(r, "https://www.facebook.com/groups/12/posts/", "https://ok.ru/group/", "https://pin.pinterest.com/pin/", "https://www.linkedin.com/feed/update/urn:li:activity:") + pick(r, strconv.Itoa(1+r.IntN(9))+digitsOf(r, 13+r.IntN(2)), strconv.Itoa(1+r.IntN(9))+digitsOf(r, 17+r.IntN(2)))
		}},
		{"page of sixteen digits", []string{"url", "comment"}, func(r *rand.Rand) string {
			return pick(r, "https://2gis.ru/moscow/firm/4504127", "https://2gis.ru/spb/geo/5348552", "https://www.facebook.com/reel/4539578", "https://www.facebook.com/shop/posts/5122093") + digitsOf(r, 9)
		}},
		{"filled up with zeros", []string{"document", "order_no", "doc_number", "q"}, func(r *rand.Rand) string {
			return "0000"[:1+r.IntN(4)] + strconv.Itoa(1+r.IntN(9)) + digitsOf(r, 13+r.IntN(3))
		}},
		{"page and post", []string{"post_id", "story_fbid"}, func(r *rand.Rand) string { return digitsOf(r, 15) + "_" + digitsOf(r, 16) }},
		{"Metrika's words", []string{"browser-info", "comment"}, func(r *rand.Rand) string {
			return "adb:2:pu:" + strconv.FormatUint(r.Uint64(), 10) + ":en:utf-8"
		}},
		{"traceparent", []string{"traceparent"}, func(r *rand.Rand) string { return "00-" + hexOf(r, 32) + "-" + hexOf(r, 16) + "-01" }},
		{"span of decimal digits", []string{"traceparent", "b3", "sentry-trace"}, func(r *rand.Rand) string { return hexOf(r, 32) + "-" + digitsOf(r, 16) + "-1" }},
	}
}

func codes() []lookAlike {
	return []lookAlike{
		{"IIN", []string{"iin", "bin", "customer_iin", "ИИН", "doc"}, func(r *rand.Rand) string { return pick(r, "55", "62", "67", "90", "01") + "0" + digitsOf(r, 9) }},
		{"IIN in a sentence", []string{"comment"}, func(r *rand.Rand) string {
			return "ИИН " + pick(r, "55", "62", "67") + "10" + digitsOf(r, 8) + ", доверенность"
		}},
		{"IBAN", []string{"iban", "iik", "q"}, func(r *rand.Rand) string { return "KZ" + digitsOf(r, 18) }},
		{"IBAN in fours", []string{"iban", "comment"}, func(r *rand.Rand) string {
			d := digitsOf(r, 18)
			return "KZ" + d[:2] + " " + d[2:6] + " " + d[6:10] + " " + d[10:14] + " " + d[14:]
		}},
		{"Russian account", []string{"account", "счет", "rs"}, func(r *rand.Rand) string { return pick(r, "40817", "40702", "42301") + "810" + digitsOf(r, 12) }},
		{"Russian account in groups", []string{"account"}, func(r *rand.Rand) string {
			return "42301 810 " + digitsOf(r, 1) + " " + digitsOf(r, 4) + " " + digitsOf(r, 7)
		}},
		{"OGRN and OGRNIP", []string{"ogrn", "ogrnip", "inn"}, func(r *rand.Rand) string { return pick(r, "1", "5", "3") + digitsOf(r, 12+2*r.IntN(2)) }},
		{"phone", []string{"phone", "comment"}, phone},
		{"order and phone", []string{"comment", "message"}, func(r *rand.Rand) string {
			number := pick(r, "+7 7", "8 7", "87", "+77", "7", "9", "8 9") + digitsOf(r, 2)
			return pick(r, "Заказ ", "заказ №", "order ", "кв ", "индекс ") + strconv.Itoa(1+r.IntN(9)) + digitsOf(r, 3+r.IntN(5)) + pick(r, " ", ", ", " тел ") + number + pick(r, digitsOf(r, 7), " "+digitsOf(r, 3)+" "+digitsOf(r, 2)+" "+digitsOf(r, 2), digitsOf(r, 7))
		}},
		{"number and date", []string{"comment", "period", "file"}, func(r *rand.Rand) string {
			year, month, day := 2020+r.IntN(12), 1+r.IntN(12), 1+r.IntN(28)
			date := fmt.Sprintf("%04d%02d%02d", year, month, day)
			dashed := fmt.Sprintf("%02d-%02d-%04d", day, month, year)
			return pick(r, digitsOf(r, 8)+"-"+date, digitsOf(r, 8)+" "+date, dashed+" "+dashed, fmt.Sprintf("%02d%02d%02d_%02d%02d%02d_", year%100, month, day, r.IntN(24), r.IntN(60), r.IntN(60))+digitsOf(r, 4))
		}},
		{"two phones", []string{"comment", "phones"}, func(r *rand.Rand) string { return phone(r) + pick(r, " ", ", ", " / ", "; ") + phone(r) }},
		{"licence key", []string{"license", "key"}, func(r *rand.Rand) string {
			return strings.Join([]string{digitsOf(r, 5), digitsOf(r, 5), digitsOf(r, 5), digitsOf(r, 5), digitsOf(r, 5)}, "-")
		}},
		{"fiscal", []string{"fn", "rnm", "kkm"}, func(r *rand.Rand) string { return pick(r, "9280", "9999", "7380", "8710", "0001") + digitsOf(r, 12) }},
		{"own gift card", []string{"gift_card", "voucher"}, func(r *rand.Rand) string { return pick(r, "0", "7") + digitsOf(r, 15) }},
		{"serial of any length", []string{"serial", "sn", "hash"}, func(r *rand.Rand) string { return digitsOf(r, 12+r.IntN(20)) }},
		{"run of twenty and more", []string{"request_no", "data", "x"}, func(r *rand.Rand) string { return digitsOf(r, 20+r.IntN(40)) }},
	}
}

func amounts() []lookAlike {
	return []lookAlike{
		{"float", []string{"x", "lat", "duration"}, func(r *rand.Rand) string { return strconv.FormatFloat(r.Float64()*float64(r.IntN(2000)), 'g', -1, 64) }},
		{"floats in an array", []string{"polygon", "mouse"}, func(r *rand.Rand) string {
			return fmt.Sprintf("[[%v,%v],[%v, %v]]", r.Float64()*90, r.Float64()*90, r.Float64()*1000, r.Float64())
		}},
		{"coordinates", []string{"ll", "geo", "q"}, func(r *rand.Rand) string {
			return fmt.Sprintf(pick(r, "%.6f,%.6f", "%.6f, %.6f", "%.7f %.7f"), 43+r.Float64(), 76+r.Float64())
		}},
		{"list of identifiers", []string{"ids", "compare"}, func(r *rand.Rand) string { return list(r, 5+r.IntN(40), pick(r, ",", ", ", ";", "-", " ", "|")) }},
		{"four rising prices", []string{"prices", "ids"}, func(r *rand.Rand) string { return list(r, 4, pick(r, ",", ", ")) }},
		{"prices", []string{"comment", "price"}, func(r *rand.Rand) string {
			var b strings.Builder
			for range 4 + r.IntN(8) {
				fmt.Fprintf(&b, "%d90 ", 100+r.IntN(900))
			}
			return b.String()
		}},
		{"spaced price", []string{"comment"}, func(r *rand.Rand) string {
			return digitsOf(r, 1) + " " + digitsOf(r, 3) + " " + digitsOf(r, 3) + " " + digitsOf(r, 3) + " тг"
		}},
		{"sizes", []string{"sizes"}, func(r *rand.Rand) string {
			first := 34 + 2*r.IntN(8)
			var words []string
			for i := range 6 + r.IntN(4) {
				words = append(words, strconv.Itoa(first+2*i))
			}
			return strings.Join(words, " ")
		}},
		{"time in s, ms, us, ns", []string{"ts", "time", "_", "t"}, func(r *rand.Rand) string { return unixTime(r) + digitsOf(r, 3*r.IntN(4)) }},
		{"date and time", []string{"created_at", "date", "v"}, func(r *rand.Rand) string {
			return pick(r, "20261122"+digitsOf(r, 6), "2026-11-22 15:40:05", "20261122"+digitsOf(r, 9), "2026-11-22T15:40:05."+digitsOf(r, 6)+"Z", "22.11.2026 15:40:05")
		}},
		{"order number of the time", []string{"order", "invoice", "txn"}, func(r *rand.Rand) string {
			return fmt.Sprintf("%02d%02d%02d%02d%02d%02d%s", 24+r.IntN(4), 1+r.IntN(12), 1+r.IntN(31), r.IntN(24), r.IntN(60), r.IntN(60), digitsOf(r, 4))
		}},
		{"drawing", []string{"svg", "path"}, func(r *rand.Rand) string {
			return "M" + digitsOf(r, 4) + " " + digitsOf(r, 4) + " " + digitsOf(r, 4) + " " + digitsOf(r, 4) + "z"
		}},
		{"table", []string{"file"}, func(r *rand.Rand) string {
			var b strings.Builder
			for range 6 {
				b.WriteString(digitsOf(r, 4) + ";" + digitsOf(r, 4) + ";" + digitsOf(r, 4) + ";" + digitsOf(r, 4) + ";" + digitsOf(r, 4) + ";" + digitsOf(r, 4) + "\n")
			}
			return b.String()
		}},
	}
}

func tokensAlike() []lookAlike {
	return []lookAlike{
		{"UUID", []string{"id", "visitor", "q"}, uuid},
		{"hex session", []string{"PHPSESSID", "sig", "q"}, func(r *rand.Rand) string { return hexOf(r, 32) }},
		{"SHA-256", []string{"hash", "digest", "v"}, func(r *rand.Rand) string { return hexOf(r, 64) }},
		{"base64", []string{"blob", "token"}, func(r *rand.Rand) string { return base64Of(r, 60+r.IntN(200)) }},
		{"base36", []string{"code", "nonce"}, func(r *rand.Rand) string {
			return strconv.FormatUint(r.Uint64(), 36) + strconv.FormatUint(r.Uint64(), 36)
		}},
		{"MAC and IPv6", []string{"ip", "mac"}, func(r *rand.Rand) string {
			h := hexOf(r, 32)
			return h[:4] + ":" + h[4:8] + ":" + h[8:12] + ":" + h[12:16] + ":" + h[16:20] + ":" + h[20:24] + ":" + h[24:28] + ":" + h[28:]
		}},
		{"random bytes", []string{"file"}, func(r *rand.Rand) string {
			b := make([]byte, 200)
			for i := range b {
				b[i] = byte(r.Uint32())
			}
			return string(b)
		}},
	}
}

func payments() []lookAlike {
	return []lookAlike{
		{"RRN", []string{"Rrn", "rrn"}, func(r *rand.Rand) string { return "6" + digitsOf(r, 11) }},
		{"masked number", []string{"comment", "card", "pan"}, func(r *rand.Rand) string {
			return pick(r, "411111******1111", "4111 11** **** 1111", "•••• 1111", "411111…1111", "4111 XXXX XXXX 1111", "****1111", "4111________1111")
		}},
		{"first six, last four", []string{"CardFirstSix"}, func(r *rand.Rand) string { return "411111&CardLastFour=" + digitsOf(r, 4) + "&CardExpDate=12/28" }},
		{"token", []string{"Token", "token"}, func(r *rand.Rand) string { return "tk_" + hexOf(r, 29) }},
		{"notification", []string{"TransactionId"}, func(r *rand.Rand) string {
			return digitsOf(r, 10) + "&InvoiceId=" + digitsOf(r, 7) + "&CardFirstSix=411111&CardLastFour=1111&CardType=Visa&Rrn=6" + digitsOf(r, 11) + "&IpLatitude=43." + digitsOf(r, 15)
		}},
		{"classic cryptogram", []string{"cryptogram", "CardCryptogramPacket", "packet"}, func(r *rand.Rand) string {
			return "01" + pick(r, "411111", "555555", "220000", "400000") + digitsOf(r, 4) + "2812" + "04" + base64Of(r, 258)
		}},
		{"cryptogram of a verification value", []string{"cryptogram", "packet"}, func(r *rand.Rand) string { return "0304" + base64Of(r, 258) }},
	}
}

// placed is the value as a structured reading gives it, or in the raw JSON or form around it.
func placed(r *rand.Rand, name, value string) Text {
	switch r.IntN(3) {
	case 0:
		return Text{Data: []byte(value), Name: name, Whole: true}
	case 1:
		return Text{Data: []byte(`{"n":1,"` + name + `":"` + value + `","m":"x"}`)}
	default:
		return Text{Data: []byte("a=1&" + name + "=" + value + "&b=2")}
	}
}

// TestLookAlikes makes clean values of every kind and counts those that act: fewer than one in a million may.
// PANWALL_LOOKALIKES=10000000 go test -run TestLookAlikes -v makes ten million.
func TestLookAlikes(t *testing.T) {
	total := 150_000
	if n, err := strconv.Atoi(os.Getenv("PANWALL_LOOKALIKES")); err == nil {
		total = n
	}
	s := scanner(t)
	kinds := lookAlikes()
	acted, counted := map[string]int{}, map[string]int{}
	examples := map[string]string{}
	r := rand.New(rand.NewPCG(2026, 11))
	var found []Match
	for i := range total {
		k := kinds[i%len(kinds)]
		text := placed(r, pick(r, k.names...), k.make(r))
		found = s.Scan(found[:0], text)
		for _, m := range found {
			switch {
			case m.Kind != finding.PAN && m.Kind != finding.Track:
			case m.Confidence.Acts():
				acted[k.kind]++
				examples[k.kind] = fmt.Sprintf("%q %q %v", text.Name, text.Data, m.Reasons())
			default:
				counted[k.kind]++
			}
		}
	}
	report(t, kinds, total, acted, counted, examples)
}

func report(t *testing.T, kinds []lookAlike, total int, acted, counted map[string]int, examples map[string]string) {
	t.Helper()
	sum := 0
	slices.SortFunc(kinds, func(a, b lookAlike) int { return cmp.Or(acted[b.kind]-acted[a.kind], counted[b.kind]-counted[a.kind]) })
	for _, k := range kinds {
		sum += acted[k.kind]
		t.Logf("%-36s %9d made %6d act %8d possible", k.kind, total/len(kinds), acted[k.kind], counted[k.kind])
		if e, ok := examples[k.kind]; ok && testing.Verbose() {
			t.Log("   ", e)
		}
	}
	if sum > total/1_000_000 {
		t.Errorf("%d of %d look-alikes act, more than one in a million", sum, total)
	}
}

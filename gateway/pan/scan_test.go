package pan

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/finding"
)

func scanner(tb testing.TB) *Scanner {
	tb.Helper()
	t, err := NewTable()
	if err != nil {
		tb.Fatal(err)
	}
	return NewScanner(t)
}

// acting is the matches of the text that act, as "kind:brand" words.
func acting(s *Scanner, t Text) string {
	var words []string
	for _, m := range s.Scan(nil, t) {
		if m.Confidence.Acts() && m.Kind != finding.Expiry && m.Kind != finding.CVV {
			words = append(words, m.Kind.String()+":"+m.Brand)
		}
	}
	return strings.Join(words, " ")
}

func TestNumbersThatAct(t *testing.T) {
	s := scanner(t)
	for claim, tc := range map[string]struct {
		name, text, want string
	}{
		"a bare number under any name":            {"data", "4111111111111111", "pan:visa"},
		"a number in fours":                       {"q", "4111 1111 1111 1111", "pan:visa"},
		"dashes":                                  {"q", "5555-5555-5555-4444", "pan:mastercard"},
		"dots in a card's groups":                 {"q", "2200.0000.0000.0004", "pan:mir"},
		"no-break spaces":                         {"q", "3782\u00a0822463\u00a010005", "pan:amex"},
		"spaced dashes":                           {"q", "4111 - 1111 - 1111 - 1111", "pan:visa"},
		"zero-width characters between digits":    {"q", "4\u200b1\u200b1\u200b1\u200b1\u200b1\u200b1\u200b1\u200b1\u200b1\u200b1\u200b1\u200b1\u200b1\u200b1\u200b1", "pan:visa"},
		"full-width digits":                       {"q", "４１１１１１１１１１１１１１１１", "pan:visa"},
		"Persian digits in a sentence":            {"comment", "карта ۳۰۵۶۹۳۰۹۰۲۵۹۰۴", "pan:diners"},
		"mathematical digits":                     {"q", "𝟒𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏", "pan:visa"},
		"circled digits":                          {"q", "④①①①①①①①①①①①①①①①", "pan:visa"},
		"keycaps":                                 {"q", "4️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣", "pan:visa"},
		"a cell before a cell of four digits":     {"", "7\tIvan\t5555 5555 5555 4444\t7000\r\n8\tOlga\t\t8000", "pan:mastercard"},
		"a cell behind a cell of four digits":     {"", "7000\t5555 5555 5555 4444\tIvan", "pan:mastercard"},
		"a row of a card file":                    {"cards.csv", "id,card\n1,38520000023237", "pan:diners"},
		"a row number before a card's field":      {"card", "1,38520000023237", "pan:diners"},
		"cells with a date behind them":           {"q", "4111\t1111\t1111\t1111\t12/28", "pan:visa"},
		"every digit apart under an identifier":   {"uid", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "pan:visa"},
		"tabs behind a card's word":               {"", "моя карта 4111\t1111\t1111\t1111\n", "pan:visa"},
		"every digit apart":                       {"q", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "pan:visa"},
		"digits apart by dashes":                  {"q", "4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1", "pan:visa"},
		"line ends in a value":                    {"message", "card\r\n4000\n0025\n0000\n3155\r\nthanks", "pan:visa"},
		"an emoji between":                        {"q", "4111💳1111💳1111💳1111", "pan:visa"},
		"pipes":                                   {"q", "4111|1111|1111|1111", "pan:visa"},
		"brackets":                                {"q", "(4111)(1111)(1111)(1111)", "pan:visa"},
		"commas and what stands behind a card":    {"q", "4111,1111,1111,1111,12,28,123", "pan:visa"},
		"commas and an expiry date in words":      {"q", "4111,1111,1111,1111 до 12/28", "pan:visa"},
		"a card and its date behind a number":     {"q", "2,4111111111111111 12/28 123", "pan:visa"},
		"a card behind a number and a comma":      {"q", "12,4111111111111111", "pan:visa"},
		"a card behind a number, comma and blank": {"q", "2, 4111111111111111", "pan:visa"},
		"lines and a greeting":                    {"q", "привет\n4111\n1111\n1111\n1111\nспасибо", "pan:visa"},
		"lines and a name":                        {"q", "карта\n4111\n1111\n1111\n1111\nспасибо", "pan:visa"},
		"commas and a verification value":         {"q", "4111,1111,1111,1111,123", "pan:visa"},
		"commas inside one value":                 {"card", "4111,1111,1111,1111", "pan:visa"},
		"bold in Markdown":                        {"q", "**4111111111111111**", "pan:visa"},
		"hash marks":                              {"q", "#4242424242424242#", "pan:visa"},
		"a word that touches":                     {"q", "VISA4111111111111111", "pan:visa"},
		"a currency that touches":                 {"q", "4111111111111111KZT", "pan:visa"},
		"a Russian word that touches":             {"q", "карта4111111111111111", "pan:visa"},
		"a file's name":                           {"filename", "scan_4111111111111111.pdf", "pan:visa"},
		"a path":                                  {"", "/c/4111111111111111.json", "pan:visa"},
		"twelve and four":                         {"q", "411111111111 1111", "pan:visa"},
		"four and twelve":                         {"q", "4111 111111111111", "pan:visa"},
		"an expiry date behind":                   {"c", "4111111111111111 12/28 123", "pan:visa"},
		"an expiry typed in the same spaces":      {"c", "4111 1111 1111 1111 1228 123", "pan:visa"},
		"a value glued on in a card's field":      {"card", "41111111111111111228123", "pan:visa"},
		"a verification value glued on":           {"card_number", "4111111111111111123", "pan:visa"},
		"three cards":                             {"q", "cards: 4111111111111111; 5555555555554444; 2200000000000004", "pan:visa pan:mastercard pan:mir"},
		"track 2":                                 {"track", ";4111111111111111=28121011234000012300?", "track:visa"},
		"track 2 without sentinels":               {"q", "4111111111111111=2812101", "track:visa"},
		"EMV tag 57":                              {"q", "4111111111111111D28121011234000012300F", "track:visa"},
		"track 1":                                 {"q", "%B4111111111111111^IVANOV/IVAN^28121011234000012300?", "track:visa"},
		"a float's spelling":                      {"q", "4.111111111111111E15", "pan:visa"},
		"a float on a list":                       {"q", "1;4.111111111111111E15", "pan:visa"},
		"a number with decimals":                  {"q", "4111111111111111.0", "pan:visa"},
		"an account's name and a card's fours":    {"account", "4111 1111 1111 1111", "pan:visa"},
		"an identifier's name and a card's fours": {"order_id", "4111 1111 1111 1111", "pan:visa"},
		"an identifier's name and more text":      {"uid", "my card 4111111111111111 thanks", "pan:visa"},
		"UzCard that passes the check":            {"q", "8600000000000007", "pan:uzcard"},
		"old Visa in a card's field":              {"card_number", "4222222222222", "pan:visa"},
		"JSON in a value":                         {"payload", `{"card":{"number":"4111111111111111"}}`, "pan:visa"},
		"odd groups in a card's field":            {"card_number", "411 111 111 111 1111", "pan:visa"},
		"an escape before it":                     {"q", `text\n4111111111111111`, "pan:visa"},
		"a card and a parcel":                     {"comment", "трек 12345, карта 4111111111111111", "pan:visa"},
		"two digits before the groups":            {"q", "12 4111 1111 1111 1111", "pan:visa"},
		"zeros before it in a card's field":       {"card_number", "0004111111111111111", "pan:visa"},
		"zeros up to twenty digits":               {"card", "00004111111111111111", "pan:visa"},
		"zeros before it after a card's words":    {"", `{"card":"004242424242424242"}`, "pan:visa"},
		"the short word for a card touching it":   {"q", "cc4111111111111111", "pan:visa"},
		"the short word in capitals":              {"q", "CC4111 1111 1111 1111", "pan:visa"},
		"the short word and a colon":              {"q", "cc:4111111111111111", "pan:visa"},
		"the short word and a dash":               {"q", "cc-4111111111111111", "pan:visa"},
		"a number sign":                           {"q", "card№4111111111111111", "pan:visa"},
		"sixteen digits in a platform's address":  {"url", "https://vk.com/4111111111111111", "pan:visa"},
		"a word behind a platform's address":      {"comment", "https://vk.com/cap trophy:378282246310005", "pan:amex"},
		"RuPay's widest range in a card's field":  {"card", "6078900000000005", "pan:rupay"},
		"RuPay's widest range in a card's groups": {"q", "6078 9000 0000 0005", "pan:rupay"},
		"a dash and the verification value":       {"q", "4111111111111111-123", "pan:visa"},
	} {
		if got := acting(s, Text{Data: []byte(tc.text), Name: tc.name, Whole: true}); got != tc.want {
			t.Errorf("%s: %s=%q gave %q, want %q", claim, tc.name, tc.text, got, tc.want)
		}
	}
}

func TestLookAlikesThatDoNotAct(t *testing.T) {
	s := scanner(t)
	base64 := strings.Repeat("SMfQw7+/bX9", 32)
	for claim, tc := range map[string]struct{ name, text string }{
		"escapes that were escaped":             {"q", "x=%2565%2579%2530%2506&y"},
		"a click identifier by name":            {"yclid", "4111111111111111"},
		"a visitor's cookie":                    {"_ga", "GA1.2.415926535.1763800000"},
		"Yandex's cookie by name":               {"_ym_uid", "4111111111111111"},
		"a barcode without a card's name":       {"q", "4222222222222"},
		"a float":                               {"x", "0.4111111111111111"},
		"a float of minified JavaScript":        {"content", "e[1]?0xd3:.4111111111111111}"},
		"an IBAN in lower case":                 {"q", "kz400000000000000002"},
		"an IBAN after its country":             {"details", "KZ 400000000000000002"},
		"an IBAN after its country in a form":   {"", "details=KZ+400000000000000002&bin="},
		"a float in a document":                 {"", "[1.5,0.4111111111111111,2]"},
		"a run longer than a card":              {"serial", "41111111111111111228"},
		"a UUID's tail":                         {"q", "12345678-4111-4111-8111-411111111111"},
		"a traceparent":                         {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-4111111111111111-01"},
		"an IBAN in fours":                      {"q", "KZ58 4111 1111 1111 1111"},
		"an IBAN in one":                        {"q", "KZ584111111111111111"},
		"an IBAN in fours behind a space":       {"q", "реквизиты kz 58 4111 1111 1111 1111"},
		"an IBAN in Cyrillic":                   {"q", "КЗ400000000000000002"},
		"an IBAN in Cyrillic and fours":         {"q", "кз58 4111 1111 1111 1111"},
		"a list of four-digit identifiers":      {"q", "4000 4111 1111 1111 1111 4999"},
		"a card's field filled with one digit":  {"card", "6666666666666"},
		"prices in rising order with commas":    {"q", "4111,5111,6111,7111"},
		"a list of identifiers in a sentence":   {"q", "/compare?ids=4111,1111,1111,1111&sort=1"},
		"articles in a sentence":                {"comment", "нужны 4111, 1111, 1111, 1111, спасибо"},
		"a row of a dump":                       {"file", "VALUES (4111,1111,1111,1111,'x'),(7,8,9,10,'y')"},
		"pairs of coordinates":                  {"points", "4111,1111 1111,1111 526,3465"},
		"prices one less than round":            {"comment", "4999 9199 7199 2199"},
		"a float with a comma":                  {"margin", "2,5555555555554444"},
		"a float with a comma and a sign":       {"margin", "-0,4111111111111111"},
		"a list of numbers of any size":         {"q", "12,4111,1111,1111,1111,7"},
		"a list that begins with four fours":    {"values", "4111,1111,1111,1111,70,5,990"},
		"a list with bars":                      {"stats", "7|4111|1111|1111|1111"},
		"answers from one to five":              {"q", "5;5;4;4;5;3;5;4;4;5;3;5;3;4;3;3"},
		"a masked number":                       {"q", "411111******1111"},
		"a masked number in fours":              {"q", "4111 11** **** 1111"},
		"hexadecimal around it":                 {"q", "a4111111111111111"},
		"hexadecimal behind it":                 {"q", "4111111111111111ab"},
		"a session":                             {"PHPSESSID", "f4111111111111111deadbeef"},
		"one digit wrong":                       {"q", "4111111111111112"},
		"all digits the same":                   {"card", "4444444444444444"},
		"CloudPayments' classic cryptogram":     {"cryptogram", "01411111111128120400" + base64},
		"the cryptogram of a verification code": {"cvv", "0304" + base64},
		"UzCard without a check digit":          {"q", "8600000000000001"},
		"a parcel's number":                     {"track_number", "9400 4474 2708 2351 5679 37"},
		"two phones":                            {"comment", "8701 825 63 69 8778 109 97 15"},
		"clothing sizes":                        {"sizes", "42 44 46 48 50 52 54 56"},
		"resolutions":                           {"q", "3840 2160 1920 1080"},
		"a number that names itself an IMEI":    {"comment", "IMEI 356718907764010"},
		"an identifier in a sentence":           {"comment", "yclid 4111111111111111"},
		"an IIN":                                {"comment", "ИИН 671019382108"},
		"zeros before a number in any field":    {"order_no", "0004111111111111111"},
		"a UUID whose group is the short word":  {"q", "1b9d6bcd-cc41111111111111-11"},
		"a span that begins with the word":      {"q", "0af7651916cd43dd-cc36000000000008"},
		"hexadecimal that ends in the word":     {"q", "4111111111111111cc"},
		"a Shopify order":                       {"id", "gid://shopify/Order/30569309025904"},
		"a Shopify variant in a document":       {"", `{"merchandiseId":"gid://shopify/ProductVariant/38520000023237"}`},
		"a Shopify order in a form":             {"", "a=1&q=gid://shopify/Order/30569309025904&b=2"},
		"a group of a social network":           {"url", "https://ok.ru/group/30569309025904"},
		"an activity of LinkedIn":               {"url", "urn:li:activity:6240000000000000000"},
		"RuPay's widest range in any field":     {"q", "6078900000000005"},
		"a barcode among a memory card's words": {"title", "карта памяти 64 GB штрихкод 4222222222222"},
	} {
		if got := acting(s, Text{Data: []byte(tc.text), Name: tc.name, Whole: true}); strings.Contains(got, "pan") || strings.Contains(got, "track") {
			t.Errorf("%s: %s=%q gave %q", claim, tc.name, tc.text, got)
		}
	}
}

// Words are heard up to forty characters before a number, whatever stands between.
func TestWordsAreHeardFromAfar(t *testing.T) {
	s := scanner(t)
	weak := made(rand.New(rand.NewPCG(1, 1)), "6759", 12, 0)
	for _, mark := range []string{"~", "$", "№", "\u2014", "\n"} {
		for distance := 30; distance < 50; distance++ {
			text := "my card" + strings.Repeat(mark, distance-1) + " " + weak
			if got, want := acting(s, Text{Data: []byte(text)}) != "", distance <= nearby; got != want {
				t.Errorf("%d characters as %q: acts %t", distance, mark, got)
			}
		}
	}
}

// A serial number's mark may touch its number, but is no end of a word.
func TestSerialMarkTouches(t *testing.T) {
	s := scanner(t)
	for mark, acts := range map[string]bool{
		"s/n": false, "S/N": false, "с/н": false, "С/Н": false, "№ с/н": false, "р/с": false,
		"yes/n": true, "рейс/н": true, "бас/Н": true, "мир/с": true,
	} {
		text := mark + "4111111111111111"
		found := s.Scan(nil, Text{Data: []byte(text), Name: "comment", Whole: true})
		if len(found) != 1 || found[0].Confidence.Acts() != acts {
			t.Errorf("%q: %v", text, found)
		}
	}
}

// Four numbers of a row are no card where the rows around hold numbers too. A line too long for a row is none, nor is one of too many
// digits.
func TestRowsOfTables(t *testing.T) {
	s := scanner(t)
	const rows = "1000|2000|3700|4800\n5100|6200|1350|2900\n"
	for marks := 30; marks < 50; marks++ {
		row := strings.Repeat("|", marks) + "4111|1111|1111|1111" + strings.Repeat("|", marks)
		for text, want := range map[string]bool{row + "\n": true, rows + row + "\n" + rows: len(row) > mostRow, rows + row: len(row) > mostRow} {
			if got := acting(s, Text{Data: []byte(text)}) != ""; got != want {
				t.Errorf("%q: acts %t", text, got)
			}
		}
	}
	for digits := maxRun - 1; digits <= maxRun+1; digits++ {
		row := "1000|2000|" + strings.Repeat("7", digits-8) + "|\n"
		if got := acting(s, Text{Data: []byte(row + "4111|1111|1111|1111\n" + row)}) != ""; got != (digits > maxRun) {
			t.Errorf("rows of %d digits: acts %t", digits, got)
		}
	}
}

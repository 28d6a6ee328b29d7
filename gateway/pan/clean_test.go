package pan

import (
	"bufio"
	"encoding/json"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// testdata/clean.jsonl holds texts of clean requests of a shop, as structured and raw readings give them: none may act.
func TestCleanRequests(t *testing.T) {
	file, err := os.Open("testdata/clean.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	s, read := scanner(t), 0
	lines := bufio.NewScanner(file)
	for ; lines.Scan(); read++ {
		var row struct {
			Kind, Name, Text string
			Whole            bool
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		for _, m := range s.Scan(nil, Text{Data: []byte(row.Text), Name: row.Name, Whole: row.Whole}) {
			if m.Confidence.Acts() && (m.Kind == finding.PAN || m.Kind == finding.Track) {
				t.Errorf("%s: %s=%q acts: %v", row.Kind, row.Name, row.Text, m.Reasons())
			}
		}
	}
	if lines.Err() != nil || read < 100 {
		t.Fatalf("read %d texts: %v", read, lines.Err())
	}
}

// What a customer, a careless form or a smuggler may write, and what reads almost the same but is no card.
func TestNumbersAmongOtherThings(t *testing.T) {
	s := scanner(t)
	sentrys := made(rand.New(rand.NewPCG(1, 1)), "450", 16, 0)
	for claim, tc := range map[string]struct {
		text, want string
	}{
		"an amount behind":                    {"4111 1111 1111 1111 15000 тг", "pan:visa"},
		"four digits of an order before":      {"заказ 1234 4111 1111 1111 1111", "pan:visa"},
		"four digits of a flat before":        {"кв1234 4111 1111 1111 1111 спасибо", "pan:visa"},
		"a number sign before":                {"заказ №1234 4111 1111 1111 1111", "pan:visa"},
		"a word and a colon before":           {"Сумма: 1500 4111 1111 1111 1111", "pan:visa"},
		"four digits of an amount behind":     {"4111 1111 1111 1111 1500 тг", "pan:visa"},
		"a year behind":                       {"оплата 4111 1111 1111 1111 2000", "pan:visa"},
		"articles with their name":            {"id 1234 4111 1111 1111 1111", ""},
		"six groups of four":                  {"заказ 1234 4111 1111 1111 1111 1234", ""},
		"an account of twenty digits":         {"реквизиты 4081 7810 9990 0440 9990", ""},
		"an amount before":                    {"сумма 15 000 4111 1111 1111 1111", "pan:visa"},
		"two cards in double blanks":          {"моя 4111  1111  1111  1111\nмамина 5555  5555  5555  4444", "pan:visa pan:mastercard"},
		"columns line after line":             {"коробки 4111  1111  1111  1111\nпалеты 1200  3400  5600  7800", ""},
		"a country before":                    {"из kz 4111 1111 1111 1111", "pan:visa"},
		"a word that ends like a country":     {"рюкзакз 4111111111111111", "pan:visa"},
		"a telephone behind":                  {"4111 1111 1111 1111 87011234567", "pan:visa"},
		"a telephone before":                  {"+77011234567 4111 1111 1111 1111", "pan:visa"},
		"an order before":                     {"заказ 12345 4111 1111 1111 1111", "pan:visa"},
		"a counted account before":            {"счет 1: 4111 1111 1111 1111", "pan:visa"},
		"money back to an account":            {"верните деньги на счёт 4111-1111-1111-1111", "pan:visa"},
		"a parcel's number in fours":          {"посылка 4111 1111 1111 1111", "pan:visa"},
		"an account without groups":           {"на счёт 4111111111111111", ""},
		"a counted card behind a serial":      {"S/N 2: нет, карта 2: 4111111111111111", "pan:visa"},
		"an id before another name":           {`"id":7,"value":"(4111111111111111)"`, "pan:visa"},
		"two cards in the same spaces":        {"5555 5555 5555 4444 4242 4242 4242 4242", "pan:mastercard pan:visa"},
		"a date before":                       {"2026-11-22 4111 1111 1111 1111", "pan:visa"},
		"a list's number":                     {"1) 4111 1111 1111 1111", "pan:visa"},
		"a name joined by a dash":             {"4111-1111-1111-1111-Ivan", "pan:visa"},
		"one letter":                          {"N4111111111111111", "pan:visa"},
		"one Russian letter":                  {"к4111111111111111", "pan:visa"},
		"groups of another rhythm":            {"411 111 111 111 111 1", "pan:visa"},
		"the expiry glued on in a card's":     {"карта 41111111111111111228", "pan:visa"},
		"the expiry glued on with a slash":    {"карта 411111111111111112/28", "pan:visa"},
		"doubled dots":                        {"4111..1111..1111..1111", "pan:visa"},
		"dashes of every kind":                {"4111 — 1111 ‒ 1111 ‐ 1111", "pan:visa"},
		"line separators":                     {"4111\u20281111\u20281111\u20281111", "pan:visa"},
		"mixed scripts":                       {"4１١१ 1111 1111 1111", "pan:visa"},
		"NUL around it":                       {"\x004111111111111111\x00", "pan:visa"},
		"EMV data with its tag":               {"57124111111111111111D28122010000000000F", "track:visa"},
		"a gift card's code":                  {"GIFT-4111-1111-1111-1111", ""},
		"a drawing":                           {"M4111 1111 1111 1111z", ""},
		"five groups of four":                 {"4111 1111 1111 1111 2000", ""},
		"an organisation of sentry.io":        {"https://a@o" + sentrys + ".ingest.sentry.io/" + sentrys, ""},
		"a project of sentry.io":              {"POST /api/" + sentrys + "/envelope/", ""},
		"a card in an address of sentry.io's": {"POST /api/4111111111111111/envelope/", "pan:visa"},
		"a card in a shop's address":          {"https://shop.kz/4111111111111111/store/", "pan:visa"},
		"an address of IPv6":                  {"4111:1111:1111:1111:0:0:0:1", ""},
		"an IBAN of another country in fours": {"DE89 4111 1111 1111 1111 00", ""},
	} {
		if got := acting(s, Text{Data: []byte(tc.text), Name: "comment", Whole: true}); got != tc.want {
			t.Errorf("%s: %q gave %q, want %q", claim, tc.text, got, tc.want)
		}
	}
}

// An identifier's value ends at a full stop that ends a sentence, whatever character stands behind it; one behind which a
// byte above ASCII stood once stopped the scan.
func TestSentenceEndsBehindIdentifier(t *testing.T) {
	for behind, passes := range map[string]bool{".": true, ". Спасибо": true, ".\u00a0Спасибо": true, ".\"": true, ".٤": false, ".\xd9": false, "!ж": false} {
		text := []byte("see id=4539578763621486" + behind)
		found := scanner(t).Scan(nil, Text{Data: text, Name: "comment", Whole: true})
		if acts := len(found) > 0 && found[0].Confidence.Acts(); acts == passes {
			t.Errorf("behind %q a number acts: %t %v", behind, acts, found[0].Reasons())
		}
	}
}

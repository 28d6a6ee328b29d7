package pan

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// In a text made of numbers with a card's range and check digit the first are told from cards by what stands around them;
// of the others none passes.
func TestCrowd(t *testing.T) {
	s := scanner(t)
	const numbers = 10_000
	var text bytes.Buffer
	for r := rand.New(rand.NewPCG(1, 1)); text.Len() < numbers*len("yclid=4111111111111111&"); {
		text.WriteString("yclid=" + made(r, "4", 16, 0) + "&")
	}
	dense := text.Bytes()
	found := s.Scan(nil, Text{Data: dense, Name: "comment"})
	act := 0
	for _, m := range found {
		if m.Confidence.Acts() {
			act++
		}
	}
	if last := found[len(found)-1]; found[0].Confidence.Acts() || act < numbers-1-patience/(lookCost-len("yclid=4111111111111111&")) || len(found) != numbers || !slices.Contains(last.Reasons(), "one of very many such numbers") {
		t.Errorf("%d found, %d act, the last: %v", len(found), act, last.Reasons())
	}
	if got := streamed(s, dense, "comment", 777); !slices.Equal(got, s.Scan(nil, Text{Data: dense, Name: "comment"})) {
		t.Error("pieces do not equal the whole")
	}
}

// Numbers of a range without a check digit are a crowd too: they act in a card's field alone, and pay as all others do.
func TestCrowdWithoutCheckDigits(t *testing.T) {
	const numbers = 10_000
	for name, acts := range map[string]bool{"comment": false, "card_number": true} {
		piece := func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(made(r, "62", 16, 1) + "\n") }
		text := append(filledTo(numbers*17, 3, piece), "4111111111111111\n"...)
		found := scanner(t).Scan(nil, Text{Data: text, Name: name})
		if last := found[len(found)-1]; last.End != len(text)-1 || !slices.Contains(last.Reasons(), "one of very many such numbers") {
			t.Errorf("under %s the last one at %d is no crowd's: %v", name, last.Start, last.Reasons())
		}
		act := 0
		for _, m := range found[:len(found)-1] {
			if m.Confidence.Acts() {
				act++
			}
		}
		if want := map[bool]int{true: numbers}[acts]; act != want {
			t.Errorf("under %s %d act, not %d", name, act, want)
		}
	}
}

// Cells of a table make no crowd last, so that words behind them are heard: 8600 has no check digit.
func TestCrowdEndsAtCells(t *testing.T) {
	piece := func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(made(r, "4", 16, 0) + "\n") }
	text := filledTo(1000*17, 3, piece)
	text = append(text, strings.Repeat("6200.1000.2000.300 x", 3000)...)
	cells := len(text)
	text = append(text, strings.Repeat("\ncard 8600000000000001 exp 12/28 and so on", 100)...)
	found := scanner(t).Scan(nil, Text{Data: text, Name: "comment"})
	i := slices.IndexFunc(found, func(m Match) bool { return m.Start > cells && m.Confidence.Acts() })
	if i < 0 || found[i].Start > cells+len("\ncard 8600") {
		t.Errorf("the first one behind %d bytes is not found", cells)
	}
}

// Lists of identifiers are no crowd, however long: of barcodes one in a dozen has a card's range and check digit, and a visit's
// number of nineteen digits has them once in ten and its first sixteen once more.
func TestListsAreNoCrowd(t *testing.T) {
	s := scanner(t)
	for kind, piece := range map[string]func(*rand.Rand, *bytes.Buffer){
		"barcodes":   func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(ean(r) + ",") },
		"references": func(r *rand.Rand, b *bytes.Buffer) { b.WriteString("6" + digitsOf(r, 11) + "\n") },
		"clicks":     func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(`{"yclid":"` + digitsOf(r, 19) + `"},`) },
		"objects":    func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(`{"id":45` + digitsOf(r, 14) + `},`) },
		"fields":     func(r *rand.Rand, b *bytes.Buffer) { b.WriteString("id=45" + digitsOf(r, 14) + "&") },
		"visits":     func(r *rand.Rand, b *bytes.Buffer) { b.WriteString("57" + digitsOf(r, 17) + "\n") },
		"addresses":  func(r *rand.Rand, b *bytes.Buffer) { b.WriteString("/?yclid=57" + digitsOf(r, 17) + "\n") },
		"bills": func(r *rand.Rand, b *bytes.Buffer) { // each of these numbers is looked at: some of China have no check digit
			b.WriteString("Покупатель: Ахметова Айгүл Серікқызы; сумма " + digitsOf(r, 5) + ".00 тенге; номер накладной 62" + digitsOf(r, 14) + ", склад № 4 в Алматы\n")
		},
		"operations": func(r *rand.Rand, b *bytes.Buffer) { // nor have these, and all are asked the same
			b.WriteString(`{"operation_id":"62` + digitsOf(r, 14) + `","state":"in transit","city":"Алматы","paid":true},`)
		},
		"orders of a marketplace": func(r *rand.Rand, b *bytes.Buffer) {
			b.WriteString(`{"order_id":"8154` + digitsOf(r, 12) + `","child_order_id":"8154` + digitsOf(r, 12) + `","sku":"LMP-` + digitsOf(r, 5) + `","qty":1,"price":"` + digitsOf(r, 5) + `.00","city":"Алматы","status":"WAIT_SELLER_SEND_GOODS"},`)
		},
		"orders of a form": func(r *rand.Rand, b *bytes.Buffer) { // each under a key of its own
			i := digitsOf(r, 3)
			b.WriteString("orders[" + i + "][order_id]=8154" + digitsOf(r, 12) + "&orders[" + i + "][city]=Almaty&orders[" + i + "][qty]=1&orders[" + i + "][state]=sent&")
		},
		"orders in a log": func(r *rand.Rand, b *bytes.Buffer) {
			b.WriteString("2026-11-22T10:11:22." + digitsOf(r, 3) + "Z INFO  sync: order_id=8154" + digitsOf(r, 12) + " transaction_id=8154" + digitsOf(r, 12) + " user=" + digitsOf(r, 6) + " ip=10.0.4.2 status=paid source=aliexpress elapsed=31ms\n")
		},
		"orders in SQL": func(r *rand.Rand, b *bytes.Buffer) {
			b.WriteString("UPDATE orders SET external_order_id=8154" + digitsOf(r, 12) + ", shipment_id=8154" + digitsOf(r, 12) + ", city='Алматы', updated_at='2026-11-22 10:11:22', state='in transit', qty=2 WHERE sku='LMP-" + digitsOf(r, 5) + "';\n")
		},
		"orders in XML": func(r *rand.Rand, b *bytes.Buffer) {
			b.WriteString("<order><order_id>8154" + digitsOf(r, 12) + "</order_id><child_order_id>8154" + digitsOf(r, 12) + "</child_order_id><city>Алматы</city><price>" + digitsOf(r, 5) + ".00</price><qty>1</qty><sku>LMP-" + digitsOf(r, 5) + "</sku></order>\n")
		},
		"orders and their parcels": func(r *rand.Rand, b *bytes.Buffer) {
			b.WriteString(`{"order_id":"62` + digitsOf(r, 14) + `","parcel_id":"62` + digitsOf(r, 14) + `","title":"Лампа настольная белая","qty":1,"price":` + digitsOf(r, 5) + `.00,"city":"Алматы","state":"in transit"},`)
		},
		"visits behind a word": func(r *rand.Rand, b *bytes.Buffer) { b.WriteString("ORDER57" + digitsOf(r, 17) + "\n") },
		"columns": func(r *rand.Rand, b *bytes.Buffer) {
			b.WriteString("4" + digitsOf(r, 3) + "\t4" + digitsOf(r, 3) + "\t4" + digitsOf(r, 3) + "\r\n")
		},
		"floats":     func(r *rand.Rand, b *bytes.Buffer) { b.WriteString("0." + digitsOf(r, 16) + ",") },
		"identities": func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(uuid(r) + " ") },
	} {
		for _, m := range s.Scan(nil, Text{Data: filledTo(1<<21, 3, piece), Name: "comment"}) {
			if m.Confidence.Acts() {
				t.Errorf("%s: one acts at %d: %s", kind, m.Start, strings.Join(m.Reasons(), ", "))
				break
			}
		}
	}
}

// Nor are they with words before the numbers, of whatever length and script.
func TestListsWithWordsAreNoCrowd(t *testing.T) {
	s := scanner(t)
	for _, letter := range []string{"x", "щ", "字"} {
		for _, letters := range [...]int{0, 1, 2, 3, 5, 8, 13, 21, 34} {
			word := strings.Repeat(letter, letters) + " "
			for kind, piece := range map[string]func(*rand.Rand, *bytes.Buffer){
				"sixteen digits":    func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(word + "id 45" + digitsOf(r, 14) + "\n") },
				"before the number": func(r *rand.Rand, b *bytes.Buffer) { b.WriteString("6" + digitsOf(r, 11) + "," + word) },
			} {
				text := filledTo(1<<20, 3, piece)
				for _, m := range s.Scan(nil, Text{Data: text, Name: "comment"}) {
					if slices.Contains(m.Reasons(), "one of very many such numbers") {
						t.Errorf("%s beside %d letters like %s: a crowd at %d", kind, letters, letter, m.Start)
						break
					}
				}
			}
		}
	}
}

// What is read for a number is paid for by its length: a look alone costs less than these texts have for each number.
func TestDearLooksArePaidFor(t *testing.T) {
	s, letters := scanner(t), strings.Repeat("klmnopqrstuvwxy", 8)
	for kind, text := range map[string]struct{ name, before, behind string }{ // an @ is another letter each time
		"nothing else":             {"card", strings.Repeat("%", 78), "&"},
		"the same key":             {"comment", strings.Repeat("%", 17) + letters[:60] + "_=", "&"},
		"long keys":                {"comment", strings.Repeat("%", 17) + letters[:60] + "@=", "&"},
		"words before it":          {"comment", strings.Repeat("%", 18) + letters[:60] + " ", "&"},
		"a word that reaches near": {"comment", letters[:64] + strings.Repeat("#", 39), "&"},
		"a list":                   {"comment", strings.Repeat("%", 78), " 7000"},
	} {
		piece := func(r *rand.Rand, b *bytes.Buffer) {
			n := made(r, "4", 16, 0)
			if kind == "a list" {
				n = strings.Join([]string{n[:4], n[4:8], n[8:12], n[12:]}, " ")
			}
			b.WriteString(strings.Replace(text.before, "@", string(rune('a'+r.IntN(26))), 1) + n + text.behind)
		}
		crowd := 0
		for _, m := range s.Scan(nil, Text{Data: filledTo(1<<20, 3, piece), Name: text.name}) {
			if slices.Contains(m.Reasons(), "one of very many such numbers") {
				crowd++
			}
		}
		if (crowd > 1000) != (kind != "nothing else" && kind != "the same key") {
			t.Errorf("%s: %d are a crowd's", kind, crowd)
		}
	}
}

// A stream pays for the same keys as the whole, and so comes to the same number at which a crowd begins.
func TestStreamRemembersKeys(t *testing.T) {
	s, n := scanner(t), 0
	text := filledTo(1<<20, 3, func(r *rand.Rand, b *bytes.Buffer) {
		b.WriteString(strings.Repeat(string(rune('k'+n%3)), 50) + "=" + made(r, "4", 16, 0) + "&--------")
		n++
	})
	whole := s.Scan(nil, Text{Data: text, Name: "comment"})
	if last := whole[len(whole)-1]; !slices.Contains(last.Reasons(), "one of very many such numbers") || !slices.Equal(streamed(s, text, "comment", 777), whole) {
		t.Errorf("pieces do not equal the whole, whose last is %v", last.Reasons())
	}
}

// A few hundred identifiers are no crowd, although each has a card's range and check digit.
func TestFewIdentifiersAreNoCrowd(t *testing.T) {
	if got := acting(scanner(t), Text{Data: bytes.Repeat([]byte("id 4111111111111111\n"), 250)}); got != "" {
		t.Errorf("%.60q act", got)
	}
}

// İ and the Kelvin sign are capitals of Latin letters in the words that touch a number.
func TestCapitalsOfLatinLetters(t *testing.T) {
	for _, text := range []string{"İD-4111-1111-1111-1111", "4111-1111-1111-1111-İD", "trac\u212A-4111-1111-1111-1111"} {
		if got := acting(scanner(t), Text{Data: []byte(text)}); got != "" {
			t.Errorf("%q: %s acts", text, got)
		}
	}
}

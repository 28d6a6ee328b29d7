package inspect

import (
	"mime"
	"net/url"
	"strings"
	"testing"
)

// How people and programs write cards that the words or groups around them once hid.
func TestCardsAmongTheirLikes(t *testing.T) {
	const one, two, three = "4000 0566 5566 5556", "5200 8282 8282 8210", "2223 0031 2200 3222"
	mustFind(t, map[string]string{
		"three cards in fours, one a line":      jsons(`{"card":"` + one + `\n` + two + `\n` + three + `"}`),
		"three cards in fours, in a column":     post("text/csv", "card\r\n"+one+"\r\n"+two+"\r\n"+three+"\r\n"),
		"two cards with dates and values":       jsons(`{"card":"` + one + ` 1228 123\n` + two + ` 1127 456"}`),
		"the PAN's long name":                   jsons(`{"primaryAccountNumber":"4111111111111111"}`),
		"its long name in words":                form("primary_account_number=4111111111111111"),
		"its long name in XML":                  post("text/xml", `<a><PrimaryAccountNumber>4111111111111111</PrimaryAccountNumber></a>`),
		"a holder whose name ends in id":        jsons(`{"comment":"моя карта, RASHID 4000056655665556"}`),
		"an account beside a date and value":    form("USER=a&ACCT=4111111111111111&EXPDATE=1228&CVV2=123"),
		"an account number beside its fields":   jsons(`{"accountNumber":"4111111111111111","expiry":"12/28","cvv":"123"}`),
		"a date before it":                      jsons(`{"comment":"22.11.2026 ` + one + `"}`),
		"an expiry date before it":              jsons(`{"card":"12/2028 ` + one + `"}`),
		"a card account":                        jsons(`{"comment":"верните на карточный счет 4000056655665556"}`),
		"a card in what looks like two dates":   jsons(`{"comment":"2223003122003222"}`),
		"four fields of a card far apart":       form("card1=4000&card2=0566&card3=5566&card4=5556"),
		"four fields and an expiry date":        form("cc1=4111&cc2=1111&cc3=1111&cc4=1111&card_exp=1228"),
		"four fields behind a value":            form("card_cvv=123&cc1=4111&cc2=1111&cc3=1111&cc4=1111"),
		"four fields and what goes with them":   jsons(`{"cc1":"4111","cc2":"1111","cc3":"1111","cc4":"1111","cc_exp_month":"12","cc_exp_year":"2028"}`),
		"two cards in fields":                   form("cc1=4111&cc2=1111&cc3=1111&cc4=1111&card1=5555&card2=5555&card3=5555&card4=4444"),
		"fields by letters":                     form("cardA=4111&cardB=1111&cardC=1111&cardD=1111&cvv=123"),
		"fields by words":                       form("card_first=4111&card_second=1111&card_third=1111&card_fourth=1111&card_exp=1228"),
		"fields by numerals in JSON":            jsons(`{"ccNumberOne":"4111","ccNumberTwo":"1111","ccNumberThree":"1111","ccNumberFour":"1111","ccCvv":"123"}`),
		"the first, the middle and the last":    form("cc_first4=4111&cc_mid8=11111111&cc_last4=1111"),
		"fields by letters in XML":              post("text/xml", "<p><CardA>4111</CardA><CardB>1111</CardB><CardC>1111</CardC><CardD>1111</CardD></p>"),
		"fives and a digit":                     form("n=55555-55555-55444-4"),
		"no-break spaces behind a number":       jsons("{\"note\":\"1500 4111\u00a01111\u00a01111\u00a01111\"}"),
		"a card in a range that is none":        get("/", "Content-Range: bytes 41111111-11111111/5"),
		"a card in a range backwards":           get("/", "Range: bytes=41111111-11111111"),
		"twelve digits beside their value":      jsons(`{"number":"501800000009","exp":"12/28","cvv":"123"}`),
		"a card for a payment":                  jsons(`{"comment":"карта для платежа номер 4000056655665556"}`),
		"a whole number where ranges are named": get("/", "Range: bytes=4111111111111111-"),
	})
	mustPass(t, map[string]string{
		"a reference beside an expiry date":    form("pg_amount=15990&pg_card_pan=4631-54XX-XXXX-3999&pg_card_exp=12%2F28&pg_reference=632618488209"),
		"a mask's pieces":                      jsons(`{"CardFirstSix":"411111","CardLastFour":"1111","CardExpDate":"12/28"}`),
		"prices by letters":                    form("a=4111&b=1111&c=1111&d=1111"),
		"rows chosen in WordPress":             form("post%5B%5D=4520&post%5B%5D=4512&post%5B%5D=4509&post%5B%5D=4493"),
		"rows chosen in OpenCart":              form("selected%5B%5D=5326&selected%5B%5D=5310&selected%5B%5D=5306&selected%5B%5D=5298"),
		"neighbouring rows under another name": form("codes%5B%5D=4520&codes%5B%5D=4512&codes%5B%5D=4509&codes%5B%5D=4493"),
		"a UUID with cc in it beside floats":   jsons(`{"id":"b29dd630-cc22-4dc7-a468-b6e0de657f0e","v":[49.79002695335609,22.4346089490004,48.2438455495741]}`),
		"a range of a download":                get("/", "Range: bytes=36701959-38862027"),
		"a range of an upload":                 get("/", "Content-Range: bytes 23578505-51496378/5697320305"),
		"two dates in digits":                  post("text/plain", "25122026 30112026"),
		"an order that begins with its date":   form("order=2611202614096617"),
		"a passport by its number":             form("c=" + url.QueryEscape("номер паспорта 4000056655665556")),
	})
}

// What an attack on the lists found: a card's groups among the few others that people type beside them.
func TestCardsBesideOtherGroups(t *testing.T) {
	const n = "4111 1111 1111 1111"
	find, pass := map[string]string{}, map[string]string{}
	for _, typed := range []string{n + " 2028 123", n + " 1228 1234", "3782 822463 10005 4990", "кв. 1234 " + n, n[:14] + ", 1111", n[:9] + ", " + n[10:]} {
		find["in a comment: "+typed] = form("comment=" + url.QueryEscape(typed))
	}
	for _, typed := range []string{n + " 4990", n + " 4990 12/28", "2026 " + n, n + " 8701 1234567", "4111-1111-1111-1111-4990", "5018 0000 0009", "4222 2222 2222 2"} {
		find["in a card's field: "+typed] = jsons(`{"card_number":"` + typed + `"}`)
	}
	for _, typed := range []string{"номер карточного счета: ", "Visa счет: ", "card account: "} {
		find["behind: "+typed] = form("comment=" + url.QueryEscape(typed+"4111111111111111"))
	}
	for _, name := range []string{"custom_field[account][1]", "account[comment]", "track_comment", "shipment[comment]", "sub_message", "order[account][name]"} {
		find["under "+name] = form(url.QueryEscape(name) + "=4111111111111111")
	}
	mustFind(t, find)
	for _, typed := range []string{"4081 7810 4111 1111 1111", "1500 4111 1111 1111 1111 2500 3500", n + " 4990", "a4111111111111111", "4111111111111111d"} {
		pass["in a comment: "+typed] = form("comment=" + url.QueryEscape(typed))
	}
	for _, name := range []string{"account[1]", "account[number]", "comment_id", "text[sku]", "barcode[_text]"} {
		pass["under "+name] = form(url.QueryEscape(name) + "=4111111111111111")
	}
	mustPass(t, pass)
}

// What it found in pieces: fields, members and elements that are numbered by words, indices and places, and the encoded words of
// mail.
func TestPiecesByTheirPlaces(t *testing.T) {
	mustFind(t, map[string]string{
		"members by letters":              jsons(`{"card":{"a":"4111","b":"1111","c":"1111","d":"1111"}}`),
		"first, middle and last":          jsons(`{"card":{"first6":"411111","middle":"111111","last4":"1111"}}`),
		"members by numbers":              jsons(`{"card":{"0":4111,"1":1111,"2":1111,"3":1111}}`),
		"a list with indices":             jsons(`{"card":[{"index":0,"value":"4111"},{"index":1,"value":"1111"},{"index":2,"value":"1111"},{"index":3,"value":"1111"}]}`),
		"elements by words":               post("text/xml", "<card><first>4111</first><second>1111</second><third>1111</third><fourth>1111</fourth></card>"),
		"attributes by words":             post("text/xml", `<card first="4111" second="1111" third="1111" fourth="1111"/>`),
		"cookies by words":                get("/", "Cookie: cc_first4=4111; cc_mid8=11111111; cc_last4=1111"),
		"headers by letters":              get("/", "X-Card-A: 4111", "X-Card-B: 1111", "X-Card-C: 1111", "X-Card-D: 1111"),
		"parts by words":                  parts(fields("card_first", "4111", "card_second", "1111", "card_third", "1111", "card_fourth", "1111")),
		"a prefix and the rest":           form("card_prefix=411111111111&card_rest=1111"),
		"a date among the pieces":         jsons(`{"cc1":"4111","cc2":"1111","exp":"12/28","note":"","cc3":"1111","cc4":"1111"}`),
		"a date among the parts":          parts(fields("cc1", "4111", "cc2", "1111", "exp", "12/28", "cc3", "1111", "cc4", "1111")),
		"a value behind numbered pieces":  form("n1=4111&n2=1111&n3=1111&n4=1111&n5=123"),
		"a sum before numbered pieces":    jsons(`{"n0":"15000","n1":"4111","n2":"1111","n3":"1111","n4":"1111"}`),
		"two encoded words":               get("/", "X-Subject: =?utf-8?B?Y2FyZCA0MTExMTExMQ==?= =?utf-8?B?MTExMTExMTE=?="),
		"encoded words of a long subject": jsons(`{"subject":"` + mime.BEncoding.Encode("utf-8", "Прошу списать с 4111 1111 1111 1111") + `"}`),
		"an encoded word in Shift JIS":    form("s=" + url.QueryEscape("=?shift_jis?B?glOCUIJQglCCUIJQglCCUIJQglCCUIJQglCCUIJQglA=?=")),
		"two cards in members":            jsons(`{"cc1":"4111","cc2":"1111","cc3":"1111","cc4":"1111","card1":"5555","card2":"5555","card3":"5555","card4":"4444"}`),
		"blanks in a value of JSON":       jsons(`{"t":"4111&nbsp1111&nbsp1111&nbsp1111"}`),
		"tags escaped as text":            jsons(`{"html":"&lt;b&gt;4111&lt;/b&gt; &lt;b&gt;1111&lt;/b&gt; &lt;b&gt;1111&lt;/b&gt; &lt;b&gt;1111&lt;/b&gt;"}`),
		"line breaks escaped as text":     form("html=" + url.QueryEscape("4111&lt;br&gt;1111&lt;br&gt;1111&lt;br&gt;1111")),
		"blanks without their semicolons": post("text/html", "<p>4111&nbsp1111&nbsp1111&nbsp1111</p>"),
	})
	mustPass(t, map[string]string{
		"five numbered groups of four":  form("n1=4111&n2=1111&n3=1111&n4=1111&n5=2000"),
		"groups of one name and a sum":  form("n[]=4111&n[]=1111&n[]=1111&n[]=1111&n[]=15000"),
		"a list with indices":           jsons(`{"rows":[{"index":0,"value":"4111"},{"index":1,"value":"1111"},{"index":2,"value":"1111"},{"index":3,"value":"1111"}]}`),
		"a mask and what goes with it":  jsons(`{"card":{"bin":"411111","last4":"1111","exp_month":"12","exp_year":"2028"}}`),
		"an encoded word without cards": get("/", "X-Subject: "+mime.BEncoding.Encode("utf-8", "Ваш заказ 12345678 принят, спасибо за покупку")),
	})
}

// What another attack found blocked: numbers that stand beside telephones and dates, and those that are the same for everybody.
func TestNumbersBesideTheirLikes(t *testing.T) {
	clean := map[string]string{
		"the numbers of sentry.io in a query":  get("/monitoring?o=" + fit("450556655665566?") + "&p=" + fit("450555555555555?") + "&r=de"),
		"the numbers of sentry.io in a policy": jsons(`{"csp-report":{"original-policy":"report-uri https://a.example/api/` + fit("450556655665566?") + `/security/?sentry_key=0f"}}`),
		"several ranges of a download":         get("/", fit("Range: bytes=45122006-4518001?")+", 47219158-48000005"),
		"a charset in another spelling":        post("text/plain; charset=win-1251", "\xec\xee\xe9 \xe7\xe0\xea\xe0\xe7"),
		"goods in the path of a category":      get("/index.php?path=" + fit("4539_5787_6362_148?")),
		"goods that somebody looked at":        get("/", "Cookie: viewed="+fit("4539_5787_6362_148?")),
		"boxes of an admin":                    form("elements[]=4539&elements[]=5787&elements[]=6362&elements[]=" + fit("453957876362148?")[12:]),
		"points of a path in a drawing":        jsons(fit(`{"d":"L 4539.5787 6362.148?"}`)),
	}
	for _, typed := range []string{"Заказ 45395? 7015551114", "заказ 4539578? 87075551117", "4695? 8 702 609 12 37", "оплата картой, заказ 4660? 87055551114",
		"25-10-2026 24-11-2026", "акт 4539578?-20260601", "карта *4539 578 76?,00 21.10", "VIN XTA3605103725449?", "IMG 261122_154005_000?"} {
		clean["in a comment: "+typed] = form("comment=" + url.QueryEscape(fit(typed)))
	}
	mustPass(t, clean)
	mustFind(t, map[string]string{
		"another number in such a query": get("/monitoring?o=4111111111111111&p=" + fit("450555555555555?") + "&r=de"),
		"a number beside such a one":     jsons(`{"t":"see o=4111111111111111&p=4500000000000000 there"}`),
		"a card where two ranges are":    get("/", "Range: bytes=4111-1111, 1111-1111"),
		"a card in its field, by dates":  jsons(`{"card_number":"` + fit("4539578? 20260601") + `"}`),
		"a card's word like a maker's":   form("comment=PAN30569309025904"),
		"goods, but typed":               get("/", "Cookie: viewed=4111 1111 1111 1111"),
	})
}

// fit writes the digit for the question mark with which all digits of a text pass the Luhn check.
func fit(text string) string {
	for d := byte('0'); d <= '9'; d++ {
		try, sum, n := strings.Replace(text, "?", string(d), 1), 0, 0
		for i := len(try) - 1; i >= 0; i-- {
			if c := int(try[i] - '0'); c >= 0 && c <= 9 {
				sum += c<<(n&1) - 9*(n&1)*(c/5)
				n++
			}
		}
		if sum%10 == 0 {
			return try
		}
	}
	return text
}

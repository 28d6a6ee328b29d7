package inspect

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/visit"
)

// Identifiers that are a card's number by chance: what names them keeps them from acting. The same number in the same
// place under a card's own name is found, and so is one that was typed in a card's groups.
func TestIdentifiersByChance(t *testing.T) {
	acts := acting(t)
	for claim, test := range identifiers() {
		for _, n := range []string{"4242424242424242", master, "2223003122003222", "6011000990139424"} {
			in := func(text string) string { return test.place(written(text, n)) }
			if acts(in(test.id)) {
				t.Errorf("%s: %s acts", claim, test.id)
			}
			for _, card := range test.cards {
				if !acts(in(card)) {
					t.Errorf("%s: %s does not act", claim, card)
				}
			}
			if test.spoken && !acts(test.place(strings.ReplaceAll(test.id, "{n}", n[:4]+" "+n[4:8]+" "+n[8:12]+" "+n[12:]))) {
				t.Errorf("%s: %s in a card's groups does not act", claim, test.id)
			}
		}
	}
}

// A table of numbers without a header holds rows that are cards by chance, one in thirty: none of them acts, however the
// table is carried.
func TestTablesOfNumbers(t *testing.T) {
	dice := rand.New(rand.NewPCG(5, 7))
	i := New(Options{})
	rules := shipped(t)
	for _, mark := range []string{"\t", ";", ","} {
		var rows strings.Builder
		for range 300 {
			rows.WriteString(digitsOf(dice, 4) + mark + digitsOf(dice, 4) + mark + digitsOf(dice, 4) + mark + digitsOf(dice, 4) + "\r\n")
		}
		for claim, raw := range map[string]string{
			"named": post("text/csv", strings.ReplaceAll("\n"+rows.String(), "\n", "\nЛампа"+mark)[1:]),
			"TSV":   post("text/tab-separated-values", rows.String()), "CSV": post("text/csv", rows.String()), "text": post("text/plain", rows.String()),
			"form": form("comment=" + url.QueryEscape(rows.String())), "JSON": jsons(fmt.Sprintf(`{"text":%q}`, rows.String())),
			"file": parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\n\n" + rows.String() + "--XX--\n"),
		} {
			r, v, _ := parsed(t, raw, &visit.Visit{Rules: rules})
			d, err := i.Request(t.Context(), v, r)
			if err != nil || d.Acting {
				t.Errorf("%s parted by %q: %v, acting %v", claim, mark, err, d.Acting)
			}
			d.Release()
		}
	}
}

// identifier is a text with an identifier, and texts for the same place with a card. One that is spoken of in words acts
// when it is typed in a card's groups.
type identifier struct {
	place  func(text string) string
	id     string
	cards  []string
	spoken bool
}

func identifiers() map[string]identifier {
	comment := func(text string) string { return form("name=A&comment=" + url.QueryEscape(text)) }
	body := func(text string) string { return post("text/plain", text) }
	file := func(name string) string {
		return parts("--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"" + name + "\"\n\nx\n--XX--\n")
	}
	header := func(line string) string { return get("/", line) }
	list := map[string]identifier{
		"two IMEIs":                 {comment, "IMEI1: {n}, IMEI2: {n}", []string{"IMEI1: 356938035643809, карта: {n}"}, true},
		"two IMEIs, counted":        {comment, "IMEI 1: {n} IMEI 2: {n}", []string{"IMEI 1: нет, карта 2: {n}"}, true},
		"number of a parcel":        {comment, "Посылка 1Z{n}", []string{"Посылка, карта {n}"}, false},
		"article with a serial":     {comment, "(01)04600682000235(21){n}", []string{"(21){n}", "(01)04600682000234(21){n}"}, true},
		"member PHP serialised":     {comment, `a:2:{s:8:"order_id";s:16:"{n}";s:3:"sum";i:1;}`, []string{`a:2:{s:4:"card";s:16:"{n}";s:3:"sum";i:1;}`, `a:2:{s:4:"note";s:16:"{n}";}`}, true},
		"integer PHP serialised":    {comment, `a:1:{s:8:"order_id";i:{n};}`, []string{`a:1:{s:4:"note";i:{n};}`}, false},
		"variable of a PHP session": {body, `user_id|i:{n};cart_id|s:16:"{n}";`, []string{`note|s:16:"{n}";`}, false},
		"Metrika's own words":       {comment, "adb:2:pu:{n}:en:utf-8", []string{"adb:2:n:{n}:en:utf-8", "pu:1:card:{n}:en"}, false},
		"order with a date":         {comment, "order_id={n} 1228", []string{"order_id={n} 1228 123", "order_id={n}|12|28|123"}, true},
		"messenger's picture":       {file, "received_{n}.jpeg", []string{"card_{n}.jpeg", "{n}.jpeg", "received_{n}.txt", "IMG_{n}.jpg", "photo-{n}.jpeg"}, false},
		"Facebook's picture":        {file, "449876543_{n}_10163_n.jpg", []string{"visa_{n}_10163_n.jpg"}, false},
		"header of a trace":         {header, "Tracestate: rojo={n},congo=t61rcWkgMzE", []string{"X-State: rojo={n},congo=t61rcWkgMzE", "Tracestate: card={n}", `If-None-Match: "{n}"`, `Etag: "{n}"`}, true},
		"decimal span":              {header, "X-Cloud-Trace-Context: 105445aa7843bc8bf206b12000100000/{n};o=1", []string{"X-Context: a/{n};o=1"}, false},
		"span before the sampling":  {header, "B3: 80f198ee56343ba864fe8b2a57d3eff7-{n}-1", []string{"User-Agent: b3 {n}"}, false},
		"key of a repeated request": {header, "Idempotency-Key: {n}", []string{"X-Key: {n}", "Referer: https://shop.example.kz/?key={n}"}, false},
		"end of a sentence":         {comment, "IMEI: {n}. Спасибо!", []string{"IMEI: нет. Карта {n}. Спасибо!", "id: {n}. 12/28 123", "мой номер: {n}. Спасибо!"}, true},
		"end of a line in JSON":     {func(text string) string { return jsons(encoded(object{"text": text})) }, "order_id: {n}.\nСпасибо", []string{"заказ: {n}.\nСпасибо"}, true},
		"bill of a parcel":          {comment, "накладная №: {n}", []string{"накладная №: нет, карта №: {n}", "карта №: {n}"}, false},
		"parcel, its bill":          {comment, "ТТН {n}", []string{"ТТН нет, карта {n}", "оплачу посылку {n}", "оплатить накладную {n}"}, false},
		"ways to pay for it":        {comment, "номер операции {n}", []string{"операция по карте {n}", "оплата доставки {n}", "delivery to {n}", "отправление оплачу, {n}", "за операцию {n}"}, true},
		"order and card":            {comment, "номер заказа: {n}", []string{"карта для заказа: {n}", "номер карты для заказа: {n}", "мой заказ: {n}"}, true},
		"firm on a map":             {comment, "https://2gis.ru/moscow/firm/{n}?m=37.6%2C55.7", []string{"https://2gis.ru/moscow/firm/ карта {n}", "https://shop.example.kz/firm/{n}", "https://2gis.ru/{n}"}, false},
		"video of Facebook":         {comment, "https://www.facebook.com/reel/{n}/", []string{"https://www.facebook.com/{n}/", "https://www.facebook.com/reel/?card={n}"}, false},
		"cells of a table":          {comment, table("\t"), []string{cells("\t"), table("-"), strings.Repeat(cells("\t")+"\n", 5)}, false},
		"barcode of MoySklad":       {jsons, `{"barcodes":[{"code128":"{n}"}]}`, []string{`{"pay":[{"code128":"{n}"}]}`}, true},
		"subject of a token": {func(text string) string {
			return get("/", "Authorization: Bearer "+b64(`{"alg":"HS256"}`)+"."+b64(text)+".c2lnbmF0dXJl")
		}, `{"sub":"{n}","iat":1784269194}`, []string{`{"text":"{n}","iat":1784269194}`}, true},
		"columns of a table": {comment, "Лампа  12  4990  7  3\nЛента  " + cells("  ") + "\n", []string{"Лампа  12\nЛента  " + cells("  ") + "\n", "Лампа  12  4990\nЛента  " + cells(" ") + "\n"}, false},
		"landing that WooCommerce keeps": {func(text string) string {
			return get("/", "Cookie: sbjs_current_add="+url.PathEscape("fd=2026-11-22 15:40:05|||ep=https://shop.example.kz/?"+text+"|||rf=https://yandex.kz/"))
		}, "yclid={n}", []string{"yclid={n}|12|28|123", "yclid=|||q={n}", "note={n}"}, true},
		"cookies in a cookie of PHP": {func(text string) string { return get("/", "Cookie: z="+url.QueryEscape(text)) }, "_ym_uid={n}; _ym_d=1", []string{"note={n}; _ym_d=1", "_ym_uid=1; note={n}", "_ym_uid=1; {n}"}, true},
		"key of several words":       {comment, `"Номер заказа":"{n}"`, []string{`"Номер заказа":"","Текст":"{n}"`, `"Номер карты":"{n}"`, `"Заказ по карте":"{n}"`}, true},
		"video to watch":             {comment, "https://www.facebook.com/watch/?v={n}", []string{"https://www.facebook.com/?v={n}", "https://shop.example.kz/watch/?v={n}", "https://www.facebook.com/watch/?v=1&q={n}"}, false},
		"pixel's code":               {comment, "fbq('init', '{n}');", []string{"init('{n}');", "fbq('init', 'карта {n}');"}, true},
		"advertiser's code":          {comment, "client=ca-pub-{n}", []string{"client={n}", "client=pub-{n}"}, false},
		"application of Facebook":    {func(text string) string { return post("text/html", text) }, `<meta property="fb:app_id" content="{n}"/>`, []string{`<meta property="og:title" content="{n}"/>`}, true},
		"callback of Telegram":       {jsons, `{"callback_query":{"chat_instance":"-{n}"}}`, []string{`{"callback_query":{"instance":"-{n}"}}`}, false},
		"visitor of Calltouch":       {header, "Cookie: _ct={n}", []string{"Cookie: ct={n}"}, true},
		"cells beside others":        {comment, "A-1\tЛампа\t" + cells("\t"), []string{"A-1 Лампа " + cells("\t"), "A-1\tЛампа\t" + cells("-"), "A-1\tкарта\t" + cells("\t")}, false},
		"amounts and references":     {comment, "{n1}\t{n2}{n3}{n4}\n4990\t612345678901\n", []string{"{n1}\t{n2}{n3}{n4}", "Оплата\t{n1} {n2}{n3}{n4}\nА\tБ\n"}, false},
		"articles in lines":          {comment, "Артикулы:\n" + cells("\n"), []string{"Здравствуйте\n" + cells("\n"), "Артикулы:\n" + cells(" ")}, false},
		"cells of a list of prices":  {comment, table(";"), []string{cells(" ")}, false},
	}
	for place, title := range map[string]func(title string) func(text string) string{
		"requisite of CommerceML": func(title string) func(text string) string {
			return func(text string) string {
				return post("text/xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>"+title+"</Наименование><Значение>"+text+"</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>")
			}
		},
		"property in XML": func(title string) func(text string) string {
			return func(text string) string {
				return post("text/xml", "<p><name>Цвет</name><value>1</value></p><p><name>"+title+"</name><value>"+text+"</value></p>")
			}
		},
		"property of Bitrix": func(title string) func(text string) string {
			return func(text string) string { return jsons(`{"PROPS":[{"CODE":"` + title + `","VALUE":"` + text + `"}]}`) }
		},
		"property of InSales": func(title string) func(text string) string {
			return func(text string) string { return jsons(`[{"title":"` + title + `","value":"` + text + `"}]`) }
		},
	} {
		list[place] = identifier{title("Трек-номер"), "{n}", nil, false}
		list[place+" with a serial"] = identifier{title("IMEI"), "{n}", nil, true}
		list[place+" in a comment"] = identifier{title("Комментарий"), "IMEI {n}", []string{"{n}"}, true}
		list[place+" beside a card"] = identifier{title("Номер карты"), "нет", []string{"{n}"}, false}
	}
	for _, words := range []string{"S/N: ", "s/n ", "серийный номер: ", "Серийник ", "сер.№ ", "номер заказа ", "заказ №", "Order number ", "Order #", "договор № ", "ФН: ", "л/с ", "IMEI2 ",
		"с/н: ", "номер заказа: ", "ID заказа: ", "номер моего заказа ", "номер чека: ", "договор №: ", "Order no.: ", "серийный №: ",
		"РПО ", "номер отправления ", "отправление № ", "номер операции ", "счет-фактура № ", "по договору № ", "заявка № ", "заводской номер ", "имей: "} {
		list["in words: "+words] = identifier{comment, "Здравствуйте, " + words + "{n}", []string{"Здравствуйте, " + words + "нет, карта {n}"}, true}
	}
	for _, name := range []string{"order_no", "orderNumber", "order_num", "invoice_no", "НомерЗаказа", "ticketNumber", "contract_number", "vendor_code", "idempotency_key", "rnd", "ШК",
		"bill_number", "operationNumber", "НомерОперации", "bar_code", "item_no", "productCode", "НомерОтправления", "РПО", "utm_content",
		"sub", "fiscalDriveNumber", "PositionCode", "ntin", "ГТИН"} {
		field := func(text string) string { return jsons(`{"a":1,` + text + `}`) }
		list["named "+name] = identifier{field, `"` + name + `":"{n}"`, []string{
			`"` + name + `":"оплата {n}"`, `"` + name + `_card":"{n}"`, `"` + name + `":"","note":"{n}"`, `"order":"{n}"`, `"order_note":"{n}"`,
		}, true}
	}
	maps.Copy(list, columns())
	maps.Copy(list, marked())
	return list
}

// written puts the number into a text: whole for {n}, its fours for {n1} to {n4}.
func written(text, n string) string {
	text = strings.NewReplacer("{n1}", n[:4], "{n2}", n[4:8], "{n3}", n[8:12], "{n4}", n[12:]).Replace(text)
	return strings.ReplaceAll(text, "{n}", n)
}

// cells is a number as the four cells of a row.
func cells(mark string) string { return strings.Join([]string{"{n1}", "{n2}", "{n3}", "{n4}"}, mark) }

// table is rows of numbers, one of them a card's.
func table(mark string) string {
	row := func(a, b, c, d string) string { return a + mark + b + mark + c + mark + d + "\n" }
	return row("1204", "4990", "5990", "12") + row("1205", "7990", "990", "3") + cells(mark) + "\n" + row("1207", "15990", "4990", "8") + row("1208", "2990", "1990", "40")
}

package inspect

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
)

// shops is what the programs and services of a shop of Kazakhstan send, one request of each kind: carts, feeds, widgets
// of chat and delivery, analytics, references of banks. Every identifier is drawn at random, so that many a one is a
// card's number.
func shops(dice *rand.Rand) map[string]string {
	list := map[string]string{}
	carts(list, dice)
	feeds(list, dice)
	beacons(list, dice)
	widgets(list, dice)
	banks(list, dice)
	words(list, dice)
	return list
}

// some is digits of one of the lengths.
func some(dice *rand.Rand, lengths ...int) string {
	return digitsOf(dice, lengths[dice.IntN(len(lengths))])
}

func one(dice *rand.Rand, words ...string) string { return words[dice.IntN(len(words))] }

func encoded(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

type object = map[string]any

func carts(list map[string]string, dice *rand.Rand) {
	id := func() string { return some(dice, 13, 14, 15, 16, 17, 18, 19) }
	list["WooCommerce"] = post("application/x-www-form-urlencoded", "attribute_pa_color=red&quantity=1&product_id="+id()+"&variation_id="+id()+"&_wp_http_referer="+url.QueryEscape("/product/lampa/?gclid="+b64(hexOf(dice, 30))),
		"Cookie: woocommerce_cart_hash="+hexOf(dice, 32)+"; wp_woocommerce_session_"+hexOf(dice, 32)+"="+some(dice, 3, 5)+"%7C%7C1763972800%7C%7C1763969200%7C%7C"+hexOf(dice, 32))
	list["OpenCart"] = form("product_id=" + some(dice, 4) + "&option%5B227%5D=" + some(dice, 3) + "&quantity=1&cart_id=" + id() + "&customer_id=" + id() + "&session_id=" + hexOf(dice, 26))
	list["Bitrix"] = form("sessid=" + hexOf(dice, 32) + "&action=ADD2BASKET&PRODUCT_ID=" + id() + "&PROPERTIES%5BXML_ID%5D=" + uuidOf(dice) + "&SITE_ID=s1&ORDER_ID=" + id() + "&BUYER_PHONE=8701" + digitsOf(dice, 7) + "&IIN=" + digitsOf(dice, 12))
	list["InSales"] = jsons(encoded(object{"order": object{"order_lines_attributes": []any{object{"variant_id": json.Number(id()), "sku": id(), "barcode": "487" + digitsOf(dice, 10)}}, "client": object{"id": json.Number(id()), "phone": "+7701" + digitsOf(dice, 7)}}}))
	list["Tilda"] = form("Name=%D0%90&Phone=%2B7+%28701%29+" + digitsOf(dice, 3) + "-" + digitsOf(dice, 2) + "-" + digitsOf(dice, 2) + "&tildaspec-formid=form" + digitsOf(dice, 9) + "&tildaspec-pageid=" + id() + "&tildaspec-orderid=" + id() + "&tildaspec-cookie=" + url.QueryEscape("_ym_uid=17"+digitsOf(dice, 16)+"; tildauid=17"+digitsOf(dice, 11)+"."+digitsOf(dice, 6)))
	list["cart in JSON"] = jsons(encoded(object{"cart_id": id(), "items": []any{
		object{"id": json.Number(id()), "variantId": id(), "gid": "gid://shopify/ProductVariant/" + digitsOf(dice, 14), "price": 15990, "gtin": digitsOf(dice, 14), "imei": "35" + digitsOf(dice, 13), "serialNumber": id()},
		object{"id": json.Number(id()), "externalId": id(), "sku": id(), "vendorCode": id(), "stock": dice.IntN(99)},
	}, "orderNumber": id(), "created": 1763800000000 + dice.Int64N(1e9)}))
	list["PHP serialised cart"] = get("/", "Cookie: cart="+url.QueryEscape(fmt.Sprintf(`a:1:{i:0;a:3:{s:10:"product_id";s:16:"%s";s:7:"item_id";i:%s;s:3:"qty";i:1;}}`, digitsOf(dice, 16), digitsOf(dice, 16))))
	list["pages"] = get("/catalog/?sort=price&offer_id="+id()+"&_="+"17638"+digitsOf(dice, 8), "Referer: https://shop.example.kz/catalog/?offer_id="+id()+"&yclid="+digitsOf(dice, 19), "X-Request-Id: "+id(), "Idempotency-Key: "+id())
}

func feeds(list map[string]string, dice *rand.Rand) {
	id := func() string { return some(dice, 13, 14, 15, 16, 17, 18, 19) }
	var yml, price, table strings.Builder
	yml.WriteString(`<?xml version="1.0" encoding="UTF-8"?><yml_catalog date="2026-11-22 15:40"><shop><offers>`)
	price.WriteString("sku;gtin;barcode;name;price;order_no;imei;serial_number\n")
	for range 10 {
		fmt.Fprintf(&yml, `<offer id="%s" group_id="%s"><price>%s</price><barcode>%s</barcode><vendorCode>%s</vendorCode><param name="GTIN">%s</param></offer>`,
			id(), id(), digitsOf(dice, 5), "460"+digitsOf(dice, 10), id(), digitsOf(dice, 14))
		fmt.Fprintf(&price, "%s;%s;487%s;Лампа;%s;%s;35%s;%s\n", id(), digitsOf(dice, 14), digitsOf(dice, 10), digitsOf(dice, 5), id(), digitsOf(dice, 13), id())
		fmt.Fprintf(&table, "%s\t%s\t%s\t%s\n", digitsOf(dice, 4), digitsOf(dice, 4), digitsOf(dice, 4), digitsOf(dice, 4))
	}
	list["YML"] = post("text/xml", yml.String()+"</offers></shop></yml_catalog>")
	list["price list"] = post("text/csv", price.String())
	list["table of numbers"] = form("comment=" + url.QueryEscape(table.String()))
	list["CommerceML"] = post("text/xml", `<КоммерческаяИнформация><Документ><Ид>`+id()+`</Ид><НомерЗаказа>`+id()+`</НомерЗаказа><Товары><Товар><Ид>`+uuidOf(dice)+"#"+uuidOf(dice)+`</Ид><Артикул>`+id()+`</Артикул><Штрихкод>487`+digitsOf(dice, 10)+`</Штрихкод></Товар></Товары></Документ></КоммерческаяИнформация>`)
	list["marking codes"] = form("codes%5B%5D=" + url.QueryEscape("01"+"0460"+digitsOf(dice, 10)+"215"+b64(hexOf(dice, 6))[:6]+"\x1d93"+b64(hexOf(dice, 3))[:4]) + "&sscc=" + digitsOf(dice, 18) + "&gtin=" + digitsOf(dice, 14))
}

func beacons(list map[string]string, dice *rand.Rand) {
	id := func() string { return some(dice, 15, 16, 17, 18, 19) }
	page := "https://shop.example.kz/?utm_source=yandex&utm_campaign=" + digitsOf(dice, 9) + "&yclid=" + digitsOf(dice, 19) + "&ymclid=" + digitsOf(dice, 19) + "&gclid=Cj0KCQ" + b64(hexOf(dice, 40))[:40]
	list["Google Analytics"] = post("text/plain", "en=purchase&ep.transaction_id="+id()+"&epn.value=15990&pr1=id"+digitsOf(dice, 6)+"~nmLamp~pr15990&_et="+digitsOf(dice, 4), "Referer: "+page)
	list["Google Analytics page"] = get("/g/collect?v=2&tid=G-ABC&cid=" + digitsOf(dice, 9) + ".17638" + digitsOf(dice, 5) + "&sid=17638" + digitsOf(dice, 5) + "&_p=17638" + digitsOf(dice, 8) + "&dl=" + url.QueryEscape(page) + "&ep.order_id=" + id() + "&up.user_id=" + id())
	list["Metrika"] = form("browser-info=" + url.QueryEscape("pv:1:vf:"+hexOf(dice, 20)+":fu:0:en:utf-8:la:ru:v:1234:cn:1:dp:0:ls:"+digitsOf(dice, 12)+":hid:"+digitsOf(dice, 9)+":z:300:i:20261122154005:et:17638"+digitsOf(dice, 5)+":c:1:rn:"+digitsOf(dice, 9)+":rqn:1:u:17"+digitsOf(dice, 17)+":w:1280x720:adb:2:pu:"+digitsOf(dice, 19)+":ds:0,0:st:1763800000:t:Lamps") + "&page-url=" + url.QueryEscape(page))
	list["Metrika purchase"] = form("site-info=" + url.QueryEscape(encoded(object{"__ym": object{"user_id": id(), "ecommerce": []any{object{"purchase": object{"actionField": object{"id": id()}, "products": []any{object{"id": id(), "price": 15990}}}}}}})))
	list["Facebook"] = jsons(encoded(object{"data": []any{object{"event_id": id(), "event_name": "Purchase", "user_data": object{"fbp": "fb.1.1763800000000." + id(), "external_id": id()}, "custom_data": object{"content_ids": []string{id(), id()}, "order_id": id()}}}}))
	list["Facebook pixel"] = get("/tr/?id=" + id() + "&ev=PageView&dl=" + url.QueryEscape(page) + "&ts=17638" + digitsOf(dice, 8) + "&fbp=fb.1.1763800000000." + id() + "&eid=" + id())
	list["TikTok"] = jsons(encoded(object{"pixel_code": "C" + strings.ToUpper(hexOf(dice, 19)), "event_id": id(), "context": object{"ad": object{"ttclid": id()}, "page": object{"url": page}}, "properties": object{"contents": []any{object{"content_id": id()}}}}))
	list["traces"] = get("/", "Traceparent: 00-"+digitsOf(dice, 32)+"-"+digitsOf(dice, 16)+"-01", "Tracestate: rojo="+digitsOf(dice, 16)+",congo="+digitsOf(dice, 16), "B3: "+hexOf(dice, 32)+"-"+digitsOf(dice, 16)+"-1", "X-Cloud-Trace-Context: "+hexOf(dice, 32)+"/"+digitsOf(dice, 19)+";o=1", "X-Datadog-Trace-Id: "+digitsOf(dice, 19))
	list["OpenTelemetry"] = jsons(encoded(object{"resourceSpans": []any{object{"scopeSpans": []any{object{"spans": []any{object{"traceId": digitsOf(dice, 32), "spanId": digitsOf(dice, 16), "parentSpanId": digitsOf(dice, 16), "startTimeUnixNano": "17638" + digitsOf(dice, 14)}}}}}}}))
}

func widgets(list map[string]string, dice *rand.Rand) {
	id := func() string { return some(dice, 15, 16, 17, 18, 19) }
	list["chat"] = jsons(encoded(object{"widget_id": "AbC", "chat_id": json.Number(id()), "visitor_id": id(), "message": "Здравствуйте, где мой заказ №" + id() + "?"}))
	list["delivery"] = jsons(encoded(object{"uuid": uuidOf(dice), "cdek_number": digitsOf(dice, 10), "tracking_number": id(), "packages": []any{object{"barcode": id(), "package_id": id()}}, "pvz_id": id()}))
	list["lead"] = form("leads%5Badd%5D%5B0%5D%5Bid%5D=" + id() + "&leads%5Badd%5D%5B0%5D%5Bcustom_fields%5D%5B0%5D%5Bid%5D=" + id() + "&contact_id=" + id() + "&roistat_visit=" + digitsOf(dice, 7))
	list["picture"] = parts("--XX\nContent-Disposition: form-data; name=\"photo\"; filename=\"" + one(dice, "449876543_"+id()+"_"+id()+"_n.jpg", "received_"+id()+".jpeg", "IMG_20240101_"+digitsOf(dice, 9)+".jpg", "photo_"+digitsOf(dice, 19)+"_y.jpg", "Screenshot_2026-11-22-15-40-05-"+digitsOf(dice, 3)+".png") + "\"\nContent-Type: text/plain\n\nx\n--XX--\n")
	list["Sentry"] = post("text/plain", `{"event_id":"`+hexOf(dice, 32)+`","dsn":"https://abc@o450`+digitsOf(dice, 13)+`.ingest.de.sentry.io/450`+digitsOf(dice, 13)+`"}`+"\n"+`{"type":"session"}`+"\n"+`{"sid":"`+uuidOf(dice)+`","did":"`+id()+`"}`)
}

func banks(list map[string]string, dice *rand.Rand) {
	id := func() string { return some(dice, 15, 16, 17, 18, 19) }
	list["Kaspi orders"] = jsons(encoded(object{"data": []any{object{"type": "orders", "id": id(), "attributes": object{"code": digitsOf(dice, 9), "kaspiDelivery": object{"waybillNumber": id()}, "customer": object{"id": id(), "cellPhone": "701" + digitsOf(dice, 7)}}}}}))
	list["Kaspi Pay"] = get("/payment_app.cgi?command=check&txn_id=" + id() + "&account=" + some(dice, 10, 16) + "&sum=15990.00")
	list["Halyk"] = form("invoiceID=" + id() + "&terminal=" + uuidOf(dice) + "&accountId=" + id() + "&reference=" + digitsOf(dice, 12) + "&approvalCode=" + digitsOf(dice, 6) + "&transactionId=" + id())
	list["receipt"] = form("qr=" + url.QueryEscape("t=20261122T1540&s=15990.00&fn="+one(dice, "9280", "9999", "7380")+digitsOf(dice, 12)+"&i="+digitsOf(dice, 5)+"&fp="+digitsOf(dice, 10)+"&n=1") + "&rnm=" + id())
}

func words(list map[string]string, dice *rand.Rand) {
	id := func() string { return some(dice, 15, 16, 17, 18, 19) }
	for i, text := range []string{
		"Телефон IMEI1: 35" + digitsOf(dice, 13) + ", IMEI2: 35" + digitsOf(dice, 13) + ", S/N: " + id(),
		"ИИН " + digitsOf(dice, 12) + ", ИИК KZ" + digitsOf(dice, 18) + ", тел. 8 701 " + digitsOf(dice, 3) + " " + digitsOf(dice, 2) + " " + digitsOf(dice, 2),
		"Посылка RR" + digitsOf(dice, 9) + "KZ и 1Z" + digitsOf(dice, 16) + ", СДЭК " + digitsOf(dice, 10) + ", трек " + id(),
		"(01)" + checked("0460"+digitsOf(dice, 9)) + "(17)261231(10)LOT" + digitsOf(dice, 3) + "(21)" + id() + " штрихкод " + digitsOf(dice, 13) + ", (00)" + checked(digitsOf(dice, 17)),
		"2026-11-22T15:40:05.123Z INFO order_id=" + id() + " uid=" + id() + " yclid=" + digitsOf(dice, 19) + " _ga=GA1.2." + digitsOf(dice, 9) + ".1763800000 ymclid: " + digitsOf(dice, 19),
		"Order #" + id() + ", серийный номер: " + id() + ", артикул " + id() + ", GTIN " + digitsOf(dice, 14),
		"смотрите https://www.instagram.com/p/Cx/?igsh=" + b64(hexOf(dice, 12)) + " и https://shop.example.kz/?product_id=" + id() + "&variant=" + digitsOf(dice, 14),
	} {
		list[fmt.Sprintf("comment %d in a form", i)] = form("name=%D0%90&comment=" + url.QueryEscape(text))
		list[fmt.Sprintf("comment %d in JSON", i)] = jsons(encoded(object{"name": "А", "comment": text}))
	}
}

// checked is digits and their check digit of GS1 (General Specifications, section 7.9).
func checked(s string) string {
	sum := 0
	for i := range s {
		sum += int(s[i]-'0') * (1 + 2*((len(s)-i)&1))
	}
	return s + string(rune('0'+(10-sum%10)%10))
}

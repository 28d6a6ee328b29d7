package pan

// word is what one word of a name or a sentence says of the number that belongs to it.
type word uint8

const (
	says0       word = iota
	saysCard         // a payment card
	saysOther        // another kind of card: gift, memory, loyalty; takes saysCard back
	saysID           // an identifier
	saysAccount      // an account or a parcel: an identifier unless it is counted
	saysOrder        // an order, an invoice, a document: only its number is an identifier
	saysNumber       // number, code, no: says nothing, but passes on what the word before it says
	saysLink         // is, my: the same, and makes no number of what is beside it
)

// links reports a word that passes on what the word before it says.
func (w word) links() bool { return w == saysNumber || w == saysLink }

// vocabulary is whole words, lower case.
var vocabulary = map[string]word{
	"card": saysCard, "cards": saysCard, "cc": saysCard, "ccn": saysCard, "pan": saysCard, "pans": saysCard, "credit": saysCard,
	"debit": saysCard, "visa": saysCard, "mastercard": saysCard, "maestro": saysCard, "mir": saysCard, "amex": saysCard,
	"unionpay": saysCard, "humo": saysCard, "uzcard": saysCard, "viza": saysCard, "виза": saysCard, "визу": saysCard, "мастеркард": saysCard,
	"маэстро": saysCard, "элкарт": saysCard, "elcart": saysCard, "elkart": saysCard, "belkart": saysCard, "primaryaccountnumber": saysCard,
	"ccnum": saysCard, "ccnumber": saysCard, "ccno": saysCard, "cardno": saysCard, "cnum": saysCard, "пан": saysCard,
	"банковская": saysCard, "банковской": saysCard, "банковскую": saysCard, "пластик": saysCard, "пластиковая": saysCard,

	"gift": saysOther, "loyalty": saysOther, "bonus": saysOther, "discount": saysOther, "club": saysOther, "sim": saysOther, "esim": saysOther,
	"sd": saysOther, "microsd": saysOther, "memory": saysOther, "video": saysOther, "graphics": saysOther, "sound": saysOther, "network": saysOther,
	"business": saysOther, "greeting": saysOther, "post": saysOther, "score": saysOther, "promo": saysOther, "voucher": saysOther,
	"памяти": saysOther, "сим": saysOther, "клиента": saysOther, "покупателя": saysOther, "товара": saysOther, "лояльности": saysOther,
	"сайта": saysOther, "жад": saysOther, "transport": saysOther, "member": saysOther, "membership": saysOther, "fuel": saysOther, "reward": saysOther,
	"rewards": saysOther, "travel": saysOther, "student": saysOther, "library": saysOther,

	"txn": saysID, "trx": saysID, "cursor": saysID, "puk": saysID, "fp": saysID, "kkt": saysID, "cashbox": saysID,
	"taobao": saysID, "таобао": saysID, "aliexpress": saysID, "алиэкспресс": saysID,
	"yclid": saysID, "gclid": saysID, "fbclid": saysID, "msclkid": saysID, "ymclid": saysID, "wbraid": saysID, "gbraid": saysID, "ttclid": saysID,
	"ga": saysID, "gid": saysID, "gcl": saysID, "gac": saysID, "ym": saysID, "fbp": saysID, "fbc": saysID, "fb": saysID, "ttp": saysID, "clck": saysID,
	"clsk": saysID, "yuidss": saysID, "ymex": saysID, "yandexuid": saysID, "uid": saysID, "uuid": saysID, "guid": saysID, "muid": saysID,
	"cid": saysID, "sid": saysID, "tid": saysID, "rid": saysID, "oid": saysID, "pid": saysID, "vid": saysID, "did": saysID, "aid": saysID, "bid": saysID, "eid": saysID, "mid": saysID,
	"barcode": saysID, "barcodes": saysID, "ean": saysID, "gtin": saysID, "upc": saysID, "sscc": saysID, "itf": saysID, "isbn": saysID, "issn": saysID,
	"штрихкод": saysID, "штрих": saysID, "штрихкоды": saysID, "imei": saysID, "imeisv": saysID, "meid": saysID, "imsi": saysID, "iccid": saysID, "msisdn": saysID,
	"iin": saysID, "inn": saysID, "bin": saysID, "иин": saysID, "жсн": saysID, "бин": saysID, "бсн": saysID, "инн": saysID, "кпп": saysID, "kpp": saysID,
	"ogrn": saysID, "ogrnip": saysID, "огрн": saysID, "огрнип": saysID, "snils": saysID, "снилс": saysID, "okpo": saysID,
	"rrn": saysID, "arn": saysID, "stan": saysID, "serial": saysID, "serials": saysID, "sn": saysID, "серийный": saysID, "сериялық": saysID,
	"id": saysID, "ids": saysID, "ид": saysID, "айди": saysID, "sig": saysID, "signature": saysID, "hash": saysID,
	"digest": saysID, "checksum": saysID, "trace": saysID, "traceparent": saysID, "tracestate": saysID, "span": saysID, "traceid": saysID, "spanid": saysID, "b3": saysID,
	"nonce": saysID, "pixel": saysID, "pixels": saysID, "snowflake": saysID, "cryptogram": saysID, "csrf": saysID, "fbq": saysID, "nocache": saysID, "fingerprint": saysID, "timestamp": saysID, "ts": saysID,
	"rnm": saysID, "fn": saysID, "fpd": saysID, "fd": saysID, "kkm": saysID, "znm": saysID, "zn": saysID, "фн": saysID, "рнм": saysID, "ккм": saysID, "зн": saysID, "фд": saysID, "фпд": saysID, "ффд": saysID,
	"знм": saysID, "ррн": saysID, "шк": saysID, "сер": saysID, "awb": saysID, "artikul": saysID, "pu": saysID,
	"sub": saysID, "ntin": saysID, "нтин": saysID, "гтин": saysID, "spic": saysID, "mxik": saysID, "kiz": saysID, "киз": saysID,
	"рпо": saysID, "rpo": saysID, "артикулы": saysID, "арт": saysID, "имей": saysID, "имеи": saysID, "заводской": saysID,
	"utm": saysID, "hsa": saysID, "adset": saysID, "adgroup": saysID, "idempotency": saysID, "variant": saysID, "rnd": saysID, "rand": saysID, "random": saysID, "cachebuster": saysID,
	"sku": saysID, "артикул": saysID, "mpn": saysID, "vin": saysID, "lat": saysID, "lng": saysID, "lon": saysID, "latitude": saysID, "longitude": saysID,

	"iban": saysAccount, "account": saysAccount, "accounts": saysAccount, "acct": saysAccount, "iik": saysAccount, "иик": saysAccount, "жск": saysAccount,
	"счет": saysAccount, "счёт": saysAccount, "счета": saysAccount, "счёта": saysAccount, "шот": saysAccount, "шоты": saysAccount, "rs": saysAccount,
	"track": saysAccount, "tracking": saysAccount, "tracknumber": saysAccount, "trackingnumber": saysAccount, "trackno": saysAccount, "waybill": saysAccount, "shipment": saysAccount, "parcel": saysAccount,
	"трек": saysAccount, "треккод": saysAccount, "накладная": saysAccount, "накладной": saysAccount, "посылка": saysAccount, "посылки": saysAccount,
	"shpi": saysAccount, "шпи": saysAccount, "rupost": saysAccount, "usps": saysAccount, "fedex": saysAccount, "ups": saysAccount, "dhl": saysAccount, "cdek": saysAccount, "сдэк": saysAccount, "kazpost": saysAccount, "казпочта": saysAccount,
	"трека": saysAccount, "треку": saysAccount, "трекномер": saysAccount, "ттн": saysAccount, "ttn": saysAccount,
	"nakladnaya": saysAccount, "nakladnoy": saysAccount, "сдэка": saysAccount, "qazpost": saysAccount, "есепшот": saysAccount, "есепшоты": saysAccount, "corr": saysAccount, "bik": saysAccount, "schet": saysAccount,

	"order": saysOrder, "orders": saysOrder, "invoice": saysOrder, "ticket": saysOrder, "contract": saysOrder, "receipt": saysOrder, "doc": saysOrder, "document": saysOrder,
	"ref": saysOrder, "reference": saysOrder, "vendor": saysOrder, "article": saysOrder, "policy": saysOrder, "zakaz": saysOrder, "zakaza": saysOrder,
	"заказ": saysOrder, "заказа": saysOrder, "заказу": saysOrder, "тапсырыс": saysOrder, "тапсырыстың": saysOrder, "договор": saysOrder, "договора": saysOrder,
	"чек": saysOrder, "чека": saysOrder, "документ": saysOrder, "документа": saysOrder, "полис": saysOrder, "полиса": saysOrder, "доверенность": saysOrder,
	"доверенности": saysOrder, "артикула": saysOrder, "договору": saysOrder, "dogovor": saysOrder, "dogovora": saysOrder, "agreement": saysOrder, "счету": saysOrder,
	"счёту": saysOrder, "фактура": saysOrder, "фактуры": saysOrder, "посылку": saysOrder, "накладную": saysOrder, "bill": saysOrder, "fiscal": saysOrder, "position": saysOrder, "item": saysOrder, "product": saysOrder, "supplier": saysOrder,
	"manufacturer": saysOrder, "bar": saysOrder, "shipping": saysOrder, "delivery": saysOrder, "consignment": saysOrder, "отправление": saysOrder,
	"отправления": saysOrder, "жөнелтім": saysOrder, "жөнелтілім": saysOrder, "жүкқұжат": saysOrder, "сәлемдеме": saysOrder, "operation": saysOrder, "операция": saysOrder, "операции": saysOrder, "transaction": saysOrder,
	"транзакция": saysOrder, "транзакции": saysOrder, "booking": saysOrder, "брони": saysOrder, "заявка": saysOrder, "заявки": saysOrder, "тикет": saysOrder,
	"обращение": saysOrder, "обращения": saysOrder, "meter": saysOrder, "счетчик": saysOrder, "счетчика": saysOrder, "счётчика": saysOrder, "есептегіш": saysOrder,
	"registration": saysOrder, "passport": saysOrder, "паспорт": saysOrder, "паспорта": saysOrder, "certificate": saysOrder, "сертификат": saysOrder, "сертификата": saysOrder,
	"coupon": saysOrder, "купон": saysOrder, "купона": saysOrder, "заявления": saysOrder, "талон": saysOrder, "талона": saysOrder, "rma": saysOrder, "claim": saysOrder,
	"declaration": saysOrder, "декларация": saysOrder, "декларации": saysOrder,

	"number": saysNumber, "numbers": saysNumber, "num": saysNumber, "no": saysNumber, "nr": saysNumber, "nomer": saysNumber, "номер": saysNumber, "нөмірі": saysNumber, "нөмір": saysNumber,
	"code": saysNumber, "код": saysNumber, "коды": saysNumber, "is": saysLink, "моего": saysLink, "вашего": saysLink, "the": saysLink, "value": saysLink, "my": saysLink, "мой": saysLink, "init": saysLink,
}

// wholeNames is names that say what their words do not: a chat of Telegram's, a visitor of Calltouch's.
var wholeNames = map[string]standing{"chat_instance": ofID, "_ct": ofID}

// stems are beginnings of words in their many cases.
var stems = []struct {
	stem string
	says word
}{
	{"картин", says0}, {"картоф", says0}, {"картон", says0}, {"картридж", says0}, {"картограф", says0}, {"картотек", says0}, {"карт", saysCard},
	{"банковск", saysCard}, {"подароч", saysOther}, {"бонус", saysOther}, {"дисконт", saysOther}, {"скидоч", saysOther}, {"лояльн", saysOther}, {"клубн", saysOther}, {"накопит", saysOther},
	{"транспортн", saysOther}, {"топливн", saysOther}, {"проездн", saysOther}, {"медицинск", saysOther}, {"студенческ", saysOther},
	{"видео", saysOther}, {"штрих", saysID}, {"серийн", saysID}, {"отслежив", saysAccount}, {"квитанц", saysID},
	{"karta", saysCard}, {"karty", saysCard}, {"kartu", saysCard}, {"kartoy", saysCard}, {"kartoi", saysCard}, {"nomerkart", saysCard},
	{"crypto", saysID}, {"barcode", saysID}, {"imei", saysID}, {"iccid", saysID}, {"gtin", saysID}, {"sscc", saysID}, {"yandexuid", saysID},
}

// What stands before "card" in words for no card or for another kind of card, by its last byte, and what stands behind it
// in words that are about no card.
var (
	beforeNoCard    = byLastByte("dis", "post", "score", "wild", "flash", "pla", "v", "id", "time", "key", "sound")
	beforeOtherCard = byLastByte("gift", "sim", "sd", "video", "graphics", "memory", "loyalty", "bonus", "discount", "club", "business", "transport", "member", "membership",
		"fuel", "reward", "rewards", "travel", "student", "library")
	behindNoCard = []string{"board", "igan", "io", "inal", "amom", "an"}
)

func byLastByte(words ...string) (t [256][]string) {
	for _, w := range words {
		t[w[len(w)-1]] = append(t[w[len(w)-1]], w)
	}
	return t
}

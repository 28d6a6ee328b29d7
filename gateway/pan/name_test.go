package pan

import (
	"testing"

	"github.com/cappertrophy/panwall/gateway/finding"
)

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"card": "card", "cardNumber": "card", "card_number": "card", "cc-number": "card", "ccnum": "card", "billing_card_number": "card", "order[card][number]": "card",
		"/payment/card_number": "card", "/card/number": "card", "PAN": "card", "userPan": "card", "creditcardnumber": "card", "cardNo": "card", "номер_карты": "card", "Карта": "card",
		"картаңыз": "card", "номер карты": "card", "card_id": "card", "bankCard": "card", "/cards/0": "card", "visa": "card",
		"company": "", "discard": "", "spinner": "", "cardboard": "", "картина": "", "gift_card": "", "sim_card": "", "comment": "", "q": "", "number": "", "paid": "", "valid": "", "грид": "",
		"yclid": "id", "_ga": "id", "_ym_uid": "id", "yandexuid": "id", "barcode": "id", "ean": "id", "gtin14": "id", "imei": "id", "iin": "id", "BIN": "id", "iban": "id", "account": "id",
		"track_number": "id", "trackingNumber": "id", "orderId": "id", "order_id": "id", "orderid": "id", "/items/0/barcode": "id", "штрихкод": "id", "ИИН": "id", "Rrn": "id", "счёт": "id", "discord_id": "id", "/card/id": "id",
		"transport_card": "", "memberCard": "", "fuel_card": "", "rewards_card": "", "travel_card": "", "студенческая карта": "", "топливная карта": "", "транспортная карта": "", "transportcard": "",
		"members[card]": "card", "transport": "", "member_id": "id", "chat_instance": "id", "instance": "", "_ct": "id", "ct": "",
		"carrotquest_uid": "id", "msclkid": "id",
	} {
		got := ""
		switch {
		case IsCardName(name):
			got = "card"
		case IsIDName(name):
			got = "id"
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestSensitiveNames(t *testing.T) {
	for name, want := range map[string]finding.Kind{
		"cvv": finding.CVV, "cvc2": finding.CVV, "cardCvv": finding.CVV, "securityCode": finding.CVV, "card[cvc]": finding.CVV, "/card/cvc": finding.CVV, "код_безопасности": finding.CVV, "card_code": finding.CVV, "қауіпсіздік коды": finding.CVV,
		"pin": finding.PIN, "PIN-код": finding.PIN, "пин": finding.PIN, "pin_block": finding.PIN, "cardPin": finding.PIN,
		"exp": finding.Expiry, "exp_month": finding.Expiry, "cc-exp": finding.Expiry, "/card/month": finding.Expiry, "срок действия": finding.Expiry, "validThru": finding.Expiry, "жарамдылық мерзімі": finding.Expiry,
		"shipping": 0, "spinner": 0, "export": 0, "experience": 0, "code": 0, "pinned": 0, "opinion": 0,
	} {
		if got, ok := SensitiveName(name); got != want || ok != (want != 0) {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestSensitiveValues(t *testing.T) {
	s := scanner(t)
	for claim, tc := range map[string]struct {
		name, value string
		want        finding.Kind
	}{
		"a verification value":             {"cvv", "123", finding.CVV},
		"one of four digits":               {"cvc", "1234", finding.CVV},
		"a PIN":                            {"pin", "1234", finding.PIN},
		"a PIN block":                      {"pin_block", "0412AC89ABCDEF67", finding.PIN},
		"an expiry date":                   {"exp", "12/28", finding.Expiry},
		"an empty verification value":      {"cvv", "", 0},
		"a word in its field":              {"cvv", "yes", 0},
		"the time when a token ends (JWT)": {"exp", "1763803600", 0},
		"a verification value elsewhere":   {"qty", "123", 0},
	} {
		var got finding.Kind
		for _, m := range s.Scan(nil, Text{Data: []byte(tc.value), Name: tc.name, Whole: true}) {
			got = m.Kind
		}
		if got != tc.want {
			t.Errorf("%s: got %s, want %s", claim, got, tc.want)
		}
	}
}

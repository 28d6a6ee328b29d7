package pan

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
)

func TestSurveySeesEveryView(t *testing.T) {
	const number = "4111111111111111"
	utf := func(s string) string {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return string(b)
	}
	each := func(f func(b byte) string) string {
		var sb strings.Builder
		for i := range number {
			sb.WriteString(f(number[i]))
		}
		return sb.String()
	}
	for claim, tc := range map[string]struct {
		text string
		want Evidence
	}{
		"digits":                        {"a " + number, Digits},
		"digits in fours":               {"4111 1111-1111.1111", Digits},
		"digits and no-break spaces":    {"4111\u00a01111\u00a01111\u00a01111", Digits | Wide},
		"full-width digits":             {"４１１１１１１１１１１１１１１１", Wide},
		"Shift-JIS digits":              {strings.Repeat("\x82\x53", 16), Wide},
		"percent":                       {each(func(b byte) string { return "%3" + string(b) }), Percent},
		"percent separators":            {"4111%201111%201111%201111", Percent},
		"percent twice":                 {each(func(b byte) string { return "%253" + string(b) }), Percent},
		"one digit in percent":          {"%34111111111111111", Percent},
		"JSON escapes":                  {each(func(b byte) string { return `\u003` + string(b) }), Backslash},
		"JavaScript escapes":            {each(func(b byte) string { return `\x3` + string(b) }), Backslash},
		"escaped no-break spaces":       {`4111\u00a01111\u00a01111\u00a01111`, Backslash},
		"escaped full-width digits":     {strings.Repeat(`\uff14`, 16), Backslash},
		"entities":                      {each(func(b byte) string { return "&#5" + string(b-'0'+'0') + ";" }), Entity},
		"hexadecimal entities":          {strings.Repeat("&#x34;", 16), Entity},
		"named entities between groups": {"4111&nbsp;1111&nbsp;1111&nbsp;1111", Entity},
		"base64":                        {base64.StdEncoding.EncodeToString([]byte(number)), Base64},
		"base64 in the middle":          {`{"f":"` + base64.URLEncoding.EncodeToString([]byte("card "+number)) + `"}`, Base64},
		"quoted-printable":              {strings.Repeat("=34", 16), QuotedPrintable},
		"a soft line break":             {"41111111=\r\n11111111", QuotedPrintable},
		"UTF-16":                        {utf(number), NUL},
		"UTF-16 full-width":             {utf("４１１１１１１１１１１１１１１１"), Wide},
		"UTF-16 escapes":                {utf(strings.Repeat(`\u0034`, 16)), NUL},
		"UTF-16 markup behind words":    {utf(`Оплата <!DOCTYPE o [<!ENTITY e "41111111">]>`), NUL},
		"the old escape of JavaScript":  {strings.Repeat("%u0034", 16), Percent},
		"base64 in escapes":             {"NDExM%54ExMTExMTExMTExMQ==", Percent},
		"base64 in entities":            {"MzA&#53;MzA&#x35;MDI&#49;OTA", Entity},
		"base64 in JSON escapes":        {`NDE\u0078MTExMTExMTExMTExMQ==`, Backslash},
		"hexadecimal":                   {hex.EncodeToString([]byte(number)), HexRun},
		"hexadecimal behind base64":     {base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("abcxyz"), 50)) + " " + hex.EncodeToString([]byte(number)), HexRun},
		"percent and JSON":              {strings.Repeat("%5Cu0034", 16), Percent},
		"an exponent":                   {"4.111111111111111E15", Digits},
	} {
		if got := Survey([]byte(tc.text)); got&tc.want != tc.want {
			t.Errorf("%s: got %b, want %b", claim, got, tc.want)
		}
	}
}

func TestSurveyIsSilentOnCleanText(t *testing.T) {
	for claim, text := range map[string]string{
		"a JSON order":            `{"amount":15990,"currency":"KZT","items":[{"sku":"A-1","qty":2},{"sku":"B-22","qty":1}],"phone":"87011234567"}`,
		"Russian":                 "Здравствуйте, где мой заказ 12345? Позвоните +7 701 123-45-67",
		"a form of Russian words": "name=%D0%9E%D0%BB%D1%8C%D0%B3%D0%B0+%D0%9A%D0%B8%D0%BC&qty=2",
		"escaped Russian":         `{"name":"\u0410\u0439\u0433\u04af\u043b","city":"\u0410\u043b\u043c\u0430\u0442\u044b"}`,
	} {
		if got := Survey([]byte(text)); got != 0 {
			t.Errorf("%s: evidence %b", claim, got)
		}
	}
}

// Nothing that Scan finds in ASCII digits may be ruled out by the cheap pass.
func TestMayHoldRulesOutNothing(t *testing.T) {
	s := scanner(t)
	r := rand.New(rand.NewPCG(1, 2))
	soups := []string{"0123456789 -", "4111111111111111 -.x", "4\u200b1\u00a01-", "5105105105105100,;E.", "01234567890123456789abcЖ"}
	for i := range 200_000 {
		soup := []rune(soups[i%len(soups)])
		var b bytes.Buffer
		for range r.IntN(120) {
			b.WriteRune(soup[r.IntN(len(soup))])
		}
		if i%3 == 0 {
			b.WriteString(" 4111-1111 1111 1111 ")
		}
		for _, name := range []string{"", "card"} {
			if m := s.Scan(nil, Text{Data: b.Bytes(), Name: name, Whole: i%2 == 0}); len(m) > 0 && !MayHold(b.Bytes()) {
				t.Fatalf("ruled out %q with %v", b.String(), m[0].Reasons())
			}
		}
	}
}

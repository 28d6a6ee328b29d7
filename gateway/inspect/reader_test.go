package inspect

import (
	"testing"

	"github.com/cappertrophy/panwall/gateway/visit"
)

// mustFind holds that each raw request is found out: refused, or with a finding that acts.
func mustFind(t *testing.T, list map[string]string) {
	t.Helper()
	i, rules := New(Options{}), shipped(t)
	for claim, raw := range list {
		r, v, ok := parsed(t, raw, &visit.Visit{Rules: rules})
		if !ok {
			t.Errorf("%s: not a request", claim)
			continue
		}
		if d, err := i.Request(t.Context(), v, r); err == nil && !d.Acting {
			t.Errorf("%s: not found; views %v, notes %v", claim, d.Views, d.Notes)
		} else {
			d.Release()
		}
	}
}

// mustPass holds that nothing acts in any of the raw requests.
func mustPass(t *testing.T, list map[string]string) {
	t.Helper()
	i, rules := New(Options{}), shipped(t)
	for claim, raw := range list {
		r, v, ok := parsed(t, raw, &visit.Visit{Rules: rules})
		if !ok {
			t.Errorf("%s: not a request", claim)
			continue
		}
		if d, err := i.Request(t.Context(), v, r); err != nil || d.Acting {
			t.Errorf("%s: stopped: %v; views %v", claim, err, d.Views)
		} else {
			d.Release()
		}
	}
}

// What reads the text of a document and nothing else joins what a line break parts for the eye.
func TestLineBreaksOfMarkup(t *testing.T) {
	n := visa
	mustFind(t, map[string]string{
		"digits":                      post("", "<n>"+n[:6]+"<br>"+n[6:]+"</i>"),
		"digits under no type":        post("text/xml", "<n>"+n[:3]+"<br/>"+n[3:]+"</n>"),
		"percent":                     post("", "><n>"+each(n[:9], "%%%02x")+"<BR>"+each(n[9:], "%%%02x")+"</n>"),
		"half an escape":              post("", "<n>"+each(n[:9], "%%%02x")+"%<br>"+each(n[9:], "%%%02x")[1:]+"</n>>"),
		"base64":                      post("", "<n>"+b64(n)[:9]+"<br />"+b64(n)[9:]+"</n>"),
		"base64 in an inline element": post("", "<n>"+b64(n)[:9]+"<b>"+b64(n)[9:]+"</b></n>"),
		"base64 of gzip":              post("", "<n>"+b64(coded(n, "gzip"))[:20]+"<br>"+b64(coded(n, "gzip"))[20:]+"</i>"),
		"an element of no meaning":    post("", "<n>"+b64(n)[:9]+"<r>"+b64(n)[9:]+"</i>"),
		"its escapes":                 post("", "<n>"+each(n[:9], "%%%02x")+"%<r>"+each(n[9:], "%%%02x")[1:]+"</n>>"),
		"UTF-16":                      post("application/xml", wide("<n>"+n[:7]+"<br>"+n[7:]+"</n>", 2, false, false)),
		"packed":                      post("", coded("<n>"+n[:7]+"<br>"+n[7:]+"</n>", "gzip")),
		"packed, other digits":        post("", coded("<?xml version='1.0'?><n>"+script(n[:8], 0x0660)+"<![CDATA["+script(n[8:], 0x0660)+"]]></n>", "gzip")),
		"JSON string":                 jsons(`{"html":"<p>` + n[:7] + `<br>` + n[7:] + `</p>"}`),
		"halves declared, called a form": form(`<?l ?><!DOCTYPE o[<!ENTITY e "` + script(n[:8], 0xFF10) + `"><!ENTITY f '` + script(n[8:], 0xFF10) +
			`'>]><o><n>&e;&f;</n></o>`),
		"two byte order marks": post("", "\xFE\xFF\xFE\xFF"+wide(`<?xml version='1.0'?><!DOCTYPE o[<!ENTITY e "pay `+n[:8]+`"><!ENTITY f '`+n[8:]+
			` thanks'>]><o><n>&e;&f;</n></o>`, 2, true, false)),
	})
	mustPass(t, map[string]string{
		"lines of an order":  jsons(`{"html":"<p>4600682000235<br>4600682000242<br>2 шт<br>1500 тг</p>"}`),
		"an address":         jsons(`{"html":"Алматы<br>050000<br>+7 701 123 45 67<br>www.example.kz<br>internationalshipping"}`),
		"times, one a line":  jsons(`{"html":"1763800000<br>1763800060<br>1763800120"}`),
		"phones, one a line": jsons(`{"html":"87011234567<br>87017654321<br>87071112233"}`),
		"names side by side": post("text/html", `<p>Internationalisation<br>Administration</p><b>Telecommunications</b>department`),
	})
}

package inspect

import (
	"bufio"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// streamedBody is what of a body would reach the shop of a route that streams, and whether all of it does.
func streamedBody(t *testing.T, g *rig, rules *ruleset.Set, contentType, body string) (forwarded string, passes bool) {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("POST /up HTTP/1.1\r\nHost: shop.example.kz\r\nContent-Type: " + contentType + "\r\n\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	arriving := io.Reader(strings.NewReader(body))
	if len(body) < 1<<18 {
		arriving = iotest.HalfReader(arriving)
	}
	r.Body, r.ContentLength = io.NopCloser(arriving), -1
	d := g.decide(visitOf(rules, r), r)
	defer d.Release()
	if d.Refused != nil {
		return "", false
	}
	b, err := io.ReadAll(r.Body)
	return string(b), err == nil
}

// What is read of a body that is held is read of one that streams: pieces in several fields, base64 wherever it began,
// markup and pairs in the midst of a file, and values of a type that has names.
func TestStreamedBodies(t *testing.T) {
	n := visa
	rules := withCards(t, "rules: []\nbodies:\n  - {id: up, about: files, where: {paths: [\"/**\"]}, large: stream, max: 64MiB}\n")
	g := newRig(t, rules, Options{})
	head := func(words string) string {
		return "--XX\r\nContent-Disposition: form-data; " + words + "\r\n\r\n"
	}
	field := func(name, value string) string {
		return head(`name="`+name+"\"\r\nX-Note: "+strings.Repeat("words ", 2000)) + value + "\r\n"
	}
	file := func(content string) string { return head(`name="f"; filename="a.txt"`) + content + "\r\n" }
	pieces := func(n string) string {
		return field("cc1", n[:4]) + field("cc2", n[4:8]) + field("cc3", n[8:12]) + field("cc4", n[12:])
	}
	digits := ""
	for i := range n {
		digits += field("d"+strconv.Itoa(i), n[i:i+1])
	}
	const end, parts = "--XX--\r\n", "multipart/form-data; boundary=XX"
	dice := rand.New(rand.NewPCG(1, 5))
	noise := make([]byte, 250_000)
	for i := range noise {
		noise[i] = byte(dice.Uint32())
	}
	words := strings.Repeat("clean words here ", 20_000)
	other := n[:15] + "2" // no card: its check digit fails
	for claim, test := range map[string]struct {
		contentType, body string
		passes            bool
	}{
		"pieces before a file":           {parts, pieces(n) + file("x") + end, false},
		"pieces at the end":              {parts, file("x") + pieces(n) + end, false},
		"pieces before a field":          {parts, pieces(n) + field("city", "Almaty") + end, false},
		"a digit a field":                {parts, digits + end, false},
		"a piece of another script":      {parts, field("cc1", script(n[:4], 0x0660)) + field("cc2", n[4:8]) + field("cc3", n[8:12]) + field("cc4", n[12:]) + end, false},
		"a piece with blanks in it":      {parts, field("cc1", script(n[:1]+" "+n[1:4], 0x0660)) + field("cc2", n[4:8]) + field("cc3", n[8:12]) + field("cc4", n[12:]) + end, false},
		"pieces of twelve and four":      {parts, field("n[]", n[:12]) + field("n[]", n[12:]) + end, false},
		"clean pieces":                   {parts, pieces(other) + file("x") + end, true},
		"pieces a file is between":       {parts, field("cc1", n[:8]) + file("x") + field("cc2", n[8:]) + end, true},
		"pairs in the midst of a file":   {parts, file("pad="+strings.ReplaceAll(words, " ", "+")+"&cc1="+n[:4]+"&cc2="+n[4:8]+"&cc3="+n[8:12]+"&cc4="+n[12:]) + end, false},
		"markup in the midst of a file":  {parts, file("<r><p>"+words+"</p><q><cc1>"+n[:8]+"</cc1><cc2>"+n[8:]+"</cc2></q></r>") + end, false},
		"pairs far behind":               {"application/x-www-form-urlencoded", "pad=" + strings.ReplaceAll(words, " ", "+") + "&cc1=" + n[:8] + "&cc2=" + n[8:], false},
		"an integer":                     {"application/msgpack", "\x81\xa1n\xcf\x00\x0e\x9b\x08\xa5\x68\xf1\xc7", false},
		"a clean order":                  {"application/json", `{"note":"` + words + `"}`, true},
		"base64 that begins at once":     {parts, file(b64(words+"card "+n+" "+words)) + end, false},
		"base64 a character later":       {parts, file("!"+b64(words+"card "+n+" "+words)) + end, false},
		"base64 two characters later":    {parts, file("!!"+b64(words+"card "+n+" "+words)) + end, false},
		"base64 three characters later":  {parts, file("!!!"+b64(words+"card "+n+" "+words)) + end, false},
		"clean base64":                   {parts, file("!!!"+b64(words+words)) + end, true},
		"an archive longer than windows": {parts, file(words+b64(archive(t, map[string]string{"a": "card " + n, "b": string(noise)}))) + end, false},
		"a short archive":                {parts, file(words[:190_000]+" "+b64(archive(t, map[string]string{"a": "clean"}))+" "+words) + end, true},
	} {
		forwarded, passes := streamedBody(t, g, rules, test.contentType, test.body)
		if passes != test.passes || passes && forwarded != test.body {
			t.Errorf("%s: passes %v, %d of %d bytes", claim, passes, len(forwarded), len(test.body))
		}
		for _, piece := range []string{n[:4], script(n[:4], 0x0660), script(n[:1]+" ", 0x0660)} {
			if !passes && strings.Contains(forwarded, "\r\n"+piece) {
				t.Errorf("%s: a piece was forwarded", claim)
			}
		}
	}
}

package inspect

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"io/fs"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/rules"
)

// redacting is the shipped rules with one in front that masks everywhere.
func redacting(t testing.TB) *ruleset.Set {
	return withCards(t, "rules:\n  - {id: mask, about: mask everywhere, action: redact}\n")
}

// withCards is the shipped rules with cards.yaml of its own.
func withCards(t testing.TB, cards string) *ruleset.Set {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(rules.Shipped, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, "cases/") {
			return err
		}
		b, err := fs.ReadFile(rules.Shipped, path)
		files[path] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	files["cards.yaml"] = &fstest.MapFile{Data: []byte("version: 1\n" + cards)}
	set, err := ruleset.Load(files, ruleset.Options{Location: time.UTC, Now: now})
	if err != nil {
		t.Fatalf("loading rules: %v", err)
	}
	return set
}

// A masked request keeps its length and its syntax, and inspected again it is clean.
func TestMaskingKeepsLengthAndSyntax(t *testing.T) {
	g := newRig(t, redacting(t), Options{})
	for claim, raw := range evasions(visa) {
		t.Run(claim, func(t *testing.T) {
			a := g.send(t, raw)
			if len(a.forwarded) == 0 {
				if a.status < 400 || a.status > 499 {
					t.Errorf("answered %d", a.status)
				}
				return
			}
			q := a.forwarded[0]
			head, body, _ := strings.Cut(raw, "\r\n\r\n")
			if len(q.Body) != len(body) {
				t.Errorf("a body of %d bytes became %d", len(body), len(q.Body))
			}
			if bytes.Contains(q.Raw, []byte(visa)) {
				t.Errorf("forwarded: %q", q.Raw)
			}
			line, _, _ := strings.Cut(head, "\r\n")
			if want := strings.Fields(line)[1]; len(want) != len(q.Target) {
				t.Errorf("target %s became %s", want, q.Target)
			}
			parses(t, q.Value("Content-Type"), []byte(body), q.Body)
			before := len(g.verdicts)
			again := g.send(t, string(q.Raw))
			if len(again.forwarded) != 1 || !bytes.Equal(again.forwarded[0].Body, q.Body) || len(g.verdicts) != before {
				t.Errorf("not clean when inspected again: %q", q.Raw)
			}
		})
	}
}

// parses fails if a body that parsed as its type no longer does.
func parses(t *testing.T, contentType string, before, after []byte) {
	t.Helper()
	for name, parse := range map[string]func([]byte) bool{
		"json": json.Valid,
		"urlencoded": func(b []byte) bool {
			_, err := url.ParseQuery(string(b))
			return err == nil
		},
		"xml": func(b []byte) bool {
			d := xml.NewDecoder(bytes.NewReader(b))
			for {
				if _, err := d.Token(); err != nil {
					return err == io.EOF
				}
			}
		},
		"multipart": func(b []byte) bool {
			f, err := multipart.NewReader(bytes.NewReader(b), "XX").ReadForm(1 << 20)
			return err == nil && f != nil
		},
	} {
		if strings.Contains(contentType, name) && parse(before) && !parse(after) {
			t.Errorf("no longer %s: %q", name, after)
		}
	}
}

// Each digit is masked in its own encoding.
func TestStandIns(t *testing.T) {
	g := newRig(t, redacting(t), Options{})
	for claim, tc := range map[string]struct{ contentType, body, want string }{
		"plain digits":         {"text/plain", "n " + visa + ".", "n ****************."},
		"groups":               {"text/plain", "n 4111-1111-1111-1111.", "n ****-****-****-****."},
		"percent":              {"application/x-www-form-urlencoded", "n=%34" + visa[1:], "n=%2A***************"},
		"percent twice":        {"application/x-www-form-urlencoded", "n=%2534" + visa[1:], "n=%252A***************"},
		"overlong":             {"application/x-www-form-urlencoded", "n=%C0%B4" + visa[1:], "n=%C0%AA***************"},
		"overlong by a byte":   {"application/x-www-form-urlencoded", "n=%e0%80%b4" + visa[1:], "n=%e0%80%aa***************"},
		"JSON escapes":         {"application/json", `{"n":"\u0034` + visa[1:] + `"}`, `{"n":"\u002a***************"}`},
		"JSON in JSON":         {"application/json", `{"p":"{\"n\":\"\\u0034` + visa[1:] + `\"}"}`, `{"p":"{\"n\":\"\\u002a***************\"}"}`},
		"a JSON number":        {"application/json", `{"n":` + visa + `}`, `{"n":1000000000000000}`},
		"a JSON exponent":      {"application/json", `{"n":4.111111111111111e15}`, `{"n":1.000000000000000e15}`},
		"an entity":            {"text/xml", "<n>&#52;" + visa[1:] + "</n>", "<n>&#42;***************</n>"},
		"a hexadecimal entity": {"text/xml", "<n>&#x34;" + visa[1:] + "</n>", "<n>&#x2a;***************</n>"},
		"full width":           {"text/plain", fullWidth(visa), strings.Repeat("＊", 16)},
		"another script":       {"text/plain", script(visa, 0x0660), strings.Repeat("٠", 16)},
		"base64":               {"application/json", `{"n":"` + b64("card="+visa) + `"}`, `{"n":"` + b64("card="+strings.Repeat("*", 16)) + `"}`},
		"two in one base64":    {"application/json", `{"n":"` + b64(visa+","+master) + `"}`, `{"n":"` + b64(strings.Repeat("*", 16)+","+strings.Repeat("*", 16)) + `"}`},
		"base64 twice":         {"application/json", `{"n":"` + b64(b64("card="+visa)) + `"}`, `{"n":"` + b64(b64("card="+strings.Repeat("*", 16))) + `"}`},
		"UTF-16":               {"text/plain", wide("n "+visa, 2, false, true), wide("n ****************", 2, false, true)},
		"windows-1251":         {"text/plain; charset=windows-1251", "\xea\xe0\xf0\xf2\xe0 " + visa, "\xea\xe0\xf0\xf2\xe0 ****************"},
		"with its expiry":      {"application/x-www-form-urlencoded", "card=" + visa + "&cvv=123&exp=12%2F28&qty=2", "card=****************&cvv=***&exp=**%2F**&qty=2"},
		"with its JSON CVV":    {"application/json", `{"card":"` + visa + `","cvv":123}`, `{"card":"****************","cvv":100}`},
		"across tags":          {"text/xml", "<a>41111111<b/>11111111</a>", "<a>********<b/>********</a>"},
		"soft line breaks":     {"multipart/form-data; boundary=XX", "--XX\r\nContent-Disposition: form-data; name=\"n\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n41111111=\r\n1111111=31\r\n--XX--\r\n", "--XX\r\nContent-Disposition: form-data; name=\"n\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n********=\r\n*******=2A\r\n--XX--\r\n"},
	} {
		t.Run(claim, func(t *testing.T) {
			a := g.send(t, post(tc.contentType, tc.body))
			if len(a.forwarded) != 1 {
				t.Fatalf("refused with %d", a.status)
			}
			if got := string(a.forwarded[0].Body); got != tc.want {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

// Where there is no stand-in, redact becomes block.
func TestWhatCannotBeMaskedIsBlocked(t *testing.T) {
	g := newRig(t, redacting(t), Options{})
	for claim, raw := range map[string]string{
		"compressed":     post("application/json", coded(`{"n":"`+visa+`"}`, "gzip"), "Content-Encoding: gzip"),
		"split":          form("c1=4111&c2=1111&c3=1111&c4=1111"),
		"signed":         post("application/json", `{"n":"`+visa+`"}`, "Content-Hmac: 0000"),
		"in the path":    get("/o/" + visa),
		"binary integer": post("application/cbor", "\xa1\x61n\x1b\x00\x0e\x9b\x08\xa5h\xf1\xc7"),
	} {
		if a := g.send(t, raw); len(a.forwarded) > 0 || a.status != 422 {
			t.Errorf("%s: answered %d, forwarded %d", claim, a.status, len(a.forwarded))
		}
	}
}

// A digest of a body that was masked would be wrong; one of a body that was not stays.
func TestDigestsOfMaskedBodies(t *testing.T) {
	g := newRig(t, redacting(t), Options{})
	a := g.send(t, post("text/plain", visa, "Content-Md5: x", "Digest: sha-256=x", "Content-Digest: sha-256=:x:"))
	if len(a.forwarded) != 1 || len(a.forwarded[0].Values("Digest"))+len(a.forwarded[0].Values("Content-Md5"))+len(a.forwarded[0].Values("Content-Digest")) > 0 {
		t.Errorf("masked body kept its digests: %+v", a.forwarded)
	}
	a = g.send(t, post("text/plain", "a b c", "Content-Md5: x"))
	if len(a.forwarded) != 1 || a.forwarded[0].Value("Content-Md5") != "x" {
		t.Errorf("clean body lost its digest: %+v", a.forwarded)
	}
}

// E42: of one number always the same is left, which is none of its digits, wherever and however often it is sent.
func TestMasksDoNotAddUp(t *testing.T) {
	g := newRig(t, redacting(t), Options{})
	for _, body := range []string{"a=" + visa + "&b=x+" + master, "a=" + master[:4] + "+" + master[4:8] + "+" + master[8:12] + "+" + master[12:] + "&b=" + visa} {
		first, second := g.send(t, form(body)), g.send(t, form(body))
		if len(first.forwarded) != 1 || len(second.forwarded) != 1 {
			t.Fatalf("answered %d and %d", first.status, second.status)
		}
		if got := first.forwarded[0].Body; !bytes.Equal(got, second.forwarded[0].Body) || bytes.ContainsAny(got, "0123456789") {
			t.Errorf("%q and %q", got, second.forwarded[0].Body)
		}
	}
}

// E27: digits spelled in words or letters, reversed or shifted are out of scope: they arrive untouched.
func TestSpelledDigitsAreNoDigits(t *testing.T) {
	g := newRig(t, shipped(t), Options{})
	for claim, body := range map[string]string{
		"letters":  "4lll lOll llll llll",
		"words":    "four one one one, one one one one, one one one one, one one one one",
		"reversed": "2424242424242424242",
	} {
		a := g.send(t, post("text/plain", body))
		if len(a.forwarded) != 1 || string(a.forwarded[0].Body) != body {
			t.Errorf("%s: answered %d", claim, a.status)
		}
	}
}

package inspect

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/htmlindex"

	"github.com/cappertrophy/panwall/gateway/visit"
)

// orderNumber is sixteen digits that no card begins with.
const orderNumber = "1726112200012345"

// Stacks of encodings that a shop in PHP, Node or Python undoes: a card in one is found, and an order number in the very
// same one is not.
func TestStackedReadings(t *testing.T) {
	i := New(Options{})
	rules := shipped(t)
	clean := stacked(t, orderNumber)
	for claim, raw := range stacked(t, visa) {
		for _, want := range []struct {
			raw  string
			acts bool
		}{{raw, true}, {clean[claim], false}} {
			r, v, ok := parsed(t, want.raw, &visit.Visit{Rules: rules})
			if !ok {
				t.Errorf("%s: not a request", claim)
				continue
			}
			d, err := i.Request(t.Context(), v, r)
			if err != nil || d.Acting != want.acts {
				t.Errorf("%s: acting %v (%v), want %v; views %v, notes %v", claim, d.Acting, err, want.acts, d.Views, d.Notes)
			}
			d.Release()
		}
	}
}

// A form that says itself it is written in a charset of East Asia is refused: its values are not read in it.
func TestCharsetFieldOfEastAsiaIsRefused(t *testing.T) {
	for _, charset := range []string{"gbk", "big5", "euc-kr", "shift_jis"} {
		r, v, _ := parsed(t, form("_charset_="+charset+"&n="+each(inCharset(t, charset, fullWidth(visa)), "%%%02X")), &visit.Visit{Rules: shipped(t)})
		d, err := New(Options{}).Request(t.Context(), v, r)
		if err == nil {
			t.Errorf("%s: not refused", charset)
		}
		d.Release()
	}
}

// Digits that are alike show no byte order: UTF-16 is then read in both.
func TestUTF16OfDigitsThatAreAlike(t *testing.T) {
	for _, n := range []string{visa, master} {
		for _, big := range []bool{true, false} {
			r, v, _ := parsed(t, jsons(`{"n":"`+b64(wide(fullWidth(n), 2, big, false))+`"}`), &visit.Visit{Rules: shipped(t)})
			d, err := New(Options{}).Request(t.Context(), v, r)
			if err == nil && !d.Acting {
				t.Errorf("big endian %v: not found; views %v", big, d.Views)
			}
			d.Release()
		}
	}
}

func stacked(t *testing.T, n string) map[string]string {
	list := binaries(n)
	escapeStacks(list, n)
	for _, charset := range []string{"gb18030", "gbk", "gb2312", "big5", "euc-kr", "euc-jp", "iso-2022-jp", "shift_jis"} {
		wide := inCharset(t, charset, fullWidth(n))
		for claim, raw := range map[string]string{
			"text":          post("text/plain; charset="+charset, wide),
			"half of it":    post("text/plain; charset="+charset, n[:8]+inCharset(t, charset, fullWidth(n[8:]))),
			"form":          post("application/x-www-form-urlencoded; charset="+charset, "n="+each(wide, "%%%02X")),
			"form as it is": post("application/x-www-form-urlencoded; charset="+charset, "n="+wide+"&a=1"),
			"JSON":          post("application/json; charset="+charset, `{"n":"`+wide+`"}`),
			"XML":           post("text/xml", `<?xml version="1.0" encoding="`+charset+`"?><a>`+wide+`</a>`),
			"part":          parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Type: text/plain; charset=" + charset + "\n\n" + wide + "\n--XX--\n"),
			"CSV":           post("text/csv; charset="+charset, "a;b\n1;"+wide+"\n"),
			"base64":        post("text/plain; charset="+charset, b64(wide)),
			"mail":          post("message/rfc822", "MIME-Version: 1.0\r\nContent-Type: text/plain; charset="+charset+"\r\nContent-Transfer-Encoding: base64\r\n\r\n"+b64(wide)+"\r\n"),
		} {
			list[charset+" "+claim] = raw
		}
	}
	for _, coding := range []string{"gzip", "zlib", "zstd"} {
		characters := latin(coded("note "+n, coding))
		list[coding+" a character a byte"] = jsons(`{"n":` + strconv.QuoteToASCII(characters) + `}`)
		list[coding+" a character a byte as it is"] = jsons(`{"n":` + encoded(characters) + `}`)
		list[coding+" a character a byte in a form"] = form("n=" + url.QueryEscape(characters))
	}
	for _, coding := range []string{"gzip", "zlib", "deflate", "zstd"} {
		list[coding+" of words in base64"] = jsons(`{"n":"` + b64(coded("note "+n+" end", coding)) + `"}`)
		list[coding+" of JSON in base64url"] = get("/?n=" + strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(b64(coded(`{"n":"`+each(n, `\u%04x`)+`"}`, coding))), "="))
		list[coding+" as the body"] = post("application/octet-stream", coded(`{"note":"`+n+`"}`, coding))
	}
	return list
}

// latin is each byte as the character of that number.
func latin(bytes string) string {
	var s strings.Builder
	for _, c := range []byte(bytes) {
		s.WriteRune(rune(c))
	}
	return s.String()
}

// binaries is the number in formats that keep it whole and show it in pieces, or not at all.
func binaries(n string) map[string]string {
	whole, _ := strconv.ParseUint(n, 10, 64)
	double := math.Float64bits(float64(whole))
	chunks := "h" + n[:8] + "h" + n[8:] + "\xff" // texts of eight bytes
	int64Of := func(name string) string { return "\x12" + name + "\x00" + little(whole) }
	return map[string]string{
		"CBOR text in chunks":         post("application/cbor", "\xa1\x61n\x7f"+chunks),
		"CBOR bytes in chunks":        post("application/cbor", "\xa1\x61n\x5fH"+n[:8]+"H"+n[8:]+"\xff"),
		"CBOR name in chunks":         post("application/cbor", "\xa1\x7f"+chunks+"\x01"),
		"CBOR digit by digit":         post("application/cbor", "\xa1\x61n\x7f"+each(n, "a%c")+"\xff"),
		"BSON string":                 post("application/bson", document("\x02n\x00\x11\x00\x00\x00"+n+"\x00")),
		"BSON integer":                post("application/bson", document(int64Of("n"))),
		"BSON double":                 post("application/bson", document("\x01n\x00"+little(double))),
		"BSON decimal":                post("application/bson", document("\x13n\x00"+little(whole)+little(0x3040<<48))),
		"BSON in BSON":                post("application/bson", document("\x10a\x00\x01\x00\x00\x00\x03p\x00"+document(int64Of("n")))),
		"BSON array":                  post("application/bson", document("\x08a\x00\x01\x04p\x00"+document(int64Of("0")))),
		"BSON bytes":                  post("application/bson", document("\x05n\x00\x10\x00\x00\x00\x00"+n)),
		"BSON that says it is octets": post("application/octet-stream", document(int64Of("n"))),
		"BSON in base64":              jsons(`{"p":"` + b64(document(int64Of("n"))) + `"}`),
		"gzip in a form":              form("n=" + each(coded(n, "gzip"), "%%%02X")),
		"zlib in a form":              form("n=" + each(coded(n, "zlib"), "%%%02X")),
	}
}

func little(n uint64) string { return string(binary.LittleEndian.AppendUint64(nil, n)) }

// document is a document of BSON with the elements.
func document(elements string) string {
	return string(binary.LittleEndian.AppendUint32(nil, uint32(len(elements)+5))) + elements + "\x00"
}

// escapeStacks adds escapes over encodings and over escapes.
func escapeStacks(list map[string]string, n string) {
	escapes := map[string]string{
		"quoted-printable": "=%02X", "braced": `\u{%x}`, "hexadecimal": `\x%02x`, "Unicode": `\u%04x`, "octal": `\%03o`, "percent": "%%%02X",
		"long": `\U%08x`, "entities": "&#%d;",
	}
	for over, outer := range escapes {
		list[over+" over base64"] = jsons(`{"n":` + strconv.Quote(each(b64("note "+n), outer)) + `}`)
		list[over+" in base64"] = jsons(`{"n":"` + b64(each(n, outer)) + `"}`)
		list[over+" over hexadecimal in a card's field"] = form("card=" + url.QueryEscape(each(hex.EncodeToString([]byte(n)), outer)))
		for under, inner := range escapes {
			list[over+" over "+under] = form("n=" + url.QueryEscape(each(each(n, inner), outer)))
		}
	}
	for claim, escaped := range map[string]string{
		"style sheet with blanks": each(n, `\%x `), "style sheet of six digits": each(n, `\%06x`), "style sheet tight": each(n, `\%x`),
		"PHP's own escapes before digits": `S:16:"\3` + n[:1] + n[1:] + `";`,
		"PHP's own escapes":               `S:16:"` + each(n, `\%02x`) + `";`, "PHP's own escapes between digits": `S:16:"` + n[:4] + each(n[4:], `\%02x`) + `";`,
		"in braces": each(n, `\x{%x}`), "a line end in base64": b64(n)[:8] + "=\r\n" + b64(n)[8:],
	} {
		list[claim] = form("n=" + url.QueryEscape(escaped))
		list[claim+" in JSON"] = jsons(`{"n":` + strconv.Quote(escaped) + `}`)
		list[claim+" in base64"] = jsons(`{"n":"` + b64(escaped) + `"}`)
	}
	for claim, escaped := range map[string]string{
		"base64": b64(n), "full-width digits": fullWidth(n), "base64 in base64": b64(b64(n)),
	} {
		list[claim+" in hexadecimal in a card's field"] = jsons(fmt.Sprintf(`{"card":"%x"}`, escaped))
	}
	list["announced hexadecimal in a card's field"] = jsons(fmt.Sprintf(`{"card":"0x%x"}`, n))
	list["spaced hexadecimal in a card's field"] = jsons(fmt.Sprintf(`{"card":"% x"}`, n))
	list["hexadecimal in base64 in a card's field"] = jsons(`{"card":"` + b64(hex.EncodeToString([]byte(n))) + `"}`)
}

func inCharset(t *testing.T, charset, s string) string {
	t.Helper()
	e, err := htmlindex.Get(charset)
	if err != nil {
		t.Fatal(err)
	}
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

package inspect

import (
	"testing"
)

// fuzzWalker feeds one walker anything: it must end, stay within its text, and hand nothing out twice.
func fuzzWalker(f *testing.F, k kind, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	i := New(Options{})
	rules := shipped(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		r := i.fresh(budget{ctx: t.Context()}, rules)
		defer i.done(r)
		r.lenient = func(locator, int, error) error { return nil }
		top := r.rooted(&place{}, &root{bytes: data})
		defer r.drop()
		top.kind, top.open = k, true
		if err := r.walk(top, k); err != nil {
			return // refused
		}
		last := 0
		for _, c := range top.claims {
			if c.start < last || c.end < c.start || c.end > len(data) {
				t.Fatalf("claims %v of %d bytes", top.claims, len(data))
			}
			last = c.end
		}
	})
}

func FuzzForm(f *testing.F) { fuzzWalker(f, formKind, "a=1&b=%34;c=x", "&&=;=", "%=+") }
func FuzzJSON(f *testing.F) {
	fuzzWalker(f, jsonKind, `{"a":[1,"\u0034",{"b":null}],"c":1e5}`, `[[[`, `"\`, "{}\n{}")
}
func FuzzMultipart(f *testing.F) {
	fuzzWalker(f, multipartKind, "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--X--\r\n", "--X\n\n--X\n\n", "p\r\n--X\r\na: b\r\n\r\n--Y")
}
func FuzzXML(f *testing.F) {
	fuzzWalker(f, xmlKind, `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a d='e'>&b;<![CDATA[x]]><!-- y --></a>`, "<a", "<!", "<a b=", "</")
}
func FuzzCSV(f *testing.F) { fuzzWalker(f, csvKind, "a,b\n1,\"2,\"\"3\"\n", ";\r\n;", "\"") }
func FuzzMsgpack(f *testing.F) {
	fuzzWalker(f, msgpackKind, "\x82\xa1a\x01\xa1b\x92\xc0\xc3", "\xdf\xff\xff\xff\xff")
}
func FuzzCBOR(f *testing.F) {
	fuzzWalker(f, cborKind, "\xa2\x61a\x01\x61b\x9f\x01\xff", "\xbf\x61a", "\x5f\x41a\xff", "\x7f\x61a\x61b\xff")
}
func FuzzBSON(f *testing.F) {
	fuzzWalker(f, bsonKind, document("\x02a\x00\x02\x00\x00\x00b\x00\x12c\x00"+little(1)), document("\x04a\x00"+document("\x100\x00\x01\x00\x00\x00")), "\xff\xff\xff\x7f")
}
func FuzzProtobuf(f *testing.F) {
	fuzzWalker(f, protobufKind, "\x08\x96\x01\x12\x07testing\x1a\x02\x08\x01", "\x0a\xff\xff\xff\xff\x0f")
}
func FuzzURL(f *testing.F) { fuzzWalker(f, urlKind, "https://a/?b=1&c=2#d=3", "/?#=", "#a=1?b=2") }

// Every view that keeps marks keeps one for each byte it makes, in order.
func FuzzViews(f *testing.F) {
	f.Add([]byte(`a%34%u0034\u0034\x34\u{34}&#52;&#x34;&nbsp;=34=` + "\r\n" + `+<b>1</b><!-- x -->1`))
	f.Add([]byte("\xff\xfe4\x001\x00"))
	f.Add([]byte(`\34 \000034\U00000034\x{34}0x34:34 `))
	f.Add([]byte("a4h12345678x\x021"))
	f.Fuzz(func(t *testing.T, data []byte) {
		views := []*view{formView, jsonView, entityView, lenientView, quotedView, hexView, markupView, zeroFree, styleView, serialView, chunkedView, byteView, guessedView}
		for _, w := range []int{2, 4} {
			views = append(views, wideView(w, false), wideView(w, true))
		}
		for n, v := range views {
			var marks []int32
			out := v.decode(nil, data, &marks)
			if plain := v.decode(nil, data, nil); string(plain) != string(out) {
				t.Fatalf("view %d reads %q with marks and %q without", n, out, plain)
			}
			if len(marks) != len(out) {
				t.Fatalf("view %d: %d marks for %d bytes", n, len(marks), len(out))
			}
			for i, m := range marks {
				if int(m) >= len(data) || i > 0 && m < marks[i-1] {
					t.Fatalf("view %d: marks %v", n, marks)
				}
			}
		}
	})
}

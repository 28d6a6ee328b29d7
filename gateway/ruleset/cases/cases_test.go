package cases

import (
	"io"
	"net/netip"
	"strings"
	"testing"
)

func TestPublishedCardsPassTheCheckDigit(t *testing.T) {
	t.Parallel()
	for name, digits := range published {
		sum := 0
		for i := range len(digits) {
			d := int(digits[len(digits)-1-i] - '0')
			if i%2 == 1 {
				if d *= 2; d > 9 {
					d -= 9
				}
			}
			sum += d
		}
		if sum%10 != 0 {
			t.Errorf("%s does not pass", name)
		}
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"no card":                "no card",
		"{visa-16}":              "4111111111111111",
		"a {visa-16 4-4-4-4} b":  "a 4111-1111-1111-1111 b",
		"{visa-16 4 4 4 4}":      "4111 1111 1111 1111",
		"{visa-16 4+4+4+4}":      "4111+1111+1111+1111",
		"{amex-15 4-6-5}":        "3782-822463-10005",
		"{mir-16}{mir-16}":       "22000000000000042200000000000004",
		`{"a":"{visa-16}"}`:      `{"a":"4111111111111111"}`,
		`{"a":{"b":1}}`:          `{"a":{"b":1}}`,
		"{name}":                 "{name}",
		"{visa-16 1-1-1-1-12}":   "4-1-1-1-111111111111",
		"{mastercard-2 4 4 4 4}": "2223 0031 2200 3222",
	} {
		if got, err := expand(text); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"{viza-16}":           `no published test card is called "viza-16"; did you mean visa-16?`,
		"{visa-16 4-4-4}":     "do not add up to 16 digits",
		"{visa-16 4-4-4-4-4}": "do not add up to 16 digits",
		"{visa-16 0-16}":      "do not add up to 16 digits",
	} {
		if _, err := expand(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", text, err, want)
		}
	}
}

func TestRequestIsWhatABrowserWouldSend(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		request Request
		want    string
	}{
		"nothing said": {Request{}, "GET / HTTP/1.1\r\nHost: cappertrophy.com\r\n\r\n"},
		"a form": {Request{Target: "/c", Form: map[string]string{"b": "{visa-16 4 4 4 4}", "a": "я"}},
			"POST /c HTTP/1.1\r\nHost: cappertrophy.com\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 30\r\n\r\na=%D1%8F&b=4111+1111+1111+1111"},
		"JSON": {Request{Method: "PUT", JSON: `{"a":1}`},
			"PUT / HTTP/1.1\r\nHost: cappertrophy.com\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}"},
		"raw with its own type": {Request{Raw: "<a/>", Headers: map[string]string{"content-type": "text/xml"}},
			"POST / HTTP/1.1\r\nHost: cappertrophy.com\r\ncontent-type: text/xml\r\nContent-Length: 4\r\n\r\n<a/>"},
		"base64": {Request{Base64: "AAE="}, "POST / HTTP/1.1\r\nHost: cappertrophy.com\r\nContent-Type: application/octet-stream\r\nContent-Length: 2\r\n\r\n\x00\x01"},
		"multipart": {Request{Multipart: []Part{{Name: "f", Filename: `a".txt`, Type: "text/plain", Content: "x"}}},
			"POST / HTTP/1.1\r\nHost: cappertrophy.com\r\nContent-Type: multipart/form-data; boundary=----panwall-case\r\nContent-Length: 136\r\n\r\n" +
				"------panwall-case\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a%22.txt\"\r\nContent-Type: text/plain\r\n\r\nx\r\n------panwall-case--\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := Case{Request: tt.request}
			got, err := c.Bytes()
			if err != nil || string(got) != tt.want {
				t.Errorf("request %q, %v\nwant %q", got, err, tt.want)
			}
			r, err := c.Read()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(r.Body); err != nil || r.RemoteAddr != "203.0.113.7:40000" {
				t.Errorf("read: %v, from %s", err, r.RemoteAddr)
			}
		})
	}
}

func TestFaultsOfCases(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ src, want string }{
		"no version":             {"cases: []", `the key "version" is missing`},
		"another version":        {"version: 2", "format 2 is not one"},
		"nothing expected":       {"version: 1\ncases: [{id: a, request: {target: /}}]", `the key "expect" is missing`},
		"an empty expectation":   {"version: 1\ncases: [{id: a, expect: {}}]", "expects nothing"},
		"an unknown expectation": {"version: 1\ncases: [{id: a, expect: {acton: pass}}]", "did you mean action?"},
		"an unknown action":      {"version: 1\ncases: [{id: a, expect: {action: mask}}]", `unknown word "mask"`},
		"two bodies":             {"version: 1\ncases: [{id: a, request: {form: {a: b}, raw: x}, expect: {action: pass}}]", "this one has form and raw"},
		"an unknown card":        {"version: 1\ncases: [{id: a, request: {raw: \"{viza-16}\"}, expect: {action: pass}}]", "did you mean visa-16?"},
		"a line break":           {"version: 1\ncases: [{id: a, request: {headers: {A: \"b\\r\\nC: d\"}}, expect: {action: pass}}]", "a header is one line"},
		"a space in the target":  {"version: 1\ncases: [{id: a, request: {target: \"/a b\"}, expect: {action: pass}}]", "write %20"},
		"broken JSON":            {"version: 1\ncases: [{id: a, request: {json: \"{\"}, expect: {action: pass}}]", "write malformed bodies as raw"},
		"broken base64":          {"version: 1\ncases: [{id: a, request: {base64: \"?\"}, expect: {action: pass}}]", "base64: illegal"},
		"a bad address":          {"version: 1\ncases: [{id: a, request: {client: 300.0.0.1}, expect: {action: pass}}]", "300.0.0.1"},
		"a method with a colon":  {"version: 1\ncases: [{id: a, request: {method: \"A:B\"}, expect: {action: pass}}]", "not a request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, d := Read("cases/a.yaml", []byte(tt.src))
			if err := d.Faults().Err(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("faults %v; want %q", err, tt.want)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	body := "a={visa-16}"
	outcome := &Outcome{
		Action: "redact", Deciding: Found{At: "cookie:x", Kind: "pan", Brand: "visa", Confidence: "certain", Rule: "r"}, Shadow: []string{"s"},
		Target: "/t", Header: map[string][]string{"Cookie": {"x=*"}}, Body: "a=4111111111111111", Page: "p", Stamped: map[string][]string{"X-A": {"b"}}, Limits: []string{"l", "m"},
	}
	held := Expect{
		Action: "redact", Rule: "r", At: "cookie:x", Find: "pan", Brand: "visa", Confidence: "certain", Shadow: []string{"s"}, Page: "p",
		Headers: map[string]string{"x-a": "b", "X-None": ""}, Limits: []string{"l", "m"}, Arrives: &Arrives{Target: "/t", Body: &body, Headers: map[string]string{"cookie": "x=*"}},
	}
	if ds := held.Compare(outcome); ds != nil {
		t.Errorf("differences %v", ds)
	}
	for key, e := range map[string]Expect{
		"action": {Action: "block"}, "rule": {Rule: "q"}, "exemption": {Exemption: "e"}, "at": {At: "path"}, "find": {Find: "track"}, "brand": {Brand: "mir"},
		"confidence": {Confidence: "likely"}, "code": {Code: "busy"}, "shadow": {Shadow: []string{}}, "page": {Page: "q"}, "headers.X-A": {Headers: map[string]string{"X-A": "c"}},
		"limits": {Limits: []string{"l"}}, "allowance": {Allowance: "a"}, "ban": {Ban: "b"}, "notification": {Notification: "n"}, "websocket": {WebSocket: "w"},
		"arrives.target": {Arrives: &Arrives{Target: "/u"}}, "arrives.headers.Cookie": {Arrives: &Arrives{Headers: map[string]string{"Cookie": "y"}}},
	} {
		if ds := e.Compare(outcome); len(ds) != 1 || ds[0].Key != key {
			t.Errorf("%s: differences %v", key, ds)
		}
	}
	refused := &Outcome{Action: "refuse"}
	if ds := (&Expect{Arrives: &Arrives{}}).Compare(refused); len(ds) != 1 || ds[0].Key != "arrives" {
		t.Errorf("differences %v", ds)
	}
}

func TestClientIsDocumentationUnlessSaid(t *testing.T) {
	t.Parallel()
	c := Case{}
	if c.Client() != netip.MustParseAddr("203.0.113.7") {
		t.Errorf("client %s", c.Client())
	}
}

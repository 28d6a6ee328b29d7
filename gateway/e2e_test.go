package gateway_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
)

const (
	card   = "4111111111111111" // Visa's published test number
	digits = "4111 1111 1111 1111"
)

// form is a multipart body with one field and one file.
func form(field, file string) (body, contentType string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("comment", field)
	part, _ := w.CreateFormFile("photo", "note.txt")
	_, _ = io.WriteString(part, file)
	_ = w.Close()
	return b.String(), w.FormDataContentType()
}

// forbidden is what may not be in any byte the shop received.
func forbidden(t *testing.T, claim string, received []byte) {
	t.Helper()
	bare := strings.NewReplacer(" ", "", "-", "", "+", "", "%20", "").Replace(string(received))
	if strings.Contains(bare, card) {
		t.Errorf("%s: the number reached the shop", claim)
	}
}

func TestACardNeverReachesTheShop(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	g := inFront(t, shop.URL())
	multi, multiType := form("my card "+digits, "clean")
	file, fileType := form("clean", "card "+digits)
	for claim, tc := range map[string]struct {
		method, target, body, contentType string
		header                            http.Header
		want                              int
	}{
		"in the path":             {"GET", "/pay/" + card, "", "", nil, 422},
		"in the query":            {"GET", "/search?q=" + card, "", "", nil, 422},
		"in an encoded query":     {"GET", "/search?q=4111%201111%201111%201111", "", "", nil, 422},
		"in a form":               {"POST", "/contact", "name=A&message=" + url.QueryEscape(digits), "application/x-www-form-urlencoded", nil, 422},
		"in JSON":                 {"POST", "/api", `{"note":"` + digits + `"}`, "application/json", nil, 422},
		"in a JSON number":        {"POST", "/api", `{"card":` + card + `}`, "application/json", nil, 422},
		"in text":                 {"POST", "/api", "please charge " + digits, "text/plain", nil, 422},
		"in a multipart field":    {"POST", "/api", multi, multiType, nil, 422},
		"in an uploaded file":     {"POST", "/api", file, fileType, nil, 422},
		"in a header":             {"GET", "/h", "", "", http.Header{"X-Note": {digits}}, 200},
		"in a cookie":             {"GET", "/c", "", "", http.Header{"Cookie": {"note=" + card}}, 200},
		"in the referrer":         {"GET", "/r", "", "", http.Header{"Referer": {"https://localhost/?q=" + card}}, 200},
		"in a body of an odd GET": {"GET", "/g", "n=" + card, "application/x-www-form-urlencoded", nil, 422},
	} {
		for _, http2 := range []bool{false, true} {
			r, err := http.NewRequestWithContext(t.Context(), tc.method, "https://localhost"+tc.target, strings.NewReader(tc.body))
			if err != nil {
				t.Fatal(err)
			}
			for name, values := range tc.header {
				r.Header[name] = values
			}
			if tc.contentType != "" {
				r.Header.Set("Content-Type", tc.contentType)
			}
			answer, err := g.client(http2).Do(r)
			if err != nil {
				t.Errorf("%s (HTTP/2 %v): %v", claim, http2, err)
				continue
			}
			page, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			if answer.StatusCode != tc.want {
				t.Errorf("%s (HTTP/2 %v): %d, want %d", claim, http2, answer.StatusCode, tc.want)
			}
			guard(t, "the answer to a card "+claim, string(page))
			stamped(t, claim, answer)
		}
	}
	forbidden(t, "all requests", shop.Received())
}

// stamped fails a test whose answer lacks the security headers.
func stamped(t *testing.T, claim string, answer *http.Response) {
	t.Helper()
	if got := answer.Header["Strict-Transport-Security"]; len(got) != 1 || !strings.HasPrefix(got[0], "max-age=") {
		t.Errorf("%s: %d answered with HSTS %q", claim, answer.StatusCode, got)
	}
	policies := answer.Header["Content-Security-Policy"]
	if len(policies) != 1 {
		t.Fatalf("%s: %d answered with %d content security policies", claim, answer.StatusCode, len(policies))
	}
	for _, want := range []string{"script-src 'self'", "frame-src", "https://widget.tiptoppay.kz", "https://widget.cloudpayments.ru", "object-src 'none'"} {
		if !strings.Contains(policies[0], want) {
			t.Errorf("%s: the policy lacks %s", claim, want)
		}
	}
	for _, directive := range strings.Split(policies[0], ";") {
		name, sources, _ := strings.Cut(strings.TrimSpace(directive), " ")
		if name == "script-src" && strings.Contains(sources, "'unsafe-") || strings.Contains(" "+sources+" ", " * ") {
			t.Errorf("%s: %s is open: %s", claim, name, sources)
		}
	}
}

func TestACleanRequestArrivesUntouched(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	g := inFront(t, shop.URL())
	for claim, tc := range map[string]struct{ method, target, contentType, body string }{
		"a page":                          {"GET", "/trophies/silver?sort=price&page=2", "", ""},
		"parameters net/http cannot read": {"GET", "/s?a=1;b=2&c=%zz|x&d", "", ""},
		"a trailing question mark":        {"GET", "/s?", "", ""},
		"escapes in the path":             {"GET", "/%D0%BA%D1%83%D0%B1%D0%BE%D0%BA/a%20b", "", ""},
		"a form":                          {"POST", "/order", "application/x-www-form-urlencoded", "name=%d0%90%d0%b9&phone=%2B77012345678&empty=&dup=1&dup=2"},
		"JSON with odd spacing":           {"POST", "/order", "application/json; charset=utf-8", "{ \"b\" : 1.50,\n\"a\":[1,2 ,3], \"ean\": \"4600051000057\" }"},
		"analytics cookies":               {"GET", "/", "", ""},
	} {
		for _, http2 := range []bool{false, true} {
			r, err := http.NewRequestWithContext(t.Context(), tc.method, "https://localhost/", strings.NewReader(tc.body))
			if err != nil {
				t.Fatal(err)
			}
			r.URL = &url.URL{Scheme: "https", Host: "localhost", Opaque: "//localhost" + tc.target}
			if tc.contentType != "" {
				r.Header.Set("Content-Type", tc.contentType)
			}
			r.Header.Set("Cookie", "_ga=GA1.2.415926535.1763800000; _ym_uid=1666707227246044402; sid=abc")
			r.Header["X-Twice"] = []string{"one", "two"}
			answer, err := g.client(http2).Do(r)
			if err != nil {
				t.Fatalf("%s: %v", claim, err)
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				t.Errorf("%s (HTTP/2 %v): %d", claim, http2, answer.StatusCode)
				continue
			}
			q := shop.Next(t)
			if q.Method != tc.method || q.Target != tc.target || string(q.Body) != tc.body {
				t.Errorf("%s (HTTP/2 %v): arrived as %s %s with %d bytes", claim, http2, q.Method, q.Target, len(q.Body))
			}
			if got := q.Values("Cookie"); len(got) != 1 || got[0] != r.Header.Get("Cookie") {
				t.Errorf("%s: cookies arrived changed: %d values", claim, len(got))
			}
			if got := strings.Join(q.Values("X-Twice"), ","); got != "one,two" {
				t.Errorf("%s: repeated header arrived as %s", claim, got)
			}
			if got := q.Values("Host"); len(got) != 1 || got[0] != "localhost" {
				t.Errorf("%s: host arrived as %v", claim, got)
			}
			if got := q.Values("X-Forwarded-For"); len(got) != 1 || got[0] != "127.0.0.1" {
				t.Errorf("%s: the shop was told the client is %v", claim, got)
			}
		}
	}
}

func TestRefusalsSpeakTheVisitorsLanguage(t *testing.T) {
	g := inFront(t, shoptest.NewRecorder(t).URL())
	for language, word := range map[string]string{"ru-RU,ru;q=0.9": "карты", "kk": "карта", "en": "card"} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://localhost/contact", strings.NewReader("message="+card))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept", "text/html,application/xhtml+xml;q=0.9")
		r.Header.Set("Accept-Language", language)
		answer, err := g.client(true).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		page, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if !strings.Contains(string(page), word) || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: the page does not speak it (%s)", language, answer.Header.Get("Content-Type"))
		}
		if !strings.Contains(string(page), "body:message") {
			t.Errorf("%s: the page does not name the field", language)
		}
	}
}

func TestUnknownHostIsMisdirected(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	g := inFront(t, shop.URL())
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://localhost/", nil)
	r.Host = "other.example"
	answer, err := g.client(false).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusMisdirectedRequest || len(shop.Requests()) != 0 {
		t.Errorf("an unknown host got %d", answer.StatusCode)
	}
}

func TestAShopThatIsDownIs502(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	g := inFront(t, shop.URL())
	shop.Close()
	answer, err := g.client(true).Get("https://localhost/")
	if err != nil {
		t.Fatal(err)
	}
	page, _ := io.ReadAll(answer.Body)
	answer.Body.Close()
	if answer.StatusCode != http.StatusBadGateway || len(page) == 0 {
		t.Errorf("a dead shop gave %d with %d bytes", answer.StatusCode, len(page))
	}
	stamped(t, "a dead shop", answer)
}

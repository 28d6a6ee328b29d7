package refusal

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/visit"
)

const card = "4111111111111111"

func answer(t *testing.T, ref *Refusal, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest("POST", "/contact?q="+card, strings.NewReader(card))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	w.Header().Set("Set-Cookie", "the shop's own")
	v := &visit.Visit{ID: "7GQ2ZK0M4X9A1BCD", Site: &config.Site{Contact: "info@shop.example"}}
	Write(w, r, v, ref)
	if ref != nil && v.Code != string(ref.Code) {
		t.Errorf("the visit notes code %q, want %q", v.Code, ref.Code)
	}
	return w.Result()
}

func bodyOf(t *testing.T, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEveryCodeSpeaksThreeLanguages(t *testing.T) {
	want := map[Code]int{
		Card: 422, BadRequest: 400, TooLarge: 413, UnsupportedMedia: 415, HeaderTooLarge: 431, TooMany: 429, Banned: 403,
		BadSignature: 401, Misdirected: 421, UnknownMethod: 501, NoUpgrade: 403, Timeout: 408, Busy: 503, LogDown: 503,
		BadGateway: 502, GatewayTimeout: 504, Internal: 500,
	}
	if len(want) != len(table) {
		t.Fatalf("the table has %d codes, this test knows %d", len(table), len(want))
	}
	for code, status := range want {
		if got := code.Status(); got != status {
			t.Errorf("%s: status %d, want %d", code, got, status)
		}
		for lang, words := range table[code].say {
			if words.title == "" || words.body == "" {
				t.Errorf("%s says nothing in %s", code, labels[lang].tag)
			}
		}
	}
	if got := Code("").Status(); got != 500 {
		t.Errorf("the zero code is %d, want 500", got)
	}
}

func TestFormFollowsTheClient(t *testing.T) {
	for claim, tc := range map[string]struct {
		header []string
		want   string
	}{
		"a navigation gets a page":              {[]string{"Sec-Fetch-Mode", "navigate", "Accept", "*/*"}, "text/html; charset=utf-8"},
		"an old browser gets a page":            {[]string{"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}, "text/html; charset=utf-8"},
		"jQuery gets a problem":                 {[]string{"Accept", "application/json, text/javascript, */*; q=0.01", "X-Requested-With", "XMLHttpRequest"}, "application/problem+json"},
		"a script that says html gets problem":  {[]string{"Accept", "text/html", "X-Requested-With", "XMLHttpRequest"}, "application/problem+json"},
		"fetch gets a problem":                  {[]string{"Accept", "*/*", "Sec-Fetch-Mode", "cors"}, "application/problem+json"},
		"whoever says nothing gets a problem":   {nil, "application/problem+json"},
		"a terminal that asks for text gets it": {[]string{"Accept", "text/plain"}, "text/plain; charset=utf-8"},
		"json before html is json":              {[]string{"Accept", "application/json, text/html;q=0.5"}, "application/problem+json"},
		"html with weight zero is no html":      {[]string{"Accept", "text/html;q=0"}, "application/problem+json"},
		"a weight of nonsense is no weight":     {[]string{"Accept", "text/html;q=NaN"}, "application/problem+json"},
	} {
		resp := answer(t, &Refusal{Code: Card}, tc.header...)
		if got := resp.Header.Get("Content-Type"); got != tc.want {
			t.Errorf("%s: got %s, want %s", claim, got, tc.want)
		}
	}
}

func TestLanguageFollowsTheVisitor(t *testing.T) {
	for claim, tc := range map[string]struct{ accept, want string }{
		"Russian":                       {"ru-RU,ru;q=0.9,en;q=0.8", "ru"},
		"Kazakh":                        {"kk-KZ, ru;q=0.5", "kk"},
		"English":                       {"en-US", "en"},
		"nothing asked is English":      {"", "en"},
		"a language we lack is English": {"ja", "en"},
		"the second choice is honoured": {"ja, kk;q=0.4", "kk"},
		"malformed counts as absent":    {";;;q=ru", "en"},
		"a flood counts as absent":      {strings.Repeat("ru,", 5000), "en"},
	} {
		resp := answer(t, &Refusal{Code: Card}, "Accept-Language", tc.accept, "Accept", "text/html")
		if got := resp.Header.Get("Content-Language"); got != tc.want {
			t.Errorf("%s: got %s, want %s", claim, got, tc.want)
		}
		if body := bodyOf(t, resp); !strings.Contains(body, `<html lang="`+tc.want+`">`) {
			t.Errorf("%s: the page does not say its language", claim)
		}
	}
}

func TestARefusalSaysWhatItMustAndNothingOfTheClients(t *testing.T) {
	for _, accept := range []string{"text/html", "application/json", "text/plain"} {
		resp := answer(t, &Refusal{Code: Card, At: "body:comment"}, "Accept", accept, "Referer", card, "Cookie", "c="+card, "Accept-Language", "en;q="+card)
		body := bodyOf(t, resp)
		for _, want := range []string{"body:comment", "7GQ2ZK0M4X9A1BCD", "info@shop.example", "payment window"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: %q is missing", accept, want)
			}
		}
		if strings.Contains(body, "411111") || strings.Contains(strings.Join(resp.Header["Vary"], ""), card) {
			t.Errorf("%s: the answer echoes", accept)
		}
		if resp.Header.Get("Cache-Control") != "no-store" || resp.Header.Get("Set-Cookie") != "" || resp.StatusCode != 422 {
			t.Errorf("%s: got %d %v", accept, resp.StatusCode, resp.Header)
		}
	}
}

func TestProblemIsRFC9457(t *testing.T) {
	resp := answer(t, &Refusal{Code: TooMany, RetryAfter: 1100 * time.Millisecond})
	var got map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got["type"] != "urn:panwall:problem:too-many-requests" || got["status"] != 429.0 || got["instance"] != "urn:panwall:incident:7GQ2ZK0M4X9A1BCD" {
		t.Errorf("got %v", got)
	}
	if after := resp.Header.Get("Retry-After"); after != "2" {
		t.Errorf("Retry-After is %q: seconds are rounded up", after)
	}
	if _, ok := got["field"]; ok {
		t.Error("a refusal without a field names one")
	}
}

func TestPresetsAreShownByTheShopsScript(t *testing.T) {
	for claim, want := range map[string]struct {
		answer, target string
		status         int
		part           string
	}{
		"the classic WooCommerce checkout":  {"woocommerce", "/?wc-ajax=checkout", 200, `"result":"failure"`},
		"the WooCommerce checkout block":    {"woocommerce", "/wp-json/wc/store/v1/checkout", 422, `"code":"panwall_card-number"`},
		"the same without pretty addresses": {"woocommerce", "/?rest_route=/wc/store/v1/checkout", 422, `"code":"panwall_card-number"`},
		"OpenCart":                          {"opencart", "/index.php", 200, `{"error":{"warning":"`},
		"Bitrix":                            {"bitrix", "/", 200, `{"order":{"ERROR":{"MAIN":["`},
		"json for a page":                   {"json", "/", 422, `"type":"urn:panwall:problem:card-number"`},
		"a page for a script":               {"page", "/", 422, `<html lang="en">`},
		"no preset of ours":                 {"nobody's", "/", 422, `"type":"urn:panwall:problem:card-number"`},
	} {
		w := httptest.NewRecorder()
		Write(w, httptest.NewRequest("POST", want.target, nil), &visit.Visit{ID: "7GQ2ZK0M4X9A1BCD"}, &Refusal{Code: Card, Answer: want.answer})
		if body := w.Body.String(); w.Code != want.status || !strings.Contains(body, want.part) || !strings.Contains(body, "7GQ2ZK0M4X9A1BCD") {
			t.Errorf("%s: %d %s", claim, w.Code, body)
		}
		if w.Header().Get("Panwall-Refused") != "card-number" {
			t.Errorf("%s: a watcher cannot see the refusal", claim)
		}
	}
}

func TestWithoutAVisitOrARefusalItStillRefuses(t *testing.T) {
	w := httptest.NewRecorder()
	Write(w, httptest.NewRequest("GET", "/", nil), nil, nil)
	if w.Code != 500 || w.Body.Len() == 0 {
		t.Errorf("got %d with %d bytes", w.Code, w.Body.Len())
	}
}

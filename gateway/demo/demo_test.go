package demo

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

const pay = "https://pay.localhost:8444"

func ask(t *testing.T, h http.Handler, method, target string, form url.Values, header ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	b, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(b)
}

func TestThePagesLiveUnderAStrictPolicy(t *testing.T) {
	inline := regexp.MustCompile(`(?i)<script>|\son[a-z]+=|javascript:|<style|\sstyle=`)
	for _, path := range []string{"/", "/cart/", "/contact", "/messages", "/checkout/", "/checkout/thanks", "/app.js", "/style.css"} {
		for _, language := range []string{"en", "ru-RU"} {
			resp, body := ask(t, Shop(pay), "GET", path, nil, "Accept-Language", language, "Cookie", "cart=gold-cup.crystal-star.nonsense")
			if resp.StatusCode != 200 || inline.MatchString(body) && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
				t.Errorf("%s: status %d, inline %q", path, resp.StatusCode, inline.FindString(body))
			}
			if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") && !strings.HasSuffix(body, "</html>\n\n") && !strings.HasSuffix(body, "</html>\n") {
				t.Errorf("%s breaks off: %q", path, body[max(0, len(body)-80):])
			}
		}
	}
}

func TestAWayThroughTheShop(t *testing.T) {
	s := Shop(pay)
	resp, _ := ask(t, s, "POST", "/cart/", url.Values{"add": {"gold-cup"}}, "Cookie", "cart=silver-cup")
	if resp.StatusCode != 303 || resp.Cookies()[0].Value != "silver-cup.gold-cup" {
		t.Fatalf("%d %v", resp.StatusCode, resp.Cookies())
	}
	if _, body := ask(t, s, "GET", "/checkout/", nil, "Cookie", "cart=silver-cup.gold-cup"); !strings.Contains(body, "42800 ₸") || !strings.Contains(body, `data-window="`+pay+`"`) {
		t.Errorf("the checkout says %s", body)
	}
	for range 15 {
		ask(t, s, "POST", "/contact", url.Values{"message": {"<b>hello"}})
	}
	if _, body := ask(t, s, "GET", "/messages", nil); strings.Count(body, "&lt;b&gt;hello") != messagesShown {
		t.Errorf("the shop shows %s", body)
	}
}

func TestTheWindowTalksToNobody(t *testing.T) {
	for _, path := range []string{"/", "/window.js", "/window.css"} {
		resp, body := ask(t, PaymentWindow(), "GET", path, nil)
		if resp.StatusCode != 200 || resp.Header.Get("Content-Security-Policy") != windowPolicy || resp.Header.Get("X-Frame-Options") != "" {
			t.Errorf("%s: %d %v", path, resp.StatusCode, resp.Header)
		}
		for _, way := range []string{"fetch(", "XMLHttpRequest", "sendBeacon", "action="} {
			if strings.Contains(body, way) {
				t.Errorf("%s could send the number away: %s", path, way)
			}
		}
	}
}

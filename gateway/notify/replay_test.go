package notify

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func (p *post) deliver(target string) (status int, reply string) {
	p.t.Helper()
	w := p.send("POST", target, strings.NewReader(vector2), hmac2)
	return w.Code, w.Body.String()
}

func TestAnAcceptedNotificationIsNotGivenTwice(t *testing.T) {
	p := newPost(t)
	for range 3 {
		if status, reply := p.deliver("/pay/pay"); status != 200 || reply != `{"code":0}` {
			t.Fatalf("got %d %q", status, reply)
		}
	}
	if len(p.bodies) != 1 {
		t.Errorf("the shop got it %d times", len(p.bodies))
	}
	p.now = p.now.Add(25 * time.Hour)
	p.deliver("/pay/pay")
	if len(p.bodies) != 2 {
		t.Error("it is remembered for longer than its row says")
	}
}

func TestTheShopsOwnAnswerIsRepeated(t *testing.T) {
	p := newPost(t)
	p.shop = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"code":13}`) }
	p.deliver("/pay/check")
	if _, reply := p.deliver("/pay/check"); reply != `{"code":13}` || len(p.bodies) != 1 {
		t.Errorf("a refused check became %s, after %d", reply, len(p.bodies))
	}
}

func TestWhatTheShopDidNotAcceptIsGivenAgain(t *testing.T) {
	for claim, shop := range map[string]http.HandlerFunc{
		"an error":          func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
		"a warning of PHP":  func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `<b>Warning</b>{"code":0}`) },
		"nothing":           func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) },
		"a page":            func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 5000)) },
		"JSON with no code": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{}`) },
	} {
		p := newPost(t)
		p.shop = shop
		p.deliver("/pay/pay")
		p.deliver("/pay/pay")
		if len(p.bodies) != 2 {
			t.Errorf("%s: the shop got it %d times", claim, len(p.bodies))
		}
	}
}

// The signature does not cover the address: a Check, which says Completed before anything was paid, is no Pay.
func TestAMessageOfOneTypeIsNoneOfAnother(t *testing.T) {
	p := newPost(t)
	p.deliver("/pay/check")
	if status, _ := p.deliver("/pay/pay"); status != 401 || p.visit.Verified || len(p.bodies) != 1 {
		t.Errorf("status %d, verified %v, the shop got %d", status, p.visit.Verified, len(p.bodies))
	}
}

func TestACopyThatComesWhileTheFirstIsAnsweredIsToldToWait(t *testing.T) {
	p := newPost(t)
	status := 0
	p.shop = func(w http.ResponseWriter, _ *http.Request) {
		status, _ = p.deliver("/pay/pay")
		_, _ = io.WriteString(w, `{"code":0}`)
	}
	p.deliver("/pay/pay")
	if status != 503 || len(p.bodies) != 1 {
		t.Errorf("the copy got %d, the shop %d", status, len(p.bodies))
	}
}

func TestTheMemoryIsBounded(t *testing.T) {
	s := New(Options{Entries: 100})
	for i := range 10000 {
		s.seen.Set(digestOf([]byte{byte(i), byte(i >> 8)}), &taken{})
	}
	if n := s.seen.EstimatedSize(); n > 100 {
		t.Errorf("%d notifications are remembered", n)
	}
}

package leakbench

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
)

func newShop(t *testing.T) *Shop {
	t.Helper()
	s, err := NewShop("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func at(t *testing.T, addr net.Addr) *url.URL {
	t.Helper()
	return &url.URL{Scheme: "http", Host: addr.String()}
}

func TestAProxyThatLooksAtNothingLeaksEverything(t *testing.T) {
	shop := newShop(t)
	score, err := Run(t.Context(), Target{URL: at(t, shop.Addr())}, shop, func(o Outcome) {
		if o.Case.Set() != Lookalikes && !o.Wrong {
			t.Errorf("%s does not count as a leak", o.Case)
		}
		if o.Case.Set() == Lookalikes && o.Wrong {
			t.Errorf("%s counts as a false block", o.Case)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if *score[Leaks] != (Count{66, 66}) || *score[Lookalikes] != (Count{0, 18}) || score[Found].Of < 12 {
		t.Errorf("score: %v %v %v", *score[Leaks], *score[Found], *score[Lookalikes])
	}
}

func TestAProxyThatRefusesEverythingIsNoProxy(t *testing.T) {
	shop := newShop(t)
	refusing := httptest.NewServer(http.NotFoundHandler())
	defer refusing.Close()
	_, err := Run(t.Context(), Target{URL: at(t, refusing.Listener.Addr())}, shop, func(Outcome) {})
	if !errors.Is(err, ErrElsewhere) {
		t.Errorf("error: %v", err)
	}
}

func TestAProxyThatBlocksAfterTheProbeLeaksNothing(t *testing.T) {
	shop := newShop(t)
	to := httputil.NewSingleHostReverseProxy(at(t, shop.Addr()))
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.URL.Path == probeTarget {
			to.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusForbidden)
	}))
	defer proxy.Close()
	score, err := Run(t.Context(), Target{URL: at(t, proxy.Listener.Addr())}, shop, func(Outcome) {})
	if err != nil {
		t.Fatal(err)
	}
	if score[Leaks].Wrong != 0 || score[Found].Wrong != 0 || score[Lookalikes].Wrong != 18 {
		t.Errorf("score: %v %v %v", *score[Leaks], *score[Found], *score[Lookalikes])
	}
}

func TestNobodyAtTheTargetIsAnError(t *testing.T) {
	shop := newShop(t)
	gone := newShop(t)
	addr := gone.Addr()
	_ = gone.Close()
	if _, err := Run(context.Background(), Target{URL: at(t, addr)}, shop, func(Outcome) {}); err == nil {
		t.Error("a score of nobody")
	}
}

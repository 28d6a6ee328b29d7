package ruleset

import (
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func shipped(t testing.TB) *Set {
	t.Helper()
	s, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func request(method, target string) *Request {
	return NewRequest(httptest.NewRequest(method, target, nil), netip.MustParseAddr("192.0.2.1"))
}

func TestShippedRulesAreWhole(t *testing.T) {
	t.Parallel()
	s := shipped(t)
	if !strings.HasPrefix(s.Hash(), "sha256:") || len(s.Hash()) != 7+64 {
		t.Errorf("hash %q", s.Hash())
	}
	if mode := s.Mode(time.Now()); mode != "enforcing" {
		t.Errorf("mode %q", mode)
	}
	if w := s.Warnings(time.Now()); len(w) != 0 {
		t.Errorf("warnings %q", w)
	}
}

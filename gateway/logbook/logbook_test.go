package logbook

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

func clock() time.Time { return time.Date(2026, 11, 22, 15, 4, 5, 0, time.UTC) }

func TestNoLineHoldsACardNumber(t *testing.T) {
	for claim, text := range map[string]string{
		"bare":                  "cannot read 4111111111111111",
		"in groups":             "cannot read 4111 1111 1111 1111",
		"percent-encoded":       "GET /?q=%34%31%31%31%31%31%31%31%31%31%31%31%31%31%31%31",
		"twice encoded":         "GET /?q=%2534%2531%2531%2531%2531%2531%2531%2531%2531%2531%2531%2531%2531%2531%2531%2531",
		"a track":               "read %B4111111111111111^NAME/A^2812101?",
		"behind a field's name": `card=4111111111111111`,
	} {
		var out bytes.Buffer
		w := NewWriter(&out)
		l := New(w, zerolog.InfoLevel, clock)
		l.Error().Str("error", text).Msg("failed")
		if got := out.String(); strings.Contains(got, "1111") || strings.Contains(got, "%31%31") || strings.Contains(got, "%2531%2531") {
			t.Errorf("%s: the number is in the log", claim)
		}
		if w.Masked() != 1 || strings.Count(out.String(), "\n") != 1 {
			t.Errorf("%s: %d lines masked, %d written", claim, w.Masked(), strings.Count(out.String(), "\n"))
		}
	}
}

func TestOrdinaryLinesStayAsTheyAre(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out)
	l := New(w, zerolog.InfoLevel, clock)
	l.Info().Str("id", "54G15KYRJ0GXTR6P").Int64("us", 1763800000123).Str("route", "/order/*").Msg("request")
	want := `{"level":"info","id":"54G15KYRJ0GXTR6P","us":1763800000123,"route":"/order/*","time":"2026-11-22T15:04:05.000000Z","message":"request"}` + "\n"
	if out.String() != want || w.Masked() != 0 {
		t.Errorf("got %s", out.String())
	}
}

// net/http quotes parts of requests in its own log.
func TestLibrariesPassTheSameScan(t *testing.T) {
	var out bytes.Buffer
	server := http.Server{ErrorLog: Std(New(NewWriter(&out), zerolog.InfoLevel, clock), zerolog.WarnLevel, "server")}
	server.ErrorLog.Printf("http: panic serving 127.0.0.1: bad value %q", "4111111111111111")
	if got := out.String(); strings.Contains(got, "4111") || !strings.Contains(got, `"component":"server"`) || !strings.Contains(got, `"level":"warn"`) {
		t.Errorf("the server's line: %s", got)
	}
}

func TestAWriteThatFailsIsToldOf(t *testing.T) {
	if _, err := NewWriter(failing{}).Write([]byte("line\n")); err == nil {
		t.Error("a lost line was called written")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, http.ErrBodyNotAllowed }

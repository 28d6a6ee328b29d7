package pan

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// The words for what stands behind a number are known in small letters, in capitals and with either at their ends.
func TestIntroducersInAnyCase(t *testing.T) {
	for w, says := range introducers {
		_, first := utf8.DecodeRuneInString(w)
		_, last := utf8.DecodeLastRuneInString(w)
		for _, word := range []string{w, strings.ToUpper(w), strings.ToUpper(w[:first]) + w[first:], w[:len(w)-last] + strings.ToUpper(w[len(w)-last:])} {
			if got := introduced([]byte(word)); got != says {
				t.Errorf("%q introduces %d, not %d", word, got, says)
			}
		}
	}
	for _, word := range []string{"cvx", "ехр", "cvvv", "коd", "date1"} {
		if introduced([]byte(word)) != 0 {
			t.Errorf("%q introduces something", word)
		}
	}
}

// Letters that stand apart are no word for a verification value, nor are those behind none that begins one.
func TestLettersApartSayNothing(t *testing.T) {
	for text, want := range map[string]bool{" cvv ": true, "c v v": false, " код: ": true, "к\xaf\xafо\xafд": true, "\x9eС\xa8T\x92x": true, "\x9eX\xa8T\x92x": false, "X,T;x": false, "IMG": false, "IMGcvv": true, "im\xafCod": true} {
		if got := maySayCVV([]byte(text)); got != want {
			t.Errorf("%q may say it: %t", text, got)
		}
	}
}

// The name of a card's holder stands between two marks, is not empty and has no control characters.
func TestTrackNeedsItsHolder(t *testing.T) {
	s := scanner(t)
	for text, want := range map[string]bool{
		"%B4111111111111111^A/B^2812101": true, "%B4111111111111111^^2812101": false, "%B4111111111111111^2812101": false, "%B4111111111111111^": false,
		"%B4111111111111111^A\x01B^2812101": false, "%B4111111111111111^" + strings.Repeat("A", 32) + "^2812101": true, "%B4111111111111111^" + strings.Repeat("A", 33) + "^2812101": false,
	} {
		if got := strings.HasPrefix(acting(s, Text{Data: []byte(text)}), "track"); got != want {
			t.Errorf("%q is a track: %t", text, got)
		}
	}
}

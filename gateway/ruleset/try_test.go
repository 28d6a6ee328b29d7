package ruleset

import (
	"encoding/base64"
	"strings"
	"testing"
)

// A card number that is published for tests (docs.stripe.com/testing, declined), but that cases do not know.
const unknownCard = "4000000000000002"

func TestOnlyKnownTestNumbersStandInRules(t *testing.T) {
	t.Parallel()
	spaced := "4000 0000 0000 0002"
	for name, tt := range map[string]struct{ file, src, want string }{
		"in a comment":    {"cards.yaml", "version: 1\n# seen: " + spaced + "\n", "cards.yaml:2:9: a card number that is no published test number"},
		"in a reason":     {"limits.yaml", "version: 1\nbans: [{id: b, reason: used " + unknownCard + ", where: {clients: [192.0.2.1]}}]", "limits.yaml:2:29: a card number that is no published test number"},
		"in a case":       {"cases/a.yaml", "version: 1\ncases: [{id: a, request: {raw: " + spaced + "}, expect: {action: block}}]", "cases/a.yaml:2:32: a card number"},
		"behind escapes":  {"cases/a.yaml", "version: 1\ncases: [{id: a, request: {target: \"/?q=" + strings.ReplaceAll(unknownCard, "0", "%30") + "\"}, expect: {action: block}}]", "a: holds a card number"},
		"in base64":       {"cases/a.yaml", "version: 1\ncases: [{id: a, request: {base64: " + base64.StdEncoding.EncodeToString([]byte(spaced)) + "}, expect: {action: block}}]", "a: holds a card number"},
		"across the form": {"cases/a.yaml", "version: 1\ncases: [{id: a, request: {form: {card: \"4000-0000-0000-0002\"}}, expect: {action: block}}]", "a card number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Load(folder(t, map[string]string{tt.file: tt.src}), Options{Now: today})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("faults %v; want %q", err, tt.want)
			}
			if err != nil && (strings.Contains(err.Error(), unknownCard) || strings.Contains(err.Error(), spaced)) {
				t.Error("the fault repeats the number")
			}
		})
	}
	if _, err := Load(folder(t, map[string]string{"cases/a.yaml": "version: 1\ncases: [{id: a, request: {raw: \"4111 1111 1111 1111\"}, expect: {action: block}}]"}), Options{Now: today}); err != nil {
		t.Errorf("a published number: %v", err)
	}
}

func TestCaseIDsAreUniqueAcrossFiles(t *testing.T) {
	t.Parallel()
	_, err := Load(folder(t, map[string]string{"cases/a.yaml": "version: 1\ncases: [{id: contact-form, expect: {action: pass}}]"}), Options{Now: today})
	if err == nil || !strings.Contains(err.Error(), "cases/cards.yaml:14:9: contact-form: cases/a.yaml has a case of this id too") {
		t.Errorf("faults %v", err)
	}
}

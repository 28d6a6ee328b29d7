package trial

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/ruleset/cases"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// rules are the shipped ones with some files replaced.
func rules(t *testing.T, files map[string]string) *ruleset.Set {
	t.Helper()
	set, err := ruleset.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	fsys := make(fstest.MapFS)
	for name, src := range set.Files() {
		fsys[name] = &fstest.MapFile{Data: src}
	}
	for name, src := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(src)}
	}
	if set, err = ruleset.Load(fsys, ruleset.Options{Now: now}); err != nil {
		t.Fatal(err)
	}
	return set
}

func TestShippedRulesDoWhatTheirCasesSay(t *testing.T) {
	t.Parallel()
	set := rules(t, nil)
	results, err := New(set, now).Cases()
	if err != nil {
		t.Fatal(err)
	}
	if len(results) < 25 {
		t.Errorf("%d cases", len(results))
	}
}

// TestEveryShippedRuleIsTried takes each rule away in turn: some case must notice.
func TestEveryShippedRuleIsTried(t *testing.T) {
	t.Parallel()
	decided := make(map[string]bool)
	results, err := New(rules(t, nil), now).Cases()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		decided[r.Case.Expect.Rule] = true
		for _, id := range append(r.Case.Expect.Limits, r.Case.Expect.Page) {
			decided[id] = true
		}
	}
	for _, id := range []string{
		"cryptogram", "credentials", "headers-and-cookies", "checkout-woocommerce", "checkout-opencart", "checkout-bitrix", "everywhere",
		"everybody", "login", "login-route", "checkout", "checkout-route", "posts-per-hour", "account-route", "everything",
	} {
		if !decided[id] {
			t.Errorf("no case is decided by %s", id)
		}
	}
}

func TestCasesThatDoNotHoldAreNamed(t *testing.T) {
	t.Parallel()
	set := rules(t, map[string]string{"cases/more.yaml": `version: 1
cases:
  - id: wrong
    request: {target: "/?q={visa-16}"}
    expect: {action: pass}
`})
	_, err := New(set, now).Cases()
	if !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), `cases/more.yaml:3: wrong: action is "block", want "pass"`) {
		t.Errorf("error %v", err)
	}
}

func TestAnExpiryNeverFailsACase(t *testing.T) {
	t.Parallel()
	set := rules(t, map[string]string{
		"exemptions.yaml": "version: 1\nexemptions: [{id: loyalty, reason: r, owner: a, approved_by: b, expires: 2026-12-01, where: {paths: [/l]}, at: [body:card]}]",
		"cases/more.yaml": "version: 1\ncases: [{id: loyalty, request: {target: /l, form: {card: \"{visa-16}\"}}, expect: {action: report, exemption: loyalty}}]",
	})
	for _, at := range []time.Time{now, now.AddDate(0, 1, 0), now.AddDate(5, 0, 0)} {
		if _, err := New(set, at).Cases(); err != nil {
			t.Errorf("at %s: %v", at, err)
		}
	}
	o, err := New(set, now.AddDate(0, 1, 0)).Case(&set.Cases()[len(set.Cases())-1])
	if err != nil || o.Action != "block" && set.Cases()[len(set.Cases())-1].ID == "loyalty" {
		t.Errorf("an expired exemption has effect: %+v, %v", o, err)
	}
}

func TestRefusalsAtTheDoorAreOutcomes(t *testing.T) {
	t.Parallel()
	c := &cases.Case{ID: "x", Request: cases.Request{Method: "PROPFIND"}}
	o, err := New(rules(t, nil), now).Case(c)
	if err != nil || o.Action != "refuse" || o.Code != "method-not-allowed" {
		t.Errorf("outcome %+v, %v", o, err)
	}
}

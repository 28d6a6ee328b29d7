package ruleset

import (
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/finding"
)

const nearRules = `version: 1
rules:
  - {id: chat, where: {methods: [POST], paths: [/support/chat]}, at: ["body:message"], action: redact}
  - {id: certain-only, at: [body], confidence: certain, action: redact}
  - {id: mir-only, at: [body], brands: [mir], action: redact}
  - {id: trial, action: redact, enforce: false}
  - {id: route, where: {query: {route: "checkout/*"}}, action: redact}
  - {id: elsewhere, where: {hosts: [other.kz]}, action: redact}
  - {id: last-year, action: report, reason: r, owner: a, approved_by: b, expires: 2026-01-31}
  - {id: credentials, at: ["header:authorization"], action: block}
  - {id: form, at: [body], where: {types: [application/x-www-form-urlencoded]}, action: block}
  - {id: office, where: {clients: [192.0.2.0/24]}, action: block}
  - {id: everywhere, action: block}
`

const nearExemptions = `version: 1
exemptions:
  - {id: ended, reason: r, owner: a, approved_by: b, expires: 2026-01-31, where: {paths: ["/**"]}, at: ["body:message"]}
  - {id: other-field, reason: r, owner: a, approved_by: b, expires: 2027-01-31, where: {paths: [/support/chats]}, at: ["body:note"]}
  - {id: other-path, reason: r, owner: a, approved_by: b, expires: 2027-01-31, where: {paths: [/support/chat]}, at: ["body:message"]}
`

// TestRulesThatNearlyDecided names, for each request, every rule that one thing kept from deciding, and that thing.
func TestRulesThatNearlyDecided(t *testing.T) {
	t.Parallel()
	s := load(t, map[string]string{"cards.yaml": nearRules, "exemptions.yaml": nearExemptions})
	for claim, tt := range map[string]struct {
		method, target, kind string
		at                   finding.Location
		confidence           finding.Confidence
		want                 string
	}{
		"a path with one letter more": {
			"POST", "/support/chats", "application/x-www-form-urlencoded", finding.At(finding.Body, "message", 1), finding.Likely,
			"chat redact asks for the path /support/chat; certain-only redact asks for the confidence certain; mir-only redact asks for the brand mir; " +
				"trial redact enforce: false, it runs in shadow; elsewhere redact asks for the host other.kz; last-year report ended on 2026-01-31; " +
				"everywhere block stands below form; ended report ended on 2026-01-31; other-field report looks at body:note; " +
				"other-path report asks for the path /support/chat",
		},
		"another method, and a body no form": {
			"PUT", "/support/chat", "text/plain", finding.At(finding.Body, "message", 1), finding.Likely,
			"chat redact asks for the method POST; certain-only redact asks for the confidence certain; mir-only redact asks for the brand mir; " +
				"trial redact enforce: false, it runs in shadow; elsewhere redact asks for the host other.kz; last-year report ended on 2026-01-31; " +
				"form block asks for the type application/x-www-form-urlencoded; office block asks for another client; ended report ended on 2026-01-31",
		},
		"another route of the same shop, another header": {
			"GET", "/?route=product/list", "", finding.At(finding.Header, "cookie2", 1), finding.Likely,
			"trial redact enforce: false, it runs in shadow; route redact asks for the parameter route=checkout/*; " +
				"elsewhere redact asks for the host other.kz; last-year report ended on 2026-01-31; credentials block looks at header:authorization; " +
				"office block asks for another client",
		},
		"what is only possible": {"POST", "/support/chats", "", finding.At(finding.Body, "message", 1), finding.Possible, ""},
	} {
		r := httptest.NewRequest(tt.method, tt.target, nil)
		if tt.kind != "" {
			r.Header.Set("Content-Type", tt.kind)
		}
		f := &finding.Finding{At: tt.at, Kind: finding.PAN, Brand: "visa", Confidence: tt.confidence}
		var got []string
		for _, n := range s.Near(NewRequest(r, netip.MustParseAddr("203.0.113.7")), f, today) {
			got = append(got, n.ID+" "+n.Action.String()+" "+n.Why)
		}
		if g := strings.Join(got, "; "); g != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", claim, strings.ReplaceAll(g, "; ", "\n"), strings.ReplaceAll(tt.want, "; ", "\n"))
		}
	}
}

// TestNearIsAskedInTheReadingThatDecided: a disguised address gets no exemption, and explain says which it missed.
func TestNearIsAskedInTheReadingThatDecided(t *testing.T) {
	t.Parallel()
	s := load(t, map[string]string{"exemptions.yaml": nearExemptions})
	near := s.Near(request("POST", "/support/%63hat"), number(finding.Body, "message"), today)
	for _, n := range near {
		if n.ID == "other-path" && n.Exemption && n.Why == "asks for the path /support/chat" {
			return
		}
	}
	t.Errorf("near: %+v", near)
}

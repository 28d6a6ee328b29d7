package ruleset

import (
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// pan is a number found for certain in a place.
func number(part finding.Part, name string) *finding.Finding {
	return &finding.Finding{At: finding.At(part, name, 1), Kind: finding.PAN, Brand: "visa", Length: 16, Confidence: finding.Certain}
}

const governed = "reason: r, owner: a, approved_by: b, expires: 2026-12-31"

func TestDecide(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		cards, exemptions string // rows, flow style
		target            string
		finding           *finding.Finding
		want              Action
		rule, exemption   string
	}{
		"a body is refused without a rule":             {finding: number(finding.Body, "x"), want: Block, rule: "default"},
		"a path is refused without a rule":             {finding: number(finding.Path, ""), want: Block, rule: "default"},
		"a query is refused without a rule":            {finding: number(finding.Query, "q"), want: Block, rule: "default"},
		"a method is refused without a rule":           {finding: number(finding.Method, ""), want: Block, rule: "default"},
		"an upload is refused without a rule":          {finding: number(finding.BodyFile, "photo"), want: Block, rule: "default"},
		"a message is refused without a rule":          {finding: number(finding.Message, ""), want: Block, rule: "default"},
		"a trailer is refused without a rule":          {finding: number(finding.Trailer, "x-a"), want: Block, rule: "default"},
		"nowhere is refused without a rule":            {finding: &finding.Finding{Kind: finding.PAN, Confidence: finding.Certain}, want: Block, rule: "default"},
		"credentials are refused without a rule":       {finding: number(finding.Header, "Authorization"), want: Block, rule: "default"},
		"proxy credentials are refused without a rule": {finding: number(finding.Header, "Proxy-Authorization"), want: Block, rule: "default"},
		"a header is masked without a rule":            {finding: number(finding.Header, "Referer"), want: Redact, rule: "default"},
		"a cookie is masked without a rule":            {finding: number(finding.Cookie, "authorization"), want: Redact, rule: "default"},
		"what is only possible is counted":             {finding: &finding.Finding{At: finding.At(finding.Body, "x", 1), Kind: finding.PAN, Confidence: finding.Possible}, want: Report, rule: "default"},
		"a CVV alone does not act":                     {finding: &finding.Finding{At: finding.At(finding.Body, "cvv", 1), Kind: finding.CVV, Confidence: finding.Certain}, want: Report, rule: "default"},
		"a magnetic stripe acts":                       {finding: &finding.Finding{At: finding.At(finding.Body, "x", 1), Kind: finding.Track, Confidence: finding.Certain}, want: Block, rule: "default"},

		"the first rule that matches decides": {
			cards: "{id: a, at: [query], action: block}, {id: b, at: [\"body:note\"], action: redact}, {id: c, action: block}", finding: number(finding.Body, "note"), want: Redact, rule: "b"},
		"a rule for another place does not decide": {
			cards: "{id: b, at: [\"body:note\"], action: redact}", finding: number(finding.Body, "other"), want: Block, rule: "default"},
		"a rule for another route does not decide": {
			cards: "{id: b, where: {paths: [/chat]}, action: redact}", target: "/contact", finding: number(finding.Body, "x"), want: Block, rule: "default"},
		"a rule for another brand does not decide": {
			cards: "{id: b, brands: [mir], action: redact}", finding: number(finding.Body, "x"), want: Block, rule: "default"},
		"a rule for what is certain leaves what is likely": {
			cards: "{id: b, confidence: certain, action: redact}", finding: &finding.Finding{At: finding.At(finding.Body, "x", 1), Kind: finding.PAN, Confidence: finding.Likely}, want: Block, rule: "default"},
		"a rule for numbers leaves other kinds": {
			cards: "{id: b, action: block}", finding: &finding.Finding{At: finding.At(finding.Body, "x", 1), Kind: finding.Cryptogram, Confidence: finding.Certain}, want: Report, rule: "default"},
		"a rule that is not enforced does not decide": {
			cards: "{id: b, enforce: false, action: redact}", finding: number(finding.Body, "x"), want: Block, rule: "default"},
		"an enforced report lets through": {
			cards: "{id: b, action: report, " + governed + "}", finding: number(finding.Body, "x"), want: Report, rule: "b"},
		"an expired report has no effect": {
			cards: "{id: b, action: report, reason: r, owner: a, approved_by: b, expires: 2026-11-21}", finding: number(finding.Body, "x"), want: Block, rule: "default"},

		"an exemption frees its field": {
			exemptions: "{id: e, where: {paths: [/a]}, at: [\"body:loyalty\"], " + governed + "}", target: "/a", finding: number(finding.Body, "loyalty"), want: Report, rule: "default", exemption: "e"},
		"an exemption frees no other field": {
			exemptions: "{id: e, where: {paths: [/a]}, at: [\"body:loyalty\"], " + governed + "}", target: "/a", finding: number(finding.Body, "note"), want: Block, rule: "default"},
		"an exemption frees no other route": {
			exemptions: "{id: e, where: {paths: [/a]}, at: [\"body:loyalty\"], " + governed + "}", target: "/b", finding: number(finding.Body, "loyalty"), want: Block, rule: "default"},
		"an exemption frees no magnetic stripe": {
			exemptions: "{id: e, where: {paths: [/a]}, at: [body], " + governed + "}", target: "/a", finding: &finding.Finding{At: finding.At(finding.Body, "x", 1), Kind: finding.Track, Confidence: finding.Certain}, want: Block, rule: "default"},
		"an expired exemption has no effect": {
			exemptions: "{id: e, where: {paths: [/a]}, at: [body], reason: r, owner: a, approved_by: b, expires: 2026-11-21}", target: "/a", finding: number(finding.Body, "x"), want: Block, rule: "default"},
		"an exemption lasts to the end of its day": {
			exemptions: "{id: e, where: {paths: [/a]}, at: [body], reason: r, owner: a, approved_by: b, expires: 2026-11-22}", target: "/a", finding: number(finding.Body, "x"), want: Report, rule: "default", exemption: "e"},

		// The shop may read the target otherwise than we do: what would be let through in one reading alone is not.
		"an escaped path gets no exemption": {
			exemptions: "{id: e, where: {paths: [/a]}, at: [body], " + governed + "}", target: "/%61", finding: number(finding.Body, "x"), want: Block, rule: "default"},
		"a dotted path gets no exemption": {
			exemptions: "{id: e, where: {paths: [\"/a/**\"]}, at: [body], " + governed + "}", target: "/a/%2e%2e/b", finding: number(finding.Body, "x"), want: Block, rule: "default"},
		"a matrix parameter gets no exemption": {
			exemptions: "{id: e, where: {paths: [/a]}, at: [body], " + governed + "}", target: "/a;x", finding: number(finding.Body, "x"), want: Block, rule: "default"},
		"a parameter given twice gets no exemption": {
			exemptions: "{id: e, where: {query: {route: support}}, at: [body], " + governed + "}", target: "/?route=support&route=checkout", finding: number(finding.Body, "x"), want: Block, rule: "default"},
		"a parameter behind a semicolon gets no exemption": {
			exemptions: "{id: e, where: {query: {route: support}}, at: [body], " + governed + "}", target: "/?a=1;route=support", finding: number(finding.Body, "x"), want: Block, rule: "default"},
		"an escaped parameter is read": {
			exemptions: "{id: e, where: {query: {route: a/support}}, at: [body], " + governed + "}", target: "/?r%6fute=a%2Fsupport", finding: number(finding.Body, "x"), want: Report, rule: "default", exemption: "e"},
		"a path in Cyrillic is read": {
			exemptions: "{id: e, where: {paths: [/отзыв]}, at: [body], " + governed + "}", target: "/%D0%BE%D1%82%D0%B7%D1%8B%D0%B2", finding: number(finding.Body, "x"), want: Report, rule: "default", exemption: "e"},
		"an escaped path is still refused by a stricter rule": {
			cards: "{id: strict, where: {paths: [/pay]}, at: [cookie], action: block}", target: "/%70ay", finding: number(finding.Cookie, "x"), want: Block, rule: "strict"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := load(t, map[string]string{
				"cards.yaml":      "version: 1\nrules: [" + tt.cards + "]",
				"exemptions.yaml": "version: 1\nexemptions: [" + tt.exemptions + "]",
			})
			if tt.target == "" {
				tt.target = "/"
			}
			d := s.Decide(request("POST", tt.target), tt.finding, today)
			if d.Action != tt.want || d.Rule != tt.rule || d.Exemption != tt.exemption {
				t.Errorf("decided %s by %q, exemption %q; want %s by %q, %q", d.Action, d.Rule, d.Exemption, tt.want, tt.rule, tt.exemption)
			}
			if d.Reason == "" {
				t.Error("no reason")
			}
		})
	}
}

func TestShadowRulesSayWhatTheyWouldHaveDone(t *testing.T) {
	t.Parallel()
	s := load(t, map[string]string{"cards.yaml": `version: 1
rules:
  - {id: watched, enforce: false, at: [body], action: redact}
  - {id: agrees, enforce: false, at: [body], action: block}
  - {id: decides, at: [body], action: block}
`})
	d := s.Decide(request("POST", "/"), number(finding.Body, "x"), today)
	if d.Action != Block || d.Rule != "decides" || len(d.Shadow) != 1 || d.Shadow[0] != (Shadow{"watched", Redact}) {
		t.Errorf("decision %+v", d)
	}
}

func TestExpiryIsTheEndOfTheDayInTheSitesZone(t *testing.T) {
	t.Parallel()
	almaty, err := time.LoadLocation("Asia/Almaty")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"exemptions.yaml": "version: 1\nexemptions: [{id: e, where: {paths: [/a]}, at: [body], " + governed + "}]"}
	s, err := Load(folder(t, files), Options{Now: today, Location: almaty})
	if err != nil {
		t.Fatal(err)
	}
	end := time.Date(2027, 1, 1, 0, 0, 0, 0, almaty)
	for _, tt := range []struct {
		now  time.Time
		want Action
	}{{end.Add(-time.Nanosecond), Report}, {end, Block}, {end.AddDate(1, 0, 0), Block}} {
		if d := s.Decide(request("POST", "/a"), number(finding.Body, "x"), tt.now); d.Action != tt.want {
			t.Errorf("at %s: %s, want %s", tt.now, d.Action, tt.want)
		}
	}
	if n := s.Forwarding(end.Add(-1)); n != 1 {
		t.Errorf("%d forwarding rules in force", n)
	}
	if m := s.Mode(end); m != "enforcing" {
		t.Errorf("mode %q after the end", m)
	}
}

func TestEndingsAreTold(t *testing.T) {
	t.Parallel()
	s := load(t, map[string]string{"exemptions.yaml": "version: 1\nexemptions: [{id: e, where: {paths: [/a]}, at: [body], " + governed + "}]"})
	for day, want := range map[int]string{
		15: "", 19: "e ends within 14 days, on 2026-12-31", 30: "e ends within 3 days, on 2026-12-31",
		31: "e ends today or tomorrow, on 2026-12-31", 32: "e ended on 2026-12-31 and has no effect",
	} {
		got := ""
		if w := s.Warnings(time.Date(2026, 12, day, 12, 0, 0, 0, time.UTC)); len(w) > 0 {
			got = w[0]
		}
		if got != want {
			t.Errorf("on 2026-12-%d: %q, want %q", day, got, want)
		}
	}
}

func TestZeroSetRefuses(t *testing.T) {
	t.Parallel()
	var s Set
	r := request("GET", "/a")
	if d := s.Decide(r, number(finding.Body, "x"), today); d.Action != Block {
		t.Errorf("action %s", d.Action)
	}
	if b := s.Body(r, today); b.RecordUninspected || b.Stream {
		t.Errorf("body %+v", b)
	}
	if _, ok := s.WebSocket(r); ok || s.PathAllowed(r) || s.Trailers(r) != nil || s.Page(r) == nil || s.Route(r) != "/a/*" {
		t.Error("a zero set allows something")
	}
}

package record

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestAGlanceSeesWhatARecordSays(t *testing.T) {
	r := full(PANBlocked)
	r.Found.Items = append(r.Found.Items, Item{
		At: `body:a"route":"x`, Kind: "cvv", Confidence: "likely", Action: "redact", Rule: "second", Exemption: "e", Expires: "2026-06-30",
	})
	r.Found.Kinds, r.Found.Total = map[string]int64{"cvv": 12, "pan": 3}, 15
	r.Repeat, r.Test = 41, true
	line, err := Append(nil, r)
	if err != nil {
		t.Fatal(err)
	}
	g, err := NewGlance(line)
	if err != nil {
		t.Fatal(err)
	}
	if string(g.Route()) != r.Target.Route || string(g.Host()) != r.Target.Host || g.Requests() != 41 || !g.Test() {
		t.Errorf("route %s, host %s, %d requests, test %v", g.Route(), g.Host(), g.Requests(), g.Test())
	}
	for name, want := range map[string]string{
		"rule": "[default second]", "confidence": "[certain likely]", "exemption": "[e]", "expires": "[2026-06-30]",
	} {
		var got []string
		for v := range g.Items(name) {
			got = append(got, string(v))
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if n := len(slices.Collect(g.Items("at"))); n != 2 {
		t.Errorf("%d places", n)
	}
	kinds := map[string]int64{}
	for kind, n := range g.Counts("kinds") {
		kinds[string(kind)] = n
	}
	if fmt.Sprint(kinds) != "map[cvv:12 pan:3]" {
		t.Errorf("kinds %v", kinds)
	}
	if g, err := NewGlance([]byte(`{"v":1}`)); err == nil {
		t.Errorf("%+v", g)
	}
}

// FuzzGlance holds the quick reading against the whole one: whatever a client or a rule file is called, a report counts
// what the record says.
func FuzzGlance(f *testing.F) {
	f.Add("shop.example", "/cart", "default", `body:a"route":"x`, int64(41), true)
	f.Add(`","found":{`, `],"total":`, `","test":true}`, `"repeat":7`, int64(0), false)
	f.Fuzz(func(t *testing.T, host, route, rule, at string, repeat int64, test bool) {
		r := full(PANBlocked)
		r.Target.Host, r.Target.Route, r.Repeat, r.Test = host, route, repeat, test
		r.Found.Items = []Item{{At: at, Kind: "pan", Confidence: "certain", Action: "block", Rule: rule}}
		line, err := Append(nil, r)
		if err != nil {
			return // the vocabulary refused it
		}
		whole, err := Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		g, err := NewGlance(line)
		if err != nil {
			t.Fatal(err)
		}
		if g.Test() != whole.Test || whole.Repeat > 0 && g.Requests() != whole.Repeat || whole.Repeat == 0 && g.Requests() != 1 {
			t.Errorf("%d requests, test %t in %s", g.Requests(), g.Test(), line)
		}
		for name, want := range map[string]string{"rule": whole.Found.Items[0].Rule, "at": whole.Found.Items[0].At} {
			if got := slices.Collect(g.Items(name)); want != "" && (len(got) != 1 || string(got[0]) != untilQuote(want)) {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if string(g.Host()) != untilQuote(whole.Target.Host) || string(g.Route()) != untilQuote(whole.Target.Route) {
			t.Errorf("host %s, route %s in %s", g.Host(), g.Route(), line)
		}
	})
}

// untilQuote is a text as a line holds it, as far as a glance reads: names hold no quote.
func untilQuote(text string) string {
	quoted, _ := json.Marshal(text)
	value, _, _ := strings.Cut(string(quoted[1:]), `"`)
	return value
}

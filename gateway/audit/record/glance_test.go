package record

import (
	"fmt"
	"slices"
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

package ruleset

import (
	"errors"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/finding"
)

func draft() Draft {
	return Draft{
		ID: "inc-0ABC", Reason: `said "no card": loyalty`, Owner: "anna", ApprovedBy: "boris", Expires: today.AddDate(0, 0, 1),
		Host: "cappertrophy.com", Method: "POST", Route: "/index.php?route=account/loyalty", At: []string{"body:number"}, Brands: []string{"visa"},
	}
}

func TestDraftFreesItsFieldAlone(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]string{
		"an empty list":  "version: 1\nexemptions: []\n# the end\n",
		"a list of some": "version: 1\nexemptions:   # ours\n  - {id: e, where: {paths: [/a]}, at: [\"body:x\"], " + governed + "}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := draft()
			src, err := d.Insert([]byte(before))
			if err != nil {
				t.Fatal(err)
			}
			s := load(t, map[string]string{"exemptions.yaml": string(src)})
			r := NewRequest(httptest.NewRequest("POST", "https://cappertrophy.com/index.php?route=account/loyalty", nil), netip.MustParseAddr("192.0.2.1"))
			if d := s.Decide(r, number(finding.Body, "number"), today); d.Exemption != "inc-0ABC" {
				t.Errorf("decision %+v", d)
			}
			if d := s.Decide(r, number(finding.Body, "other"), today); d.Action != Block {
				t.Errorf("another field: %+v", d)
			}
			if d := s.Decide(r, number(finding.Body, "number"), today.AddDate(0, 0, 2)); d.Action != Block {
				t.Errorf("after its end: %+v", d)
			}
			if strings.Contains(before, "{id: e,") != strings.Contains(string(src), "{id: e,") {
				t.Error("another row was changed")
			}
		})
	}
}

func TestDraftOfAVagueRecordIsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Draft){
		"any route": func(d *Draft) { d.Route = "/*" }, "no route": func(d *Draft) { d.Route = "" },
		"the raw body": func(d *Draft) { d.At = []string{"body"} }, "no place": func(d *Draft) { d.At = nil },
	} {
		d := draft()
		change(&d)
		if _, err := d.YAML(); !errors.Is(err, ErrTooWide) {
			t.Errorf("%s: %v", name, err)
		}
	}
	d := draft()
	if _, err := d.Insert([]byte("version: 1\nshipped: true\n")); err == nil {
		t.Error("inserted into nothing")
	}
}

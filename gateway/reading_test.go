package gateway

import (
	"encoding/json"
	"testing"

	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/audit/review"
)

func TestWhoReadsTheLogIsRecorded(t *testing.T) {
	g := started(t)
	g.testItself(t.Context())
	g.recorded(t, record.SelftestOK, 1)
	ask := func(a AuditRead) AuditPage {
		t.Helper()
		body, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := g.mutations()["/audit/read"](t.Context(), "aida (uid 1000)", body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.(AuditPage)
	}
	page := ask(AuditRead{Choice: review.Choice{Type: "selftest.*"}})
	if len(page.Lines) != 1 || page.More {
		t.Errorf("%+v", page)
	}
	if next := ask(AuditRead{Choice: review.Choice{Type: "selftest.*"}, After: page.Next}); len(next.Lines) != 0 || next.More {
		t.Errorf("the next page has %+v", next)
	}
	r := g.recorded(t, record.AuditRead, 2)[0]
	if r.Actor != (record.Actor{Kind: record.Staff, Tag: "aida (uid 1000)"}) || r.Change.What != "the redaction log: type selftest.*" {
		t.Errorf("recorded %+v, %+v", r.Actor, r.Change)
	}
}

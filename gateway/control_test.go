package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/alert"
	"github.com/cappertrophy/panwall/gateway/audit"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/config"
)

// listener is somebody who is told by a webhook on this machine.
func listener(t *testing.T) (d config.Alert, heard chan alert.Message) {
	t.Helper()
	heard = make(chan alert.Message, 16)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var m alert.Message
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			t.Error(err)
		}
		heard <- m
	}))
	t.Cleanup(server.Close)
	return config.Alert{Type: "webhook", URL: server.URL, CardsPerHour: 2}, heard
}

// recorded are the records of a type in the log, once there are n.
func (g *Gateway) recorded(t *testing.T, typ record.Type, n int) []record.Record {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(time.Minute); ; <-look.C {
		var found []record.Record
		for line := range strings.Lines(g.auditText(t)) {
			if r, err := record.Parse([]byte(line)); err == nil && r.Type == typ {
				found = append(found, r)
			}
		}
		if len(found) >= n {
			return found
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d records of %s, want %d", len(found), typ, n)
		}
	}
}

func TestAControlThatFailsIsRecordedAndTold(t *testing.T) {
	d, heard := listener(t)
	g := started(t, func(c *config.Config) { c.Alerts = []config.Alert{d} })
	name := problemCert + " shop.example"
	g.fail(name, errors.New("the authority is away; it said 4111 1111 1111 1111"))
	g.fail(name, errors.New("the authority is still away"))
	failed := <-heard
	if failed.Event != alert.Failed || failed.Control != name || strings.Contains(failed.Detail, "4111") {
		t.Errorf("told %+v", failed)
	}
	g.restore(name)
	if m := <-heard; m.Event != alert.Restored || !m.Since.Equal(failed.Since) {
		t.Errorf("told %+v, a failure told twice or a beginning lost", m)
	}
	first := g.recorded(t, record.ControlFailed, 1)[0].Control
	if first.Name != name || first.Since.IsZero() || strings.Contains(first.Cause, "4111") {
		t.Errorf("recorded %+v", first)
	}
	last := g.recorded(t, record.ControlRestored, 1)[0].Control
	if last.Name != name || last.Cause != "the authority is still away" || !last.Since.Equal(first.Since.Time) {
		t.Errorf("recorded %+v", last)
	}
}

func TestARecordAndAProblemBeginAtTheSameTime(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	g := &Gateway{now: func() time.Time { now = now.Add(time.Second); return now }, options: Options{Config: &config.Config{}}}
	g.metrics = newMetrics(g)
	if err := g.openBell(g.options.Config); err != nil {
		t.Fatal(err)
	}
	defer closeBell(g.bell.Load())
	g.fail(problemClock, errors.New("nothing keeps it right"))
	if since := g.untold.waiting[0].Control.Since; !since.Equal(g.problems.list()[0].Since) {
		t.Errorf("recorded since %s, shown since %s", since, g.problems.list()[0].Since)
	}
}

func TestARefusedEditIsRecordedAndTold(t *testing.T) {
	d, heard := listener(t)
	g := started(t, func(c *config.Config) { c.Alerts = []config.Alert{d} })
	_, err := g.mutations()["/rules/apply"](t.Context(), "aida (uid 1000)", json.RawMessage(`{"ticket": "T-7", "hash": "sha256:another"}`))
	if err == nil {
		t.Fatal("another set than the reviewed one was applied")
	}
	if m := <-heard; m.Event != alert.Edit || !strings.Contains(m.Detail, "aida") {
		t.Errorf("told %+v", m)
	}
	r := g.recorded(t, record.RulesChanged, 1)[0]
	if r.Outcome != record.Failure || r.Actor.Tag != "aida (uid 1000)" || r.Change.Ticket != "T-7" || r.Change.New != "" {
		t.Errorf("recorded %+v", r)
	}
}

func TestWhoAsksDoesNotApprove(t *testing.T) {
	g := started(t)
	apply := g.mutations()["/rules/apply"]
	if _, err := apply(t.Context(), "aida (uid 1000)", json.RawMessage(`{"ticket": "T-8", "reason": "typo", "approved_by": "Aida "}`)); err == nil {
		t.Error("one person asked and approved")
	}
	if r := g.recorded(t, record.AdminDenied, 1)[0]; r.Outcome != record.Failure || r.Actor.Tag != "aida (uid 1000)" || r.Change.Ticket != "T-8" {
		t.Errorf("recorded %+v", r)
	}
	if _, err := apply(t.Context(), "aida (uid 1000)", json.RawMessage(`{"ticket": "T-8", "reason": "typo", "approved_by": "boris"}`)); err != nil {
		t.Error(err)
	}
}

func TestARefusedTakeInIsRecorded(t *testing.T) {
	g := started(t)
	_, err := g.mutations()["/audit/take-in"](t.Context(), "aida (uid 1000)", json.RawMessage(`{"type": "case.updated", "case": {"id": "C-1", "by": "aida"}}`))
	if err == nil {
		t.Fatal("a case that nobody opened was updated")
	}
	if r := g.recorded(t, record.AdminDenied, 1)[0]; r.Outcome != record.Failure || r.Actor.Tag != "aida (uid 1000)" || !strings.Contains(r.Notes[0], "C-1") {
		t.Errorf("recorded %+v", r)
	}
}

func TestAReloadIsRecorded(t *testing.T) {
	g := started(t)
	g.Reload(t.Context())
	if r := g.recorded(t, record.ConfigLoaded, 1)[0]; r.Change.New == "" || r.Change.Old != r.Change.New {
		t.Errorf("recorded %+v", r.Change)
	}
}

func TestManyCardsAreToldOnceAnHour(t *testing.T) {
	d, heard := listener(t)
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	g := &Gateway{now: func() time.Time { return now }, options: Options{Config: &config.Config{Alerts: []config.Alert{d}}}}
	g.metrics = newMetrics(g)
	if err := g.openBell(g.options.Config); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		g.cardFound()
	}
	now = now.Add(time.Hour)
	for range 2 {
		g.cardFound()
	}
	closeBell(g.bell.Load())
	close(heard)
	var counts []int
	for m := range heard {
		counts = append(counts, m.Count)
	}
	if !slices.Equal(counts, []int{2, 2}) {
		t.Errorf("told at %v, want at 2 in each of two hours", counts)
	}
}

func TestRecordsOfControlsWaitForALogThatIsDown(t *testing.T) {
	u := untold{wake: make(chan struct{}, 1)}
	for _, name := range []string{"one", "two", "three"} {
		u.add(audit.Control{Type: record.ControlFailed, Control: &record.Control{Name: name}})
	}
	var written []string
	down := audit.ErrDown
	note := func(_ context.Context, c audit.Control) error {
		if len(written) == 1 && down != nil {
			return down
		}
		written = append(written, c.Control.Name)
		return nil
	}
	if err := u.tell(t.Context(), note); !errors.Is(err, audit.ErrDown) {
		t.Error(err)
	}
	down = nil
	if err := u.tell(t.Context(), note); err != nil || !slices.Equal(written, []string{"one", "two", "three"}) {
		t.Errorf("%v: %q", err, written)
	}
}

func TestAClockThatWasNeverKeptIsNoFailure(t *testing.T) {
	g := started(t)
	for _, step := range []struct {
		was, is string
		problem bool
	}{
		{audit.Unsynchronised, audit.Unsynchronised, false},
		{audit.Unsynchronised, audit.Synchronised, false},
		{audit.Synchronised, audit.Unsynchronised, true},
		{audit.Unsynchronised, audit.Unsynchronised, true},
		{audit.Unsynchronised, audit.Synchronised, false},
	} {
		if g.clockMoved(step.was, step.is); g.problems.has(problemClock) != step.problem {
			t.Errorf("from %s to %s: a problem is %t", step.was, step.is, !step.problem)
		}
	}
	g.recorded(t, record.ControlRestored, 1)
}

// Package trial asks rules about requests without a network: what would be found, decided, stamped, counted and
// forwarded. The commands test, explain, replay and exempt ask it, and a gateway before it puts rules in force.
package trial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/edge"
	"github.com/cappertrophy/panwall/gateway/inspect"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/ruleset/cases"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// Trial is one rule set, ready to be asked. It is safe for concurrent use.
type Trial struct {
	rules     *ruleset.Set
	inspector *inspect.Inspector
	now       time.Time
}

// New makes a Trial of rules as they are at one moment.
func New(rules *ruleset.Set, now time.Time) *Trial {
	return &Trial{rules: rules, now: now, inspector: inspect.New(inspect.Options{Now: func() time.Time { return now }})}
}

// Hearing is one request and what came of it.
type Hearing struct {
	Visit   *visit.Visit
	Verdict *inspect.Verdict // nil when the request did not come as far as the inspection
	Request *http.Request    // as it would be forwarded
	Body    []byte           // of it, masked if it was
	Code    string           // why it is refused, empty if it is not
}

// Hear takes a request the way through the house that needs no network: the door, then the inspection.
func (t *Trial) Hear(r *http.Request, client netip.Addr) (*Hearing, error) {
	request := ruleset.NewRequest(r, client)
	v := &visit.Visit{
		ID: visit.NewID(), Start: t.now, Client: client, Site: &config.Site{}, Rules: t.rules, Request: request, Route: t.rules.Route(request),
	}
	h := &Hearing{Visit: v}
	var fault error
	station := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { fault = t.inspect(h, r) })
	edge.Strict(station).ServeHTTP(nowhere{make(http.Header)}, r.WithContext(visit.With(r.Context(), v)))
	if h.Request == nil && h.Code == "" {
		h.Code = v.Code
	}
	return h, fault
}

func (t *Trial) inspect(h *Hearing, r *http.Request) error {
	verdict, err := t.inspector.Request(context.Background(), h.Visit, r)
	defer verdict.Release()
	h.Request, h.Verdict = r, verdict
	if verdict.Refused != nil {
		h.Code = string(verdict.Refused.Code)
		return nil
	}
	if err != nil {
		return fmt.Errorf("inspecting the request: %w", err)
	}
	if r.Body == nil {
		return nil
	}
	if h.Body, err = io.ReadAll(r.Body); err != nil {
		return fmt.Errorf("reading what would be forwarded: %w", err)
	}
	return nil
}

// nowhere takes an answer that nobody reads.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n nowhere) WriteHeader(int)             {}

// Case hears a case and says what came of it.
func (t *Trial) Case(c *cases.Case) (*cases.Outcome, error) {
	r, err := c.Read()
	if err != nil {
		return nil, fmt.Errorf("reading the case: %w", err)
	}
	h, err := t.Hear(r, c.Client())
	if err != nil {
		return nil, err
	}
	return t.Outcome(h), nil
}

// ErrFailed means that some case does not hold.
var ErrFailed = errors.New("the rules do not do what their cases say")

// Cases runs every case of the rules. The error wraps ErrFailed when one does not hold, and says which. A row that has
// ended never is the reason: a case that held until then holds, because an expiry must not stop a start or a reload.
func (t *Trial) Cases() ([]cases.Result, error) {
	results := cases.Run(t.rules.Cases(), t.Case)
	before := New(t.rules, t.rules.BeforeEndings(t.now))
	for i := range results {
		if results[i].Failed() && before.now != t.now {
			results[i] = cases.Run([]cases.Case{*results[i].Case}, before.Case)[0]
		}
	}
	if err := cases.Failures(results); err != nil {
		return results, fmt.Errorf("%w: %w", ErrFailed, err)
	}
	return results, nil
}

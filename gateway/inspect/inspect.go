package inspect

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/pan"
	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// Bounds where Options say nothing.
const (
	DefaultBody   = 8 << 20
	DefaultMemory = 256 << 20
)

// Options say how much may be held and who is told.
type Options struct {
	BodyBytes   int64 // largest body read whole, in bytes; zero: DefaultBody
	MemoryBytes int64 // all bodies, views and decoders together, in bytes; zero: DefaultMemory

	// Record keeps a verdict. For one that lets the request pass it returns once the record is durable, and an error
	// refuses the request (503 log-down); for a refusal it queues and its error is ignored. Nil: nothing with a finding
	// passes.
	Record func(ctx context.Context, v *visit.Visit, d *Verdict) error
	// LogDown, if not nil, says why records cannot be kept at the moment. Requests with an acting finding are then refused.
	LogDown func() error
	// Count, if not nil, is told of findings that do not act.
	Count func(f *finding.Finding, d ruleset.Decision, route string)
	// Looked, if not nil, is told after each inspection how many bytes were looked at and what was not.
	Looked func(inspected int64, uninspected []Uninspected)
	// Panicked, if not nil, is told of a panic of ours: the type of what was thrown, never the value, and the stack.
	Panicked func(v *visit.Visit, kind string, stack []byte)
	// Now is the clock rules expire by; nil: time.Now.
	Now func() time.Time
}

// Inspector looks into requests and messages. It is safe for concurrent use; New makes one.
type Inspector struct {
	options  Options
	memory   *memory
	scanners sync.Map  // *pan.Table to *pan.Scanner: a reload brings a new table
	readings sync.Pool // of *reading: its slices are used again, cleared
}

// New makes an Inspector.
func New(o Options) *Inspector {
	if o.BodyBytes == 0 {
		o.BodyBytes = DefaultBody
	}
	if o.MemoryBytes == 0 {
		o.MemoryBytes = DefaultMemory
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Inspector{options: o, memory: newMemory(o.MemoryBytes)}
}

// MemoryUsed is how much of the memory budget is charged at the moment, in bytes.
func (i *Inspector) MemoryUsed() int64 { return i.memory.Used() }

// Handler is the station: it inspects each request and lets next see exactly what was inspected, with a fixed
// Content-Length and a GetBody for another try.
func (i *Inspector) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visit.From(r.Context())
		if v == nil || v.Rules == nil || v.Request == nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		d := i.decide(v, r)
		defer d.Release()
		v.Action = d.Word()
		if d.Refused != nil {
			refusal.Write(w, r, v, d.Refused)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// decide inspects, records and says whether the request passes: Refused is nil only if it does.
func (i *Inspector) decide(v *visit.Visit, r *http.Request) (d *Verdict) {
	defer func() {
		if p := recover(); p != nil {
			d = i.panicked(v, d, p)
		}
	}()
	d, err := i.Request(r.Context(), v, r)
	if err != nil {
		d.Refused = asRefusal(err)
	}
	i.tell(v, d)
	i.record(r.Context(), v, d)
	return d
}

// record keeps the verdict where it has to be kept, and refuses what may pass only with its record.
func (i *Inspector) record(ctx context.Context, v *visit.Visit, d *Verdict) {
	if !d.Recorded() {
		return
	}
	if d.Acting && i.options.LogDown != nil && i.options.LogDown() != nil {
		d.Refused = &refusal.Refusal{Code: refusal.LogDown, RetryAfter: 30 * time.Second}
	}
	if i.options.Record == nil {
		d.Refused = &refusal.Refusal{Code: refusal.LogDown}
		return
	}
	if err := i.options.Record(ctx, v, d); err != nil && d.Refused == nil {
		d.Refused = &refusal.Refusal{Code: refusal.LogDown, RetryAfter: 30 * time.Second}
	}
}

// tell counts what is not recorded one by one.
func (i *Inspector) tell(v *visit.Visit, d *Verdict) {
	if i.options.Looked != nil {
		i.options.Looked(d.Inspected, d.Uninspected)
	}
	if i.options.Count == nil {
		return
	}
	for j := range d.Findings {
		if f := &d.Findings[j]; !f.acts() {
			i.options.Count(&f.Finding, f.Decision, v.Route)
		}
	}
}

// panicked turns a panic of ours into a refusal with a record. The thrown value is not looked at: it may hold the request.
func (i *Inspector) panicked(v *visit.Visit, d *Verdict, thrown any) *Verdict {
	if i.options.Panicked != nil {
		i.options.Panicked(v, thrownKind(thrown), debug.Stack())
	}
	if d == nil {
		d = &Verdict{}
	}
	d.Refused = &refusal.Refusal{Code: refusal.Internal}
	i.recordPanic(v, d)
	return d
}

// recordPanic keeps the record of a panic, unless it was keeping a record that panicked.
func (i *Inspector) recordPanic(v *visit.Visit, d *Verdict) {
	defer func() { _ = recover() }() // the request is refused either way, and its panic was told already
	if i.options.Record != nil {
		_ = i.options.Record(context.Background(), v, d) // refused either way
	}
}

func thrownKind(thrown any) string {
	if err, ok := thrown.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		return "abort"
	}
	switch thrown.(type) {
	case error:
		return "error"
	case string:
		return "string"
	default:
		return "value"
	}
}

// asRefusal is the answer to an inspection that could not be finished.
func asRefusal(err error) *refusal.Refusal {
	if ref, ok := errors.AsType[*refusal.Refusal](err); ok {
		return ref
	}
	return &refusal.Refusal{Code: refusal.Internal}
}

// scanner is the scanner over the table of these rules.
func (i *Inspector) scanner(rules *ruleset.Set) *pan.Scanner {
	table := rules.Brands()
	if s, ok := i.scanners.Load(table); ok {
		return s.(*pan.Scanner)
	}
	i.scanners.Clear() // the tables of earlier rules are of no more use
	s, _ := i.scanners.LoadOrStore(table, pan.NewScanner(table))
	return s.(*pan.Scanner)
}

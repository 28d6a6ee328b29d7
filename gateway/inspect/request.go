package inspect

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/cappertrophy/panwall/gateway/clientip"
	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// Request inspects r and changes it into what may be forwarded: the body in memory, masked if the verdict is redact.
// It always gives a verdict; an error says why the inspection could not be finished, and then nothing may pass.
// The caller calls Release once nobody reads the body any more.
func (i *Inspector) Request(ctx context.Context, v *visit.Visit, r *http.Request) (*Verdict, error) {
	in := &inspection{Inspector: i, ctx: ctx, visit: v, request: r, verdict: &Verdict{}}
	in.hold = &hold{memory: i.memory, network: clientip.Network(v.Client)}
	in.verdict.hold = in.hold
	finished := false
	defer func() {
		if !finished { // refused, or a panic on its way out
			in.verdict.Release()
		}
	}()
	if err := in.run(); err != nil {
		in.verdict.Refused = asRefusal(fault(err))
		return in.verdict, in.verdict.Refused
	}
	finished = in.verdict.Refused == nil
	return in.verdict, nil
}

// inspection is one request on its way through the station.
type inspection struct {
	*Inspector
	ctx     context.Context
	visit   *visit.Visit
	request *http.Request
	verdict *Verdict
	hold    *hold
	body    *root // nil: there is none
	signed  bool  // a signature covers the body
}

func (in *inspection) run() error {
	if err := in.framing(); err != nil {
		return err
	}
	if err := in.takeBody(); err != nil {
		return err
	}
	if err := in.look(); err != nil {
		return err
	}
	in.judge()
	if in.verdict.Acting && in.verdict.Action == ruleset.Redact {
		return in.redact()
	}
	in.forward()
	return nil
}

// framing refuses what two readers could understand differently, before a byte of the body is taken.
func (in *inspection) framing() error {
	h := in.request.Header
	for _, name := range [...]string{"Content-Type", "Content-Length", "Host"} {
		if len(h[name]) > 1 {
			return fmt.Errorf("more than one %s: %w", name, errFraming)
		}
	}
	path, _, _ := strings.Cut(targetOf(in.request), "?")
	if oddPath(path) && !in.visit.Rules.PathAllowed(in.visit.Request) {
		return fmt.Errorf("path: %w", errFraming)
	}
	_, err := codingsOf(h)
	return err
}

// oddPath reports a path that the next server may understand as another one: dot segments, escaped or not, and escaped
// separators.
func oddPath(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		segment, _, _ = strings.Cut(segment, ";")
		switch strings.ReplaceAll(strings.ToLower(segment), "%2e", ".") {
		case ".", "..":
			return true
		}
	}
	lower := strings.ToLower(path)
	return strings.Contains(lower, "%00") || strings.Contains(lower, "%5c") || strings.Contains(lower, "%2f") || strings.Contains(path, `\`)
}

// takeBody reads the body whole. Whatever the method, what has a body is inspected.
func (in *inspection) takeBody() error {
	r := in.request
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return nil
	}
	if policy := in.visit.Rules.Body(in.visit.Request, in.options.Now()); in.streams(policy) {
		return in.passOn(policy)
	}
	b, err := take(in.ctx, r, in.options.BodyBytes, in.hold)
	if err != nil {
		return err
	}
	in.body = &root{bytes: b}
	in.hold.payload = &Payload{bytes: b}
	in.signed = signedBody(r.Header)
	return in.trailers()
}

// trailers drops what no rule names; the rest is read like headers.
func (in *inspection) trailers() error {
	r := in.request
	allowed := in.visit.Rules.Trailers(in.visit.Request)
	for name := range r.Trailer {
		if !slices.Contains(allowed, name) {
			delete(r.Trailer, name)
		}
	}
	if len(r.Trailer) == 0 {
		r.Trailer = nil
	}
	r.Header.Del("Trailer")
	return nil
}

// look reads the whole request, twice if there is a card in it: then its authentication data is looked for as well.
func (in *inspection) look() error {
	rd, err := in.reading(false)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(rd.found, func(f found) bool { return f.Confidence.Acts() && number(f.Kind) }) {
		in.done(rd)
		if rd, err = in.reading(true); err != nil {
			return err
		}
	}
	d := in.verdict
	d.Findings = d.Findings[:0]
	d.Notes, d.Views, d.Uninspected = rd.notes, rd.views, rd.opaque
	d.Spent = Spent{Decoded: rd.decoded + rd.viewed, Texts: rd.texts, Entries: rd.entries}
	for _, f := range rd.found {
		d.Findings = append(d.Findings, Judged{Finding: f.Finding, edits: f.edits, sibling: f.sad})
	}
	d.More = rd.beyond
	d.Inspected = rd.inspected - d.UninspectedBytes()
	d.seen = true
	in.done(rd)
	return nil
}

func number(k finding.Kind) bool { return k == finding.PAN || k == finding.Track }

// reading is one pass over the request.
func (in *inspection) reading(sad bool) (*reading, error) {
	rd := in.fresh(budget{ctx: in.ctx, hold: in.hold}, in.visit.Rules)
	if in.body != nil {
		rd.budget.body = int64(len(in.body.bytes))
	}
	rd.sad = sad
	rd.lenient = in.opaque(rd)
	if err := rd.head(in.request); err != nil {
		return nil, err
	}
	rd.inspected = int64(len(targetOf(in.request)))
	for name, values := range in.request.Header {
		for _, value := range values {
			rd.inspected += int64(len(name) + len(value))
		}
	}
	if in.request.Trailer != nil {
		if err := rd.headers(in.request.Trailer, finding.Trailer); err != nil {
			return nil, err
		}
	}
	if in.body == nil {
		return rd, nil
	}
	rd.inspected += int64(len(in.body.bytes))
	return rd, rd.bodyOf(in.body, in.request.Header)
}

// opaque decides about bytes nobody can look into: refused, unless a row of `bodies:` lets them pass on this route.
func (in *inspection) opaque(rd *reading) func(w locator, bytes int, why error) error {
	return func(w locator, bytes int, why error) error {
		policy := in.visit.Rules.Body(in.visit.Request, in.options.Now())
		if !policy.RecordUninspected {
			return &refusal.Refusal{Code: refusal.UnsupportedMedia, At: w.location().String()}
		}
		rd.opaque = append(rd.opaque, Uninspected{
			At: w.location(), Bytes: int64(bytes), Reason: reasonOf(why), Rule: policy.Rule, Expires: policy.Expires,
		})
		return nil
	}
}

// forward makes r what the next station sends: the body in memory, with its length.
func (in *inspection) forward() {
	r := in.request
	if in.body == nil {
		return
	}
	p := in.hold.payload
	r.Body = p.Open()
	r.GetBody = func() (io.ReadCloser, error) { return p.Open(), nil }
	r.ContentLength = int64(len(p.bytes))
	r.TransferEncoding = nil
	if r.Trailer != nil {
		r.ContentLength = -1 // only a chunked body carries trailers (RFC 9112 section 7.1.2)
	}
	if len(p.bytes) == 0 {
		r.Body, r.GetBody = http.NoBody, func() (io.ReadCloser, error) { return http.NoBody, nil }
	}
}

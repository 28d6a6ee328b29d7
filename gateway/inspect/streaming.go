package inspect

import (
	"context"
	"errors"
	"io"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/inspect/carrier"
	"github.com/cappertrophy/panwall/gateway/inspect/stream"
	"github.com/cappertrophy/panwall/gateway/pan"
	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// streamHold is what one streamed upload may hold at once; the memory budget is charged for it as a whole.
const streamHold = 2 << 20

// streams reports whether the body is passed on while it is looked at: a row of `bodies:` says so for the route, and the
// body is too large to be held, or does not say how large it is.
func (in *inspection) streams(p ruleset.BodyPolicy) bool {
	return p.Stream && (in.request.ContentLength < 0 || in.request.ContentLength > in.options.BodyBytes)
}

// passOn puts a body in place of the request's that decides as it is read. What is found then can no longer be masked:
// it blocks, and the connection to the shop is cut.
func (in *inspection) passOn(p ruleset.BodyPolicy) error {
	if err := in.hold.take(streamHold); err != nil {
		return err
	}
	u := &upload{in: in}
	body, err := stream.Upload(in.request, stream.Options{
		Scanner: in.scanner(in.visit.Rules), Found: u.found, Header: u.header, Field: u.field, File: u.file, Window: u.window, Max: p.Max,
	})
	if err != nil {
		return streamFault(err)
	}
	u.body = body
	in.request.Body = u
	return nil
}

// streamFault is the answer to an upload that cannot be streamed.
func streamFault(err error) *refusal.Refusal {
	switch {
	case errors.Is(err, stream.ErrTooLarge):
		return &refusal.Refusal{Code: refusal.TooLarge}
	case errors.Is(err, stream.ErrCoded):
		return &refusal.Refusal{Code: refusal.UnsupportedMedia}
	case errors.Is(err, stream.ErrFault):
		return &refusal.Refusal{Code: refusal.Internal}
	default:
		return &refusal.Refusal{Code: refusal.BadRequest}
	}
}

// upload is a streamed body. Its functions are called from Read, before what they were given goes on.
type upload struct {
	in        *inspection
	body      *stream.Body
	forwarded int64
}

// Read gives bytes that may go on. The cause of a cut is the refusal that the visitor gets.
func (u *upload) Read(p []byte) (int, error) {
	n, err := u.body.Read(p)
	u.forwarded += int64(n)
	if cut, ok := errors.AsType[*stream.Cut](err); ok {
		if _, decided := errors.AsType[*refusal.Refusal](cut.Why); !decided && (errors.Is(cut, stream.ErrFraming) || errors.Is(cut, stream.ErrTooLarge) || errors.Is(cut, stream.ErrFault)) {
			return n, streamFault(cut)
		}
	}
	return n, err
}

// Close ends the upload.
func (u *upload) Close() error { return u.body.Close() }

var _ io.ReadCloser = (*upload)(nil)

// at is the place of a part.
func (u *upload) at(p stream.Part) *place {
	if p.File && p.Name != "" {
		return &place{finding.BodyFile, p.Name, p.Index}
	}
	return &place{finding.Body, p.Name, p.Index}
}

// found judges what the scanner saw in the raw bytes.
func (u *upload) found(p stream.Part, m pan.Match) error {
	if !number(m.Kind) {
		return nil
	}
	return u.decide([]found{{Finding: finding.Finding{
		At: u.at(p).location(), Kind: m.Kind, Brand: m.Brand, Length: m.Length, Confidence: m.Confidence, Reasons: m.Reasons(), Views: []string{"stream"},
	}}}, nil)
}

func (u *upload) header(p stream.Part, b []byte) error { return u.look(p, b, false) }
func (u *upload) field(p stream.Part, b []byte) error  { return u.look(p, b, true) }
func (u *upload) window(p stream.Part, b []byte) error { return u.look(p, b, false) }

// file refuses a format that can only be looked into whole. Media and pictures have nothing to open: their bytes are read.
func (u *upload) file(p stream.Part, head []byte) error {
	switch format := carrier.Sniff(head, p.Filename); {
	case format == carrier.None, format == carrier.Media, format.Image():
		return nil
	}
	rd := u.in.fresh(budget{ctx: u.in.ctx, hold: u.in.hold}, u.in.visit.Rules)
	defer u.in.done(rd)
	if err := u.in.opaque(rd)(u.at(p), int(max(u.in.request.ContentLength, 0)), carrier.ErrOpaque); err != nil {
		return err
	}
	return u.decide(nil, rd.opaque)
}

// look reads a stretch of the body in every way the whole would be read.
func (u *upload) look(p stream.Part, b []byte, whole bool) error {
	rd := u.in.fresh(budget{ctx: u.in.ctx, hold: u.in.hold}, u.in.visit.Rules)
	defer u.in.done(rd)
	rd.lenient = func(locator, int, error) error { return nil } // file has decided about the format
	t := rd.rooted(u.at(p), &root{bytes: b, fixed: true})
	t.whole = whole
	if !whole {
		t.where = &nameless{t.where}
	}
	if err := rd.read(t); err != nil {
		return asRefusal(fault(err))
	}
	rd.drop()
	return u.decide(rd.found, nil)
}

// decide judges findings and unread bytes, and records what acts before any of it goes on.
func (u *upload) decide(list []found, unread []Uninspected) error {
	d := &Verdict{Uninspected: unread, Forwarded: u.forwarded, seen: true}
	for _, f := range list {
		f.Maskable = false
		d.Findings = append(d.Findings, Judged{Finding: f.Finding, sibling: f.sad})
	}
	in := &inspection{Inspector: u.in.Inspector, ctx: u.in.ctx, visit: u.in.visit, request: u.in.request, verdict: d}
	in.judge()
	in.tell(in.visit, d)
	in.record(context.WithoutCancel(in.ctx), in.visit, d) // the record is kept though the visitor may have gone
	if d.Refused != nil {
		u.in.visit.Action = d.Word()
		return d.Refused
	}
	return nil
}
